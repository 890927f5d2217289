"""What every request passes: security headers; the company of the signed-in user, in one transaction."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils import translation

from backstay.base import clock
from backstay.base.errors import Busy, Denied, NotFound, Refusal, refusal_from
from backstay.domains.accounting.processes import may_found
from backstay.interfaces.signing import factors, sessions
from backstay.interfaces.web.words import said
from backstay.platform import rows
from backstay.platform.context import ORIGIN, work

GetResponse = Callable[[HttpRequest], HttpResponse]
CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
TEXTS = ("application/json", "application/javascript", "application/manifest+json", "image/svg+xml")
PUBLIC = (
    "/sign-in",
    "/healthz",
    "/static/",
    "/sw.js",
    "/offline",
    "/welcome",
    "/api/",
    "/feeds/",
)  # the API and the address of a feed ask for themselves
UNTIL_THEN = ("/account/", "/sign-out", "/company", "/language")
log = structlog.get_logger(__name__)


class Compressed(GZipMiddleware):
    """Texts leave compressed; fonts, pictures, papers and spreadsheets are so already.

    A page holds no secret that the same answer repeats from outside: the token against forged forms is masked anew
    in each, and the length is blurred (Django's own guard against guessing from sizes).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not kind.startswith("text/") and kind not in TEXTS:
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed


class Proxy:
    """Believe a proxy we were told to trust (``BACKSTAY_TRUST_PROXY``) who asks and by what; nobody else.

    The address is the last one it added; whatever a client wrote before that is not read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = {a.strip() for a in os.environ.get("BACKSTAY_TRUST_PROXY", "").split(",") if a.strip()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") in self.trusted:
            asked = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(asked))
            if request.headers.get("X-Forwarded-Proto", "").strip() == "https":
                request.environ["wsgi.url_scheme"] = "https"  # type: ignore[attr-defined]
        return self.get_response(request)


class SignedIn:
    """End sessions that are past their limits, before anything is asked in their name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        there = sessions.cookie_is_there(request) and request.user.is_authenticated
        if there and sessions.over(request, {}):
            sessions.end(request)
        response = self.get_response(request)
        sessions.note(request)  # after a company has looked whether its shorter limit is past
        return response


class SecurityHeaders:
    """A strict content security policy and its companions on every answer; a request id in every log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request=request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Cache-Control", "no-store" if not request.path.startswith("/static/") else ""
        )
        return response


class Company:
    """Open one transaction as the signed-in user for his company; the view finds ``request.ctx``.

    A refusal becomes a page with its code, message and remedy; nothing of the request is kept then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ctx = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        if request.path.startswith(PUBLIC) or not request.user.is_authenticated:
            return self.get_response(request)
        if request.user.language in dict(settings.LANGUAGES):  # his own before the browser's
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language  # type: ignore[attr-defined]
        companies = memberships_of(request.user.pk)
        request.memberships = companies  # type: ignore[attr-defined]
        if not companies:
            return render(
                request, "backstay/no_company.html", {"may_found": may_found(request.user.pk)}, status=403
            )
        chosen = request.session.get("company")
        company = chosen if chosen in dict(companies) else companies[0][0]
        origin = ORIGIN.set(_origin(request))
        try:
            return self._answer(request, company)
        finally:
            ORIGIN.reset(origin)

    def _answer(self, request: HttpRequest, company: int) -> HttpResponse:
        with work(company, f"user:{request.user.pk}", request.id) as ctx:  # type: ignore[attr-defined]
            request.ctx = ctx  # type: ignore[attr-defined]
            if stop := _stop(request, ctx.settings):
                return stop
            response = self.get_response(request)
            if hasattr(response, "render"):
                response.render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show refusals as what they are: an answer, not a failure."""
        refusal = refusal_from(exception) if isinstance(exception, DatabaseError) else exception
        if not isinstance(refusal, Refusal | Busy):
            return None
        exception = refusal
        if request.ctx is not None:  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        status = 404 if isinstance(exception, NotFound) else 403 if isinstance(exception, Denied) else 409
        log.info("web.refused", code=getattr(exception, "code", ""), path=request.path)
        if request.headers.get("Accept", "").startswith("application/json"):
            told = {
                "code": exception.code,
                "message": said(exception.message),
                "remedy": said(exception.remedy),
            }
            return JsonResponse(told, status=status)
        return render(
            request, "backstay/refused.html", {"refusal": exception, "back": _before(request)}, status=status
        )


def _stop(request: HttpRequest, settings: Mapping[str, Any]) -> HttpResponse | None:
    """What a company asks of its members before anything opens: a session not too old, a second factor."""
    if sessions.over(request, settings):
        sessions.end(request)
        request.ctx = None  # type: ignore[attr-defined]
        return redirect(f"/sign-in?next={quote(request.path)}")
    if factors.missing(request, settings) and not request.path.startswith(UNTIL_THEN):
        return redirect("/account/security?needed=1")
    return None


def _origin(request: HttpRequest) -> str:
    """Address and session, for the trail; the session by a digest, which opens nothing."""
    session = hashlib.sha256(str(request.session.session_key).encode()).hexdigest()[:8]
    return f"web {request.META.get('REMOTE_ADDR', '')} {session}"


def _before(request: HttpRequest) -> str:
    """The page of ours that asked, "" when it is not known: a refusal is no dead end."""
    there = urlsplit(request.headers.get("Referer", ""))
    if there.netloc != request.get_host() or not there.path.startswith("/") or there.path.startswith("//"):
        return ""
    return there.path + (f"?{there.query}" if there.query else "")


def memberships_of(user: int) -> list[tuple[int, str]]:
    """(company id, company name) of the companies a user works for today, by name."""
    return [
        (company, name)
        for company, name in rows.execute("SELECT * FROM companies_of(%s, %s)", [user, clock.today()])
    ]
