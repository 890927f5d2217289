"""Payment runs: what is due becomes one file for the bank."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
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
    told = request.POST if request.method == "POST" else request.GET
    try:
        until = day(told["until"], ctx.today) if told.get("until") else ctx.today + timedelta(days=7)
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "until") from None
    again = told.get("do") == "look"
    if request.method == "POST" and not again:
        return _order(request, ctx)
    return "backstay/run.html", _shown(ctx, until, told if again else None) | {
        "until": until, "accounts": accounts, "today": ctx.today, "once": uuid.uuid4().hex, "bank": whole(told.get("bank")), "on": told.get("on") or ctx.today.isoformat(),
    }  # fmt: skip


def _shown(ctx: Ctx, until: date, told: QueryDict | None) -> dict[str, Any]:
    """What is due by supplier, what of it is ticked (all that can be paid, until somebody says otherwise), and the sums."""
    asked = None if told is None else set(told.getlist("item"))
    groups: dict[int, dict[str, Any]] = {}
    for each in banking.due_items(ctx, until):
        group = groups.setdefault(
            each["party_id"],
            {"party": each["party_id"], "name": each["party"], "iban": each["iban"], "items": [], "sum": 0},
        )  # type: ignore[call-overload]
        group["items"].append({**each, "steps": str(each["amount"]), "text": money_text(each["amount"], ctx.scale), "due": day_text(each["due_on"], ctx.today.year) if each["due_on"] else "",
                               "late": bool(each["due_on"] and each["due_on"] < ctx.today)})  # type: ignore[arg-type, operator]  # fmt: skip
        group["sum"] += each["amount"]
    chosen = everything = count = 0
    for group in groups.values():
        ready = group["sum"] > 0 and bool(group["iban"])
        for item in group["items"]:
            item["ticked"] = ready if asked is None else item["item"] in asked
        ticked = [item["amount"] for item in group["items"] if item["ticked"]]
        group["text"], group["ticked"] = (
            money_text(group["sum"], ctx.scale),
            money_text(sum(ticked), ctx.scale),
        )
        group["typed"] = told.get(f"iban.{group['party']}", "") if told else ""
        everything, chosen, count = everything + group["sum"], chosen + sum(ticked), count + len(ticked)
    return {
        "groups": list(groups.values()), "total": money_text(everything, ctx.scale), "chosen": money_text(chosen, ctx.scale), "count": count,
    }  # fmt: skip


def _order(request: HttpRequest, ctx: Ctx) -> HttpResponse:
    key = request.POST.get("once", "")
    if before := once(ctx, key):
        return redirect(before)
    due = banking.chosen_items(ctx, request.POST.getlist("item"))
    fresh = [(p, request.POST.get(f"iban.{p}", "").strip()) for p in due]
    banking.set_party_accounts(ctx, [banking.PartyAccountDraft(p, iban) for p, iban in fresh if iban])
    try:
        on = day(request.POST.get("on", "today"), ctx.today)
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "on") from None
    draft = banking.RunDraft(whole(request.POST.get("bank")) or 0, on, tuple(due.items()))
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
