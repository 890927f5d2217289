"""Accounts and units for tests of the ledger alone, and short ways to post."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import psycopg

from backstay import ledger
from backstay.base.context import Ctx
from backstay.ledger.posting import Entry, Line, Sub
from backstay.platform.context import work

D = date(2026, 3, 5)
_count = itertools.count(1)


@dataclass
class Books:
    """A company with few accounts; ``post`` posts one entry of (sub, amount, value) triples."""

    company: int
    currency: int
    units: dict[str, int]
    subs: dict[str, Sub] = field(default_factory=dict)

    def work(self) -> Any:
        """A transaction."""
        return work(self.company, "system:test")

    def post(
        self,
        *lines: tuple[str | Sub, int, int],
        on: date = D,
        key: str | None = None,
        holds: Any = (),
        **more: Any,
    ) -> Any:
        """Post one entry in a transaction of its own."""
        with self.work() as ctx:
            return self.post_in(ctx, *lines, on=on, key=key, holds=holds, **more)

    def post_in(
        self,
        ctx: Ctx,
        *lines: tuple[str | Sub, int, int],
        on: date = D,
        key: str | None = None,
        holds: Any = (),
        **more: Any,
    ) -> Any:
        """Post one entry."""
        source = more.pop("source", None) or f"test:{next(_count)}"
        made = tuple(Line(self.subs[s] if isinstance(s, str) else s, a, v) for s, a, v in lines)
        return ledger.post(ctx, [Entry("test", on, source, "post", made, key=key, **more)], holds)[0]


def make_books(owner: psycopg.Connection[Any]) -> Books:
    """A company made by the owner: EUR, USD; items; the accounts the rules speak about; 2026 and 2027 by months."""
    ask: Callable[..., Any] = lambda sql, *p: owner.execute(sql, p).fetchone()[0]  # noqa: E731
    owner.execute(
        "INSERT INTO unit (code, kind, scale) VALUES ('EUR', 'currency', 2), ('USD', 'currency', 2) ON CONFLICT DO NOTHING"
    )
    eur, usd = (ask("SELECT id FROM unit WHERE code = %s AND company_id IS NULL", c) for c in ("EUR", "USD"))
    company = ask("INSERT INTO company (name, currency_id) VALUES ('books', %s) RETURNING id", eur)
    units = {"EUR": eur, "USD": usd}
    for code in ("A", "B", "X"):
        units[code] = ask(
            "INSERT INTO unit (company_id, code, kind, scale) VALUES (%s, %s, 'goods', 0) RETURNING id",
            company,
            code,
        )
    accounts = [
        ("1000", "Bank", "asset", "bank", "currency", "{}", "none", False),
        ("1100", "Cash box", "asset", "cash", "currency", "{}", "debit", True),
        ("1200", "Customers", "asset", "receivable", "currency", "{party,item}", "item", False),
        ("1300", "Stock", "asset", "stock", "goods", "{place}", "debit", True),
        ("1400", "Foreign", "asset", "foreign", "currency", "{}", "none", False),
        ("2000", "Tax", "liability", "tax", "currency", "{}", "none", False),
        ("4000", "Revenue", "income", "sales", "currency", "{}", "none", False),
        ("5000", "Cost", "expense", "cogs", "currency", "{}", "none", False),
        ("9000", "Goods elsewhere", "memo", "elsewhere", "goods", "{}", "none", False),
        ("9100", "Tax bases", "memo", "base", "currency", "{item}", "none", False),
    ]
    for code, name, kind, role, unit_kind, requires, bound, dated in accounts:
        owner.execute(
            "INSERT INTO account (company_id, code, name, type, role, unit_kind, requires, bound, dated)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [company, code, name, kind, role, unit_kind, requires, bound, dated],
        )
    owner.execute(
        "INSERT INTO period (company_id, starts, ends) SELECT %s, d::date, (d + interval '1 month - 1 day')::date"
        " FROM generate_series(date '2026-01-01', date '2027-12-01', interval '1 month') d",
        [company],
    )
    books = Books(company, eur, units)
    e = eur
    books.subs = {
        "bank": Sub("bank", e), "cash": Sub("cash", e), "sales": Sub("sales", e), "tax": Sub("tax", e), "cogs": Sub("cogs", e),
        "item": Sub("receivable", e, party=7, item="invoice:1", side=1), "stock": Sub("stock", units["A"], place=1),
        "stock2": Sub("stock", units["A"], place=2), "stockB": Sub("stock", units["B"], place=1),
        "away": Sub("elsewhere", units["A"]), "awayB": Sub("elsewhere", units["B"]), "usd": Sub("foreign", usd),
        "base": Sub("base", e, item="tax:1/out"),
    }  # fmt: skip
    return books
