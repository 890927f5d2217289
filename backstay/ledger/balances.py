"""What subaccounts hold: locked before an entry is made, or read at any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.ledger.posting import SPEC, Specs, Sub
from backstay.ledger.statement import execute


class Balance(NamedTuple):
    """``amount`` and ``held`` in steps of the unit, ``value`` in steps of the company's currency."""

    amount: int = 0
    value: int = 0
    held: int = 0
    floor: int = 0
    last_on: date | None = None
    frozen_before: date | None = None

    @property
    def free(self) -> int:
        """What a debit-sided subaccount may still give."""
        return self.amount - self.held - self.floor


class Locked(NamedTuple):
    """Balances by subaccount (an unknown one is empty), and what each hold has left (0: spent, void, overdue)."""

    balances: Mapping[Sub, Balance]
    holds: Mapping[int, int]


def lock_balances(ctx: Ctx, subs: Iterable[Sub], dates: Iterable[date], holds: Sequence[int] = ()) -> Locked:
    """Lock the periods of ``dates`` and the live rows of ``subs``, in key order, and say what they hold.

    Call it once, before making the entries whose figures depend on it, with everything guarded that they touch.
    """
    specs = Specs(ctx)
    for sub in subs:
        specs.ordinal(sub)
    rows = execute(
        "SELECT ord, hold_id, amount, value, held, floor, last_on, frozen_before"
        f" FROM lock_balances(%s::date[], {SPEC}, %s::bigint[])",
        [sorted(set(dates)), *specs.columns(sides=False), list(holds)],
    )
    ordered = specs.subs()
    balances = dict.fromkeys(ordered, Balance())
    left: dict[int, int] = {}
    for row in rows:
        if row[1] is None:
            balances[ordered[row[0] - 1]] = Balance(*row[2:])
        else:
            left[row[1]] = row[2]
    return Locked(balances, left)


class AccountSum(NamedTuple):
    """Turnover of an account in one unit: debit, credit and amount in steps."""

    account: int
    unit: int
    debit: int
    credit: int
    amount: int


ALL_KINDS = ("opening", "regular", "adjusting", "closing")


def account_sums(
    ctx: Ctx, until: date, since: date = date.min, kinds: Sequence[str] = ALL_KINDS
) -> list[AccountSum]:
    """Sums by account and unit over ``since``..``until``: summaries plus what is not rolled up yet."""
    sql = "SELECT account_id, unit_id, debit, credit, amount FROM account_sums(%s, %s, %s::text[])"
    return [AccountSum(*row) for row in execute(sql, [since, until, list(kinds)])]


def account_values(
    ctx: Ctx, until: date, since: date = date.min, kinds: Sequence[str] = ALL_KINDS
) -> dict[int, tuple[int, int]]:
    """Debit and credit by account over ``since``..``until``, in the company's currency: from the days' summary."""
    sql = "SELECT account_id, debit, credit FROM account_values(%s, %s, %s::text[])"
    return {row[0]: (row[1], row[2]) for row in execute(sql, [since, until, list(kinds)])}


def posted_after(ctx: Ctx, day: date) -> bool:
    """Whether anything is posted later than ``day``. The latest day is asked for, the end of an index: an EXISTS is planned as
    if it were soon found, and reads all entries where there is none."""
    latest = execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    return latest is not None and bool(latest > day)
