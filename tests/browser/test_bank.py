"""Bank reconciliation, as a bookkeeper does it: a file of the bank, proposals taken by key, a charge, a part, an undo. By keyboard alone."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from backstay.domains.banking import processes as banking
from backstay.domains.banking.queries import reconciliation
from backstay.domains.invoicing import processes as invoicing
from tests.browser.conftest import Desk
from tests.scenario.test_payrun_screen import _bills
from tests.trade import D, World

TABLE = """Umsätze;;;;
Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Saldo
02.03.2026;C1;INV-2026-00001;1.100,00;1.100,00
03.03.2026;C2;as agreed;100,00;1.200,00
04.03.2026;;Account charge 03;-12,50;1.187,50
05.03.2026;C1;INV-2026-00002 first part;30,00;1.217,50
"""


def _invoices(world: World) -> None:
    with world.work() as ctx:
        for party, price in (("C1", "1100"), ("C1", "50"), ("C2", "100")):
            line = invoicing.InvoiceLineDraft("Work", Decimal(1), Decimal(price), tax_class="zero")
            invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties[party], D, (line,))])


def test_bank_reconciliation(desk: Desk, world: World, tmp_path: Path) -> None:
    """A table of a German bank, mapped once; what is sure matches itself; the rest by keyboard; the books agree."""
    _invoices(world)
    (tmp_path / "umsaetze.csv").write_text(TABLE, encoding="utf-8")
    page = desk.go("/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Reconciliation")).to_be_visible()
    desk.press(page.get_by_text("Import statement"))
    page.locator("#file").set_input_files(tmp_path / "umsaetze.csv")
    desk.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which column is what?")
    expect(page.get_by_label("Day", exact=True)).to_have_value("Buchungstag")
    expect(page.get_by_label("Figures are written")).to_have_value(",")
    desk.access()
    desk.press(page.get_by_role("button", name="Import", exact=True))
    desk.toast("4 new lines, 1 of them matched")
    desk.access()

    lines = page.locator("[data-bank] tbody tr")
    expect(lines).to_have_count(3)
    expect(page.locator("#bench")).to_contain_text("C2")
    page.keyboard.press("y")  # name and amount: a proposal, taken by a person
    desk.toast("Matched")
    expect(lines).to_have_count(2)
    page.locator("#account").select_option(label="6100 Bank charges")
    desk.press(page.locator("[name=always]"))
    desk.press(page.get_by_role("button", name="Match as chosen"))
    expect(lines).to_have_count(1)
    expect(page.locator("#bench")).to_contain_text("paid in part")
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="Every line is matched")).to_be_visible()
    desk.press(page.get_by_role("link", name="Matched"))
    expect(page.locator("#bench")).to_contain_text("PAY-2026")
    desk.press(page.get_by_role("button", name="Undo this match"))
    desk.toast("Taken back")
    page.keyboard.press("y")
    desk.toast("Matched")
    desk.access()
    desk.press(page.get_by_text("Import statement"))  # the same file again
    page.locator("#file").set_input_files(tmp_path / "umsaetze.csv")
    desk.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_text("as last time for this bank")).to_be_visible()
    desk.press(page.get_by_role("button", name="Import", exact=True))
    desk.toast("4 were known already")
    with world.work() as ctx:
        found = reconciliation(ctx, world.bank)
        assert (found.closing, found.open, found.difference) == (121750, 0, 0)
        assert found.books == 121750


def test_a_broken_file_is_refused_with_its_reason(desk: Desk, world: World, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_text("<Document><not camt", encoding="utf-8")
    desk.expected = {409}
    page = desk.go("/banking/reconcile")
    desk.press(page.get_by_text("Import statement"))
    page.locator("#file").set_input_files(tmp_path / "broken.xml")
    desk.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_role("main")).to_contain_text(re.compile("banking.statement"))
    with world.work() as ctx:
        assert banking.match_lines(ctx, world.bank) == 0


def test_a_payment_run_adds_up_what_is_ticked(desk: Desk, world: World) -> None:
    """The sum follows each tick, by supplier and in all, beside what is due."""
    _bills(world)
    page = desk.go("/banking/runs/new?until=2026-12-31")
    total = page.locator(".run-sum")
    expect(total).to_contain_text("1,230.50 (3) of EUR 1,230.50 due")
    box = page.get_by_role("checkbox").first
    desk.press(box)  # the first bill, 1,000.00, or the other one of the same supplier
    expect(total).to_contain_text("(2) of EUR 1,230.50 due")
    steps = int(box.get_attribute("data-steps") or 0)
    left = f"{(123_050 - steps) / 100:,.2f}"
    expect(total).to_contain_text(f"Ticked: EUR {left}")
    for each in page.get_by_role("checkbox").all()[1:]:
        each.uncheck()
    expect(total).to_contain_text("Ticked: EUR 0.00 (0)")
    desk.access()
