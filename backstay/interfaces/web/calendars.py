"""Calendars: what falls on the days of a month or a week. Every figure is one statement, however much there is."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.web import listing, quick
from backstay.interfaces.web.fields import STATES, Field, column, field_of, joined, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.lists import tools
from backstay.interfaces.web.resource import ctx_of, found, names
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import Resource

OF_A_DAY = {"month": 5, "week": 50}
DAY = timedelta(days=1)


@signed_in
@require_GET
def calendar(request: HttpRequest, path: str) -> HttpResponse:
    """A month (``?month=2026-11``) or a week (``?week=2026-11-23``), filtered and searched as the list is."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    if not resource.calendar:
        raise NotFound("web.not_found", f"{path} has no calendar", "Use the list.")
    what = listing.asked(resource, request.GET)
    span = "week" if "week" in request.GET else "month"
    first, weeks = _span(ctx, span, request.GET.get(span, ""))
    at = first.isoformat() if span == "week" else f"{first:%Y-%m}"
    if added := listing.added(ctx, resource, request.GET):
        return redirect(f"?{span}={at}&" + what.query(f=[*what.filters, added]))
    days = _days(ctx, resource, what, weeks, OF_A_DAY[span])
    grid = [
        [_day(ctx, d, first if span == "month" else d, *days.get(d, (0, []))) for d in week] for week in weeks
    ]
    context = {**names(resource), **tools(ctx, resource, what), "weeks": grid, "span": span, "at": at,
            "links": _links(ctx, span, first, what.query()), "first": first, "title": _title(span, first, weeks),
            "nothing": "" if days else field_of(resource, resource.calendar).label, "movable": quick.editable(ctx, resource).get(resource.calendar), "key": resource.calendar,
            "can_create": "create" in resource.acts and access.may(ctx, f"{resource.kind}.create")
            and resource.calendar in {n.partition(":")[0] for n in resource.form}}  # fmt: skip
    return render(request, "backstay/calendar.html", frame(request, path, **context))


def _span(ctx: Ctx, span: str, text: str) -> tuple[date, list[list[date]]]:
    """(first day, weeks) of the month or week asked for. Refusal (``web.month``) for what is none."""
    try:
        day = date.fromisoformat(f"{text}-01" if span == "month" else text) if text else ctx.today
        if not 1900 <= day.year <= 2200:
            raise ValueError(text)
    except ValueError:
        raise Refusal(
            "web.month", _("this is no month and no week"), _("Write it as 2026-11 or 2026-11-23.")
        ) from None
    if span == "month":
        return day.replace(day=1), months.Calendar().monthdatescalendar(day.year, day.month)
    monday = day - DAY * day.weekday()
    return monday, [[monday + DAY * n for n in range(7)]]


def _title(span: str, first: date, weeks: list[list[date]]) -> str:
    if span == "month":
        return formats.date_format(first, "F Y")
    last = weeks[0][-1]
    return f"{formats.date_format(first, 'j M' if first.year == last.year else 'j M Y')} – {formats.date_format(last, 'j M Y')}"


def _links(ctx: Ctx, span: str, first: date, query: str) -> dict[str, str]:
    """Before, after, today, and the other span; filters stay."""
    rest = f"&{query}" if query else ""
    if span == "week":
        before, after, other = first - DAY * 7, first + DAY * 7, f"month={first:%Y-%m}"
        told = {"before": f"week={before}", "after": f"week={after}", "today": f"week={ctx.today}"}
    else:
        here = ctx.today if (ctx.today.year, ctx.today.month) == (first.year, first.month) else first
        other = f"week={here}"
        told = {
            "before": f"month={first - DAY:%Y-%m}",
            "after": f"month={first + DAY * 32:%Y-%m}",
            "today": f"month={ctx.today:%Y-%m}",
        }
    return {name: f"?{part}{rest}" for name, part in (told | {"other": other}).items()}


def _days(
    ctx: Ctx, resource: Resource, what: listing.Asked, weeks: list[list[date]], most: int
) -> dict[date, tuple[int, list[dict[str, Any]]]]:
    """day → (how many, the first of them)."""
    key = column(resource.of, resource.calendar).db
    days = {f"{key}__gte": weeks[0][0], f"{key}__lte": weeks[-1][-1]}
    chosen = listing.rows_of(ctx, resource, what).filter(**days)
    counts = dict(chosen.order_by().values_list(key).annotate(Count("id")))
    nth = Window(RowNumber(), partition_by=[F(key)], order_by="id")
    chosen = joined(chosen, related(resource)).annotate(nth=nth)
    shown = list(chosen.filter(nth__lte=most).order_by(key, "id"))
    made: dict[date, tuple[int, list[dict[str, Any]]]] = {}
    for event in told(ctx, resource, shown):
        made.setdefault(event["day"], (counts[event["day"]], []))[1].append(event)
    return made


def _fields(resource: Resource) -> list[Field]:
    """What is looked at of a row: its first columns."""
    return [field_of(resource, n) for n in resource.columns[:4]]


def related(resource: Resource) -> list[str]:
    """The references that what stands in a day is made of."""
    return [f.db for f in _fields(resource) if f.kind == "ref" and f.db]


def told(ctx: Ctx, resource: Resource, found: Sequence[Any]) -> list[dict[str, Any]]:
    """What stands in the calendar of each row, in the desk's and in feeds: title, whom it is about, state. A statement for each
    worked-out column."""
    fields, key, made = _fields(resource), column(resource.of, resource.calendar).db, []
    for row, cell in zip(found, listing.cells(ctx, resource, fields, found), strict=True):
        state = next((c for f, c in zip(fields, cell["cells"], strict=True) if f.kind == "state"), None)
        word = getattr(row, "state", "")
        icon, tone = (
            (state["icon"], state["tone"]) if state and "icon" in state else STATES.get(word, ("", ""))
        )
        sub = next(
            (
                c["text"]
                for f, c in zip(fields[1:], cell["cells"][1:], strict=True)
                if f.kind == "ref" and c["text"] != "—"
            ),
            "",
        )
        made.append(
            {"id": row.pk, "day": getattr(row, key), "href": cell["href"], "text": cell["title"], "sub": sub, "icon": icon, "tone": tone,
             "state": state["text"] if state else word_of(word), "revision": cell["revision"], "movable": quick.open_to_change(resource, row)}
        )  # fmt: skip
    return made


def _day(ctx: Ctx, day: date, first: date, count: int, events: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "day": day,
        "iso": day.isoformat(),
        "out": day.month != first.month,
        "today": day == ctx.today,
        "weekend": day.weekday() > 4,
        "events": events,
        "more": count - len(events),
    }
