"""Lists of resources: a page of rows, saved views, boards and calendars."""

from __future__ import annotations

import calendar as months
import uuid
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.imports import declared
from backstay.interfaces.web import acts, drafts, listing
from backstay.interfaces.web.beginning import beginning
from backstay.interfaces.web.fields import STATES, column, field_of, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, found, names
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.models import SavedView
from backstay.platform.resources import Resource


def _partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


@signed_in
@require_GET
def list_(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the list; htmx gets the rows alone."""
    resource, ctx = found(path), ctx_of(request)
    access.require(ctx, f"{resource.kind}.read")
    query = request.GET
    if not query and (home := next(iter(resource.views.items()), None)):
        query = type(request.GET)(home[1])
    what = listing.asked(resource, query)
    if added := listing.added(ctx, resource, query):
        return redirect("?" + what.query(f=[*what.filters, added]))
    page = listing.page(ctx, resource, what)
    sort = what.sort or listing.default_sort(resource)
    context: dict[str, Any] = {
        **names(resource), "page": page, "what": what, "told": listing.told(ctx, resource, what), "views": _views(ctx, resource, what),
        "sorts": _sorts(resource, what, sort), "query": what.query(), "ungrouped": what.query(group="") or "all=1", "more": what.query() + ("&" if what.query() else "") + f"after={page.after}" if page.after else "",
        "filters": _filterable(resource), "groups": listing.groupable(resource), "bulk": _bulk(ctx, resource), "once": uuid.uuid4().hex,
        "all_columns": [field_of(resource, n) for n in resource.columns], "can_create": "create" in resource.acts and access.may(ctx, f"{resource.kind}.create"),
        "can_import": declared.importable(resource) and access.may(ctx, f"{resource.kind}.create"),
        "drafts": drafts.open_drafts(ctx, resource) if "create" in resource.acts and not what.after else [],
        "beginning": beginning(ctx, resource, bool(page.rows) or bool(what.after), bool(what.search or what.filters)),
    }  # fmt: skip
    if _partial(request):
        return render(request, "backstay/_rows.html", context | {"ctx": ctx, "part": bool(what.after)})
    return render(request, "backstay/list.html", frame(request, path, **context))


def _views(ctx: Ctx, resource: Resource, what: listing.Asked) -> list[dict[str, Any]]:
    """Named views of the declaration, then saved ones: a link each."""
    here = what.query()
    made = [
        {"name": _(name), "href": f"?{query}" if query else "?all=1", "here": query == here, "id": 0}
        for name, query in resource.views.items()
    ]
    made.append(
        {"name": _("All"), "href": "?all=1", "here": here == "" and not any(v["here"] for v in made), "id": 0}
    )
    saved = SavedView.objects.filter(path=resource.path).order_by("name")
    made += [
        {"name": v.name, "href": f"?{v.query}", "here": v.query == here, "id": v.pk if v.owner == ctx.actor else 0, "shared": v.shared}
        for v in saved if v.shared or v.owner == ctx.actor
    ]  # fmt: skip
    return made


def _sorts(resource: Resource, what: listing.Asked, sort: str) -> dict[str, dict[str, str]]:
    made = {}
    for each in listing.sortable(resource):
        here = sort.lstrip("-") == each.name
        down = sort == f"-{each.name}"
        following = (
            each.name
            if here and down
            else f"-{each.name}"
            if here or each.kind in ("date", "instant", "money")
            else each.name
        )
        made[each.name] = {
            "href": "?" + what.query(sort=following),
            "aria": ("descending" if down else "ascending") if here else "",
            "icon": "arrow-narrow-down" if down else "arrow-up",
        }
    return made


def _filterable(resource: Resource) -> list[dict[str, Any]]:
    told = dict.fromkeys((*resource.columns, *resource.form))
    made = []
    for name in told:
        each = field_of(resource, name)
        if each.db and each.kind in listing.OPERATORS:
            made.append({"field": each, "ops": listing.OPERATORS[each.kind]})
    return made


def _bulk(ctx: Ctx, resource: Resource) -> list[dict[str, Any]]:
    """Acts that need no answers but dates: they can be done to many at once."""
    made = []
    for act in resource.acts:
        if act in ("create", "change") or not access.may(ctx, f"{resource.kind}.{act}"):
            continue
        asked = acts.asks(resource, act)
        if all(f.kind == "date" or not f.required for f in asked):
            made.append(
                {
                    "act": act,
                    "text": word_of(act),
                    "icon": acts.ICONS.get(act, "check"),
                    "grave": act in acts.GRAVE,
                }
            )
    return made


@signed_in
@require_POST
def save_view(request: HttpRequest, path: str) -> HttpResponse:
    """Keep the present query under a name, or forget a view."""
    resource, ctx = found(path), ctx_of(request)
    access.require(ctx, f"{resource.kind}.read")
    if request.POST.get("drop", "").isdigit():
        SavedView.objects.filter(pk=int(request.POST["drop"]), owner=ctx.actor).delete()
        return redirect(f"/{path}")
    name = listing.clean(request.POST.get("name", ""))[:60]
    query = type(request.GET)(request.POST.get("query", "")[:2000])
    if not name:
        raise Refusal("web.view_name", _("a view needs a name"), _("Type one."))
    kept = listing.asked(resource, query).query()
    SavedView.objects.update_or_create(
        company_id=ctx.company,
        path=path,
        owner=ctx.actor,
        name=name,
        defaults={"query": kept, "shared": request.POST.get("shared") == "1"},
    )
    return redirect(f"/{path}?{kept}")


@signed_in
@require_GET
def board(request: HttpRequest, path: str) -> HttpResponse:
    """Rows by state, a lane each."""
    resource, ctx = found(path), ctx_of(request)
    access.require(ctx, f"{resource.kind}.read")
    if not resource.board:
        raise NotFound("web.not_found", f"{path} has no board", "Use the list.")
    by = column(resource.of, resource.board)
    fields = [field_of(resource, n) for n in resource.columns if n.partition(":")[0] != resource.board]
    lanes = []
    for state, text in by.choices:
        chosen = resource.of._default_manager.filter(company_id=ctx.company, **{by.db: state}).order_by("-id")
        rows = list(chosen[:51])
        icon, tone = STATES.get(state, ("circle-check", ""))
        lanes.append({"state": state, "text": text, "icon": icon, "tone": tone, "cards": listing.cells(ctx, resource, fields, rows[:50]), "more": len(rows) > 50,
                      "moves": resource.transitions(state)})  # fmt: skip
    context = {**names(resource), "lanes": lanes,  "once": uuid.uuid4().hex,
               "fields": fields}  # fmt: skip
    return render(request, "backstay/board.html", frame(request, path, **context))


@signed_in
@require_GET
def calendar(request: HttpRequest, path: str) -> HttpResponse:
    """A month with what falls on its days."""
    resource, ctx = found(path), ctx_of(request)
    access.require(ctx, f"{resource.kind}.read")
    if not resource.calendar:
        raise NotFound("web.not_found", f"{path} has no calendar", "Use the list.")
    told = request.GET.get("month", "")
    try:
        first = date.fromisoformat(f"{told}-01") if told else ctx.today.replace(day=1)
    except ValueError:
        raise Refusal("web.month", "this is no month", "Write it as 2026-11.") from None
    key = column(resource.of, resource.calendar).db
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    since, until = weeks[0][0], weeks[-1][-1]
    chosen = resource.of._default_manager.filter(
        company_id=ctx.company, **{f"{key}__gte": since, f"{key}__lte": until}
    ).order_by(key, "id")
    fields = [field_of(resource, n) for n in resource.columns[:3]]
    found_rows = list(chosen[:1000])
    by_day: dict[date, list[dict[str, Any]]] = {}
    for row, cell in zip(found_rows, listing.cells(ctx, resource, fields, found_rows), strict=True):
        by_day.setdefault(getattr(row, key), []).append(cell)
    grid = [
        [
            {
                "day": d,
                "out": d.month != first.month,
                "today": d == ctx.today,
                "rows": by_day.get(d, [])[:6],
                "more": len(by_day.get(d, [])) - 6,
            }
            for d in week
        ]
        for week in weeks
    ]
    context = {
        **names(resource), "weeks": grid, "first": first, "before": (first - timedelta(days=1)).strftime("%Y-%m"), "key": key,
        "after": (first + timedelta(days=32)).strftime("%Y-%m"), 
    }  # fmt: skip
    return render(request, "backstay/calendar.html", frame(request, path, **context))
