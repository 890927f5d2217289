"""One cell of a list changed where it stands: by the change process, never over what a colleague wrote meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backstay.base.errors import Conflict, NotFound, Refusal
from backstay.interfaces.web import binding, drafts, listing
from backstay.interfaces.web.fields import Field, fields_of, options
from backstay.interfaces.web.resource import ctx_of, found, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.figures import kept, local
from backstay.platform.resources import Resource

KINDS = ("text", "date", "number", "money", "whole", "percent", "yes", "choice", "ref")


def editable(ctx: Ctx, resource: Resource) -> dict[str, Field]:
    """Fields of the form that can be changed alone, by name; none where nothing may be changed."""
    if "change" not in resource.acts or not access.may(ctx, f"{resource.kind}.change"):
        return {}
    return {
        f.name: f
        for f in fields_of(resource, resource.form)
        if f.db and f.kind in KINDS and f.name not in resource.fixed
    }


def open_to_change(resource: Resource, row: Any) -> bool:
    """Whether a row's state lets it be changed."""
    life = resource.life
    if getattr(row, "posted_at", None) is not None:
        return False
    return life is None or "change" not in life.transitions or "change" in life.allowed(row.state)


def mark(ctx: Ctx, resource: Resource, page: listing.Listed) -> None:
    """Say of each cell of a page whether it can be changed where it stands."""
    names = editable(ctx, resource)
    for row in page.rows if names else ():
        if open_to_change(resource, row["row"]):
            for field, cell in zip(page.fields, row["cells"], strict=True):
                cell["edit"] = field.name if field.name in names else ""
                page.editable |= field.name in names


@signed_in
@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """GET: the input for a cell. POST: ``name``, ``value``, and what was seen: ``was`` and ``revision``."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.change", [ident])
    asked = request.POST if request.method == "POST" else request.GET
    field = editable(ctx, resource).get(asked.get("name", ""))
    if field is None:
        raise Refusal("web.quick", _("this column is not changed in the list"), _("Open the form."))
    row = resource.of._default_manager.select_for_update().filter(pk=ident).first()
    if row is None:
        raise NotFound("web.not_found", _("there is no such row"), _("Look in the list."))
    typed = drafts.of_object(ctx, resource, row)
    if request.method == "GET":
        return render(request, "backstay/_quick.html", _shown(resource, field, typed, row))
    text, was = (
        kept(field.kind, request.POST.get(n, "").replace("\0", "")[: drafts.TEXT], ctx.today)
        for n in ("value", "was")
    )
    if not open_to_change(resource, row):
        raise Refusal("platform.frozen", _("it is posted"), _("Reverse it and enter it anew."))
    _check(field, typed, text, was, whole(request.POST.get("revision")))
    _change(ctx, resource, field, typed, text, ident)
    row.refresh_from_db()
    now = drafts.of_object(ctx, resource, row)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"text": local(field.kind, now.head.get(field.name, "")), "revision": now.base})
    messages.success(request, _("Saved."))
    return redirect(f"/{path}/{ident}")


def _shown(resource: Resource, field: Field, typed: drafts.Typed, row: Any) -> dict[str, Any]:
    return {
        "field": field,
        "value": local(field.kind, typed.head.get(field.name, "")),
        "ref": typed.head.get(f"{field.name}.id", ""),
        "options": options(field),
        "revision": typed.base,
        "row": row,
        "name": listing.title(resource, row),
    }


def _check(field: Field, typed: drafts.Typed, text: str, was: str, revision: int | None) -> None:
    """Refuse what would overwrite a colleague's value unseen; what he changed elsewhere in the row is no matter."""
    now = typed.head.get(field.name, "")
    here = {"now": local(field.kind, now), "was": local(field.kind, was), "mine": local(field.kind, text)}
    if revision != typed.base and now not in (was, text):
        raise Conflict(
            "web.stale",
            _("%(field)s is “%(now)s” by now, not “%(was)s”; you wrote “%(mine)s”")
            % ({"field": field.label} | {k: v or "—" for k, v in here.items()}),
            _("Look again, then change it."),
            field.name,
        )


def _change(ctx: Ctx, resource: Resource, field: Field, typed: drafts.Typed, text: str, ident: int) -> None:
    typed.head[field.name] = text
    typed.head.pop(f"{field.name}.id", None)
    bound = binding.bind(ctx, resource, resource.process("change"), typed, ident)
    if not bound.ok:
        name = next(iter([*bound.errors, *bound.missing]), field.name)
        raise Refusal(
            "web.answer",
            f"{_label(resource, name)}: {bound.errors.get(name) or _('It is needed.')}",
            "",
            name,
        )
    binding.perform(ctx, resource, bound.draft, ident)


def _label(resource: Resource, name: str) -> str:
    return next((f.label for f in fields_of(resource, resource.form) if f.name == name), name)
