"""Second factors of people: which they have, whether a company asks for one, taking them away for who is locked out."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.db.models import Count
from django.http import HttpRequest

from backstay.platform.models import User

KINDS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_one(user: int) -> bool:
    """Whether a sign-in of his asks for more than the password."""
    return Authenticator.objects.filter(user_id=user, type__in=SECOND).exists()


def missing(request: HttpRequest, settings: Any) -> bool:
    """Whether the company asks its members for a second factor and this one has none. Looked up once per session."""
    if not settings.get("second_factor") or request.session.get("second_factor"):
        return False
    if has_one(int(request.user.pk or 0)):
        request.session["second_factor"] = True
        return False
    return True


def _changed(sender: Any, request: HttpRequest, **_more: Any) -> None:
    request.session.pop("second_factor", None)


authenticator_removed.connect(_changed, dispatch_uid="backstay.factor_removed")
authenticator_added.connect(_changed, dispatch_uid="backstay.factor_added")


def overview() -> list[dict[str, Any]]:
    """Everybody who may sign in: with what beside the password, how many sessions, when last."""
    factors: dict[int, list[str]] = {}
    for user, kind in Authenticator.objects.order_by("id").values_list("user_id", "type"):
        factors.setdefault(user, []).append(KINDS[kind])
    sessions = dict(UserSession.objects.order_by().values_list("user_id").annotate(Count("id")))
    return [
        {"email": u.email, "name": u.name, "active": u.is_active, "factors": sorted(set(factors.get(u.pk, []))),
         "sessions": sessions.get(u.pk, 0), "last": u.last_login.isoformat() if u.last_login else ""}
        for u in User.objects.order_by("email")
    ]  # fmt: skip


def reset(user: int) -> int:
    """Take all factors of a user away; how many."""
    return Authenticator.objects.filter(user_id=user).delete()[0]
