"""Browsers that signed in before: a signed cookie with an id per account, so that strangers cannot lock them out.

The cookie proves nothing about who sits there; it only says which bucket of tries counts (guard.py), and that a
sign-in comes from where one has signed in before.
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

NAME = "backstay_device"
AGE = 400 * 86400
ACCOUNTS = 8  # of one browser; the latest stay


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:24]


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        kept = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=NAME, max_age=AGE)
    except signing.BadSignature:
        return {}
    return {str(account): str(device) for account, device in kept}


def cookie_name() -> str:
    """Its name, with the prefix that ties it to this host where TLS is on."""
    return ("__Host-" if settings.SESSION_COOKIE_SECURE else "") + NAME


def known(request: HttpRequest, email: str) -> str:
    """The id of this browser for an account that signed in here before, or ""."""
    return _read(request).get(_account(email), "")


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """This browser has signed in to this account."""
    kept = _read(request)
    device = kept.pop(_account(email), "") or secrets.token_urlsafe(12)
    told = [*list(kept.items())[1 - ACCOUNTS :], (_account(email), device)]
    response.set_cookie(
        cookie_name(), signing.dumps(told, salt=NAME), max_age=AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )  # fmt: skip
