"""What people are told by mail about their own account: a sign-in from a new device, a change of password or factors."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.platform import mail, outbox, rows
from backstay.platform.context import work
from backstay.platform.models import User

log = structlog.get_logger(__name__)


def tell(user: User, request: HttpRequest | None, subject: str, text: str, ctx: Any = None) -> None:
    """Write to a person about his account, with when and from where, in his language.

    It goes the way all mail goes: by the outbox of a company he works for, in this transaction when it is of one.
    """
    with translation.override(user.language or translation.get_language() or "en"):
        lines = [_("Hello %(name)s,") % {"name": user.name}, _(text), *where(request)]
        message = {"to": [user.email], "subject": _(subject), "body": "\n\n".join(lines)}
    ctx = ctx or getattr(request, "ctx", None)
    if ctx is not None and connection.in_atomic_block and not outbox.held(ctx):
        mail.send(ctx, [message], [f"account-{uuid.uuid4().hex}"])
    else:
        transaction.on_commit(lambda: _send(user, message))


def where(request: HttpRequest | None) -> list[str]:
    """When it was, from where, and what to do when it was somebody else."""
    at = date_format(clock.now(), "j F Y, H:i") + " UTC"
    if request is None:
        return [_("This was on %(at)s, by whoever runs this Backstay.") % {"at": at}]
    told = {"at": at, "address": request.META.get("REMOTE_ADDR", ""), "browser": browser(request.headers.get("User-Agent", ""))}  # fmt: skip
    return [
        _("This was on %(at)s, from %(address)s with %(browser)s.") % told,
        _("If it was not you: change your password, end the other sessions on the page of your account, and tell an owner of your company."),
    ]  # fmt: skip


def _send(user: User, message: dict[str, Any]) -> None:
    """Through the first company of his that sends mail; without one at once."""
    for company, _name in rows.execute("SELECT * FROM companies_of(%s, %s)", [user.pk, clock.today()]):
        with work(company, f"user:{user.pk}") as ctx:
            if not outbox.held(ctx):
                mail.send(ctx, [message], [f"account-{uuid.uuid4().hex}"])
                return
    try:
        EmailMessage(message["subject"], message["body"], to=message["to"]).send()
    except OSError as exc:
        log.warning("sign_in.mail", error=type(exc).__name__)


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def browser(agent: str) -> str:
    """A browser and its system as people call them, from what it says of itself."""
    name = next((told for mark, told in BROWSERS if mark in agent), "")
    system = next((told for mark, told in SYSTEMS if mark in agent), "")
    return _("%(browser)s on %(system)s") % {"browser": name, "system": system} if name and system else name or system or _("an unknown browser")  # fmt: skip
