"""Payment runs: what is due becomes one file for the bank."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.domains.banking import processes as banking
from backstay.domains.banking.queries import bank_accounts
from backstay.interfaces.edi.pain import payment_file
from backstay.interfaces.web.acts import led_to, once
from backstay.interfaces.web.fields import BadText, day, day_text, money_text
from backstay.interfaces.web.resource import BANKING, Answer, whole
from backstay.platform.context import Ctx
from backstay.platform.resources import page


@page("banking/runs/new", gettext_noop("New payment run"), BANKING, "banking.paymentrun.create", hidden=True)
def new_run(request: HttpRequest, ctx: Ctx) -> Answer:
    """What is due, to be paid in one file."""
    accounts = [a for a in bank_accounts(ctx) if a.kind == "bank"]
    try:
        until = (
            day(request.GET.get("until", ""), ctx.today)
            if request.GET.get("until")
            else ctx.today + timedelta(days=7)
        )
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "until") from None
    if request.method == "POST":
        return _order(request, ctx)
    groups: dict[int, dict[str, Any]] = {}
    for each in banking.due_items(ctx, until):
        group = groups.setdefault(
            each["party_id"],
            {"party": each["party_id"], "name": each["party"], "iban": each["iban"], "items": [], "sum": 0},
        )  # type: ignore[call-overload]
        group["items"].append({**each, "text": money_text(each["amount"], ctx.scale), "due": day_text(each["due_on"], ctx.today.year) if each["due_on"] else "",
                               "late": bool(each["due_on"] and each["due_on"] < ctx.today)})  # type: ignore[arg-type, operator]  # fmt: skip
        group["sum"] += each["amount"]
    for group in groups.values():
        group["text"], group["ready"] = money_text(group["sum"], ctx.scale), group["sum"] > 0
    return "backstay/run.html", {
        "groups": list(groups.values()), "until": until, "accounts": accounts, "today": ctx.today, "once": uuid.uuid4().hex,
        "total": money_text(sum(g["sum"] for g in groups.values() if g["ready"]), ctx.scale),
    }  # fmt: skip


def _order(request: HttpRequest, ctx: Ctx) -> HttpResponse:
    key = request.POST.get("once", "")
    if before := once(ctx, key):
        return redirect(before)
    chosen = set(request.POST.getlist("item"))
    due: dict[int, list[tuple[str, int]]] = {}
    for each in banking.due_items(ctx, ctx.today + timedelta(days=3650)):
        if each["item"] in chosen:
            due.setdefault(int(str(each["party_id"])), []).append(
                (str(each["item"]), int(str(each["amount"])))
            )
    fresh = [(p, request.POST.get(f"iban.{p}", "").strip()) for p in due]
    banking.set_party_accounts(ctx, [banking.PartyAccountDraft(p, iban) for p, iban in fresh if iban])
    try:
        on = day(request.POST.get("on", "today"), ctx.today)
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "on") from None
    draft = banking.RunDraft(
        whole(request.POST.get("bank")) or 0, on, tuple((p, tuple(items)) for p, items in due.items())
    )
    made = banking.create_runs(ctx, [draft])[0]
    messages.success(request, _("%(n)s is ordered. Give its file to the bank.") % {"n": made.number})
    href = f"/banking/runs/{made.id}"
    led_to(ctx, key, href)
    return redirect(href)


@page(
    "banking/runs/<int:ident>/file",
    gettext_noop("Payment file"),
    BANKING,
    "banking.paymentrun.file",
    hidden=True,
)
def run_file(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """The run as pain.001."""
    name, content = payment_file(ctx, ident, request.GET.get("version", "09"))
    response = HttpResponse(content, content_type="application/xml")
    mark = "PRACTICE-DO-NOT-SEND-" if ctx.settings.get("practice") else ""
    response["Content-Disposition"] = f'attachment; filename="{mark}{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
