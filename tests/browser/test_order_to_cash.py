"""Order to cash, as a clerk does it: through the screen and by keyboard alone."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from backstay.domains.catalog.processes import (
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    create_price_agreements,
    create_price_lists,
)
from backstay.platform import rows
from tests.browser.conftest import Desk
from tests.trade import World


def _stock(world: World) -> None:
    """Goods at the warehouse orders ship from by default."""
    with world.work() as ctx:
        world.places["MAIN"] = rows.execute(
            "SELECT min(id) FROM inventory_place WHERE company_id = %s AND kind = 'warehouse'", [ctx.company]
        )[0][0]
        world.receive(ctx, "A", 10, 6000, "MAIN")
        world.receive(ctx, "B", 4, 2400, "MAIN")


def pick(page: Page, text: str) -> None:
    """Type into the field at hand and take the first proposal."""
    page.keyboard.type(text)
    page.get_by_role("option", name=re.compile(re.escape(text))).first.wait_for()
    page.keyboard.press("Enter")


def _type_order(page: Page) -> None:
    page.locator("[name='h.party']").focus()
    pick(page, "C1")
    page.locator("[name^='l.'][name$='.item']").first.focus()
    for item, quantity in (("Item A", "3"), ("Item B", "1")):
        pick(page, item)
        page.keyboard.type(quantity)
        for _ in range(3):
            page.keyboard.press("Enter")


def test_order_to_cash(desk: Desk, world: World) -> None:
    """Type an order, confirm, ship, invoice, be paid; each step shows what it posts; the books agree."""
    _stock(world)
    page = desk.go("/")
    desk.access()
    page.keyboard.press("c")
    _type_order(page)
    expect(page.locator("#totals")).to_contain_text("484.00")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    desk.access()
    page.keyboard.press("Control+Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("SO-2026-00001")
    desk.access()

    desk.act("Ship")
    expect(page.locator(".facts")).to_contain_text("All")
    desk.act("Invoice")
    desk.press(page.get_by_role("link", name=re.compile("INV-2026-00001")).first)
    expect(title).to_contain_text("INV-2026-00001")
    expect(page.locator(".entry").first).to_contain_text("484.00")
    desk.access()
    desk.act("Record payment")
    expect(page.locator(".doc-bar")).to_contain_text("Paid")
    desk.press(page.get_by_role("link", name=re.compile("PAY-2026-00001")).first)
    expect(title).to_contain_text("PAY-2026-00001")
    page.go_back()
    page.go_back()
    with world.work() as ctx:
        found = dict(
            rows.execute(
                "SELECT a.type, sum(p.value)::bigint FROM posting p JOIN subaccount s ON s.id = p.subaccount_id"
                " JOIN account a ON a.id = s.account_id WHERE s.company_id = %s AND a.type IN ('income', 'expense') GROUP BY 1",
                [ctx.company],
            )
        )
    assert found == {"income": -40000, "expense": 2400}  # sold for 400.00 what cost 24.00


def test_a_pale_price_follows_the_list_and_a_typed_one_stays(desk: Desk, world: World) -> None:
    """The customer's price stands in the empty cell at once, follows the quantity, and leaves alone what was typed."""
    _stock(world)
    with world.work() as ctx:
        prices = tuple(
            PriceDraft(world.items["A"], Decimal(each), Decimal(least)) for each, least in ((90, 0), (80, 5))
        )
        made = create_price_lists(ctx, [PriceListDraft("TRADE", "Trade prices", prices=prices)])
        create_price_agreements(ctx, [PriceAgreementDraft(world.parties["C1"], made[0], ctx.today)])
    page = desk.go("/sales/orders/new")
    page.locator("[name='h.party']").focus()
    pick(page, "C1")
    page.locator("[name^='l.'][name$='.item']").first.focus()
    pick(page, "Item A")
    cell, quantity = (
        page.locator(f"[name^='l.'][name$='.{name}']").first for name in ("unit_price", "quantity")
    )
    expect(cell).to_have_attribute("placeholder", "90.00")
    expect(cell).to_have_value("")
    quantity.fill("5")
    expect(cell).to_have_attribute("placeholder", "80.00")
    expect(page.locator("#totals")).to_contain_text("400.00")
    desk.access()
    cell.fill("85")
    expect(page.locator("#totals")).to_contain_text("425.00")
    quantity.fill("2")
    expect(page.locator("#totals")).to_contain_text("170.00")
    expect(cell).to_have_value("85")
    cell.fill("")
    expect(page.locator("#totals")).to_contain_text("180.00")
    expect(cell).to_have_attribute("placeholder", "90.00")
