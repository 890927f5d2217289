"""The first page: sign-in, lists of documents, the reports. The desk itself comes from declarations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.base.money import grouped
from backstay.interfaces import papers, reports
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.listings import LISTINGS, detail, listing, page
from backstay.platform import access
from backstay.platform.context import Ctx


def signed_in(view: Any) -> Any:
    """Send strangers to the sign-in; the middleware has opened the company's transaction for everybody else."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.ctx is None:  # type: ignore[attr-defined]
            return redirect(f"/sign-in?next={request.path}")
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return wrapped


@require_GET
def healthz(_: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as exc:
        return JsonResponse({"ok": False, "database": type(exc).__name__}, status=503)
    return JsonResponse({"ok": True})


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Key figures of the company."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = _last(ctx)
    made = {
        name: reports.make(ctx, name, asked)
        for name in ("receivables", "payables", "stock", "income-statement")
    }
    figures = [
        ("Receivables", made["receivables"].json["amount"], "/reports/receivables"),
        ("Payables", made["payables"].json["amount"], "/reports/payables"),
        ("Stock", made["stock"].json["value"], "/reports/stock"),
        ("Result this year", made["income-statement"].json["result"], "/reports/income-statement"),
    ]
    shown = [
        (label, grouped(int(text.replace(".", "")), ctx.scale) if "." in text else text, href)
        for label, text, href in figures
    ]
    recent, _ = page(ctx, "invoices", "", "")
    return render(request, "backstay/home.html", frame(request, "home", figures=shown, recent=recent[:10]))


def _last(ctx: Ctx) -> reports.Asked:
    """As of the last day anything was posted: a practice company may live in another year."""
    from backstay.platform import rows

    found = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    day = found or clock.today()
    return reports.Asked(day, date(day.year, 1, 1), day)


@signed_in
@require_GET
def documents(request: HttpRequest, kind: str) -> HttpResponse:
    """A list, the newest first; older ones by key."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    access.require(ctx, f"{listing(kind).kind}.read")
    search = request.GET.get("q", "").strip().replace("\0", "")[:100]
    try:
        found, more = page(ctx, kind, request.GET.get("after", ""), search)
    except ValueError:
        raise Refusal("web.page", "this is no page of the list", "Start from the first one.", kind) from None
    return render(
        request,
        "backstay/list.html",
        frame(request, kind, what=listing(kind), kind=kind, rows=found, more=more, search=search),
    )


@signed_in
@require_GET
def document(request: HttpRequest, kind: str, document: int) -> HttpResponse:
    """A document: lines, entries, history."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    access.require(ctx, f"{listing(kind).kind}.read", [document])
    found = detail(ctx, kind, document)
    has_paper = kind in papers.PAPERS and not found["number"].startswith("Draft")
    return render(
        request,
        "backstay/detail.html",
        frame(request, kind, what=listing(kind), kind=kind, id=document, doc=found, paper=has_paper),
    )


@signed_in
@require_GET
def paper(request: HttpRequest, kind: str, document: int) -> HttpResponse:
    """A document as PDF."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    access.require(ctx, f"{listing(kind).kind}.read", [document])
    name, content = papers.make(ctx, kind, document)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
@require_GET
def report(request: HttpRequest, name: str) -> HttpResponse:
    """A report over the days asked for."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    access.require(ctx, "report.read")
    default = _last(ctx)
    try:
        until = date.fromisoformat(request.GET.get("to") or default.until.isoformat())
        since = date.fromisoformat(request.GET.get("from") or date(until.year, 1, 1).isoformat())
    except ValueError:
        raise Refusal("report.day", "this is no date", "Write it as 2026-12-31.") from None
    asked = reports.Asked(
        until, since, until, request.GET.get("account") or None, request.GET.get("item") or None
    )
    if name == "stock-card" and not asked.item:
        made = None
    else:
        made = reports.make(ctx, name, asked)
    title = reports.REPORTS[name][0] if name in reports.REPORTS else name
    return render(
        request, "backstay/report.html", frame(request, name, made=made, title=title, asked=asked, name=name)
    )


@signed_in
@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Work for another of one's companies."""
    wanted = request.POST.get("company", "")
    mine = {str(i): i for i, _ in request.memberships}  # type: ignore[attr-defined]
    if wanted not in mine:
        raise Denied("access.company", "this is not one of your companies")
    request.session["company"] = mine[wanted]
    return redirect("/")
