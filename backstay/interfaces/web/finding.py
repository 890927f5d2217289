"""Find anything, go anywhere, start anything; and the type-ahead of references."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backstay.interfaces.web import listing
from backstay.interfaces.web.fields import field_of, joined, shown, title_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.searching import Search, ids_by_words, search_condition, words
from backstay.interfaces.web.sign import signed_in
from backstay.interfaces.web.templatetags.desk import inline
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.figures import BadText, figure, local
from backstay.platform.resources import PAGES, RESOURCES, Resource, for_kind
from backstay.platform.seeing import seen

EACH = 5


@signed_in
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """The palette: what is found, what can be done, where one can go. A page of its own without JavaScript."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    text = listing.clean(request.GET.get("q", ""))[:100]
    groups = _places(ctx, text)
    if len(text) >= 2:
        groups = _objects(ctx, text) + groups
    context: dict[str, Any] = {"groups": groups, "text": text}
    if request.headers.get("HX-Request"):
        return render(
            request,
            "backstay/_palette.html"
            if request.headers.get("HX-Target") == "overlay"
            else "backstay/_found.html",
            context,
        )
    return render(request, "backstay/find.html", frame(request, "find", **context))


def _places(ctx: Ctx, text: str) -> list[dict[str, Any]]:
    wanted = words(text)
    does, goes = [], []
    for r in RESOURCES.values():
        if "create" in r.acts and access.may(ctx, f"{r.kind}.create"):
            does.append(
                {
                    "text": _("New %(one)s") % {"one": inline(_(r.names[0]))},
                    "href": f"/{r.path}/new",
                    "icon": "plus",
                    "sub": "",
                }
            )
        if access.may(ctx, f"{r.kind}.read"):
            goes.append({"text": _(r.names[1]), "href": f"/{r.path}", "icon": r.menu[2], "sub": _(r.menu[1])})
            goes += [
                {
                    "text": f"{_(r.names[1])}: {_(v)}",
                    "href": f"/{r.path}?{q}",
                    "icon": "filter",
                    "sub": _(r.menu[1]),
                }
                for v, q in r.views.items()
            ]
    goes += [
        {"text": _(p.title), "href": f"/{p.path}", "icon": p.menu[2], "sub": _(p.menu[1])}
        for p in PAGES.values()
        if not p.hidden and access.may(ctx, p.action)
    ]
    from backstay.interfaces.reports import REPORTS

    goes += [
        {"text": _(spec.title), "href": f"/reports/{name}", "icon": "chart-bar", "sub": _("Report")}
        for name, spec in REPORTS.items()
        if not spec.hidden and access.may(ctx, spec.action)
    ]
    made = []
    for title, entries in ((_("Do"), does), (_("Go"), goes)):
        chosen = [
            e
            for e in entries
            if all(any(w.startswith(x) for w in words(e["text"] + " " + e["sub"])) for x in wanted)
        ]
        if chosen:
            made.append({"title": title, "entries": chosen[:8]})
    return made


def _objects(ctx: Ctx, text: str) -> list[dict[str, Any]]:
    """What is found in each list: two statements, and one for each list."""
    shown = [seen(ctx, r) for r in RESOURCES.values() if access.may(ctx, f"{r.kind}.read")]
    search = Search(ctx, text, shown)
    return [group for r in shown if (group := _found(ctx, r, search))]


def _found(ctx: Ctx, resource: Resource, search: Search) -> dict[str, Any] | None:
    fields = [field_of(resource, n) for n in resource.columns[:4] if not field_of(resource, n).compute]
    refs = [f.db for f in fields if f.kind == "ref"]
    chosen = resource.of._default_manager.filter(
        search.condition(resource), access.rows(ctx, resource.kind), company_id=ctx.company
    )
    found = list(joined(chosen, refs).order_by("-id")[:EACH])
    if not found:
        return None
    entries = []
    for row in listing.cells(ctx, resource, fields, found):
        entries.append(
            {
                "text": row["title"],
                "href": row["href"],
                "icon": resource.menu[2],
                "sub": " · ".join(c["text"] for c in row["cells"][1:] if c["text"] != "—"),
            }
        )
    return {"title": _(resource.names[1]), "entries": entries}


@signed_in
@require_GET
def reference(request: HttpRequest) -> JsonResponse:
    """Options for a reference field: at most 8, with what the form's domain knows of each (stock, price, last bought)."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    kind, text = request.GET.get("kind", "")[:60], listing.clean(request.GET.get("q", ""))[:100]
    resource = for_kind(kind)
    if resource is None:
        return JsonResponse({"options": []})
    access.require(ctx, f"{resource.kind}.read")
    resource = seen(ctx, resource)
    model: type[models.Model] = resource.of
    chosen = model._default_manager.filter(access.rows(ctx, resource.kind), company_id=ctx.company)
    if any(f.name == "archived_on" for f in model._meta.concrete_fields):
        chosen = chosen.filter(archived_on=None)
    wanted = words(text)
    if wanted:
        chosen = chosen.filter(
            search_condition(ctx, resource, text)
            if resource.is_document or resource.hidden
            else models.Q(pk__in=ids_by_words(resource.kind, wanted))
        )
    order = next(
        (
            n
            for n in ("sku", "name", "code", "number")
            if any(f.name == n for f in model._meta.concrete_fields)
        ),
        "id",
    )
    found = list(chosen.order_by(order)[:8])
    hints = {} if resource.hidden else _hints(ctx, request, kind, [row.pk for row in found])
    options = []
    for row in found:
        hint = hints.get(row.pk, {})
        sub = hint.get("sub") or _sub(ctx, resource, row)
        options.append({"id": row.pk, "value": _canonical(row), "text": title_of(row), "sub": sub, "stock": hint.get("stock", ""), "tone": hint.get("tone", ""),
                        "price": hint.get("price", ""), "fill": _local(hint.get("fill", {})), "usual": _local(hint.get("usual", {}))})  # fmt: skip
    return JsonResponse({"options": options, "count": len(found), "text": text})


def _local(texts: dict[str, str]) -> dict[str, str]:
    return {
        name: local("price" if name.endswith("price") else "number", text) for name, text in texts.items()
    }


def _canonical(row: Any) -> str:
    return title_of(row)


def _sub(ctx: Ctx, resource: Resource, row: Any) -> str:
    fields = [field_of(resource, n) for n in resource.columns[1:4]]
    told = [
        shown(ctx, f, getattr(row, f.name, None))["text"]
        for f in fields
        if f.db and "__" not in f.db and f.kind != "ref"
    ]
    sku = [row.sku] if hasattr(row, "sku") else []
    return " · ".join(t for t in dict.fromkeys(sku + told) if t != "—")


def _hints(ctx: Ctx, request: HttpRequest, kind: str, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the domain of the form knows of each option."""
    where = RESOURCES.get(request.GET.get("for", ""))
    if where is None or not ids:
        return {}
    known = where.told("HINTS")
    told = known.get(f"{where.kind}:{kind}") or known.get(kind)
    party = request.GET.get("party", "")
    asked = (int(party) if party.isdigit() and len(party) < 19 else None, _quantity(request))
    made: dict[int, dict[str, Any]] = told(ctx, ids, *asked) if told else {}
    return made


def _quantity(request: HttpRequest) -> Decimal:
    """How many the line is about; one, as long as nobody said."""
    try:
        return figure(request.GET.get("quantity", "")[:20])
    except BadText:
        return Decimal(1)
