"""Tokens of programs: one's own, a new one that is shown once, ending one; for who sees members, those of all."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from backstay.base.errors import Denied, Refusal
from backstay.base.rights import Right
from backstay.interfaces import tokens
from backstay.interfaces.acting import universe
from backstay.interfaces.web import acts
from backstay.interfaces.web.company import sentence
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.models import Token
from backstay.platform.resources import RESOURCES

WRITING = ("read", "create", "change", "comment")
REPORTS = "report"


@signed_in
@require_http_methods(["GET", "POST"])
@sensitive_variables("fresh")
def mine(request: HttpRequest) -> HttpResponse:
    """One's tokens, and those of all for who may see who works here. POST makes one or ends one."""
    ctx = ctx_of(request)
    fresh, errors = "", {}
    if request.method == "POST":
        if "end" in request.POST:
            tokens.end(ctx, whole(request.POST["end"]) or 0)
            messages.success(request, _("The token has ended."))
            return redirect("/tokens")
        if acts.once(ctx, request.POST.get("once", "")):
            return redirect("/tokens")
        try:
            days = whole(request.POST.get("days")) or 0
            _id, fresh = tokens.create(ctx, request.POST.get("name", ""), _scopes(ctx, request), days)
        except Denied:
            raise
        except Refusal as refusal:
            errors[refusal.where or "name"] = sentence(refusal)
    every = access.may(ctx, "access.membership.read")
    own = [_row(ctx, t) for t in tokens.listed(ctx)]
    context: dict[str, Any] = {
        "own": own, "others": [_row(ctx, t) for t in tokens.listed(ctx, everybody=True) if f"user:{t.user_id}" != ctx.actor] if every else [],
        "secret": fresh, "errors": errors, "typed": {} if fresh else request.POST, "kinds": _kinds(ctx, {} if fresh else request.POST), "days": tokens.DAYS,
        "most": tokens.MOST, "once": uuid.uuid4().hex, "may_end": access.may(ctx, "access.membership.end"),
    }  # fmt: skip
    return render(request, "backstay/tokens.html", frame(request, "account", **context))


def _row(ctx: Ctx, token: Token) -> dict[str, Any]:
    state = "ended" if token.ended_at else "open"
    return {"id": token.pk, "name": token.name, "begins": token.begins, "who": token.user.name or token.user.email, "scopes": tokens.scopes_of(token),
            "ends": token.ended_at or token.ends_at, "state": state, "used": token.used_at}  # fmt: skip


def _levels(ctx: Ctx, kind: str, every: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What may be chosen of a kind: level → the acts it gives, of those that the person may do."""
    held = tuple(a for a in every if ctx.rights.scope(f"{kind}.{a}"))
    writing = tuple(a for a in held if a in WRITING)
    made = {"read": ("read",)} if "read" in held else {}
    if set(writing) - {"read", "comment"}:
        made["write"] = writing
    if set(held) - set(writing):
        made["all"] = held
    return made


def _kinds(ctx: Ctx, typed: Any) -> list[dict[str, Any]]:
    """What a token can be for, with its levels; reports are one."""
    words = {"read": _("read"), "write": _("read and write"), "all": _("all steps")}
    known = universe()
    made = []
    for resource in RESOURCES.values():
        levels = _levels(ctx, resource.kind, known[resource.kind])
        if levels:
            made.append((resource.kind, _(resource.names[1]), levels))
    if ctx.rights.scope("report.read"):
        made.append((REPORTS, _("Reports"), {"read": ("read",)}))
    return [
        {
            "kind": kind,
            "name": name,
            "levels": [(w, words[w]) for w in levels],
            "chosen": typed.get(f"s.{kind}", ""),
        }
        for kind, name, levels in made
    ]


def _scopes(ctx: Ctx, request: HttpRequest) -> list[Right]:
    """The scopes that were chosen."""
    known, made = universe(), []
    for name in request.POST:
        kind, level = name.removeprefix("s."), request.POST[name]
        if not name.startswith("s.") or not level:
            continue
        if kind == REPORTS:
            made.append(Right("report.*", ("read",)))
        elif kind in known:
            acts_ = _levels(ctx, kind, known[kind]).get(level)
            if acts_:
                made.append(Right(kind, acts_))
    return made
