"""Reports on the screen: home, picker of days, comparison, tree, drill-down, files; and the page of an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from backstay.base.errors import NotFound, Refusal
from backstay.domains.accounting import cards
from backstay.interfaces import reports
from backstay.interfaces.reports.files import as_csv, as_xlsx
from backstay.interfaces.reports.shape import (
    BOOKS,
    OPEN,
    PAGE,
    REPORTS,
    RIGHTS,
    SHOWN,
    STOCK,
    TAX,
    TRADE,
    Asked,
    Report,
    Spec,
)
from backstay.interfaces.reports.sources import Source, documents_of, names_of_items, source_of_item
from backstay.interfaces.reports.spans import COMPARE, Calendar, Span, calendar
from backstay.interfaces.reports.tree import day_of
from backstay.interfaces.web.charts import drawn
from backstay.interfaces.web.fields import BadText, day, money_text, number_text, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.reportlines import figure_of, head, line_of, sums_of, text_of
from backstay.interfaces.web.resource import Answer, ctx_of, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access, rows, sealing
from backstay.platform.context import Ctx
from backstay.platform.resources import page

REPORTING = ("Books", gettext_noop("Reports"), "chart-bar")
MOST = 10**9  # lines that may be skipped
DRILLED = 8  # lines that unfold under a figure
FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COMPARED = {
    "": gettext_noop("nothing"), "previous": gettext_noop("the span before"), "year": gettext_noop("the same a year before"), "months": gettext_noop("twelve months"),
    "quarters": gettext_noop("four quarters"), "years": gettext_noop("three years"),
}  # fmt: skip


@page("reports", gettext_noop("Reports"), REPORTING, "report.read")
def home(request: HttpRequest, ctx: Ctx) -> Answer:
    """Every report with what it answers."""
    groups = []
    for group in (BOOKS, OPEN, STOCK, TRADE, TAX, RIGHTS):
        mine = [
            s for s in REPORTS.values() if s.group == group and not s.hidden and access.may(ctx, s.action)
        ]
        if mine:
            groups.append(
                {
                    "title": _(group),
                    "reports": [
                        {"href": f"/reports/{s.name}", "title": _(s.title), "says": _(s.says)} for s in mine
                    ],
                }
            )
    return "backstay/reports.html", {"groups": groups}


def last_day(ctx: Ctx) -> date:
    """Today; in a practice company, whose days may lie elsewhere, the last day anything was posted."""
    if not ctx.settings.get("practice"):
        return ctx.today
    found = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    return found or ctx.today


def asked_of(ctx: Ctx, request: HttpRequest, spec: Spec, cal: Calendar) -> Asked:
    """What the address asks for. Refusal names the part that cannot be read."""
    told = request.GET
    found: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            found[name] = day(told[name], ctx.today) if told.get(name) else None
        except BadText as exc:
            raise Refusal("report.day", str(exc), _("Write it as 2026-12-31."), name) from None
    default = cal.around(spec.span, found["to"] or found["from"] or last_day(ctx))
    until = found["to"] or (
        default.until if found["from"] is None or default.until >= found["from"] else found["from"]
    )
    since = found["from"] or min(default.since, until)
    compare = told.get("compare", "")
    if compare not in COMPARE or (compare and not spec.compares):
        raise Refusal(
            "report.compare",
            _("this report cannot be compared so"),
            _("Choose one of the offered comparisons."),
            "compare",
        )
    party = whole(told.get("party"))
    if told.get("party") and party is None:
        raise Refusal(
            "report.party", _("this is no customer or supplier"), _("Choose one from the list."), "party"
        )
    text = {
        k: told.get(k, "").replace("\0", "")[:80] for k in ("account", "item", "place", "by", "key", "after")
    }
    return Asked(
        until, since, until, text["account"] or None, text["item"] or None, text["place"] or "MAIN", party, text["by"] or spec.by, compare,
        told.get("zero") == "1", text["after"], PAGE, min(whole(told.get("skip")) or 0, MOST), text["key"],
    )  # fmt: skip


@signed_in
@require_GET
def report(request: HttpRequest, name: str) -> HttpResponse:
    """A report over the days asked for; with ``drill`` only what unfolds under a figure."""
    ctx = ctx_of(request)
    spec = _spec(name)
    access.require(ctx, spec.action)
    cal = calendar(ctx)
    asked = asked_of(ctx, request, spec, cal)
    if request.GET.get("drill"):
        return _drilled(request, ctx, name, asked)
    made = reports.make(ctx, name, asked)
    shown = made.lines if made.count is not None else made.lines[asked.skip : asked.skip + SHOWN]
    columns = [c for c in made.columns if c.screen]
    tabs = [
        s
        for s in REPORTS.values()
        if s.group == spec.group and (not s.hidden or s.name == name) and access.may(ctx, s.action)
    ]
    days = f"?{_days(asked)}" if "from" in request.GET or "to" in request.GET else ""
    context: dict[str, Any] = {
        "made": made, "spec": spec, "title": made.title, "name": name, "columns": [head(ctx, c) for c in columns],
        "lines": [line_of(ctx, made, line, columns) for line in shown], "sums": sums_of(ctx, made, columns), "asked": asked,
        "tabs": [{"href": f"/reports/{s.name}" + (f"?{asked.query()}" if s.name == name else days), "title": _(s.title), "here": s.name == name} for s in tabs],
        "figures": [figure_of(ctx, f) for f in made.figures], "chart": drawn(made.chart, ctx.scale) if made.chart else None,
        "exports": made.lines and (name != "party-statement" or asked.party), "query": asked.query(), "more": _more(asked, made), "back": asked.after or asked.skip,
        "compare": _comparisons(asked, name) if spec.compares else [], "zero": f"/reports/{name}?" + asked.query(zero="" if asked.zero else "1") if spec.zero else "",
        "few": made.choices if len(made.choices) <= 8 else [], "many": made.choices if len(made.choices) > 8 else [],
        "here": next((text for text, _href, here in made.choices if here), ""), "folds": any(line.kind == "group" or line.drill for line in shown),
        "of": _of(made),
    }  # fmt: skip
    context["picker"] = _picker(cal, asked, spec, last_day(ctx))
    return render(request, "backstay/report.html", frame(request, "reports", **context))


def _spec(name: str) -> Spec:
    if name not in REPORTS:
        raise NotFound(
            "report.unknown",
            _("there is no report %(name)s") % {"name": name[:40]},
            _("Choose one of the reports."),
        )
    return REPORTS[name]


def _days(asked: Asked) -> str:
    return f"from={asked.since}&to={asked.until}"


def _of(made: Report) -> str:
    """The report's columns as a class, so that narrow pages know what they may drop."""
    return "wide" if sum(c.figure for c in made.columns if c.screen) > 6 else ""


