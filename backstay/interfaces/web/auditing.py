"""The trail as a page: who did what, when, from where; until when it is sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n

from backstay.base.errors import Refusal
from backstay.interfaces import looking
from backstay.interfaces.web import exporting
from backstay.interfaces.web.acts import ICONS
from backstay.interfaces.web.company import SYSTEM
from backstay.interfaces.web.fields import BadText, day
from backstay.interfaces.web.resource import Answer
from backstay.platform import access, heads, sealing, stamping
from backstay.platform.context import Ctx
from backstay.platform.resources import page

NAMES = ("who", "since", "until", "kind", "object", "event", "text")


@page("settings/audit", n("Audit trail"), SYSTEM, looking.ACTION)
def trail(request: HttpRequest, ctx: Ctx) -> Answer:
    """Search, pages, export; the seal beside it."""
    given = {name: request.GET.get(name, "").strip()[:200] for name in NAMES}
    asked = _asked(ctx, given, request.GET.get("after", ""))
    form = request.GET.get("as", "")
    if form in ("csv", "xlsx"):
        heads_of = [_(head) for head in looking.HEADS]
        return exporting.table("audit", form, heads_of, [looking.cells(t) for t in looking.every(ctx, asked)])
    events, after = looking.page(ctx, asked)
    query = urlencode({k: v for k, v in given.items() if v})
    return "backstay/audit.html", {
        "events": [{"told": e, "icon": ICONS.get(e.event, "pencil"), "changes": e.changes[:8], "more": len(e.changes) - 8} for e in events],
        "given": given, "known": looking.known(ctx), "query": query, "seal": _seal(ctx), "paged": bool(asked.after),
        "next": urlencode({**{k: v for k, v in given.items() if v}, "after": after}) if after else "",
    }  # fmt: skip


@page("settings/audit/heads", n("Where heads go"), SYSTEM, "platform.seal.change", hidden=True)
def send_heads(request: HttpRequest, ctx: Ctx) -> Answer:
    """Keep where heads go, and how often."""
    if request.method == "POST":
        heads.keep(ctx, request.POST.get("to", ""), request.POST.get("every", ""))
        messages.success(request, _("Kept."))
    return redirect("/settings/audit")


def _asked(ctx: Ctx, given: dict[str, str], after: str) -> looking.Asked:
    ident = given["object"]
    if ident and not (ident.isdigit() and len(ident) < 19):
        raise Refusal(
            "audit.object", _("an object is asked for by its number"), _("Search its name instead.")
        )
    return looking.Asked(
        given["who"], _day(ctx, given["since"]), _day(ctx, given["until"]), given["kind"], int(ident or 0), given["event"], given["text"], after,
    )  # fmt: skip


def _day(ctx: Ctx, text: str) -> date | None:
    try:
        return day(text, ctx.today) if text else None
    except BadText as exc:
        raise Refusal("audit.day", str(exc), _("Write it as 2026-12-31.")) from exc


def _seal(ctx: Ctx) -> dict[str, Any]:
    now = sealing.standing(ctx)
    return {
        "now": now,
        "at": datetime.fromtimestamp(now.at / 1_000_000, UTC) if now.block else None,
        "heads": heads.plan(ctx),
        "stamp": stamping.last(ctx),
        "may": access.may(ctx, "platform.seal.change"),
    }
