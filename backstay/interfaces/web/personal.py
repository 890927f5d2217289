"""What is held on a party, on its page: the file, what an erasure would take, legal holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.domains.parties import processes as parties
from backstay.interfaces import persons, trail
from backstay.interfaces.web.fields import day_text
from backstay.interfaces.web.resource import Answer, found
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.figures import day
from backstay.platform.resources import label, page

PATH = "parties/parties"
MENU = ("Trade", gettext_noop("Parties"), "building-store")


@page(
    f"{PATH}/<int:ident>/personal",
    gettext_noop("Personal data"),
    MENU,
    f"{persons.PARTY}.disclose",
    hidden=True,
)
def personal(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What is held and what would go; POST: the file, an erasure, a hold and its end."""
    access.require(ctx, f"{persons.PARTY}.disclose", [ident])
    if request.method == "POST":
        return _post(request, ctx, ident)
    party, told = persons.party_of(ident), persons.foresee(ctx, ident)
    held = [
        (h, day_text(h.since_on, ctx.today.year), day_text(h.until_on, ctx.today.year) if h.until_on else "")
        for h in persons.holds(ctx, ident)
    ]
    counted = [
        (trail.what_of(model._meta.label_lower), len(rows)) for model, rows in persons.belonging(ident)
    ]
    return "backstay/personal.html", {
        "resource": (resource := found(ctx, PATH)), "name": _(resource.names[1]), "party": party, "told": told, "gone": _labels(told.gone), "stays": _labels(told.stays),
        "until": day_text(told.until, ctx.today.year) if told.until else "", "holds": held, "counted": counted,
        "may_erase": access.may(ctx, f"{persons.PARTY}.erase", [ident]), "may_hold": access.may(ctx, "parties.legalhold.create", [ident]),
    }  # fmt: skip


def _labels(columns: list[str]) -> list[str]:
    from django.apps import apps

    made = []
    for each in columns:
        kind, _dot, name = each.rpartition(".")
        made.append(_(label(apps.get_model(kind), name)[0]))
    return list(dict.fromkeys(made))


def _post(request: HttpRequest, ctx: Ctx, ident: int) -> HttpResponse:
    asked: dict[str, Any] = {"file": _file, "erase": _erase, "hold": _hold, "free": _free}
    act = asked.get(request.POST.get("section", ""))
    if act is None:
        raise Refusal("web.account", "there is no such section", "Use the page.")
    answer: HttpResponse = act(request, ctx, ident)
    return answer


def _file(request: HttpRequest, ctx: Ctx, ident: int) -> HttpResponse:
    answer = HttpResponse(persons.pack(ctx, ident), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="person-{ident}.zip"'
    return answer


def _erase(request: HttpRequest, ctx: Ctx, ident: int) -> HttpResponse:
    name = persons.party_of(ident).name
    if " ".join(request.POST.get("sure", "").split()) != name:
        raise Refusal(
            "parties.sure",
            _("the name typed is another"),
            _("Type the name as it stands above: an erasure is not taken back."),
            "sure",
        )
    persons.erase(ctx, ident)
    messages.success(request, _("What may go is gone."))
    return redirect(f"/{PATH}/{ident}")


def _hold(request: HttpRequest, ctx: Ctx, ident: int) -> HttpResponse:
    last = request.POST.get("until", "").strip()
    parties.hold_parties(ctx, [ident], request.POST.get("reason", ""), day(last, ctx.today) if last else None)
    messages.success(request, _("Nothing of it is erased while the hold stands."))
    return redirect(request.path)


def _free(request: HttpRequest, ctx: Ctx, ident: int) -> HttpResponse:
    parties.end_legal_holds(ctx, [h.pk for h in persons.holds(ctx, ident)])
    messages.success(request, _("The hold is ended."))
    return redirect(request.path)
