"""The ledger: one double-entry engine for money, goods, securities, days and hours."""

from backstay.ledger.balances import (
    AccountSum,
    Balance,
    Locked,
    account_sums,
    account_values,
    lock_balances,
    posted_after,
)
from backstay.ledger.holds import Want, expire, freeze, release, reserve, rollup, set_floor, set_guard
from backstay.ledger.periods import PeriodRow, close_period, list_periods, open_periods, reopen_period
from backstay.ledger.posting import Entry, Line, Posted, Sub, account_id, entries_of, post, reverse
from backstay.ledger.verify import Check, check, verify

__all__ = [
    "AccountSum",
    "Balance",
    "Check",
    "Entry",
    "Line",
    "Locked",
    "PeriodRow",
    "Posted",
    "Sub",
    "Want",
    "account_id",
    "account_sums",
    "account_values",
    "check",
    "close_period",
    "entries_of",
    "expire",
    "freeze",
    "list_periods",
    "lock_balances",
    "open_periods",
    "post",
    "posted_after",
    "release",
    "reopen_period",
    "reserve",
    "reverse",
    "rollup",
    "set_floor",
    "set_guard",
    "verify",
]
