"""Periods: what is open and closed, the checklist before a close, re-opening, the end of a year."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay import ledger
from backstay.base.errors import NotFound, Refusal
from backstay.domains.accounting import processes as accounting
from backstay.domains.sales import processes as sales
from backstay.interfaces import closing
from backstay.interfaces.reports.spans import Calendar, Span, calendar
from backstay.interfaces.web.acts import entries, led_to, once
from backstay.interfaces.web.binding import attempt
from backstay.interfaces.web.reporting import who
from backstay.interfaces.web.resource import Answer
from backstay.ledger.periods import PeriodRow
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import page

ACCOUNTING = ("Books", gettext_noop("Accounting"), "book")
KINDS = {
    "adjusting": gettext_noop("Adjustments of the year"),
    "closing": gettext_noop("Close of the year"),
    "opening": gettext_noop("Opening balances"),
}


@page("accounting/periods", gettext_noop("Periods"), ACCOUNTING, "accounting.period.read")
def periods(request: HttpRequest, ctx: Ctx) -> Answer:
    """Years with their months, which are closed, by whom and when."""
    if request.method == "POST":
        access.require(ctx, "accounting.period.open")
        key = request.POST.get("once", "")
        if before := once(ctx, key):
            return redirect(before)
        accounting.open_fiscal_years(ctx)
        messages.success(request, _("The next year is open."))
        led_to(ctx, key, "/accounting/periods")
        return redirect("/accounting/periods")
    cal = calendar(ctx)
    told: dict[int, closing.Event] = {}
    for event in closing.events(ctx):
        told.setdefault(event.period, event)
    closed = closing.closed_years(ctx)
    years: dict[str, list[dict[str, Any]]] = {}
    for p in cal.periods:
        year = cal.label(cal.around("year", p.ends if p.kind != "opening" else p.ends + timedelta(days=1)))
        years.setdefault(year, []).append(_row(ctx, cal, p, told.get(p.id), closed))
    blocks = [
        {"year": year, "rows": found, "open": sum(r["kind"] == "regular" and not r["closed"] for r in found)}
        for year, found in reversed(years.items())
    ]
    for block in blocks:
        block["later"] = all(r["future"] for r in block["rows"])
    blocks.sort(key=lambda block: bool(block["later"]))
    first = next(
        (r for found in years.values() for r in found if r["kind"] == "regular" and not r["closed"]),
        None,
    )
    return "backstay/periods.html", {
        "years": blocks,
        "first": first,
        "once": uuid.uuid4().hex,
        "can_open": access.may(ctx, "accounting.period.open"),
    }


def _row(
    ctx: Ctx, cal: Calendar, p: PeriodRow, event: closing.Event | None, closed: dict[int, int]
) -> dict[str, Any]:
    href = (
        f"/accounting/years/{p.id}"
        if p.kind == "closing"
        else f"/accounting/periods/{p.id}"
        if p.kind in ("regular", "opening")
        else ""
    )
    return {
        "id": p.id, "kind": p.kind, "title": cal.label(Span(p.starts, p.ends)) if p.kind == "regular" else _(KINDS[p.kind]), "starts": p.starts, "ends": p.ends,
        "closed": p.closed or p.id in closed, "href": href, "event": event, "who": who(event.actor) if event else "", "future": p.starts > ctx.today,
        "entry": closed.get(p.id),
    }  # fmt: skip


def _period(ctx: Ctx, ident: int, kinds: tuple[str, ...]) -> PeriodRow:
    found = next((p for p in ledger.list_periods(ctx) if p.id == ident and p.kind in kinds), None)
    if found is None:
        raise NotFound("accounting.period", _("there is no such period"), _("Look at the periods."))
    return found


@page(
    "accounting/periods/<int:ident>",
    gettext_noop("Close a period"),
    ACCOUNTING,
    "accounting.period.read",
    hidden=True,
)
def period(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What is open inside, then the close; or the re-opening, with its reason."""
    found = _period(ctx, ident, ("regular", "opening"))
    cal = calendar(ctx)
    title = cal.label(Span(found.starts, found.ends)) if found.kind == "regular" else _(KINDS["opening"])
    faults = None
    if request.method == "POST":
        if request.POST.get("do") == "verify":
            faults = closing.verified(ctx)
        else:
            return _act(request, ctx, found, title)
    checks = closing.checklist(ctx, found) if not found.closed else []
    earlier = [
        p for p in cal.periods if not p.closed and p.kind in ("opening", "regular") and p.ends < found.starts
    ]
    return "backstay/period.html", {
        "period": found, "heading": title, "checks": checks, "earlier": [{"title": cal.label(Span(p.starts, p.ends)), "href": f"/accounting/periods/{p.id}"} for p in earlier],
        "events": [{"event": e, "who": who(e.actor)} for e in closing.events(ctx, ident)], "faults": faults, "once": uuid.uuid4().hex, "next_day": found.ends + timedelta(days=1),
        "blocked": any(c.state == "bad" for c in checks), "waiting": sum(c.state != "ok" for c in checks), "future": found.ends >= ctx.today and not found.closed,
        "can_close": access.may(ctx, "accounting.period.close"), "can_reopen": access.may(ctx, "accounting.period.reopen"),
    }  # fmt: skip


