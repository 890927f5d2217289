"""Cash of the last weeks and of the next, as a chart: what is in the bank, and what falls due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backstay.domains.accounting.queries import balances_by_role
from backstay.interfaces.web.fields import day_text, money_text
from backstay.platform.context import Ctx

BEFORE, AFTER = 4, 8  # weeks
Due = Mapping[tuple[str, int], tuple[int, int]]


def cash_chart(ctx: Ctx, today: date, due: Due) -> dict[str, Any]:
    """The balance at the end of each week, then what it becomes when everything is paid on its due date.

    Bills that are overdue are taken to be paid within a week; on customers who are late nobody counts.
    """
    ends = [today - timedelta(days=7 * n) for n in range(BEFORE, -1, -1)]
    found = balances_by_role(ctx, ["bank", "cash"], ends)
    past = [sum(parts) for parts in zip(*found.values(), strict=True)]
    comes = [due.get(("receivable", n), (0, 0))[1] for n in range(AFTER)]
    goes = [due.get(("payable", n), (0, 0))[1] for n in range(AFTER)]
    late_in, late_out = due.get(("receivable", -1), (0, 0))[1], due.get(("payable", -1), (0, 0))[1]
    goes[0] += late_out
    balance = [past[-1]]
    for i, o in zip(comes, goes, strict=True):
        balance.append(balance[-1] + i - o)
    lowest = min(range(1, AFTER + 1), key=lambda n: balance[n])
    week = day_text(today + timedelta(days=7 * lowest), today.year)
    return _drawn(ctx, today, past, balance, comes, goes) | {
        "lowest": money_text(balance[lowest], ctx.scale), "week": week, "short": balance[lowest] < 0,
        "late": money_text(late_in, ctx.scale) if late_in > 0 else "",
        "aria": _("Cash now %(now)s; lowest %(lowest)s by %(week)s; %(last)s in eight weeks")
        % {"now": money_text(past[-1], ctx.scale), "lowest": money_text(balance[lowest], ctx.scale), "week": week, "last": money_text(balance[-1], ctx.scale)},
    }  # fmt: skip


def _drawn(
    ctx: Ctx, today: date, past: list[int], balance: list[int], comes: list[int], goes: list[int]
) -> dict[str, Any]:
    """Positions in a plot of 100 by 100, the scale beside it, the days below."""
    step = _step(max([*past, *balance, *comes, *goes, 1]) - min([*past, *balance, 0]))
    low = min([*past, *balance, 0]) // step * step
    high = low
    while high < max([*past, *balance, *comes, *goes, 1]):
        high += step
    marks = list(range(high, low - 1, -step))

    def at(steps: int) -> Decimal:
        return Decimal((high - steps) * 100) / (high - low)

    def y(steps: int) -> str:
        return f"{at(steps):.1f}"

    def x(week: int) -> float:
        return (week + BEFORE) * 100 / (BEFORE + AFTER)

    bars = [
        {"cls": cls, "x": f"{x(n + 1) + beside:.2f}", "y": y(value), "h": f"{at(0) - at(value):.1f}"}
        for n, pair in enumerate(zip(comes, goes, strict=True))
        for cls, value, beside in (("in", pair[0], -1.5), ("out", pair[1], 0.1))
        if value > 0
    ]
    line = [f"{x(n - BEFORE):.1f} {y(v)}" for n, v in enumerate(past)]
    ahead = [f"{x(n):.1f} {y(v)}" for n, v in enumerate(balance)]
    days = [day_text(today + timedelta(days=7 * n), today.year) for n in (-BEFORE, 0, 4, AFTER)]
    if today == ctx.today:
        days[1] = _("%(day)s, today") % {"day": days[1]}
    return {
        "grid": [y(m) for m in marks], "zero": y(0), "marks": [_short(m, ctx.scale) for m in marks], "bars": bars, "now": f"{x(0):.1f}",
        "line": "M" + " L".join(line), "ahead": "M" + " L".join(ahead), "point": f"M{ahead[0]}h.01", "days": days,
    }  # fmt: skip


def _step(reach: int) -> int:
    """A round distance that gives four or five marks."""
    size = 1
    while size * 10 < reach / 4:
        size *= 10
    return next(size * n for n in (1, 2, 5, 10, 20, 50, 100) if size * n >= reach / 4)


def _short(steps: int, scale: int) -> str:
    """150k, 1.2m: a mark of the scale, where the exact figure is of no use."""
    whole = steps // 10**scale if steps >= 0 else -(-steps // 10**scale)
    sign = "\N{MINUS SIGN}" if whole < 0 else ""
    size = abs(whole)
    if size >= 1_000_000:
        return f"{sign}{size / 1_000_000:g}m"
    return f"{sign}{size / 1000:g}k" if size >= 1000 else f"{sign}{size}"
