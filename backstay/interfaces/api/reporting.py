"""Every report as JSON, and as CSV where the program accepts that alone; made by the code that the screens show."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Schema
from pydantic import Field as Told
from pydantic import StringConstraints, create_model

from backstay.interfaces import reports
from backstay.interfaces.api.door import JSON
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import Day, camel
from backstay.interfaces.reports.files import as_csv
from backstay.interfaces.reports.shape import REPORTS, Asked, Report, Spec, plain
from backstay.interfaces.reports.spans import COMPARE, calendar
from backstay.interfaces.web import reporting
from backstay.platform import access
from backstay.platform.context import Ctx

CSV = "text/csv"
LINES, MOST = 200, 1000  # lines of a page


class ColumnTold(Schema):
    """``kind``: text, day, figure or percent."""

    key: str
    label: str
    kind: str


class ReportTold(Schema):
    """A report. ``rows``: texts by column, figures as decimal figures, days as 2026-12-31; ``sums``: of the whole report."""

    name: str
    title: str
    since: str
    until: str
    currency: str
    columns: list[ColumnTold]
    rows: list[dict[str, str]]
    sums: dict[str, str]
    next: str | None = None


class ReportName(Schema):
    """A report there is."""

    name: str
    title: str
    says: str


class ReportNames(Schema):
    """The reports that the token may ask for."""

    data: list[ReportName]


def names(ctx: Ctx, request: HttpRequest) -> HttpResponse:
    """What reports there are."""
    may = [
        s
        for s in REPORTS.values()
        if not s.hidden and request.holder.reaches(s.action) and access.may(ctx, s.action)
    ]  # type: ignore[attr-defined]
    return respond({"data": [{"name": s.name, "title": s.title, "says": s.says} for s in may]})


def report(ctx: Ctx, request: HttpRequest, of: str, query: Any) -> HttpResponse:
    """A report over days."""
    spec = REPORTS[of]
    access.require(ctx, spec.action)
    asked = _asked(ctx, spec, query)
    if not request.accepts(JSON) and request.accepts(CSV):
        made = reports.make(ctx, of, replace(asked, limit=None, after="", skip=0))
        response = HttpResponse(as_csv(made).encode(), content_type=f"{CSV}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{of}-{asked.since}-{asked.until}.csv"'
        return response
    return respond(_told(ctx, reports.make(ctx, of, asked), asked))


def _asked(ctx: Ctx, spec: Spec, query: Any) -> Asked:
    """What is asked, read by what reads it for the screen."""
    texts = QueryDict(mutable=True)
    for field, info in type(query).model_fields.items():
        value = getattr(query, field)
        if value is not None and field not in ("limit", "after"):
            texts[info.alias or field] = "1" if value is True else "" if value is False else str(value)
    request = HttpRequest()
    request.GET = texts
    asked = replace(reporting.asked_of(ctx, request, spec, calendar(ctx)), limit=query.limit)
    if not query.after:
        return asked
    try:
        kind, _colon, place = (
            base64.urlsafe_b64decode(query.after + "=" * (-len(query.after) % 4)).decode().partition(":")
        )
        if kind == "skip" and place.isascii() and place.isdigit() and len(place) < 9:
            return replace(asked, skip=int(place))
        if kind == "after" and "\0" not in place:
            return replace(asked, after=place)
    except ValueError:
        pass
    raise Problem(
        422,
        "web.page",
        "this is no page of the report",
        "Start from the first one.",
        [("after", "it cannot be read")],
    )


def _told(ctx: Ctx, made: Report, asked: Asked) -> dict[str, Any]:
    limit = asked.limit or LINES
    rows, following = made.rows, ""
    if made.after:
        following = f"after:{made.after}"
    elif made.count is None:  # it holds all of its lines
        rows, more = rows[asked.skip : asked.skip + limit], len(rows) > asked.skip + limit
        following = f"skip:{asked.skip + limit}" if more else ""
    elif made.count > asked.skip + limit:
        following = f"skip:{asked.skip + limit}"
    columns = {c.key: c for c in made.columns}
    return {
        "name": made.name, "title": made.title, "since": asked.since.isoformat(), "until": asked.until.isoformat(), "currency": ctx.currency_code,
        "columns": [{"key": c.key, "label": c.label, "kind": c.kind} for c in made.columns], "rows": rows,
        "sums": {k: plain(v, columns.get(k)) for k, v in made.sums.items() if v is not None},
        "next": base64.urlsafe_b64encode(following.encode()).decode().rstrip("=") if following else None,
    }  # fmt: skip


def _query(spec: Spec) -> Any:
    text = Annotated[str, StringConstraints(max_length=80)] | None
    told: dict[str, Any] = {
        "since": (Day | None, Told(default=None, alias="from", description="The first day.")),
        "to": (Day | None, Told(default=None, description="The last day, or the day it is as of.")),
        "account": (text, Told(default=None, description="The code of an account, where it is about one.")),
        "item": (text, Told(default=None, description="The SKU of an item, where it is about one.")),
        "place": (text, Told(default=None, description="The code of a warehouse.")),
        "party": (Annotated[int, Told(ge=1, le=10**18)] | None, Told(default=None, description="The id of a party, where it is about one.")),
        "by": (text, Told(default=None, description="How it is grouped.")),
        "zero": (bool | None, Told(default=None, description="Lines of nothing, too.")),
        "limit": (Annotated[int, Told(ge=1, le=MOST)], Told(default=LINES, description="Lines of a page.")),
        "after": (Annotated[str, StringConstraints(max_length=1000)] | None, Told(default=None, description="`next` of the page before.")),
    }  # fmt: skip
    if spec.compares:
        told["compare"] = (
            Literal[tuple(c for c in COMPARE if c)] | None,
            Told(default=None, description="What it is compared with."),
        )
    return create_model(f"{camel(spec.name)}Query", __base__=Schema, **told)


operation(
    "GET",
    "/reports",
    names,
    "listReports",
    "",
    answers={200: ReportNames},
    summary="List the reports",
    tag="Reports",
)
for _spec in REPORTS.values():
    operation(
        "GET", f"/reports/{_spec.name}", report, f"report{camel(_spec.name)}", _spec.action, answers={200: ReportTold}, query=_query(_spec), summary=_spec.title,
        says=f"{_spec.says} As CSV, whole, with `Accept: text/csv`.", tag="Reports", media=(JSON, CSV), of=_spec.name,
    )  # fmt: skip