def _more(asked: Asked, made: Report) -> str:
    if made.after:
        return f"/reports/{made.name}?" + asked.query(after=made.after)
    count, step = (len(made.lines), SHOWN) if made.count is None else (made.count, PAGE)
    return f"/reports/{made.name}?" + asked.query(skip=asked.skip + step) if count > asked.skip + step else ""


def _comparisons(asked: Asked, name: str) -> list[dict[str, Any]]:
    return [
        {
            "text": _(text),
            "href": f"/reports/{name}?" + asked.query(compare=key),
            "here": key == asked.compare,
        }
        for key, text in COMPARED.items()
    ]


def _picker(cal: Calendar, asked: Asked, spec: Spec, today: date) -> dict[str, Any]:
    """The days: step back and on, month, quarter, year; spans by name, months with their state, two dates."""
    span = Span(*asked.span)
    to = lambda s: f"/reports/{spec.name}?" + asked.query(**{"from": s.since, "to": s.until})  # noqa: E731
    year = cal.around("year", span.until)
    months = [cal.shift(cal.around("month", year.since), n) for n in range(12)]
    kinds = (("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Year")))
    return {
        "label": cal.label(span) if spec.picker == "span" else day_of(span.until), "before": to(cal.shift(span, -1)), "after": to(cal.shift(span, 1)),
        "kinds": [{"text": text, "href": to(cal.around(kind, min(span.until, today) if span.since <= today else span.since)), "here": cal.kind(span) == kind} for kind, text in kinds],
        "named": [{"text": text, "days": cal.label(s), "href": to(s), "here": s == span} for text, s in cal.named(today)],
        "months": [{"text": formats.date_format(m.since, "M"), "href": to(m), "here": m == span, "state": cal.state(m)} for m in months],
        "year": cal.label(year), "year_before": to(cal.shift(year, -1)), "year_after": to(cal.shift(year, 1)), "state": cal.state(span),
        "rest": [(k, v) for k, v in _rest(asked)], "point": spec.picker == "day",
    }  # fmt: skip


def _rest(asked: Asked) -> list[tuple[str, Any]]:
    told = {
        "account": asked.account,
        "item": asked.item,
        "party": asked.party,
        "by": asked.by,
        "compare": asked.compare,
        "zero": "1" if asked.zero else "",
        "key": asked.key,
    }
    return [(k, v) for k, v in told.items() if v not in (None, "")]


