"""The first run before there is a company: the owner by a link that is good once, then the company.

Nothing here has a company's transaction: the processes open their own.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.domains.accounting.processes import FoundingDraft, found_company, may_found
from backstay.domains.accounting.rules import Country, countries, country_of, fiscal_start
from backstay.domains.tax.queries import usual_rates
from backstay.interfaces import demo, users
from backstay.platform.models import User

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def _near(request: HttpRequest) -> None:
    """The set-up answers this machine only, unless BACKSTAY_SETUP_FROM=any says otherwise. Raises Denied."""
    if os.environ.get("BACKSTAY_SETUP_FROM") == "any":
        return
    forwarded = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    if request.META.get("REMOTE_ADDR") not in LOOPBACK or forwarded:
        raise Denied(
            "access.setup", _("the set-up answers on its own machine only"),
            _("Open the link there, or start Backstay with BACKSTAY_SETUP_FROM=any."),
        )  # fmt: skip


def _closed(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "backstay/welcome_closed.html", {"refusal": refusal}, status=403)


@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest) -> HttpResponse:
    """Who owns the books: name, mail, password."""
    if request.user.is_authenticated:
        return redirect("/welcome/company")
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        _near(request)
        if User.objects.exists() or not users.admitted(token):
            raise Denied("access.setup", _("this link is used, or too old"), _("Start `backstay up` again while nobody can sign in: it prints a new one."))  # fmt: skip
    except Denied as refusal:
        return _closed(request, refusal)
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "email")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _made(request, token, typed)
        except Denied as refusal:
            return _closed(request, refusal)
        except Refusal as refusal:
            errors[refusal.where or "password"] = _sentence(refusal)
    return render(request, "backstay/welcome.html", {"token": token, "typed": typed, "errors": errors})


def _made(request: HttpRequest, token: str, typed: dict[str, str]) -> HttpResponse:
    password = request.POST.get("password", "")
    if not typed["name"]:
        raise Refusal("access.name", _("a name is needed"), _("Colleagues will see it."), "name")
    if password != request.POST.get("again", ""):
        raise Refusal(
            "access.password", _("the two passwords differ"), _("Type the same one twice."), "again"
        )
    made = users.make_owner(token, typed["email"], typed["name"], password)
    User.objects.filter(pk=made).update(language=get_language() or "en")
    login(request, User.objects.get(pk=made))
    return redirect("/welcome/company")


def _sentence(refusal: Refusal) -> str:
    text = refusal.message[:1].upper() + refusal.message[1:]
    return f"{text.rstrip('.')}. {refusal.remedy}".strip()


@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """What the company is, or a demo to look around in."""
    user = get_user(request)
    if not user.is_authenticated:
        return redirect("/sign-in?next=/welcome/company")
    if not may_found(int(user.pk)):
        return _closed(
            request,
            Denied("access.denied", _("only an owner of a company makes another"), _("Ask an owner.")),
        )
    typed = {
        name: request.POST.get(name, "").strip() for name in ("name", "country", "currency", "first_month")
    }
    typed["country"] = typed["country"] or _guess(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "demo":
                made = demo.begin(int(user.pk))
                request.session["company"] = made.company
                return redirect(f"/progress/{made.work}")
            request.session["company"] = found_company(int(user.pk), _draft(typed))
            messages.success(request, _("%(name)s is ready.") % {"name": typed["name"]})
            return redirect("/set-up")
        except Refusal as refusal:
            errors[refusal.where or "name"] = _sentence(refusal)
    german = (get_language() or "").startswith("de")
    told = sorted((c.name_de if german else c.name, c.code) for c in countries().values())
    context = {
        "typed": typed,
        "errors": errors,
        "countries": told,
        "months": _months(),
        **_usual(country_of(typed["country"])),
    }
    return render(request, "backstay/welcome_company.html", context)


def _draft(typed: dict[str, str]) -> FoundingDraft:
    if typed["country"].upper() not in countries():
        raise Refusal("accounting.company", _("no country was chosen"), _("Choose one."), "country")
    currency = typed["currency"].upper()
    if currency and (len(currency) != 3 or not (currency.isascii() and currency.isalpha())):
        raise Refusal("accounting.company", _("“%(text)s” is no currency") % {"text": currency[:20]}, _("Three letters, e.g. EUR."), "currency")  # fmt: skip
    month = typed["first_month"]
    return FoundingDraft(
        typed["name"], typed["country"], currency, int(month) if month.isdigit() and len(month) < 3 else None
    )


def _guess(request: HttpRequest) -> str:
    """The country the browser's languages name, e.g. de-AT."""
    for part in request.headers.get("Accept-Language", "").split(","):
        region = part.partition(";")[0].strip().partition("-")[2].upper()
        if region in countries():
            return region
    language = (get_language() or "en")[:2]
    return {"de": "DE", "nl": "NL", "fr": "FR", "es": "ES", "it": "IT"}.get(language, "")


def _months() -> list[tuple[int, str]]:
    return [(n, formats.date_format(date(2000, n, 1), "F")) for n in range(1, 13)]


def _usual(country: Country) -> dict[str, Any]:
    """What a country decides, told before it is decided."""
    rates = usual_rates(country.code)
    start = fiscal_start(clock.today(), country.first_month)
    return {
        "usual": country,
        "rates": [f"{rate} %" for rate in dict.fromkeys(rates)],
        "year": _("%(month)s, first from %(day)s") % {"month": formats.date_format(start, "F"), "day": formats.date_format(start, "j F Y")},
    }  # fmt: skip


@require_GET
def usual(request: HttpRequest) -> HttpResponse:
    """What the chosen country decides, while one chooses."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return render(request, "backstay/_usual.html", _usual(country_of(request.GET.get("country", "")[:2])))
