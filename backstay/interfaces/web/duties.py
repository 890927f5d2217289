"""What one person does not both do: the pairs Backstay brings, and those a company adds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.interfaces import duties as pairs
from backstay.interfaces import granting
from backstay.interfaces.acting import kind_name
from backstay.interfaces.web.company import SYSTEM
from backstay.interfaces.web.fields import word_of
from backstay.interfaces.web.resource import Answer
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import page

n = gettext_noop
PATH = "access/duties"


@page(PATH, n("Duties kept apart"), SYSTEM, "access.duty.read")
def duties(request: HttpRequest, ctx: Ctx) -> Answer:
    """Every pair, with who holds both acts; adding one, taking one away."""
    if request.method == "POST":
        post = request.POST
        if post.get("take_away"):
            pairs.take_away(ctx, post["take_away"])
            messages.success(request, _("The pair is kept apart no more."))
        else:
            pairs.keep_apart(ctx, post.get("first", ""), post.get("second", ""), post.get("why", ""))
            messages.success(request, _("The pair is kept apart from now on."))
        return redirect(f"/{PATH}")
    both: dict[str, list[str]] = {}
    for member in granting.members(ctx) if access.may(ctx, "access.membership.read") else ():
        rights = granting.rights_of_member(ctx, member)
        for duty in granting.conflicts(ctx, rights):
            both.setdefault(duty.code, []).append(member.name or member.mail)
    told = [
        {"code": d.code, "why": _(d.why) if not d.own else d.why, "first": act_name(d.first), "second": act_name(d.second), "own": d.own, "both": both.get(d.code, ())}
        for d in pairs.known(ctx)
    ]  # fmt: skip
    return "backstay/duties.html", {
        "duties": told, "may_change": access.may(ctx, "access.duty.change"), "firsts": _by_kind(pairs.firsts()), "seconds": _by_kind(pairs.seconds()),
    }  # fmt: skip


def act_name(action: str) -> str:
    """An act of a kind as people read it."""
    kind, _dot, act = action.rpartition(".")
    return f"{kind_name(kind)}: {word_of(act)}"


def _by_kind(actions: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    made: dict[str, list[tuple[str, str]]] = {}
    for action in actions:
        kind, _dot, act = action.rpartition(".")
        made.setdefault(kind_name(kind), []).append((action, word_of(act)))
    return sorted(made.items())
