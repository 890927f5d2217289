"""Statements: figures by account, in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from backstay import ledger
from backstay.base.context import Ctx
from backstay.platform import rows

BEFORE_CLOSE = ("opening", "regular", "adjusting")


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


class LedgerLine(NamedTuple):
    """A posting as the general ledger shows it; ``balance`` runs within its account."""

    account: str
    name: str
    on: date
    entry: int
    source: str
    event: str
    text: str
    item: str
    debit: int
    credit: int
    balance: int


def chart(ctx: Ctx) -> dict[int, tuple[str, str, str]]:
    """(code, name, type) by account id, memo accounts left out."""
    sql = "SELECT id, code, name, type FROM account WHERE company_id = %s AND type <> 'memo' ORDER BY code"
    return {row[0]: (row[1], row[2], row[3]) for row in rows.execute(sql, [ctx.company])}


def _by_account(ctx: Ctx, until: date, since: date, kinds: Iterable[str]) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    for found in ledger.account_sums(ctx, until, since, list(kinds)):
        debit, credit = sums.get(found.account, (0, 0))
        sums[found.account] = (debit + found.debit, credit + found.credit)
    return sums


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


def income_statement(ctx: Ctx, since: date, until: date) -> Statement:
    """Income and expense over the days; the year-end closing entry is left out."""
    sums = _by_account(ctx, until, since, BEFORE_CLOSE)
    found = [
        Row(code, name, kind, 1, *sums[account])
        for account, (code, name, kind) in chart(ctx).items()
        if kind in ("income", "expense") and sums.get(account, (0, 0)) != (0, 0)
    ]
    debit, credit = sum(r.debit for r in found), sum(r.credit for r in found)
    return Statement(until, since, tuple(found), debit, credit, credit - debit)


def balance_sheet(ctx: Ctx, as_of: date) -> Statement:
    """Assets, liabilities and equity; what profit and loss hold is shown as the result not yet closed."""
    everything = trial_balance(ctx, as_of)
    found = [r for r in everything.rows if r.type in ("asset", "liability", "equity") and r.balance]
    result = -sum(r.balance for r in everything.rows if r.type in ("income", "expense"))
    if result:
        found.append(Row("", "Result not yet closed", "equity", 1, max(-result, 0), max(result, 0)))
    order = {"asset": 0, "liability": 1, "equity": 2}
    found.sort(key=lambda r: (order[r.type], r.account == "", r.account))
    return Statement(
        as_of, None, tuple(found), sum(r.debit for r in found), sum(r.credit for r in found), result
    )


_LINES = """
SELECT a.code, a.name, e.posted_on, e.id, e.source, e.event, e.text, s.item,
       debit_of(p.value, e.storno), credit_of(p.value, e.storno),
       sum(p.value) OVER (PARTITION BY a.id ORDER BY e.posted_on, e.id, p.line)::bigint + coalesce(o.value, 0)
FROM entry e JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id
JOIN account a ON a.id = s.account_id LEFT JOIN unnest(%(accounts)s::bigint[], %(opening)s::bigint[]) o(id, value) ON o.id = a.id
WHERE e.company_id = %(company)s AND e.posted_on BETWEEN %(since)s AND %(until)s AND a.type <> 'memo'
  AND (%(code)s::text IS NULL OR a.code = %(code)s)
ORDER BY a.code, e.posted_on, e.id, p.line
"""


def general_ledger(ctx: Ctx, since: date, until: date, account: str | None = None) -> list[LedgerLine]:
    """Every posting of the days, by account and day, with a running balance that starts from what was before."""
    before = date.fromordinal(since.toordinal() - 1) if since > date.min else None
    opening = _by_account(ctx, before, date.min, ledger.balances.ALL_KINDS) if before else {}
    connection_params = {
        "accounts": list(opening),
        "opening": [debit - credit for debit, credit in opening.values()],
        "company": ctx.company,
        "since": since,
        "until": until,
        "code": account,
    }
    return [LedgerLine(*row) for row in rows.execute(_LINES, connection_params)]


def balances_by_role(ctx: Ctx, roles: Sequence[str], ends: Sequence[date]) -> dict[str, list[int]]:
    """Balances (debit less credit, in steps) of the accounts of each role at the end of each day, oldest day first."""
    starts = [date.min, *(day + timedelta(days=1) for day in ends[:-1])]
    sql = (
        "SELECT w.n, a.role, sum(s.debit - s.credit)::bigint FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY w(since, until, n),"
        " LATERAL account_sums(w.since, w.until, %s::text[]) s JOIN account a ON a.id = s.account_id"
        " WHERE a.role = ANY(%s::text[]) GROUP BY 1, 2"
    )
    moved = {
        (n, role): steps
        for n, role, steps in rows.execute(
            sql, [starts, list(ends), list(ledger.balances.ALL_KINDS), list(roles)]
        )
    }
    found: dict[str, list[int]] = {}
    for role in roles:
        line: list[int] = []
        for n in range(1, len(ends) + 1):
            line.append((line[-1] if line else 0) + moved.get((n, role), 0))
        found[role] = line
    return found
