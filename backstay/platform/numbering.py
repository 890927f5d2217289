"""Legal numbers: gapless, unique, drawn last in the transaction that makes the document binding.

The series row is locked from drawing to commit, so numbers are given in commit order and a rollback gives
them back. Source: VATD (2006/112/EC) art. 226(2), a sequential number that uniquely identifies the invoice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.platform import events, rows

# kind of document → prefix; a company may change its own row in ``series``.
PREFIXES: dict[str, str] = {}


def register(code: str, prefix: str) -> str:
    """Declare a series with its default prefix; return the code."""
    PREFIXES[code] = prefix
    return code


def prefix(ctx: Ctx, code: str) -> str:
    """The prefix of a series: the company's own, or the usual one."""
    own: dict[str, str] = ctx.settings.get("prefixes") or {}
    return own.get(code) or PREFIXES[code]


def rename(ctx: Ctx, prefixes: Mapping[str, str]) -> None:
    """Let the runs of this year and later go on under other prefixes; what has a number keeps it."""
    wanted = PREFIXES | dict(prefixes)
    rows.execute(
        "UPDATE platform_series s SET prefix = w.prefix FROM unnest(%s::text[], %s::text[]) w(code, prefix)"
        " WHERE s.company_id = %s AND s.code = w.code AND s.year >= %s AND s.prefix <> w.prefix RETURNING s.id",
        [list(wanted), list(wanted.values()), ctx.company, ctx.today.year],
    )


def draw(ctx: Ctx, code: str, dates: Sequence[date]) -> list[str]:
    """Draw one number per date, in the order given; a year has its own run, e.g. ``INV-2026-00001``.

    One statement, whatever the number of documents and years. Call it as the last thing before the final
    update: the row stays locked until commit. Raises Refusal (``numbering.series``) for an unknown code.
    """
    if not dates:
        return []
    if code not in PREFIXES:
        raise Refusal(
            "numbering.series", f"there is no number series {code}", "Register it with its document."
        )
    years = sorted({d.year for d in dates})
    counts = [sum(1 for d in dates if d.year == year) for year in years]
    drawn = rows.execute(
        "SELECT year, prefix, width, first FROM draw_numbers(%s, %s, %s::int[], %s::bigint[])",
        [code, prefix(ctx, code), years, counts],
    )
    state = {year: [word, width, first] for year, word, width, first in drawn}
    numbers = []
    for d in dates:
        word, width, following = state[d.year]
        numbers.append(f"{word}-{d.year}-{following:0{width}d}")
        state[d.year][2] += 1
    return numbers


def bind(
    ctx: Ctx,
    model: type[models.Model],
    kind: str,
    ids: Sequence[int],
    code: str,
    dates: Sequence[date],
    *,
    state: str,
    event: str = "post",
    columns: Mapping[str, Sequence[Any]] | None = None,
) -> list[str]:
    """Make documents binding: number (of one series), state, when and by whom, and an audit event each.

    One statement, the last of the transaction; numbers in the order of ``ids``. What is posted is told as the event
    ``<kind>_posted``.
    """
    if not ids:
        return []
    if code not in PREFIXES:
        raise Refusal(
            "numbering.series", f"there is no number series {code}", "Register it with its document."
        )
    count = len(ids)
    now = clock.now()
    values: dict[str, Sequence[Any]] = {
        "state": [state] * count,
        "posted_at": [now] * count,
        "posted_by": [ctx.actor] * count,
    }
    numbers = rows.bind(
        model,
        ids,
        (code, prefix(ctx, code)),
        [d.year for d in dates],
        (ctx.actor, ctx.request, kind, event),
        values | dict(columns or {}),
    )
    if event == "post":
        events.emit(ctx, f"{kind}_posted", ids)
    return numbers
