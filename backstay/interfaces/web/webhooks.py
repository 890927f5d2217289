"""Webhooks on the screen: who is told of what, what was sent and what not, sending it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n
from django.utils.translation import ngettext

from backstay.base import reach
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.interfaces.web.company import SYSTEM, sentence
from backstay.interfaces.web.fields import word_of
from backstay.interfaces.web.resource import Answer, whole
from backstay.platform import access, webhooks
from backstay.platform.context import Ctx
from backstay.platform.models import Webhook
from backstay.platform.resources import for_kind, page
from backstay.platform.webhooks import EVERY, KIND, WebhookDraft

PATH = "settings/webhooks"
STATES = {"waiting": ("clock", n("waiting")), "delivered": ("circle-check", n("delivered")), "dead": ("alert-circle", n("given up"))}  # fmt: skip


@page(PATH, n("Webhooks"), SYSTEM, f"{KIND}.read")
def listed(request: HttpRequest, ctx: Ctx) -> Answer:
    """All of them, and how each fares."""
    counts = webhooks.counts(ctx)
    told = [
        {"id": w.pk, "name": w.name, "place": place(w), "active": w.active, "failing": w.failing_since, "counts": counts.get(w.pk, {}),
         "events": _("all") if EVERY in w.events else len(w.events)}
        for w in webhooks.webhooks(ctx)
    ]  # fmt: skip
    return "backstay/webhooks.html", {"webhooks": told, "may_make": access.may(ctx, f"{KIND}.create")}


@page(f"{PATH}/new", n("New webhook"), SYSTEM, f"{KIND}.create", hidden=True)
def new(request: HttpRequest, ctx: Ctx) -> Answer:
    """Make one; its secret is shown once."""
    errors: dict[str, str] = {}
    draft = _typed(request) if request.method == "POST" else WebhookDraft("", "")
    if request.method == "POST":
        try:
            (made,) = webhooks.create_webhooks(ctx, [draft])
            return _secret(webhooks.webhook(ctx, made.id), made.secret)
        except Denied:
            raise
        except Refusal as refusal:
            errors[refusal.where or "name"] = sentence(refusal)
    return "backstay/webhook.html", {"draft": draft, "errors": errors, "events": _events(draft), "may_change": True, "every": EVERY}  # fmt: skip


@page(f"{PATH}/<int:ident>", n("Webhook"), SYSTEM, f"{KIND}.read", hidden=True)
def one(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What it is told, what was sent, and what can be done."""
    row, errors = webhooks.webhook(ctx, ident), dict[str, str]()
    draft = WebhookDraft(row.name, row.address, tuple(row.events), row.active)
    if request.method == "POST":
        try:
            return _posted(request, ctx, row)
        except (Denied, NotFound):
            raise
        except Refusal as refusal:
            errors[refusal.where or "do"] = sentence(refusal)
            draft = _typed(request) if request.POST.get("do") == "save" else draft
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = webhooks.messages(ctx, ident, state, whole(request.GET.get("before")) or 0)
    told = [m._asdict() | {"icon": STATES[m.state][0], "text": _(STATES[m.state][1])} for m in found]
    return "backstay/webhook.html", {
        "row": row, "draft": draft, "errors": errors, "events": _events(draft), "every": EVERY, "messages": told, "state": state,
        "states": [(s, _(text)) for s, (_icon, text) in STATES.items()], "older": found[-1].id if len(found) == 50 else 0,
        "counts": webhooks.counts(ctx).get(ident, {}), "today": ctx.today, "kept": webhooks.KEPT,
        **{f"may_{act}": access.may(ctx, f"{KIND}.{act}") for act in ("change", "rotate", "test", "replay", "remove")},
    }  # fmt: skip


def _posted(request: HttpRequest, ctx: Ctx, row: Webhook) -> Answer:
    post, ident = request.POST, row.pk
    do = post.get("do", "")
    if do == "rotate":
        return _secret(row, webhooks.rotate_secret(ctx, ident, whole(post.get("hours")) or 0))
    if do == "remove":
        webhooks.remove_webhooks(ctx, [ident])
        messages.success(request, _("The webhook is removed."))
        return redirect(f"/{PATH}")
    if do == "save":
        webhooks.change_webhooks(ctx, {ident: _typed(request)})
        messages.success(request, _("Saved."))
    elif do == "test":
        webhooks.test(ctx, ident)
        messages.success(request, _("A test message is on its way."))
    elif do in ("again", "replay"):
        chosen = [each for each in map(whole, post.getlist("message")) if each]
        count = webhooks.send_again(ctx, ident, chosen or None) if do == "again" else webhooks.replay(ctx, ident, _day(post.get("since", "")))  # fmt: skip
        messages.success(request, ngettext("%(n)d message goes out again.", "%(n)d messages go out again.", count) % {"n": count})  # fmt: skip
    return redirect(f"/{PATH}/{ident}")


def _secret(row: Webhook, secret: str) -> Answer:
    return "backstay/webhook_secret.html", {"row": row, "secret": secret}


def _typed(request: HttpRequest) -> WebhookDraft:
    post = request.POST
    active = bool(post.get("active")) or post.get("do") != "save"
    return WebhookDraft(post.get("name", ""), post.get("address", ""), tuple(post.getlist("events")), active)


def _events(draft: WebhookDraft) -> list[dict[str, Any]]:
    """Every event in words, and whether it is asked for."""
    made = []
    for name, kind in webhooks.known().items():
        resource, happened = for_kind(kind), name.removeprefix(f"{kind}_")
        object_ = _(resource.names[0]) if resource else word_of(kind.rpartition(".")[2])
        made.append(
            {"name": name, "text": f"{object_}: {word_of(happened).lower()}", "on": name in draft.events}
        )
    return made


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("webhook.since", _("this is no day"), _("Write it as 2026-12-31."), "since") from None


def place(row: Webhook) -> str:
    """Where it is, without what may be its receiver's secret."""
    return str(reach.place(row.address))