def _drilled(request: HttpRequest, ctx: Ctx, name: str, asked: Asked) -> HttpResponse:
    """The first lines behind a figure, what the rest comes to, and their sum."""
    made = reports.make(
        ctx,
        name,
        replace(asked, limit=DRILLED, skip=0, by="" if name in ("receivables", "payables") else asked.by),
    )
    lines = [line for line in made.lines if line.kind == "row"]
    keep = [
        c
        for c in made.columns
        if c.screen and c.key != "balance" and (not c.figure or c.key in ("debit", "credit", "amount"))
    ]
    shown = lines[:DRILLED]
    sums = {c.key: made.sums.get(c.key) for c in keep if c.figure}
    left = {
        k: total - sum((line.cells.get(k) or Decimal(0) for line in shown), Decimal(0))
        for k, total in sums.items()
        if total is not None
    }
    more = bool(made.after) or (len(lines) if made.count is None else made.count) > len(shown)
    agrees = not more and not any(left.values())
    context = {
        "columns": [head(ctx, c) for c in keep], "lines": [line_of(ctx, made, line, keep) for line in shown], "more": more, "agrees": agrees,
        "rest": [text_of(ctx, c, left.get(c.key))[0] if c.figure else "" for c in keep], "total": [text_of(ctx, c, sums.get(c.key))[0] if c.figure else "" for c in keep],
        "texts": sum(not c.figure for c in keep), "href": f"/reports/{name}?{asked.query()}", "span": request.GET.get("span", "9"), "title": made.subtitle,
    }  # fmt: skip
    context["span"] = (
        context["span"] if str(context["span"]).isdigit() and len(str(context["span"])) < 3 else "9"
    )
    return render(request, "backstay/_drill.html", context)


@signed_in
@require_GET
def export(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """What the report shows, whole, as CSV or XLSX."""
    ctx = ctx_of(request)
    if form not in FILES:
        raise NotFound("report.file", _("there is no file of this kind"), _("Choose CSV or XLSX."))
    spec = _spec(name)
    asked = asked_of(ctx, request, spec, calendar(ctx))
    made = reports.make(ctx, name, replace(asked, limit=None, after="", skip=0))
    content = ("\ufeff" + as_csv(made, labels=True)).encode() if form == "csv" else as_xlsx(made)
    response = HttpResponse(content, content_type=FILES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{asked.since}-{asked.until}.{form}"'
    return response


# ---- an entry ----


@signed_in
@require_GET
def entry(request: HttpRequest, ident: int) -> HttpResponse:
    """An entry with its postings, where it comes from, who made it, what reverses it."""
    ctx = ctx_of(request)
    access.require(ctx, "report.journal.read")
    found, postings = cards.entry(ctx, ident)
    cal = calendar(ctx)
    documents = documents_of(ctx, [found.source, *(s for p in postings if (s := source_of_item(p.item)))])
    names, lines = names_of_items(p.item for p in postings), []
    for p in postings:
        month = cal.around("month", found.on)
        of_item = documents.get(source_of_item(p.item), Source(names[p.item], ""))
        exact = Decimal(p.amount).scaleb(-p.scale)
        lines.append({
            "code": p.code, "name": p.name, "memo": p.type == "memo", "href": reports.link("general-ledger", account=p.code, since=month.since, until=month.until),
            "party": p.party, "party_href": f"/parties/parties/{p.party_id}" if p.party_id else "", "item": of_item, "place": p.place,
            "quantity": "" if p.unit == ctx.currency_code and p.type != "memo" else number_text(exact), "unit": "" if p.unit == ctx.currency_code else p.unit,
            "debit": money_text(p.debit, ctx.scale) if p.debit else "", "credit": money_text(p.credit, ctx.scale) if p.credit else "",
        })  # fmt: skip
    context = {
        "entry": found, "lines": lines, "source": documents.get(found.source, Source(found.source, "")), "event": word_of(found.event.split(".")[0]),
        "total": money_text(sum(p.debit for p in postings), ctx.scale), "credits": money_text(sum(p.credit for p in postings), ctx.scale),
        "balanced": sum(p.debit for p in postings) == sum(p.credit for p in postings), "journal": word_of(found.journal),
        "sealed": sealing.sealed(ctx, ident), "who": who(found.actor), "period": cal.label(Span(found.starts, found.ends)), "journal_href": reports.link("journal", since=found.on, until=found.on),
    }  # fmt: skip
    if request.GET.get("drill"):
        span = request.GET.get("span", "9")
        return render(
            request,
            "backstay/_entry_drill.html",
            context | {"ctx": ctx, "span": span if span.isdigit() and len(span) < 3 else "9"},
        )
    return render(request, "backstay/entry.html", frame(request, "reports", **context))


def who(actor: str) -> str:
    """Who made it, by name."""
    from backstay.platform.models import User

    kind, _sep, ident = actor.partition(":")
    if kind == "user" and ident.isdigit():
        found = User.objects.filter(pk=int(ident)).first()
        return str(getattr(found, "name", "") or found or actor)
    return _("Backstay") if kind == "system" else actor
