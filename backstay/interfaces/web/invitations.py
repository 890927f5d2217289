"""Invitations: those that are open, a new one, and the page of who was invited."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backstay.base.errors import Denied, Refusal
from backstay.interfaces import granting, inviting
from backstay.interfaces.web.company import SYSTEM, sentence
from backstay.interfaces.web.resource import Answer, whole
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.models import User
from backstay.platform.resources import page

PATH = "access/invitations"


@page(PATH, gettext_noop("Invitations"), SYSTEM, "access.membership.read")
def invitations(request: HttpRequest, ctx: Ctx) -> Answer:
    """Who was invited and has not come yet; inviting; taking an invitation back."""
    known = granting.roles(ctx)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _posted(request, ctx)
        except Denied:
            raise
        except Refusal as refusal:
            errors[refusal.where or "email"] = sentence(refusal)
    told = [
        {"id": each.pk, "email": each.email, "roles": ", ".join(_(known[c].name) if c in known else c for c in each.roles),
         "until": each.until_on, "ends": each.ends_at}
        for each in inviting.open_ones(ctx)
    ]  # fmt: skip
    return "backstay/invitations.html", {
        "invitations": told, "roles": [(r.code, _(r.name)) for r in known.values()], "typed": request.POST, "errors": errors,
        "may_invite": access.may(ctx, "access.membership.grant"), "today": ctx.today,
    }  # fmt: skip


def _posted(request: HttpRequest, ctx: Ctx) -> Answer:
    if request.POST.get("withdraw"):
        inviting.withdraw(ctx, whole(request.POST["withdraw"]) or 0)
        messages.success(request, _("The invitation is withdrawn."))
        return redirect(f"/{PATH}")
    email = request.POST.get("email", "")
    address = request.build_absolute_uri("/")
    inviting.invite(
        ctx,
        email,
        [r for r in [request.POST.get("role", "")] if r],
        _day(request.POST.get("until", "")),
        address,
    )
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
    return redirect(f"/{PATH}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("access.until", _("this is no day"), _("Write it as 2026-12-31."), "until") from None


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """What the link of an invitation opens: sign in, or say who one is, and join."""
    token = request.POST.get("token") or request.GET.get("token", "")
    who = get_user(request)
    here = who if isinstance(who, User) else None
    typed, errors = request.POST.get("name", "").strip(), {}
    try:
        told = inviting.looked_up(token)
        if here is not None and here.email != told.email:
            raise Denied("access.invitation", f"this invitation is for {told.email}", "Sign out, and open the link again.")  # fmt: skip
        if request.method == "POST":
            return _joined(request, token, here, told.company)
    except Denied as refusal:
        return render(request, "backstay/welcome_closed.html", {"refusal": refusal}, status=403)
    except Refusal as refusal:
        errors[refusal.where or "password"] = sentence(refusal)
    known = here is None and User.objects.filter(email=told.email).exists()
    told_page: dict[str, Any] = {"told": told, "token": token, "here": here, "known": known, "typed": typed, "errors": errors}  # fmt: skip
    return render(request, "backstay/join.html", told_page)


def _joined(request: HttpRequest, token: str, here: User | None, company: int) -> HttpResponse:
    password = request.POST.get("password", "")
    if here is None and password != request.POST.get("again", ""):
        raise Refusal(
            "access.password", _("the two passwords differ"), _("Type the same one twice."), "again"
        )
    user = inviting.accept(token, here, request.POST.get("name", ""), password)
    request.session["company"] = company
    if here is not None:
        return redirect("/")
    record_authentication(request, user, method="password", email=user.email)
    answer: HttpResponse = perform_login(request, user, redirect_url="/")
    return answer
