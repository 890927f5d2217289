"""Statements of any days, and what is open: the short tables say what the postings say."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from backstay import ledger
from backstay.ledger.posting import Sub
from backstay.platform import rows
from tests.ledger_world import Books

DAYS = [date(2026, 1, 5), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 2), date(2026, 3, 17)]


def _posted(books: Books) -> int:
    wrong = 0
    for n, day in enumerate(DAYS, 1):
        wrong = books.post(("bank", 100 * n, 100 * n), ("sales", -100 * n, -100 * n), on=day).id
    return wrong


def _by_postings(ctx: Any, since: date, until: date) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for found in ledger.account_sums(ctx, until, since):
        debit, credit = sums[found.account]
        sums[found.account] = (debit + found.debit, credit + found.credit)
    return {account: told for account, told in sums.items() if told != (0, 0)}


@pytest.mark.parametrize("rolled", [False, True, None], ids=["waiting", "rolled up", "half of each"])
def test_days_equal_the_sums(books: Books, rolled: bool | None) -> None:
    """Over every span of days, before the roll-up, after it, and between; a reversal shows on its own side."""
    wrong = _posted(books)
    if rolled is not False:
        with books.work():
            ledger.rollup()
    with books.work() as ctx:
        ledger.reverse(ctx, [wrong], DAYS[-1], ["r:1"])
    if rolled:
        with books.work():
            ledger.rollup()
    ends = sorted({day + timedelta(days=n) for day in DAYS for n in (-1, 0, 1)})
    with books.work() as ctx:
        for since in ends:
            for until in ends:
                expected = _by_postings(ctx, since, until)
                found = {a: t for a, t in ledger.account_values(ctx, until, since).items() if t != (0, 0)}
                assert found == expected, (since, until)
        assert _by_postings(ctx, date.min, date.max)


def test_open_items_come_and_go(books: Books, owner: psycopg.Connection[Any]) -> None:
    """An item is listed while something of it is open: paid in part it stays, settled it goes, reversed it comes back."""

    def listed() -> list[str]:
        with books.work() as ctx:
            sql = "SELECT item FROM open_item WHERE company_id = %s ORDER BY item"
            return [row[0] for row in rows.execute(sql, [ctx.company])]

    item = Sub("receivable", books.currency, party=7, item="invoice:1", side=1)
    books.post((item, 1000, 1000), ("sales", -1000, -1000))
    assert listed() == ["invoice:1"]
    books.post((item, -400, -400), ("bank", 400, 400))
    assert listed() == ["invoice:1"]
    rest = books.post((item, -600, -600), ("bank", 600, 600)).id
    assert listed() == []
    with books.work() as ctx:
        ledger.reverse(ctx, [rest], DAYS[-1], ["r:2"])
    assert listed() == ["invoice:1"]
    with pytest.raises(psycopg.Error):
        owner.execute(
            "INSERT INTO open_item (subaccount_id, company_id, account_id, party_id, item) VALUES (0, 0, 0, 0, '')"
        )
