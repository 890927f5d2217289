"""One's own account: name, password, language, and how the desk looks on this device."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backstay.base.errors import Refusal
from backstay.interfaces import users
from backstay.interfaces.signing import guard, letters, sessions
from backstay.interfaces.signing.adapter import LETTERS
from backstay.interfaces.signing.words import LONGEST
from backstay.interfaces.web.company import sentence
from backstay.interfaces.web.fields import number_text
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.sign import signed_in
from backstay.platform import throttle
from backstay.platform.models import User

LOOKS = {"theme": ("auto", "light", "dark"), "density": ("comfortable", "compact")}
YEAR = 365 * 86400


@signed_in
@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one may change oneself."""
    errors: dict[str, str] = {}
    asked = request.POST.get("section", "")
    if request.method == "POST":
        try:
            answer = {"name": _name, "password": _password, "look": _look}[asked](request)
        except KeyError:
            raise Refusal("web.account", f"there is no section {asked[:40]}", "Use the page.") from None
        except Refusal as refusal:
            errors[refusal.where or asked] = sentence(refusal)
        else:
            return answer
    look = {name: request.COOKIES.get(f"backstay_{name}", words[0]) for name, words in LOOKS.items()}
    context = {
        "languages": settings.LANGUAGES, "sample": number_text(Decimal("1234.5"), 2), "errors": errors, "look": look,
        "themes": [("auto", _("as the device")), ("light", _("light")), ("dark", _("dark"))],
        "densities": [("comfortable", _("comfortable")), ("compact", _("compact"))],
        "typed_name": request.POST.get("name") if asked == "name" else _user(request).name,
    }  # fmt: skip
    return render(request, "backstay/account.html", frame(request, "account", **context))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - signed_in saw to it
    return request.user


def _name(request: HttpRequest) -> HttpResponse:
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())
    if not 1 <= len(name) <= 200:
        raise Refusal(
            "access.name", _("a name is needed"), _("At most 200 characters; colleagues will see it."), "name"
        )
    user = _user(request)
    user.name = name
    user.save(update_fields=["name"])
    messages.success(request, _("Saved."))
    return redirect("/account")


def _password(request: HttpRequest) -> HttpResponse:
    """A new password ends every other session of the user."""
    user = _user(request)
    buckets = guard.password_buckets(request, user.email)
    try:
        guard.take(request, buckets)
    except ValidationError as exc:
        raise Refusal("access.password", " ".join(exc.messages).rstrip("."), "", "old") from None
    if not user.check_password(request.POST.get("old", "")[:LONGEST]):
        raise Refusal(
            "access.password", _("this is not your password now"), _("Type the one you sign in with."), "old"
        )
    throttle.give_back(buckets)
    fresh = request.POST.get("password", "")
    if fresh != request.POST.get("again", ""):
        raise Refusal(
            "access.password", _("the two passwords differ"), _("Type the same one twice."), "again"
        )
    users.check_password(fresh, user)
    user.set_password(fresh)
    user.save(update_fields=["password"])
    key = request.session.session_key
    update_session_auth_hash(request, user)
    sessions.moved(request, key)
    letters.tell(user, request, *LETTERS["account/email/password_changed"])
    messages.success(request, _("The password is changed. Other devices have to sign in again."))
    return redirect("/account")


def _look(request: HttpRequest) -> HttpResponse:
    answer = redirect("/account")
    for name, words in LOOKS.items():
        chosen = request.POST.get(name, "")
        if chosen not in words:
            raise Refusal("web.account", f"{chosen[:20]} cannot be chosen", "Choose one of the list.", name)
        answer.set_cookie(
            f"backstay_{name}", chosen, max_age=YEAR, samesite="Lax", secure=settings.SECURE
        )  # read by the script before the first paint
    messages.success(request, _("Saved."))
    return answer
