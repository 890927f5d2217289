"""Pages that no declaration gives: home, account, keys; and the pages of domains."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backstay.base.errors import Denied, Refusal
from backstay.interfaces.web.desk import home_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import PAGES


@require_GET
def healthz(_request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as exc:
        return JsonResponse({"ok": False, "database": type(exc).__name__}, status=503)
    return JsonResponse({"ok": True})


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script of the installed app, at the root, so that it may answer for every page."""
    answer = render(request, "backstay/sw.js", content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What the installed app shows without a connection; the only page it keeps."""
    return render(request, "backstay/offline.html")


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What matters today."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return render(request, "backstay/home.html", frame(request, "home", **home_of(ctx, request)))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language: kept in the browser, and with the account of whom is signed in. "" is the browser's own."""
    chosen = request.POST.get("language", "")
    if chosen not in ("", *dict(settings.LANGUAGES)):
        raise Refusal("web.language", _("there is no such language"), _("Choose one of the list."))
    there = request.POST.get("next", "")
    answer = redirect(there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else "/")
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    if chosen:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SECURE,
        )
    else:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return answer


@signed_in
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keyboard map."""
    template = "backstay/_keys.html" if request.headers.get("HX-Request") else "backstay/keys.html"
    return render(request, template, frame(request, "keys"))


@signed_in
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, told: str, **parts: Any) -> HttpResponse:
    """A page of a domain: its function answers with a response, or with (template, context)."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = PAGES[told]
    if "ident" in parts:
        access.require(ctx, found.action, [parts["ident"]])
    else:
        access.require_whole(ctx, found.action)
    made = found.function(request, ctx, **parts)
    if not isinstance(made, tuple):
        return made
    template, context = made
    return render(
        request,
        template,
        frame(request, found.path, page_title=_(found.title), menu=[_(m) for m in found.menu[:2]], **context),
    )


@signed_in
@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Work for another of one's companies."""
    wanted = request.POST.get("company", "")
    mine = {str(i): i for i, _name in request.memberships}  # type: ignore[attr-defined]
    if wanted not in mine:
        raise Denied("access.company", "this is not one of your companies")
    request.session["company"] = mine[wanted]
    return redirect("/")
