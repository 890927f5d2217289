"""Everything the ledger promises, checked again over what is stored. Domains add checks of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.ledger.statement import execute

SHOWN = 20
LEDGER_CODES = (
    "ledger.value_balance",
    "ledger.unit_conservation",
    "ledger.company_currency",
    "ledger.memo_value",
    "ledger.empty_posting",
    "ledger.cross_company",
    "ledger.whole_entry",
    "ledger.header",
    "ledger.live",
    "ledger.guard",
    "ledger.zero_together",
    "ledger.value_sign",
    "ledger.held",
    "ledger.hold_spent",
    "ledger.guard_balance",
    "ledger.reversal_once",
    "ledger.idempotency",
    "ledger.period_closed",
    "ledger.balance",
    "ledger.account_balance",
    "ledger.open_item",
    "ledger.account_day",
    "ledger.cash",
)
Finder = Callable[[Ctx], Iterable[str]]
_CHECKS: dict[str, Finder] = {}


class Check(NamedTuple):
    """One promise: kept, or what was found against it (at most 20 named)."""

    code: str
    ok: bool
    found: list[str]


def check(code: str) -> Callable[[Finder], Finder]:
    """Register a domain's check: it yields a text for each thing found wrong."""

    def register(finder: Finder) -> Finder:
        _CHECKS[code] = finder
        return finder

    return register


def verify(ctx: Ctx) -> list[Check]:
    """Run every check for the company of ``ctx``."""
    found: dict[str, list[str]] = {code: [] for code in (*LEDGER_CODES, *_CHECKS)}
    for sql in ("SELECT code, found FROM verify_ledger()", "SELECT code, found FROM verify_balances()"):
        for code, text in execute(sql):
            found[code].append(text)
    found["ledger.open_item"] = [text for (text,) in execute("SELECT found FROM verify_open_items()")]
    found["ledger.account_day"] = [text for (text,) in execute("SELECT found FROM verify_account_days()")]
    found["ledger.cash"] = [text for (text,) in execute("SELECT found FROM verify_cash()")]
    for code, finder in _CHECKS.items():
        found[code].extend(finder(ctx))
    return [Check(code, not texts, texts[:SHOWN]) for code, texts in found.items()]


def size(ctx: Ctx) -> tuple[int, int]:
    """(entries, postings) of the company."""
    row = execute(
        "SELECT (SELECT count(*) FROM entry WHERE company_id = %s), (SELECT count(*) FROM posting WHERE company_id = %s)",
        [ctx.company, ctx.company],
    )[0]
    return int(row[0]), int(row[1])
