"""Sign-in and devices of one's own: passkeys, authenticator app, recovery codes, sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backstay.base.errors import Refusal
from backstay.interfaces.signing import factors, letters, sessions
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.sign import signed_in

KINDS = Authenticator.Type


@signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """What one signs in with, and where one is signed in."""
    mine = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("id"))
    codes = next((f for f in mine if f.type == KINDS.RECOVERY_CODES), None)
    told = {
        "passkeys": [f for f in mine if f.type == KINDS.WEBAUTHN],
        "app": next((f for f in mine if f.type == KINDS.TOTP), None),
        "codes": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": listed(request),
        "needed": factors.missing(request, request.ctx.settings),  # type: ignore[attr-defined]
    }
    return render(request, "backstay/security.html", frame(request, "account", **told))


def listed(request: HttpRequest) -> list[dict[str, Any]]:
    """Sessions that are open, this one first, then the latest."""
    here = request.session.session_key
    found = UserSession.objects.purge_and_list(request.user)
    return [
        {"id": s.pk, "browser": letters.browser(s.user_agent), "ip": s.ip, "began": s.created_at, "seen": s.last_seen_at, "here": s.session_key == here}
        for s in sorted(found, key=lambda s: (s.session_key != here, -s.last_seen_at.timestamp()))
    ]  # fmt: skip


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one session, or all but this one."""
    wanted = request.POST.get("session", "")
    if wanted == "others":
        sessions.end_all(int(request.user.pk or 0), request.session.session_key or "")
    else:
        found = UserSession.objects.filter(user_id=request.user.pk, pk=int(wanted) if wanted.isdigit() and len(wanted) < 18 else 0).first()  # fmt: skip
        if found is None:
            raise Refusal("access.session", _("this session has ended already"), _("Look at the list again."))
        found.end()
    messages.success(request, _("Ended."))
    return redirect("/account/security")


@signed_in
@require_GET
def passkeys(request: HttpRequest) -> HttpResponse:
    """Where the library goes after a change of a passkey."""
    return redirect("/account/security")
