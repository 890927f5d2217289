"""Statements: figures by account, in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from backstay import ledger
from backstay.base.context import Ctx
from backstay.platform import rows

BEFORE_CLOSE = ("opening", "regular", "adjusting")  # profit and loss as it was before it moved into equity


class Row(NamedTuple):
    """An account with its figures; ``level`` 0 is a heading. ``balance`` is debit less credit."""

    account: str
    name: str
    type: str
    level: int
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows of a statement with its sums."""

    as_of: date
    since: date | None
    rows: tuple[Row, ...]
    debit: int
    credit: int
    result: int = 0


def chart(ctx: Ctx) -> dict[int, tuple[str, str, str]]:
    """(code, name, type) by account id, memo accounts left out."""
    sql = "SELECT id, code, name, type FROM account WHERE company_id = %s AND type <> 'memo' ORDER BY code"
    return {row[0]: (row[1], row[2], row[3]) for row in rows.execute(sql, [ctx.company])}


def _by_account(ctx: Ctx, until: date, since: date, kinds: Iterable[str]) -> dict[int, tuple[int, int]]:
    return ledger.account_values(ctx, until, since, list(kinds))


def trial_balance(ctx: Ctx, as_of: date) -> Statement:
    """Closing balances at the end of ``as_of``, each on its side; profit and loss of closed years is in equity."""
    sums = _by_account(ctx, as_of, date.min, ledger.balances.ALL_KINDS)
    found = []
    for account, (code, name, kind) in chart(ctx).items():
        debit, credit = sums.get(account, (0, 0))
        balance = debit - credit
        if account in sums and (debit or credit):
            found.append(Row(code, name, kind, 1, max(balance, 0), max(-balance, 0)))
    return Statement(as_of, None, tuple(found), sum(r.debit for r in found), sum(r.credit for r in found))


def balances_by_role(
    ctx: Ctx, roles: Sequence[str], ends: Sequence[date], kinds: Sequence[str] = ledger.balances.ALL_KINDS
) -> dict[str, list[int]]:
    """Balances (debit less credit, in steps) of the accounts of each role at the end of each day, oldest day first.

    ``kinds``: of the periods; BEFORE_CLOSE leaves out the entries that empty profit and loss at a year's end.
    """
    starts = [date.min, *(day + timedelta(days=1) for day in ends[:-1])]
    sql = (
        "SELECT w.n, a.role, sum(s.debit - s.credit)::bigint FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY w(since, until, n),"
        " LATERAL account_values(w.since, w.until, %s::text[]) s JOIN account a ON a.id = s.account_id"
        " WHERE a.role = ANY(%s::text[]) GROUP BY 1, 2"
    )
    moved = {
        (n, role): steps
        for n, role, steps in rows.execute(sql, [starts, list(ends), list(kinds), list(roles)])
    }
    found: dict[str, list[int]] = {}
    for role in roles:
        line: list[int] = []
        for n in range(1, len(ends) + 1):
            line.append((line[-1] if line else 0) + moved.get((n, role), 0))
        found[role] = line
    return found


# ---- what reports are made of ----


class AccountRow(NamedTuple):
    """An account of the chart; ``parent`` is an id."""

    id: int
    code: str
    name: str
    type: str
    parent: int | None
    role: str
    cash_flow: str
    postable: bool


def accounts(ctx: Ctx) -> list[AccountRow]:
    """The whole chart by code, headings and memo accounts included."""
    sql = (
        "SELECT id, code, name, type, parent_id, coalesce(role, ''), cash_flow, postable FROM account"
        " WHERE company_id = %s ORDER BY code"
    )
    return [AccountRow(*row) for row in rows.execute(sql, [ctx.company])]


Sums = dict[int, tuple[int, int]]  # account → (debit, credit)


def sums_of(ctx: Ctx, spans: Sequence[tuple[date, date]], kinds: Iterable[str] | None = None) -> list[Sums]:
    """Debit and credit by account in each span, from the summaries: one statement for any number of spans."""
    sql = (
        "SELECT w.n, s.account_id, s.debit, s.credit FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY w(since, until, n),"
        " LATERAL account_values(w.since, w.until, %s::text[]) s"
    )
    told = list(ledger.balances.ALL_KINDS if kinds is None else kinds)
    found: list[Sums] = [{} for _ in spans]
    params = [[since for since, _ in spans], [until for _, until in spans], told]
    for n, account, debit, credit in rows.execute(sql, params):
        found[n - 1][account] = (debit, credit)
    return found


def balances_of(ctx: Ctx, days: Sequence[date]) -> list[dict[int, int]]:
    """Debit less credit by account at the end of each day, in the order asked; one statement."""
    ends = sorted(set(days))
    starts = [date.min, *(day + timedelta(days=1) for day in ends[:-1])]
    running: dict[int, int] = {}
    at: dict[date, dict[int, int]] = {}
    for end, moved in zip(ends, sums_of(ctx, list(zip(starts, ends, strict=True))), strict=True):
        for account, (debit, credit) in moved.items():
            running[account] = running.get(account, 0) + debit - credit
        at[end] = dict(running)
    return [at[day] for day in days]


def open_result_since(ctx: Ctx, as_of: date) -> date:
    """The first day whose profit and loss is not closed into equity at the end of ``as_of``."""
    sql = (
        "SELECT max(p.ends) FROM period p WHERE p.company_id = %s AND p.kind = 'closing' AND p.ends <= %s AND EXISTS ("
        "SELECT FROM entry e WHERE e.period_id = p.id AND e.source = 'accounting.year:' || p.id AND e.reverses IS NULL"
        " AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id))"
    )
    last = rows.execute(sql, [ctx.company, as_of])[0][0]
    if last is not None:
        return date.fromordinal(last.toordinal() + 1)
    first = rows.execute("SELECT min(starts) FROM period WHERE company_id = %s", [ctx.company])[0][0]
    return first or date(as_of.year, 1, 1)
