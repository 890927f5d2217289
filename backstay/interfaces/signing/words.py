"""What a password may not be built on: one's own name and address, the company's names, and our own."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.platform import rows

REST = 8  # characters that must be left once such words are taken out
SHORTEST = 3
LONGEST = 1000


class OwnWords:
    """A password must be long enough without words that anybody would try first."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError that names the word."""
        if len(password) > LONGEST:
            raise ValidationError(
                _("This password is too long: at most %(n)d characters.") % {"n": LONGEST},
                "password_too_long",
            )
        rest = password.casefold()
        found = []
        for word in sorted(words_of(user), key=len, reverse=True):
            if word in rest:
                found.append(word)
                rest = rest.replace(word, "")
        if found and len(rest) < REST:
            raise ValidationError(
                _("This password is built on a word that others try first: %(word)s.") % {"word": found[0]},
                "password_own_words",
            )

    def get_help_text(self) -> str:
        """What to choose instead."""
        return _("Leave out your own name, your address and the names of your company.")


def words_of(user: Any) -> set[str]:
    """Words of the person, of the companies he works for, and of this program."""
    texts = ["backstay"]
    if user is not None:
        texts += [
            str(getattr(user, "name", "")),
            str(getattr(user, "email", "")),
            *getattr(user, "of_companies", ()),
        ]
        if getattr(user, "pk", None):
            texts += [
                name
                for _id, name in rows.execute("SELECT * FROM companies_of(%s, %s)", [user.pk, clock.today()])
            ]
    return {
        word
        for text in texts
        for word in re.split(r"[^\w]+", text.casefold())
        if len(word) >= SHORTEST and word not in ENDINGS
    }


ENDINGS = {"gmbh", "example", "limited", "test", "mail", "gmail"}
