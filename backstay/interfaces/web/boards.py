"""Boards: rows by state, a lane each; a card moves by the act that leads where it is put."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.web import acts, listing
from backstay.interfaces.web.fields import STATES, Field, clock, column, day_text, field_of, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.lists import partial, tools
from backstay.interfaces.web.resource import ctx_of, found, names, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import Resource

CARDS = 50  # of a lane; the list has the others
COUNTED = 1_000


@signed_in
@require_GET
def board(request: HttpRequest, path: str) -> HttpResponse:
    """A lane for each state, filtered and searched as the list is; htmx gets the lanes alone."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    if not resource.board:
        raise NotFound("web.not_found", f"{path} has no board", "Use the list.")
    what = listing.asked(resource, request.GET)
    if added := listing.added(ctx, resource, request.GET):
        return redirect(what.href(f=[*what.filters, added]))
    lanes = _lanes(ctx, resource, what)
    context = {**names(resource), **tools(ctx, resource, what, "#lanes"), "lanes": lanes, "once": uuid.uuid4().hex, "ctx": ctx,
               "here": request.get_full_path(), "can_create": "create" in resource.acts and access.may(ctx, f"{resource.kind}.create")}  # fmt: skip
    template = "backstay/_board.html" if partial(request) else "backstay/board.html"
    return render(request, template, frame(request, path, **context))


def _lanes(ctx: Ctx, resource: Resource, what: listing.Asked) -> list[dict[str, Any]]:
    """Lanes that the filters leave, each with its first cards: two statements a lane, and one per worked-out column."""
    by, due = column(resource.of, resource.board), resource.calendar
    fields = [field_of(resource, n) for n in resource.columns if n.partition(":")[0] != resource.board]
    chosen = listing.rows_of(ctx, resource, what).select_related(
        *(f.db for f in fields if f.kind == "ref" and f.db)
    )
    order = (F(column(resource.of, due).db).asc(nulls_last=True), "id") if due else ("-id",)
    made = []
    for state, text in by.choices:
        if any(f.name == by.name and (state in f.text.split("|")) == (f.op == "not") for f in what.filters):
            continue
        mine = chosen.filter(**{by.db: state})
        count, shown = _count(mine), list(mine.order_by(*order)[:CARDS])
        icon, tone = STATES.get(state, ("circle-check", ""))
        cards = [
            _card(
                ctx, resource, fields, cell, getattr(row, column(resource.of, due).db) if due else None, tone
            )
            for cell, row in zip(listing.cells(ctx, resource, fields, shown), shown, strict=True)
        ]
        rest = listing.Filter(by.name, "is", state)
        made.append({
            "state": state, "text": text, "icon": icon, "tone": tone, "cards": cards, "moves": moves(ctx, resource, state),
            "count": f"{COUNTED:,}+" if count > COUNTED else count, "more": min(count, COUNTED) - len(shown),
            "late": sum(1 for c in cards if c["clock"].get("tone") == "bad"),
            "href": what.href(f=[*(f for f in what.filters if f.name != by.name), rest]),
        })  # fmt: skip
    return made


def _count(chosen: QuerySet[Any]) -> int:
    """How many, counting no further than one above ``COUNTED``."""
    inner, params = chosen.order_by().values("id")[: COUNTED + 1].query.sql_with_params()
    return int(rows.execute(f"SELECT count(*) FROM ({inner}) t", list(params))[0][0])


def _card(
    ctx: Ctx, resource: Resource, fields: list[Field], cell: dict[str, Any], due: date | None, tone: str
) -> dict[str, Any]:
    """What a card says: where it belongs and what it comes to above, what it is, when it is due, whose it is."""
    told = list(zip(fields[1:], cell["cells"][1:], strict=True))
    refs = [c["text"] for f, c in told if f.kind == "ref" and c["text"] != "—"]
    above, name = (
        (cell["title"], refs[0] if refs else "")
        if resource.is_document
        else (refs[0] if refs else "", cell["title"])
    )
    rest = [
        {"label": f.label, "text": c["text"]}
        for f, c in told
        if f.kind not in ("ref", "money") and f.name != resource.calendar and c["text"] != "—"
    ]
    people = [{"name": n, "initials": "".join(w[0] for w in n.split()[:2]).upper()} for n in refs[1:]]
    amount = next((c["text"] for f, c in told if f.kind == "money"), "")
    told_clock = clock(ctx, due, tone) | {"on": day_text(due, ctx.today.year)} if due else {}
    return {"id": cell["id"], "href": cell["href"], "above": above, "name": name, "amount": amount, "rest": rest,
            "people": people, "clock": told_clock}  # fmt: skip


def moves(ctx: Ctx, resource: Resource, state: str) -> list[dict[str, str]]:
    """Where a card of this lane may go: the states its acts lead to, as far as nothing has to be asked."""
    life = resource.life
    if life is None:
        return []
    made = {}
    for act in life.allowed(state):
        target = life.transitions[act][1]
        if (
            target == state
            or act not in resource.acts
            or act == "change"
            or not access.may(ctx, f"{resource.kind}.{act}")
        ):
            continue
        if all(f.kind == "date" or not f.required for f in acts.asks(resource, act)):
            made.setdefault(target, {"to": target, "text": word_of(target), "act": act})
    return list(made.values())


@signed_in
@require_POST
def move(request: HttpRequest, path: str) -> HttpResponse:
    """Bring a row to another state by the act that leads there from where it is now, once."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    key, to, ident = (
        request.POST.get("once", ""),
        request.POST.get("to", "")[:20],
        whole(request.POST.get("id")),
    )
    back = request.POST.get("back", "")
    back = back if back.startswith("/") and not back.startswith("//") else f"/{path}/board"
    if acts.once(ctx, key):
        return _moved(request, back, "")
    row = (
        resource.of._default_manager.filter(access.rows(ctx, resource.kind), pk=ident).first()
        if ident
        else None
    )
    if row is None or not resource.board:
        raise NotFound("web.not_found", _("there is no such card"), _("Load the board again."))
    state = getattr(row, resource.board)
    ways = moves(ctx, resource, state)
    way = next((w for w in ways if w["to"] == to), None)
    if way is None and state != to:
        raise Refusal(
            "web.move",
            _("%(name)s is %(state)s: it does not go to %(to)s from there")
            % {"name": listing.title(resource, row), "state": word_of(state), "to": word_of(to)},
            _("It may go to: %(ways)s.") % {"ways": ", ".join(w["text"] for w in ways) or "—"},
        )
    if way is not None:
        acts.run(ctx, resource, way["act"], [row.pk], acts.answers(ctx, resource, way["act"], {}))
    acts.led_to(ctx, key, back)
    return _moved(request, back, f"{listing.title(resource, row)}: {word_of(to)}")


def _moved(request: HttpRequest, back: str, text: str) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"text": text})
    if text:
        messages.success(request, text)
    return redirect(back)