def _act(request: HttpRequest, ctx: Ctx, found: PeriodRow, title: str) -> HttpResponse:
    """Close, re-open, count income of what left, take that back: once, however often it is clicked."""
    key, do = request.POST.get("once", ""), request.POST.get("do", "")
    here = f"/accounting/periods/{found.id}"
    if before := once(ctx, key):
        return redirect(before)
    if do == "close":
        count = len(accounting.close_periods(ctx, found.ends))
        messages.success(
            request,
            _("%(period)s is closed.") % {"period": title}
            if count == 1
            else _("%(n)s periods are closed.") % {"n": count},
        )
        here = "/accounting/periods"
    elif do == "reopen":
        reason = request.POST.get("reason", "").strip()[:400]
        if not reason:
            raise Refusal(
                "web.answer",
                _("re-opening a period needs a reason"),
                _("Say why; it stays with the period."),
                "reason",
            )
        accounting.reopen_period(ctx, found.id, reason)
        messages.success(request, _("%(period)s is open again.") % {"period": title})
    elif do == "accrue":
        count = len(sales.accrue_shipped(ctx, found.ends))
        messages.success(request, _("%(n)s entries count it as income.") % {"n": count})
    elif do == "unaccrue":
        count = len(sales.reverse_accruals(ctx, found.ends + timedelta(days=1)))
        messages.success(request, _("%(n)s accruals are taken back.") % {"n": count})
    else:
        raise Refusal("web.act", _("nothing like this can be done here"), _("Choose one of the buttons."))
    led_to(ctx, key, here)
    return redirect(here)


@page(
    "accounting/years/<int:ident>",
    gettext_noop("Close a year"),
    ACCOUNTING,
    "accounting.period.read",
    hidden=True,
)
def year(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What closing a year will post, then the close; or taking it back with a reason."""
    found = _period(ctx, ident, ("closing",))
    cal = calendar(ctx)
    span = cal.around("year", found.ends)
    title = cal.label(span)
    if request.method == "POST":
        key, do = request.POST.get("once", ""), request.POST.get("do", "")
        if before := once(ctx, key):
            return redirect(before)
        if do == "close":
            accounting.close_fiscal_year(ctx, found.ends)
            messages.success(request, _("The year %(year)s is closed.") % {"year": title})
        elif do == "reopen" and request.POST.get("reason", "").strip():
            accounting.reopen_fiscal_year(ctx, found.ends, request.POST["reason"].strip()[:400])
            messages.success(request, _("The close of %(year)s is taken back.") % {"year": title})
        else:
            raise Refusal(
                "web.answer",
                _("taking back a close needs a reason"),
                _("Say why; it stays with the entry."),
                "reason",
            )
        led_to(ctx, key, request.path)
        return redirect(request.path)
    standing = closing.closed_years(ctx).get(ident)
    open_months = [
        p
        for p in cal.periods
        if p.kind == "regular" and span.since <= p.starts <= span.until and not p.closed
    ]
    return "backstay/year.html", {
        "period": found, "heading": title, "standing": standing, "preview": None if standing else _preview(ctx, found), "once": uuid.uuid4().hex,
        "posted": entries(ctx, "e.id = %s", [standing]) if standing else [], "open_months": [{"title": cal.label(Span(p.starts, p.ends)), "href": f"/accounting/periods/{p.id}"} for p in open_months],
        "statement": f"/reports/income-statement?from={span.since}&to={span.until}", "can_close": access.may(ctx, "accounting.year.close"), "can_reopen": access.may(ctx, "accounting.year.reopen"),
    }  # fmt: skip


def _preview(ctx: Ctx, found: PeriodRow) -> dict[str, Any]:
    """The entry a close would post, by doing it and taking it back."""

    def done() -> list[dict[str, Any]]:
        last = rows.execute("SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s", [ctx.company])[0][
            0
        ]
        accounting.close_fiscal_year(ctx, found.ends)
        return entries(ctx, "e.id > %s", [last])

    made, refusal = attempt(done)
    return {"entries": made or [], "refusal": refusal, "act": "close", "text": _("close the year")}
