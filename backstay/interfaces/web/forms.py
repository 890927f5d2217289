"""Typing something new or changing what there is: drafts, figures while typing, finishing."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backstay.base.errors import Denied, NotFound, Refusal, refusal_from
from backstay.interfaces.web import acts, binding, drafts
from backstay.interfaces.web.fields import column, field_of, options, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, found, names
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.figures import local
from backstay.platform.resources import EXTRA, Resource


@signed_in
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, path: str, draft: int | None = None, ident: int | None = None) -> HttpResponse:
    """Type something new, go on with a draft, or edit a record. POST saves, works out, or finishes it."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    act = "change" if ident is not None else "create"
    if act not in resource.acts:
        raise NotFound("web.act", f"{path} cannot be made here", "It comes from other documents.")
    access.require(ctx, f"{resource.kind}.{act}", [ident] if ident else ())
    typed, revision, of = drafts.Typed(), 0, ident
    if draft is not None:
        kept, typed = drafts.load(ctx, resource, draft)
        revision, of = kept.revision, kept.object_id
        if kept.made_id is not None:
            return redirect(f"/{path}/{kept.made_id}")
    elif ident is not None:
        row = resource.of._default_manager.filter(pk=ident).first()
        if row is None:
            raise NotFound(
                "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
            )
        typed = drafts.of_object(ctx, resource, row)
    else:
        typed.head = defaults(ctx, resource) | {
            k: str(v) for k, v in request.GET.items() if k in {n.partition(":")[0] for n in resource.form}
        }
    if request.method == "POST":
        return _posted(request, resource, draft, of, typed)
    return _show(request, resource, draft, of, typed, revision)


def defaults(ctx: Ctx, resource: Resource) -> dict[str, str]:
    """Sensible beginnings: today for the first day, the column's default where it has one, the only place there is."""
    head: dict[str, str] = {}
    for name in resource.form:
        each = field_of(resource, name)
        if each.kind == "date" and each.required:
            head[each.name] = ctx.today.isoformat()
        elif each.kind == "choice" and each.db:
            head[each.name] = str(resource.of._meta.get_field(each.db).get_default() or "")  # type: ignore[union-attr]
        elif each.kind == "choices" and each.choices:
            head[each.name] = each.choices[0][0]
        elif (
            each.kind in ("whole", "number")
            and each.db
            and resource.of._meta.get_field(each.db).has_default()
        ):  # type: ignore[union-attr]
            head[each.name] = str(resource.of._meta.get_field(each.db).get_default())  # type: ignore[union-attr]
    return head


def _posted(
    request: HttpRequest, resource: Resource, draft: int | None, of: int | None, shown: drafts.Typed
) -> HttpResponse:
    ctx = ctx_of(request)
    mine = drafts.from_post(resource, request.POST)
    mine.was, mine.base = shown.was, shown.base
    touched = set(request.POST["touched"].split(",")) if "touched" in request.POST else None
    seen = int(request.POST.get("revision", "0")[:9]) if request.POST.get("revision", "0").isdigit() else 0
    key = request.POST.get("once", "")
    do = request.POST.get("do", "save")
    _known(resource, do)
    if do not in ("save", "discard") and (before := acts.once(ctx, key)):
        return redirect(before)
    saved = (
        drafts.start(ctx, resource, mine, of)
        if draft is None
        else drafts.save(ctx, resource, draft, seen, mine, touched)
    )
    if do == "discard":
        drafts.discard(ctx, resource, saved.id)
        messages.info(request, _("Draft thrown away."))
        return redirect(f"/{resource.path}" + (f"/{of}" if of else ""))
    if do == "save" and request.headers.get("Accept", "").startswith("application/json"):
        bound = binding.bind(ctx, resource, resource.process("change" if of else "create"), saved.typed, of)
        return _json(request, resource, saved, bound, of)
    if do == "save":
        return redirect(f"/{resource.path}/drafts/{saved.id}")
    return _finish(request, resource, saved, of, do, key)


def _known(resource: Resource, act: str) -> None:
    if act not in ("save", "discard", "make", *resource.acts, *EXTRA.get(resource.kind, {})):
        raise NotFound("web.act", f"there is no act {act[:40]}", "Choose one on the page.")


