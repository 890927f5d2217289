"""Lists of resources: a page of rows, saved views, boards and calendars."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backstay.base.errors import Refusal
from backstay.interfaces.imports import declared
from backstay.interfaces.web import acts, drafts, listing, quick
from backstay.interfaces.web.beginning import beginning
from backstay.interfaces.web.fields import clock, field_of, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, found, names, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.models import SavedView
from backstay.platform.resources import Resource

HOME = "*"  # the name of the view that a person's list opens with


def partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


@signed_in
@require_GET
def list_(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the list; htmx gets the rows alone."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    kept = saved(ctx, resource)
    query = request.GET or QueryDict(_home(ctx, resource, kept))
    what = listing.asked(resource, query)
    if added := listing.added(ctx, resource, query):
        return redirect(what.href(f=[*what.filters, added]))
    page = listing.page(ctx, resource, what)
    quick.mark(ctx, resource, page)
    _hint(ctx, resource, page)
    sort = what.sort or listing.default_sort(resource)
    context: dict[str, Any] = {
        **names(resource), **tools(ctx, resource, what, "#rows", kept), "page": page,
        "sorts": _sorts(resource, what, sort), "query": what.query(), "more": what.query(after=page.after) if page.after else "",
        "groups": _groups(resource, what), "bulk": _bulk(ctx, resource), "once": uuid.uuid4().hex,
        "all_columns": [field_of(resource, n) for n in resource.columns], "can_create": "create" in resource.acts and access.may(ctx, f"{resource.kind}.create"),
        "can_import": bool(declared.ways(ctx, resource)),
        "drafts": drafts.open_drafts(ctx, resource) if "create" in resource.acts and not what.after else [],
        "beginning": beginning(ctx, resource, bool(page.rows) or bool(what.after), bool(what.search or what.filters)),
    }  # fmt: skip
    if partial(request):
        return render(request, "backstay/_rows.html", context | {"ctx": ctx, "part": bool(what.after)})
    return render(request, "backstay/list.html", frame(request, path, **context))


def _hint(ctx: Ctx, resource: Resource, page: listing.Listed) -> None:
    """Beside the day something is due: how long that is, where a state says whether it is finished."""
    names = [f.name for f in page.fields]
    state = next((n for n, f in enumerate(page.fields) if f.kind == "state"), None)
    if resource.calendar not in names or state is None or not (resource.board or "standing" in names):
        return
    at = names.index(resource.calendar)
    for row in page.rows:
        due = getattr(row["row"], resource.calendar)
        if due is not None:
            row["cells"][at]["hint"] = clock(ctx, due, row["cells"][state].get("tone", "void"))


def saved(ctx: Ctx, resource: Resource) -> list[SavedView]:
    """One's own saved views of a list, and those that colleagues share."""
    seen = Q(owner=ctx.actor) | Q(shared=True)
    return list(SavedView.objects.filter(seen, path=resource.path).order_by("name"))


def _own_home(ctx: Ctx, kept: Sequence[SavedView]) -> SavedView | None:
    return next((v for v in kept if v.name == HOME and v.owner == ctx.actor), None)


def _home(ctx: Ctx, resource: Resource, kept: Sequence[SavedView]) -> str:
    """The view a list opens with: one's own, else the first of the declaration."""
    mine = _own_home(ctx, kept)
    return mine.query or "all=1" if mine else next(iter(resource.views.values()), "")


def _groups(resource: Resource, what: listing.Asked) -> list[dict[str, Any]]:
    """What the list can be grouped by, a link each; last the one that ends grouping."""
    made = [
        {"text": f.label, "href": what.href(group=f.name), "here": what.group == f.name}
        for f in listing.groupable(resource)
    ]
    return made + (
        [{"text": _("No groups"), "href": what.href(group=""), "here": False}] if what.group else []
    )


def tools(
    ctx: Ctx,
    resource: Resource,
    what: listing.Asked,
    live: str = "",
    kept: Sequence[SavedView] | None = None,
) -> dict[str, Any]:
    """What stands above rows, cards and days alike: views, filters in words, filters to add; ``live``: what follows
    the search while it is typed; ``kept``: the saved views, where they were asked for already."""
    kept = saved(ctx, resource) if kept is None else kept
    return {
        "live": live,
        "what": what,
        "told": listing.told(ctx, resource, what),
        "views": _views(ctx, resource, what, kept),
        "own_home": _own_home(ctx, kept) is not None,
        "filters": _filterable(resource),
    }


def _views(
    ctx: Ctx, resource: Resource, what: listing.Asked, kept: Sequence[SavedView]
) -> list[dict[str, Any]]:
    """Named views of the declaration, then saved ones: a link each."""
    here = what.query()
    made = [
        {"name": _(name), "href": f"?{query}" if query else "?all=1", "here": query == here, "id": 0}
        for name, query in resource.views.items()
    ]
    made.append(
        {"name": _("All"), "href": "?all=1", "here": here == "" and not any(v["here"] for v in made), "id": 0}
    )
    made += [
        {"name": v.name, "href": f"?{v.query or 'all=1'}", "here": v.query == here, "id": v.pk if v.owner == ctx.actor else 0, "shared": v.shared}
        for v in kept if v.name != HOME
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
    """Keep the present query under a name, open the list with it, or forget a view of one's own."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    if "drop" in request.POST:
        mine = SavedView.objects.filter(path=path, owner=ctx.actor)
        told = request.POST["drop"]
        (mine.filter(name=HOME) if told == "home" else mine.filter(pk=whole(told) or 0)).delete()
        return redirect(f"/{path}")
    name, home = listing.clean(request.POST.get("name", ""))[:60], request.POST.get("home") == "1"
    if name == HOME or not (name or home):
        raise Refusal("web.view_name", _("a view needs a name"), _("Type one."))
    kept = listing.asked(resource, QueryDict(request.POST.get("query", "")[:2000])).query()
    for each, shared in ((name, request.POST.get("shared") == "1"), (HOME if home else "", False)):
        if each:
            SavedView.objects.update_or_create(
                company_id=ctx.company, path=path, owner=ctx.actor, name=each, defaults={"query": kept, "shared": shared}
            )  # fmt: skip
    messages.success(request, _("View saved.") if name else _("The list opens so from now on."))
    return redirect(f"/{path}?{kept or 'all=1'}")
