"""Dangerous acts ask once more who sits here: the one list of them, and the page that asks.

Within fifteen minutes of a sign-in or of the last answer nothing is asked. What was typed goes along in hidden fields
of that page and is done after the answer, so nothing is lost; an address that was opened is opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from backstay.interfaces.signing import guard, sessions
from backstay.interfaces.signing.forms import right_code
from backstay.interfaces.web.frame import frame
from backstay.platform import throttle
from backstay.platform.models import User

# Names of routes: to open them or to send something to them.
ROUTES = {
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "page:banking/runs/<int:ident>/file",
    "page:settings/data/all/<int:number>",
}  # fmt: skip
# Names of routes: to send something to them.
SENDING = {
    "tokens",
    "feeds",
    "page:parties/parties/<int:ident>/personal",
    "page:settings",
    "page:settings/data/all",
    "page:settings/webhooks/new",
    "page:settings/webhooks/<int:ident>",
    "end-sessions",
    "page:banking/runs/new",
    "page:access/invitations",
    "page:access/duties",
    "page:access/people",
    "page:access/people/<int:user>",
    "page:access/roles",
    "page:access/roles/<slug:code>",
}
# Acts of declared resources: (path, act).
ACTS = {("banking/runs", "reverse")}
OURS = ("confirm_password", "confirm_code", "confirm_credential", "confirm_only")


def dangerous(request: HttpRequest) -> bool:
    """Whether the route is one that asks; a file that goes along cannot be kept meanwhile, so it passes."""
    match = request.resolver_match
    if match is None or match.url_name in ROUTES:
        return match is not None
    if request.method != "POST" or request.FILES:
        return False
    return match.url_name in SENDING or (
        match.url_name == "act" and (match.kwargs.get("path"), match.kwargs.get("act")) in ACTS
    )


class Confirmed:
    """Let dangerous requests through only when the person said lately who he is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets it through."""
        if getattr(request, "ctx", None) is None or not dangerous(request) or sessions.proved(request):
            return None
        error = ""
        if request.method == "POST" and any(name in request.POST for name in OURS[:3]):
            error = _wrong(request)
            if not error:
                key = request.session.session_key
                request.session.cycle_key()
                sessions.moved(request, key)
                return _go_on(request)
        return _ask(request, error)


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """To the address that was opened, or on with what was sent, without our fields."""
    if "confirm_only" in request.POST:
        return redirect(request.get_full_path())
    sent = request.POST.copy()
    for name in OURS:
        sent.pop(name, None)
    request.POST = sent  # type: ignore[assignment]
    return None


def _wrong(request: HttpRequest) -> str:
    """What is wrong with the answer, or ""."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - there is a ctx
    try:
        if credential := request.POST.get("confirm_credential"):
            return _wrong_passkey(user, credential)
        if code := request.POST.get("confirm_code", ""):
            return _wrong_code(request, user, code)
        buckets = guard.password_buckets(request, user.email)
        guard.take(request, buckets)
    except ValidationError as exc:
        return " ".join(exc.messages)
    if not user.check_password(request.POST.get("confirm_password", "")[:1000]):
        return _("This is not your password.")
    throttle.give_back(buckets)
    return ""


def _wrong_code(request: HttpRequest, user: User, code: str) -> str:
    buckets = guard.code_buckets(user.pk)
    guard.take(request, buckets)
    if right_code(user, code) is None:
        return _("This code is wrong, or was used already.")
    throttle.empty(buckets)
    return ""


def _wrong_passkey(user: User, credential: str) -> str:
    try:
        answer = json.loads(credential)
        passkeys.parse_authentication_response(answer)
        passkeys.complete_authentication(user, answer)
    except (ValueError, TypeError, KeyError, ValidationError):
        return _("The passkey was not accepted.")
    return ""


def _ask(request: HttpRequest, error: str) -> HttpResponse:
    if request.headers.get("HX-Request"):  # a part of a page cannot ask: the whole page comes
        return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
    kept = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in (*OURS, "csrfmiddlewaretoken")]  # fmt: skip
    factors = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    keys = Authenticator.Type.WEBAUTHN in factors
    told = {
        "kept": kept, "error": error, "only": request.method == "GET" or "confirm_only" in request.POST,
        "has_password": request.user.has_usable_password(), "has_code": Authenticator.Type.TOTP in factors,
        "js_data": {"request_options": passkeys.begin_authentication(request.user)} if keys else None,
    }  # fmt: skip
    return render(request, "backstay/confirm.html", frame(request, "account", **told))