def _finish(
    request: HttpRequest, resource: Resource, saved: drafts.Saved, of: int | None, do: str, key: str
) -> HttpResponse:
    """Make the document (and do an act to it), or show what is in the way, everything typed kept."""
    ctx = ctx_of(request)
    if of is not None:
        saved.conflicts |= _stale(ctx, resource, saved.typed, of)
        drafts.keep(saved)
    bound = binding.bind(ctx, resource, resource.process("change" if of else "create"), saved.typed, of)
    acts.led_to(ctx, key, f"/{resource.path}/drafts/{saved.id}")
    again = partial(
        _show,
        request,
        resource,
        saved.id,
        of,
        saved.typed,
        saved.revision,
        bound,
        saved.conflicts,
        submitted=True,
    )
    if saved.conflicts or not bound.ok:
        return again()

    def make() -> int:
        ident = binding.perform(ctx, resource, bound.draft, of)
        if do != "make":
            acts.run(ctx, resource, do, [ident], acts.answers(ctx, resource, do, {}))
        return ident

    ident, refusal = _savepoint(make)
    if refusal is not None:
        return again(refusal=refusal)
    drafts.finish(ctx, saved.id, ident)
    href = f"/{resource.path}/{ident}"
    acts.led_to(ctx, key, href)
    messages.success(request, _("Saved.") if of else _("%(one)s made.") % {"one": _(resource.names[0])})
    return redirect(href)


def _savepoint(function: Any) -> tuple[Any, Refusal | None]:
    """Do it and keep it, or take it back and say why."""
    try:
        with transaction.atomic():
            return function(), None
    except Denied:
        raise
    except Refusal as exc:
        return None, exc
    except DatabaseError as exc:
        refusal = refusal_from(exc)
        if isinstance(refusal, Refusal):
            return None, refusal
        raise (refusal or exc) from exc


def _stale(ctx: Ctx, resource: Resource, typed: drafts.Typed, of: int) -> dict[str, tuple[str, str]]:
    """Fields somebody else changed on the record since, in another way; what only he changed is taken over."""
    row = resource.of._default_manager.select_for_update().filter(pk=of).first()
    if row is None or int(getattr(row, "revision", 0)) == typed.base:
        return {}
    now = drafts.of_object(ctx, resource, row)
    clash = {}
    for name, text in now.head.items():
        if text != typed.was.get(name, "") and text != typed.head.get(name, ""):
            if typed.head.get(name, "") == typed.was.get(name, ""):
                typed.head[name] = text
            elif not name.endswith(".id"):
                clash[name] = (typed.head.get(name, ""), text)
    typed.was, typed.base = now.head, now.base
    return clash


def _json(
    request: HttpRequest, resource: Resource, saved: drafts.Saved, bound: binding.Bound, of: int | None
) -> JsonResponse:
    """The answer to a save while typing."""
    ctx = ctx_of(request)
    view = _worked(ctx, resource, saved.typed, bound, of)
    return JsonResponse({
        "id": saved.id, "revision": saved.revision, "href": f"/{resource.path}/drafts/{saved.id}",
        "conflicts": _local(resource, saved.conflicts), "fresh": _local(resource, saved.fresh), "errors": bound.errors, "lines": bound.line_errors,
        "cells": view["cells"], "totals": _html(request, "backstay/_totals.html", view), "notices": _html(request, "backstay/_notices.html", view),
        "aside": _html(request, "backstay/_aside.html", view), "prices": view["prices"],
    })  # fmt: skip


def _local(resource: Resource, told: dict[str, Any]) -> dict[str, Any]:
    """Texts by field, written as the reader writes them."""
    kinds = {each.name: each.kind for each in (field_of(resource, n) for n in resource.form)}
    made: dict[str, Any] = {}
    for name, text in told.items():
        kind = kinds.get(name, "text")
        made[name] = tuple(local(kind, t) for t in text) if isinstance(text, tuple) else local(kind, text)
    return made


