"""Forms of sign-in: the library's, with tries counted in our buckets and fields as our templates show them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as second
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from django import forms

from backstay.interfaces.signing import guard
from backstay.interfaces.signing.words import LONGEST
from backstay.platform import throttle


class SignIn(LoginForm):
    """Mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].max_length = LONGEST  # type: ignore[attr-defined]
        self.fields["password"].widget.attrs["maxlength"] = LONGEST


class Forgotten(ResetPasswordForm):
    """A mail with a link; the answer is the same for an address nobody has."""

    def clean_email(self) -> str:
        guard.take(context.request, guard.mail_buckets(context.request, self.cleaned_data["email"]))
        return str(super().clean_email())


class NewPassword(ResetPasswordKeyForm):
    """A new password by the link of a mail."""


def right_code(user: Any, code: str) -> Authenticator | None:
    """The factor that a typed code is of: one of the authenticator app, or a recovery code; each is good once."""
    plain = "".join(code.split())[:20]
    for factor in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if factor.wrap().validate_code(plain) and (
            factor.type != Authenticator.Type.TOTP or guard.spend_code(user.pk, plain)
        ):
            return factor
    return None


class Code(second.AuthenticateForm):
    """A code of the authenticator app, or a recovery code, at sign-in."""

    def clean_code(self) -> str:
        buckets = guard.code_buckets(self.user.pk)
        guard.take(context.request, buckets)
        factor = right_code(self.user, self.cleaned_data["code"])
        if factor is None:
            raise get_adapter().validation_error("incorrect_code")
        factor.user = self.user
        self.authenticator = factor
        throttle.empty(buckets)
        return str(self.cleaned_data["code"])


class SetUpApp(ActivateTOTPForm):
    """The first code of an authenticator app proves that its key was taken over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}

    def clean_code(self) -> str:
        buckets = guard.code_buckets(self.user.pk)
        guard.take(context.request, buckets)
        code = "".join(self.cleaned_data["code"].split())
        if not totp.validate_totp_code(self.secret, code) or not guard.spend_code(self.user.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        throttle.empty(buckets)
        return code


class _Answered(forms.Form):
    """What a passkey answered; nothing can be guessed here, so nothing is counted and nobody locked out."""

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise get_adapter().validation_error("incorrect_code")
        passkeys.parse_authentication_response(credential)
        user = self.user or passkeys.extract_user_from_response(credential)  # type: ignore[attr-defined, has-type]
        if not user.is_active:
            raise get_adapter().validation_error("incorrect_code")
        found: Authenticator = passkeys.complete_authentication(user, credential)
        return found


class PasskeyAsSecond(_Answered, AuthenticateWebAuthnForm):
    """A passkey after the password."""


class PasskeyAlone(_Answered, LoginWebAuthnForm):
    """A passkey instead of a password: it asks for a finger, a face or a PIN itself."""
