"""Periods: opened by the year, closed by the month, re-opened with a reason that stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.ledger.statement import execute


class PeriodRow(NamedTuple):
    """A period as it stands."""

    id: int
    starts: date
    ends: date
    kind: str
    closed: bool


def open_periods(ctx: Ctx, periods: Sequence[tuple[date, date, str]]) -> list[int]:
    """Make periods (first day, last day, kind). Raises Refusal (``ledger.period_overlap``)."""
    starts, ends, kinds = zip(*periods, strict=True)
    sql = "SELECT open_periods(%s::date[], %s::date[], %s::text[])"
    return [row[0] for row in execute(sql, [list(starts), list(ends), list(kinds)])]


def list_periods(ctx: Ctx) -> list[PeriodRow]:
    """All periods of the company, oldest first."""
    sql = "SELECT id, starts, ends, kind, closed_at IS NOT NULL FROM period WHERE company_id = %s ORDER BY starts, id"
    return [PeriodRow(*row) for row in execute(sql, [ctx.company])]


def close_period(ctx: Ctx, period: int) -> None:
    """Close: waits for postings in flight; a fingerprint of what was closed is kept."""
    execute("SELECT close_period(%s)", [period])


def reopen_period(ctx: Ctx, period: int, reason: str) -> None:
    """Re-open, an event with its reason. Raises Refusal without one."""
    execute("SELECT reopen_period(%s, %s)", [period, reason])