def _html(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    return render_to_string(template, context, request)


def _worked(
    ctx: Ctx, resource: Resource, typed: drafts.Typed, bound: binding.Bound, of: int | None
) -> dict[str, Any]:
    """Totals, cells, warnings and panels of what is typed now."""
    worked = (
        binding.work_out(ctx, resource, bound.draft, len(typed.lines), of)
        if bound.ok and bound.draft is not None
        else binding.Worked()
    )
    summed = resource.told("TOTALS").get(resource.kind)
    if summed and bound.draft is not None:  # what can be said before it may be posted
        worked.totals = summed(ctx, bound.draft)
    worked.totals = [t for t in worked.totals if t[0] not in resource.hidden]
    panels = resource.told("PANELS").get(resource.kind)
    gross = next((t for n, _label, t in worked.totals if n == "gross"), "")
    cells = {line["key"]: worked.cells[n] for n, line in enumerate(typed.lines) if n < len(worked.cells)}
    prices = {
        line["key"]: {name: local("price", text) for name, text in told.items() if not line.get(name)}
        for line, told in zip(typed.lines, worked.prices)
    }
    return {
        "ctx": ctx, "totals": worked.totals, "cells": cells, "refusal": worked.refusal, "warnings": worked.warnings, "prices": prices,
        "panels": panels(ctx, bound.head, gross) if panels and bound.head and not resource.hidden else [],
    }  # fmt: skip


def _show(
    request: HttpRequest, resource: Resource, draft: int | None, of: int | None, typed: drafts.Typed, revision: int,
    bound: binding.Bound | None = None, conflicts: dict[str, tuple[str, str]] | None = None, submitted: bool = False,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    ctx = ctx_of(request)
    if bound is None:
        bound = binding.bind(ctx, resource, resource.process("change" if of else "create"), typed, of)
        if draft is None and of is None:
            bound.errors.clear()
    if resource.fixed:
        typed = drafts.completed(ctx, resource, typed, of)
    fields, told = [], _local(resource, typed.head | {k: v[0] for k, v in (conflicts or {}).items()})
    for name in resource.form:
        each = field_of(resource, name)
        error = bound.errors.get(each.name, "")
        if submitted and not error and each.name in bound.missing:
            error = _("It is needed.")
        fields.append({
            "field": each, "value": told.get(each.name, ""), "id": typed.head.get(f"{each.name}.id", "") or bound.refs.get(each.name, ""),
            "error": error, "conflict": _local(resource, conflicts or {}).get(each.name), "options": options(each), "chosen": typed.head.get(each.name, "").split(","),
            "fixed": each.name in resource.fixed, "wide": each.kind == "note" or each.name in ("party", "name"), "required": each.name in bound.missing or each.required,
        })  # fmt: skip
    view = _worked(ctx, resource, typed, bound, of)
    following = []
    if of is None and resource.life and resource.is_document:  # a record is only kept
        following = [
            a for a in resource.transitions(resource.life.first) if a in resource.acts and a not in acts.GRAVE
        ][:1]
    context = view | {
        **names(resource), "draft": draft, "of": of, "revision": revision, "fields": [f for f in fields if f["field"].kind != "note"],
        "notes": [f for f in fields if f["field"].kind == "note"], "grid": _grid(resource, typed, bound, view, submitted),
        "warnings": [w for w in view["warnings"] if refusal is None or w.code != refusal.code],
        "following": [{"act": a, "text": word_of(a)} for a in following], "submitted": submitted, "stopped": refusal or (view["refusal"] if submitted else None),
        "once": uuid.uuid4().hex, 
        "conflicts": conflicts or {}, "action": f"/{resource.path}/drafts/{draft}" if draft else request.path,
    }  # fmt: skip
    answer = render(request, "backstay/form.html", frame(request, resource.path, **context))
    return answer


def _answers() -> list[tuple[str, str]]:
    """Yes and no on a line: nothing chosen is the usual, and an empty line stays empty."""
    return [("1", _("Yes")), ("0", _("No"))]


def _grid(
    resource: Resource,
    typed: drafts.Typed,
    bound: binding.Bound,
    view: dict[str, Any],
    submitted: bool,
) -> dict[str, Any]:
    if not resource.lines or resource.child is None:
        return {}
    fields = [column(resource.child, n) for n in resource.lines.grid]
    shown = [binding.line_field(resource, n) for n in resource.lines.shown]
    lines = [*typed.lines, *({"key": f"n{uuid.uuid4().hex[:8]}"} for _n in range(3 if typed.lines else 5))]
    cells, prices, made = view["cells"], view["prices"], []
    for n, line in enumerate(lines, 1):
        errors, priced = bound.line_errors.get(line["key"], {}), prices.get(line["key"], {})
        made.append({
            "n": n, "key": line["key"], "told": [{"label": f.label, "text": t} for f, t in zip(shown, cells.get(line["key"]) or [""] * len(shown))], "empty": not any(line.get(f.name) for f in fields),
            "cells": [{"field": f, "value": local("price" if f.name.endswith("price") else f.kind, line.get(f.name, "")), "id": line.get(f"{f.name}.id", "") or bound.refs.get(f"{line['key']}.{f.name}", ""),
                       "error": errors.get(f.name, ""), "usual": priced.get(f.name, "")} for f in fields],
            "errors": [f"{next((f.label for f in fields if f.name == k), k)}: {v}" for k, v in errors.items()],
        })  # fmt: skip
    choices = {f.name: _answers() if f.kind == "yes" else options(f) for f in fields}
    return {"fields": fields, "shown": shown, "lines": made, "keys": ",".join(str(line["key"]) for line in lines), "options": choices,
            "last": len(fields) + len(shown)}  # fmt: skip
