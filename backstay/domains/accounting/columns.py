"""Worked-out columns of manual entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backstay.base.context import Ctx
from backstay.platform import rows


def turnovers(ctx: Ctx, ids: Iterable[int]) -> dict[int, int]:
    """Sum of debits by manual entry, in steps."""
    sql = "SELECT entry_id, sum(greatest(value, 0))::bigint FROM accounting_journalline WHERE entry_id = ANY(%s::bigint[]) GROUP BY 1"
    return dict(rows.execute(sql, [list(ids)]))


def _side(sign: int) -> Callable[[Ctx, Iterable[int]], dict[int, int]]:
    sql = "SELECT id, %s * value FROM accounting_journalline WHERE id = ANY(%s::bigint[]) AND %s * value > 0"
    return lambda ctx, ids: dict(rows.execute(sql, [sign, list(ids), sign]))


COLUMNS = {
    "accounting.journalentry.turnover": ("money", turnovers),
    "accounting.journalline.debit": ("money", _side(1)),
    "accounting.journalline.credit": ("money", _side(-1)),
}
