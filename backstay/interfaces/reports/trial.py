"""The trial balance: what every account held before, what moved, what it holds now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.money import from_steps, plain
from backstay.domains.accounting import queries as books
from backstay.interfaces.reports.shape import BOOKS, Asked, Column, Line, Report, report
from backstay.interfaces.reports.spans import Span, calendar, shown
from backstay.interfaces.reports.tree import Sheet, card_link


@report(
    "trial-balance", gettext_noop("Trial balance"),
    gettext_noop("Every account: what it held before, what moved in the days, what it holds now. Debits equal credits."), BOOKS, compares=True, zero=True,
    span="year",
)  # fmt: skip
def trial_balance(ctx: Ctx, asked: Asked) -> Report:
    """Closing balances of every account, each on its side; profit and loss of closed years is in equity."""
    cal = calendar(ctx)
    chart = [a for a in books.accounts(ctx) if a.type != "memo" and a.postable]
    columns = shown(cal, asked, days=True)
    before, *now = books.balances_of(ctx, [asked.since - timedelta(days=1), *(c.span.until for c in columns)])
    moved = books.sums_of(ctx, [asked.span])[0]
    sheet = Sheet(ctx, asked, cal, columns, now, account_link=card_link, flows=False)
    at = columns.index(sheet.shown_main)
    totals = dict.fromkeys(("opening", "moved_debit", "moved_credit", "debit", "credit"), 0)
    for a in chart:
        seen = any(a.id in column for column in now) or a.id in moved
        if not seen and not asked.zero:
            continue
        balance, (debit, credit) = now[at].get(a.id, 0), moved.get(a.id, (0, 0))
        steps = {
            "opening": before.get(a.id, 0), "moved_debit": debit, "moved_credit": credit, "debit": max(balance, 0), "credit": max(-balance, 0),
        }  # fmt: skip
        for key, value in steps.items():
            totals[key] += value
        cells: dict[str, Any] = {"type": a.type, "account": a.code, "name": a.name}
        cells |= {k: from_steps(v, ctx.scale) for k, v in steps.items()} | sheet.cells(sheet.figures([a.id]))
        here = card_link(a.code, Span(*asked.span))
        href = dict.fromkeys(("name", "moved_debit", "moved_credit", "debit", "credit"), here)
        href |= {c.key: card_link(a.code, c.span) for c in columns}
        sheet.lines.append(Line(cells, "row", 1, href, a.code))
    facts = {"debit": plain(totals["debit"], ctx.scale), "credit": plain(totals["credit"], ctx.scale)}
    sums = {k: from_steps(v, ctx.scale) for k, v in totals.items()} | sheet.cells(
        sheet.figures(a.id for a in chart)
    )
    made = Report(
        "trial-balance", _("Trial balance"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", _columns(sheet), sheet.lines, sums,
        {"as_of": asked.until.isoformat(), "currency": ctx.currency_code} | facts,
    )  # fmt: skip
    agrees = totals["debit"] == totals["credit"]
    made.notes = [_("Debits equal credits.") if agrees else _("Debits and credits differ: check the books.")]
    return made


def _columns(sheet: Sheet) -> tuple[Column, ...]:
    scale = sheet.ctx.scale
    if sheet.asked.compare:
        return sheet.columns()
    sides = (
        ("opening", _("Before"), "pri c-c"), ("moved_debit", _("Debit"), ""), ("moved_credit", _("Credit"), ""),
        ("debit", _("Balance, debit"), "one-side p2"), ("credit", _("Balance, credit"), "one-side p4"),
    )  # fmt: skip
    return (
        Column("type", _("Part"), screen=False), Column("account", _("Account"), screen=False), Column("name", _("Account"), lead=True),
        *(Column(key, label, "figure", scale, css=css) for key, label, css in sides),
    )  # fmt: skip
