"""Worked-out columns of manual entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.domains.accounting.rules import ManualDraft
from backstay.platform import rows
from backstay.platform.figures import money_text


def turnovers(ctx: Ctx, ids: Iterable[int]) -> dict[int, int]:
    """Sum of debits by manual entry, in steps."""
    sql = "SELECT entry_id, sum(greatest(value, 0))::bigint FROM accounting_journalline WHERE entry_id = ANY(%s::bigint[]) GROUP BY 1"
    return dict(rows.execute(sql, [list(ids)]))


def _side(sign: int) -> Callable[[Ctx, Iterable[int]], dict[int, int]]:
    sql = "SELECT id, %s * value FROM accounting_journalline WHERE id = ANY(%s::bigint[]) AND %s * value > 0"
    return lambda ctx, ids: dict(rows.execute(sql, [sign, list(ids), sign]))


def balance(ctx: Ctx, draft: ManualDraft) -> list[tuple[str, str, str]]:
    """Debit, credit and what is missing, of the lines that are typed so far."""
    lines = [line for line in draft.lines if line is not None]
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    missing = debit - credit
    last = _("Credit is missing") if missing > 0 else _("Debit is missing") if missing < 0 else _("Balanced")
    told = ((_("Debit"), debit), (_("Credit"), credit), (last, abs(missing)))
    return [(f"sum{n}", label, money_text(steps, ctx.scale)) for n, (label, steps) in enumerate(told)]


TOTALS = {"accounting.journalentry": balance}
COLUMNS = {
    "accounting.journalentry.turnover": ("money", turnovers),
    "accounting.journalline.debit": ("money", _side(1)),
    "accounting.journalline.credit": ("money", _side(-1)),
}
