"""The payment run's screen without a script: what is ticked is added up beside what is due, and is what is paid."""

from __future__ import annotations

import re
from decimal import Decimal

from backstay.domains.banking import processes as banking
from backstay.domains.invoicing import processes as invoicing
from backstay.platform import rows
from tests.scenario.test_jobs import _person
from tests.trade import D, World


def _bills(world: World) -> dict[str, str]:
    """Three bills of two suppliers that have an IBAN; items by their number at the supplier."""
    with world.work() as ctx:
        drafts = [
            invoicing.BillDraft(world.parties[s], n, D, (invoicing.BillLineDraft("Goods", Decimal(1), Decimal(price), tax_class="zero"),))
            for s, n, price in (("S1", "B1", "1000"), ("S1", "B2", "200.50"), ("S2", "B3", "30"))
        ]  # fmt: skip
        made = invoicing.enter_bills(ctx, drafts)
        accounts = [("S1", "NL91ABNA0417164300"), ("S2", "DE89370400440532013000")]
        banking.set_party_accounts(ctx, [banking.PartyAccountDraft(world.parties[p], i) for p, i in accounts])
        rows.execute("UPDATE banking_bankaccount SET iban = 'NL02ABNA0123456789' WHERE id = %s RETURNING id", [world.bank])  # fmt: skip
        return {d.supplier_number: f"bill:{m.id}" for d, m in zip(drafts, made, strict=True)}


def _said(html: str) -> str:
    found = re.search(r'(?s)<p class="push num m-0 run-sum".*?</p>', html)
    assert found, "no sum"
    return " ".join(re.sub("<[^>]+>", "", found[0]).split())


def test_what_is_ticked_is_added_up(world: World) -> None:
    items = _bills(world)
    client, _actor = _person(world, "pia")
    page = client.get("/banking/runs/new?until=2026-12-31").content.decode()
    assert _said(page) == "Ticked: EUR 1,230.50 (3) of EUR 1,230.50 due"
    typed = {
        "do": "look",
        "until": "2026-12-31",
        "item": [items["B2"], items["B3"]],
        "on": "2026-03-20",
        "bank": str(world.bank),
    }
    page = client.post("/banking/runs/new", typed).content.decode()
    assert _said(page) == "Ticked: EUR 230.50 (2) of EUR 1,230.50 due"
    assert "data-ticked>200.50</span>" in page.replace(" ", "").replace("spandata", "span data")
    assert 'value="2026-03-20"' in page
    assert page.count(" checked>") == 2, "ticks stay as they were"
    with world.work():
        assert rows.execute("SELECT count(*) FROM banking_paymentrun WHERE company_id = %s", [world.company]) == [(0,)]  # fmt: skip
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once
    client.post("/banking/runs/new", typed | {"do": "", "once": once[1]})
    with world.work():
        paid = rows.execute("SELECT sum(amount)::bigint, count(*) FROM banking_payment WHERE company_id = %s AND run_id IS NOT NULL", [world.company])  # fmt: skip
    assert paid == [(23_050, 2)]


def test_a_damaged_day_is_refused(world: World) -> None:
    client, _actor = _person(world, "pia")
    answer = client.get("/banking/runs/new?until=2026-13-01")
    assert answer.status_code in (400, 409)
