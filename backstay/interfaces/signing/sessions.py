"""How long a sign-in lasts, where one is signed in, and when one last proved who one is.

In the session: ``began`` and ``seen`` (the two limits), ``proved`` (for dangerous acts), all in seconds since 1970.
A session without them is over: it was not made by a sign-in of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from backstay.base import clock

IDLE_HOURS = 12
DAYS = 7
PROOF_MINUTES = 15
NOTED = 300  # seconds between notes of when a session was last seen


def now() -> int:
    """Seconds since 1970."""
    return int(clock.now().timestamp())


def stamps() -> dict[str, int]:
    """What a session that begins now holds."""
    return {"began": now(), "seen": now(), "proved": now()}


def begin(sender: Any, request: HttpRequest, user: Any, **_more: Any) -> None:
    """Somebody has signed in, by whatever way."""
    request.session.update(stamps())
    if request.META.get("REMOTE_ADDR"):
        request.session.save()
        UserSession.objects.create_from_request(request)


def listen() -> None:
    """Have every sign-in of this process begin a session, and end with it; called when Django is set up."""
    user_logged_in.connect(begin, dispatch_uid="backstay.sign_in")
    user_logged_out.connect(_forget, dispatch_uid="backstay.sign_out")


def over(request: HttpRequest, told: Mapping[str, Any]) -> bool:
    """Whether the session is past a limit: of all, or the shorter one of a company's settings."""
    began, seen = request.session.get("began"), request.session.get("seen")
    if not isinstance(began, int) or not isinstance(seen, int):
        return True
    idle = min(_number(told.get("session_idle_hours"), IDLE_HOURS), IDLE_HOURS)
    days = min(_number(told.get("session_days"), DAYS), DAYS)
    return now() - seen > idle * 3600 or now() - began > days * 86400


def _number(kept: Any, usual: int) -> int:
    return int(kept) if str(kept).isdigit() and int(kept) > 0 else usual


def end(request: HttpRequest) -> None:
    """End this session."""
    logout(request)


def note(request: HttpRequest) -> None:
    """Note that the session is in use, at most every five minutes."""
    if cookie_is_there(request) and now() - request.session.get("seen", now()) > NOTED:
        request.session["seen"] = now()
        UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=clock.now(), ip=request.META["REMOTE_ADDR"]
        )


def moved(request: HttpRequest, old: str | None) -> None:
    """The session has a new key since one proved anew who one is: list it under that; those that ended no more."""
    request.session["proved"] = now()
    request.session.save()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
    UserSession.objects.purge_and_list(request.user)


def _forget(sender: Any, request: HttpRequest, user: Any, **_more: Any) -> None:
    if getattr(request, "session", None) is not None and request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def proved(request: HttpRequest) -> bool:
    """Whether one said who one is within the last minutes."""
    at = request.session.get("proved")
    return isinstance(at, int) and 0 <= now() - at <= PROOF_MINUTES * 60


def end_all(user: int, but: str = "") -> int:
    """End every session of a user, but one; how many."""
    ended = list(UserSession.objects.filter(user_id=user).exclude(session_key=but))
    for session in ended:
        session.end()
    return len(ended)


def cookie_is_there(request: HttpRequest) -> bool:
    """Whether the browser brought a session: without one nothing needs to be asked of the database."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES
