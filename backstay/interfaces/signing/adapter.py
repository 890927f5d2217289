"""Where django-allauth asks us: who is let in, how fast one may guess, what is said, where secrets are kept."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from backstay.interfaces.signing import devices, guard, letters
from backstay.platform import secrets, throttle

log = structlog.get_logger(__name__)
WRONG_CODE = gettext_lazy("This code is wrong, or was used already.")
# What is said on the page after a change, by the library's name for it.
NOTES = {
    "account/messages/password_changed.txt": gettext_noop("The password is changed. Other devices have to sign in again."),
    "mfa/messages/totp_activated.txt": gettext_noop("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_noop("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": gettext_noop("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": gettext_noop("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": gettext_noop("There are new recovery codes; the old ones are void."),
}  # fmt: skip
# What is written to the person: (subject, sentence).
LETTERS = {
    "account/email/password_changed": (gettext_noop("Your password was changed"), gettext_noop("The password of your account was changed.")),
    "account/email/password_reset": (gettext_noop("Your password was changed"), gettext_noop("The password of your account was changed by a link from a mail.")),
    "mfa/email/totp_activated": (gettext_noop("An authenticator app was set up"), gettext_noop("Your account now asks for a code of an authenticator app.")),
    "mfa/email/totp_deactivated": (gettext_noop("The authenticator app was removed"), gettext_noop("Your account no longer asks for a code of an authenticator app.")),
    "mfa/email/webauthn_added": (gettext_noop("A passkey was added"), gettext_noop("One can sign in to your account with a new passkey.")),
    "mfa/email/webauthn_removed": (gettext_noop("A passkey was removed"), gettext_noop("A passkey of your account was removed.")),
    "mfa/email/recovery_codes_generated": (gettext_noop("New recovery codes"), gettext_noop("New recovery codes were made for your account; the old ones are void.")),
}  # fmt: skip


class Adapter(DefaultAccountAdapter):
    """Accounts: by invitation only, tries counted in our buckets, mails by our outbox."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("Email or password is wrong."),
        "incorrect_code": WRONG_CODE,
        "invalid_password_reset": gettext_lazy("This link is used, or too old."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The user whose password this is. Each guess costs one hash, whether there is such an account or not."""
        email = str(credentials.get("email", ""))
        buckets = guard.password_buckets(request, email)
        guard.take(request, buckets)
        user = authenticate(request, **credentials)
        if user is None:
            log.warning("sign_in.refused", network=guard.network(request.META.get("REMOTE_ADDR", "")))
            return None
        throttle.give_back(buckets)
        return user

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether this is the password of who sits here."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Never by the library: web/confirming.py stands before its pages, as before ours."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let in, and write to him when he has not signed in from here before."""
        first = user.last_login is None
        super().login(request, user)
        log.info("sign_in.ok", user=user.pk)
        if not first and not devices.known(request, user.email):
            letters.tell(
                user, request, gettext_noop("Sign-in from a new device"),
                gettext_noop("Somebody signed in to your account from a browser that was not used for it before."),
            )  # fmt: skip

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("account_login")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, message_context: dict[str, Any] | None = None,
        extra_tags: str = "", message: str | None = None,
    ) -> None:  # fmt: skip
        told = message or (_(NOTES[message_template]) if message_template in NOTES else "")
        if told:
            messages.add_message(request, level, told, extra_tags=extra_tags)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: Any = None
    ) -> None:
        if template_prefix in LETTERS:
            letters.tell(user, self.request, *LETTERS[template_prefix])

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _sep, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": rest})
        return str(self.request.build_absolute_uri(path))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        letters.tell(
            user, self.request, gettext_noop("Set a new password"),
            _("Somebody asked for a new password for your account. With this link you set one; it is good for an hour, and once:") + "\n\n" + context["password_reset_url"],
        )  # fmt: skip


class SecondFactors(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted with a key that is not in the database."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("sign_in.factor_key", remedy="restore secrets.json, or `backstay user reset-factors`")
            raise

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Backstay"}


def _cipher() -> Fernet:
    return secrets.cipher("second_factors")
