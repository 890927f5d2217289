"""People who sign in: made with a checked address and password; the first one by a link that is good once."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.domains.accounting.processes import take_over
from backstay.platform import rows, secrets
from backstay.platform.models import User

MINUTES = 60  # a set-up link is good for
KEY = "setup_link"


def make_user(email: str, name: str, password: str) -> int:
    """Make a user who can sign in, or find the one with this address. Raises Refusal (``access.email``, ``access.password``)."""
    address = email.strip().lower()
    found = User.objects.filter(email=address).first()
    if found is not None:
        return int(found.pk)
    try:
        validate_email(address)
    except ValidationError:
        raise Refusal(
            "access.email", f"“{email[:80]}” is no mail address", "Write it as name@example.com.", "email"
        ) from None
    check_password(password, User(email=address, name=name))
    return int(
        User.objects.create_user(address, password, name=name.strip()[:200] or address.partition("@")[0]).pk
    )


def check_password(password: str, user: User) -> None:
    """Raise Refusal (``access.password``) that says what is weak about it."""
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise Refusal("access.password", " ".join(exc.messages), "Choose a longer one.", "password") from None


def set_up_path(now: float | None = None) -> str | None:
    """Where the first owner is made, with a token that is good once and for an hour; None when somebody can sign in.

    A new link ends the one before. Only the token's hash is kept.
    """
    if User.objects.exists():
        return None
    token = random.token_urlsafe(32)
    until = int((clock.now().timestamp() if now is None else now) + MINUTES * 60)
    secrets.put(KEY, f"{_hash(token)} {until}")
    return f"/welcome?token={token}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def admitted(token: str) -> bool:
    """Whether a token is the one that was given out last, still good and not used."""
    digest, _sep, until = secrets.get(KEY).partition(" ")
    good = hmac.compare_digest(digest, _hash(token)) and until.isdigit()
    return good and clock.now().timestamp() < int(until)


def make_owner(token: str, email: str, name: str, password: str) -> int:
    """Make the first user by a set-up link; companies nobody works for become his. Raises Denied (``access.setup``)."""
    with transaction.atomic():
        rows.execute("SELECT pg_advisory_xact_lock(hashtextextended('backstay.first_owner', 0))")
        if User.objects.exists() or not admitted(token):
            raise Denied(
                "access.setup",
                "this link is used or too old",
                "Start `backstay up` again: it prints a new one.",
            )
        user = make_user(email, name, password)
        take_over(user)
        secrets.put(KEY, "used")
    return user
