"""Whether a password is known from breaches: asked of a service that learns five characters of its hash (k-anonymity), where
whoever runs Backstay says so. Source: the range protocol of Have I Been Pwned, with padded answers.

``BACKSTAY_BREACHES``: ``1`` for the public service, or the address of one that speaks the same; without it nobody is asked. A service
that does not answer keeps nobody from setting a password.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.platform import outbound

PUBLIC = "https://api.pwnedpasswords.com/range/"
TIMES = (2.0, 4.0)  # seconds to connect, for all


def service() -> str:
    """Where it is asked; "" nowhere."""
    told = os.environ.get("BACKSTAY_BREACHES", "").strip()
    return PUBLIC if told == "1" else "" if told == "0" else told


def times(password: str) -> int:
    """How often it was seen in breaches; 0 also where nobody is asked or nobody answers."""
    where = service()
    if not where:
        return 0
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    parts = urlsplit(where)
    try:
        answer = outbound.call(
            "GET", f"{where.rstrip('/')}/{digest[:5]}", headers={"Add-Padding": "true"}, purpose="breaches",
            trusted=[f"{parts.scheme}://{parts.netloc}"], connect=TIMES[0], whole=TIMES[1],
        )  # fmt: skip
    except Refusal:
        return 0  # the log tells it
    if answer.status != 200:
        return 0
    for line in answer.content.decode("ascii", "replace").splitlines():
        rest, _sep, count = line.strip().partition(":")
        if rest.upper() == digest[5:] and count.isdigit():
            return int(count)  # 0: a line that only pads
    return 0


class Breached:
    """A password that is known from breaches is no password."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError that says so."""
        if times(password):
            raise ValidationError(
                _(
                    "This password is known from breaches of other services: whoever tries such lists tries it."
                ),
                "password_breached",
            )

    def get_help_text(self) -> str:
        """What to choose instead."""
        return _("Choose one that you use nowhere else.")
