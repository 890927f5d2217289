"""verify finds each corruption that somebody with the power to switch triggers off could plant, by its code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from backstay import ledger
from backstay.ledger.posting import Sub
from tests.ledger_world import Books, D, make_books

# what is planted → the codes that must report it
CORRUPTIONS: dict[str, tuple[str, str]] = {
    "a value changed": ("UPDATE posting SET value = value + 1 WHERE entry_id = {sale} AND line = 1", "ledger.value_balance"),
    "goods out of nothing": ("UPDATE posting SET amount = amount + 1 WHERE entry_id = {receipt} AND line = 1", "ledger.unit_conservation"),
    "euro amount and value apart": ("UPDATE posting SET amount = amount + 1 WHERE entry_id = {sale} AND line = 1", "ledger.company_currency"),
    "a memo with a value": ("UPDATE posting SET value = 7 WHERE entry_id = {receipt} AND line = 2", "ledger.memo_value"),
    "an empty line": ("UPDATE posting SET amount = 0, value = 0 WHERE entry_id = {sale} AND line = 2", "ledger.empty_posting"),
    "another company's subaccount": ("UPDATE posting SET subaccount_id = {alien} WHERE entry_id = {sale} AND line = 1", "ledger.cross_company"),
    "a line removed": ("DELETE FROM posting WHERE entry_id = {sale} AND line = 2", "ledger.whole_entry"),
    "an entry without lines": ("DELETE FROM posting WHERE entry_id = {sale}", "ledger.header"),
    "lines without an entry": ("DELETE FROM entry WHERE id = {sale}", "ledger.header"),
    "another day": ("UPDATE entry SET posted_on = '2026-04-01' WHERE id = {sale}", "ledger.header"),
    "stock on hand changed": ("UPDATE live SET amount = amount + 1 WHERE subaccount_id = {stock}", "ledger.live"),
    "a live row removed": ("DELETE FROM guard_member; DELETE FROM hold_event; DELETE FROM hold; DELETE FROM live WHERE subaccount_id = {stock}", "ledger.live"),
    "more held than holds say": ("UPDATE live SET held = held + 1 WHERE subaccount_id = {stock}", "ledger.held"),
    "a hold grew": ("UPDATE hold SET remaining = remaining + 1, amount = amount + 2 WHERE id = {hold}", "ledger.hold_spent"),
    "a guard's balance changed": ("UPDATE guard SET balance = balance - 1 WHERE company_id = {company}", "ledger.guard_balance"),
    "below the floor": ("ALTER TABLE live DROP CONSTRAINT \"ledger.guard\"; UPDATE live SET held = 999 WHERE subaccount_id = {stock}", "ledger.guard"),
    "nothing worth something": ("UPDATE posting SET amount = 0 WHERE subaccount_id = {stock}", "ledger.zero_together"),
    "goods worth less than nothing": ("UPDATE posting SET value = -value WHERE subaccount_id = {stock}", "ledger.value_sign"),
    "a reversal that is none": ("UPDATE posting SET value = value * 2, amount = amount * 2 WHERE entry_id = {reversal}", "ledger.reversal_once"),
    "a key of no entry": ("UPDATE idempotency SET entry_id = 999999999 WHERE company_id = {company}", "ledger.idempotency"),
    "a closed period changed": ("UPDATE posting SET value = -value, amount = -amount WHERE entry_id = {old}", "ledger.period_closed"),
    "a period closed in silence": ("UPDATE period SET closed_at = now() WHERE id = {april}; INSERT INTO period_event (company_id, period_id, kind, actor, reason) VALUES ({company}, {april}, 'reopen', 'x', 'y')", "ledger.period_closed"),
    "a summary changed": ("UPDATE balance SET debit = debit + 1 WHERE company_id = {company}", "ledger.balance"),
    "an account's summary changed": ("UPDATE account_balance SET credit = credit + 1 WHERE company_id = {company}", "ledger.account_balance"),
    "a day's summary changed": ("UPDATE account_day SET debit = debit + 1 WHERE company_id = {company}", "ledger.account_day"),
    "cash of a day changed": ("UPDATE cash_day SET value = value + 1 WHERE company_id = {company}", "ledger.cash"),
    "an entry of cash forgotten": ("DELETE FROM cash_entry WHERE company_id = {company}", "ledger.cash"),
    "another amount open": ("UPDATE open_item SET amount = amount + 1 WHERE company_id = {company}", "ledger.open_item"),
    "an open item forgotten": ("DELETE FROM open_item WHERE company_id = {company}", "ledger.open_item"),
    "an entry lost from the queue": ("DELETE FROM unsummed WHERE entry_id = {queued}", "ledger.balance"),
}  # fmt: skip


@pytest.fixture
def facts(books: Books, owner: psycopg.Connection[Any]) -> dict[str, Any]:
    """Books with something of everything in them."""
    owner.execute(
        "UPDATE account SET cash_flow = 'cash' WHERE company_id = %s AND role = 'bank'", [books.company]
    )
    other = make_books(owner)
    other.post(("bank", 5, 5), ("sales", -5, -5))
    old = books.post(("bank", 9, 9), ("sales", -9, -9), on=date(2026, 1, 5)).id
    receipt = books.post(("stock", 10, 6000), ("away", -10, 0), ("bank", -6000, -6000)).id
    item = Sub("receivable", books.currency, party=7, item="invoice:1", side=1)
    sale = books.post((item, 1210, 1210), ("sales", -1000, -1000), ("tax", -210, -210), key="K").id
    wrong = books.post(("bank", 70, 70), ("sales", -70, -70)).id
    with books.work() as ctx:
        reversal = ledger.reverse(ctx, [wrong], D, ["r:1"])[0]
        ledger.set_guard(ctx, "limit", measure="value", sign=-1, floor=-5000, account="receivable", party=7)
        until = datetime.now(UTC) + timedelta(hours=1)
        hold = ledger.reserve(ctx, [ledger.Want(3, until, "o:1", books.subs["stock"])])[0]
        ledger.close_period(ctx, ledger.list_periods(ctx)[0].id)
    with books.work():
        ledger.rollup()
    queued = books.post(("bank", 3, 3), ("sales", -3, -3)).id
    ask = lambda sql, *p: owner.execute(sql, p).fetchone()[0]  # type: ignore[index]  # noqa: E731
    by_role = "SELECT s.id FROM subaccount s JOIN account a ON a.id = s.account_id WHERE s.company_id = %s AND a.role = %s"
    return {
        "company": books.company, "old": old, "receipt": receipt, "sale": sale, "reversal": reversal, "hold": hold, "queued": queued,
        "stock": ask(by_role, books.company, "stock"), "alien": ask(by_role, other.company, "bank"),
        "april": ask("SELECT id FROM period WHERE company_id = %s AND starts = '2026-04-01'", books.company),
    }  # fmt: skip


def test_clean_books_verify(books: Books, facts: dict[str, Any]) -> None:
    with books.work() as ctx:
        assert [c for c in ledger.verify(ctx) if c.code.startswith("ledger.") and not c.ok] == []


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_verify_finds(
    books: Books, facts: dict[str, Any], superuser: psycopg.Connection[Any], what: str
) -> None:
    """Planted with triggers off, in a transaction that is rolled back after looking."""
    statement, code = CORRUPTIONS[what]
    with superuser.transaction(force_rollback=True):
        superuser.execute("SET LOCAL session_replication_role = replica")
        for part in statement.format(**facts).split("; "):
            superuser.execute(part)
        superuser.execute("SELECT set_config('backstay.company', %s, true)", [str(books.company)])
        found = superuser.execute(
            "SELECT code FROM verify_ledger() UNION ALL SELECT code FROM verify_balances()"
            " UNION ALL SELECT 'ledger.open_item' FROM verify_open_items()"
            " UNION ALL SELECT 'ledger.account_day' FROM verify_account_days()"
            " UNION ALL SELECT 'ledger.cash' FROM verify_cash()"
        ).fetchall()
    assert code in {row[0] for row in found}, found
