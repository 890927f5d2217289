"""Routes of sign-in and of one's own account: the library's views under our addresses, each named by itself.

There is no way to sign up: people are invited.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.account import views as accounts
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backstay.base.errors import Denied, Refusal
from backstay.interfaces.signing import oidc
from backstay.interfaces.web import account, invitations, security
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.sign import signed_in

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """A page of the library inside our frame, for who is signed in."""

    @signed_in
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if hasattr(response, "context_data") and not getattr(response, "is_rendered", True):
            response.context_data = frame(request, "account") | (response.context_data or {})
        return response

    return wrapped


class SignIn(accounts.LoginView):
    """Password, passkey, or the company's directory."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"providers": list(oidc.providers().values())}


def _provider(name: str) -> oidc.Provider:
    found = oidc.providers().get(name)
    if found is None:
        raise Denied(
            "access.directory", _("there is no such directory"), _("Take a way the page of sign-in shows.")
        )
    return found


@require_GET
def leave(request: HttpRequest, name: str) -> HttpResponse:
    """To the directory."""
    there = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    back = request.build_absolute_uri(f"/sign-in/by/{name}/back")
    try:
        return redirect(oidc.leave(_provider(name), request.session, back, there if safe else "/"))
    except Denied as refusal:
        return render(request, "backstay/welcome_closed.html", {"refusal": refusal}, status=403)


@require_GET
def come_back(request: HttpRequest, name: str) -> HttpResponse:
    """From the directory: signed in as who it says one is, or told why not."""
    try:
        user, there = oidc.come_back(_provider(name), request.session, request.GET)
    except Refusal as refusal:
        log.warning("sign_in.directory", why=refusal.message)
        return render(request, "backstay/welcome_closed.html", {"refusal": refusal}, status=403)
    record_authentication(request, user, method="socialaccount", provider=name)
    answer: HttpResponse = perform_login(request, user, redirect_url=there)
    return answer


urlpatterns: list[URLPattern] = [
    path("sign-in", SignIn.as_view(), name="account_login"),
    path("sign-in/by/<str:name>", leave, name="directory"),
    path("sign-in/by/<str:name>/back", come_back, name="directory-back"),
    path("sign-in/second", second.authenticate, name="mfa_authenticate"),
    path("sign-in/trust", second.trust, name="mfa_trust"),
    path("sign-in/passkey", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/forgotten", accounts.password_reset, name="account_reset_password"),
    path("sign-in/forgotten/sent", accounts.password_reset_done, name="account_reset_password_done"),
    path(
        "sign-in/forgotten/done",
        accounts.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "sign-in/forgotten/<slug:uidb36>/<slug:key>",
        accounts.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("sign-in/join", invitations.join, name="join"),
    path("sign-out", accounts.logout, name="account_logout"),
    path("account", account.account, name="account"),
    path("account/security", security.security, name="mfa_index"),
    path("account/sessions", security.end_sessions, name="end-sessions"),
    path("account/app", framed(app.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove", framed(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes", framed(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/codes/new", framed(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/passkeys", security.passkeys, name="mfa_list_webauthn"),
    path("account/passkeys/new", framed(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name", framed(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove", framed(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]
