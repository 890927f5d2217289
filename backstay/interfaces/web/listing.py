"""A list from its declaration: filters, search, sort, groups, sums and one page by key, at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.web.fields import (
    BadText,
    Field,
    column,
    day,
    field_of,
    money_text,
    shown,
    word_of,
)
from backstay.interfaces.web.searching import one_of, raw, search_condition
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.figures import from_kept, kept, local
from backstay.platform.resources import Resource, for_model

PAGE = 50
COUNTED = 20_000  # counts and sums go no further: a list of a million answers as fast as one of a thousand
OPERATORS = {
    "text": ("is", "has"), "note": ("has",), "state": ("is", "not"), "choice": ("is", "not"), "ref": ("is",), "yes": ("is",),
    "date": ("within", "from", "to", "is"), "instant": ("from", "to"),
    "money": ("min", "max", "is"), "number": ("min", "max", "is"), "whole": ("min", "max", "is"),
}  # fmt: skip
SPANS = ("today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a field (or ``is`` for a named one), an operator, a text."""

    name: str
    op: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}:{self.text}" if self.name == "is" else f"{self.name}:{self.op}:{self.text}"


@dataclass(slots=True)
class Asked:
    """What a list is asked for; everything stands in the address, so a view is a link."""

    filters: list[Filter] = field(default_factory=list)
    search: str = ""
    sort: str = ""
    after: str = ""
    group: str = ""
    columns: tuple[str, ...] = ()

    def query(self, **change: Any) -> str:
        """The address of the same list with something changed; the page starts anew."""
        told = {
            "q": self.search,
            "sort": self.sort,
            "group": self.group,
            "cols": ",".join(self.columns),
        } | change
        filters = told.pop("f", self.filters)
        pairs = [("f", str(f)) for f in filters] + [(k, v) for k, v in told.items() if v]
        return urlencode(pairs, safe=":,")


def asked(resource: Resource, query: QueryDict) -> Asked:
    """What the address asks for. Refusal (``web.filter``, ``web.sort``) for what the list does not know."""
    made = Asked(search=clean(query.get("q", ""))[:100], after=query.get("after", "")[:80])
    for told in query.getlist("f")[:20]:
        name, _sep, rest = told.partition(":")
        op, _sep, text = rest.partition(":")
        if name == "is":
            made.filters.append(Filter("is", "", rest))
        else:
            made.filters.append(Filter(name, op, clean(text)[:200]))
    sort = query.get("sort", "")
    if sort and sort.lstrip("-") not in {f.name for f in sortable(resource)}:
        raise Refusal("web.sort", f"the list cannot be sorted by {sort[:40]}", "Choose a column head.")
    made.sort = sort
    made.group = (
        query.get("group", "") if query.get("group", "") in {f.name for f in groupable(resource)} else ""
    )
    known = {n.partition(":")[0] for n in resource.columns}
    made.columns = tuple(c for c in query.get("cols", "").split(",") if c in known)
    return made


def added(ctx: Ctx, resource: Resource, query: QueryDict) -> Filter | None:
    """The filter that the filter menu adds: ``on`` a field, ``op``, ``v`` as typed; references are found by their name."""
    name, text = query.get("on", ""), clean(query.get("v", ""))[:200]
    if not name or not text:
        return None
    told = column(resource.of, name)
    if told.kind == "ref":
        from backstay.interfaces.web.binding import resolve

        found, wrong = resolve(ctx, [(told, text, "")], [name])
        if wrong:
            raise Refusal("web.filter", wrong[name], _("Type more of it."), name)
        return Filter(name, "is", str(found[name]))
    return Filter(
        name, query.get("op") or OPERATORS.get(told.kind, ("is",))[-1], kept(told.kind, text, ctx.today)
    )


def clean(text: str) -> str:
    """Text from outside without what no database text may hold."""
    return text.replace("\0", "").strip()


def sortable(resource: Resource) -> list[Field]:
    """Columns of the table itself."""
    fields = [field_of(resource, n) for n in resource.columns]
    return [f for f in fields if f.db and "__" not in f.db and f.kind not in ("ref", "choices", "note")]


def groupable(resource: Resource) -> list[Field]:
    """Columns with few values: states, choices, references."""
    return [
        f
        for f in (field_of(resource, n) for n in resource.columns)
        if f.db and f.kind in ("state", "choice", "ref")
    ]


def default_sort(resource: Resource) -> str:
    """Documents by their day, the newest first; records by their first column."""
    for each in sortable(resource):
        if resource.is_document and each.kind == "date":
            return f"-{each.name}"
    return sortable(resource)[0].name


# ---- conditions ----


def rows_of(ctx: Ctx, resource: Resource, what: Asked) -> QuerySet[Any]:
    """The rows asked for, unsorted."""
    found = resource.of._default_manager.filter(company_id=ctx.company)
    for each in what.filters:
        found = found.filter(_condition(ctx, resource, each))
    if what.search:
        found = found.filter(search_condition(ctx, resource, what.search))
    return found


def _condition(ctx: Ctx, resource: Resource, told: Filter) -> Q:
    if told.name == "is":
        named = resource.condition(told.text)
        if named is None:
            raise Refusal("web.filter", f"there is no filter {told.text[:40]}", "Take it out.")
        sql, params = named(ctx)
        ids = rows.execute(f"SELECT DISTINCT id FROM ({sql}) named(id) LIMIT {COUNTED + 1}", params)
        if len(ids) <= COUNTED:  # what waits is short: found once, used by the page and its sums
            return one_of(resource.of, "id", [row[0] for row in ids])
        table = resource.of._meta.db_table
        return raw(f'EXISTS (SELECT FROM ({sql}) named(id) WHERE named.id = "{table}".id)', params)
    try:
        field = column(resource.of, told.name)
        if not field.db or told.op not in OPERATORS.get(field.kind, ()):
            raise Refusal(
                "web.filter", f"the list cannot be filtered by {told.name[:40]}", "Take the filter out."
            )
        return _compare(ctx, field, told.op, told.text)
    except BadText as exc:
        raise Refusal("web.filter", str(exc), "Correct the filter.", told.name) from None


def _compare(ctx: Ctx, field: Field, op: str, text: str) -> Q:
    if op == "not":
        return ~Q(**{f"{field.db}__in": text.split("|")})
    if field.kind == "ref":
        return Q(**{f"{field.db}_id": int(text)}) if text.isdigit() and len(text) < 19 else Q(pk=0)
    if op == "within":
        since, until = span(text, ctx.today)
        return Q(**{f"{field.db}__gte": since, f"{field.db}__lte": until})
    if op == "has":
        return Q(**{f"{field.db}__icontains": text})
    if op == "is" and field.kind in ("state", "choice", "text"):
        return Q(**{f"{field.db}__in": text.split("|")})
    if op == "is" and field.kind == "yes":
        return Q(**{field.db: text in ("1", "yes")})
    value: Any = day(text, ctx.today) if field.kind in ("date", "instant") else from_kept(text)
    if field.kind == "money":
        value = int((value * Decimal(10) ** ctx.scale).to_integral_value())
    if field.kind == "instant" and op == "to":
        value += timedelta(days=1)
    return Q(
        **{field.db + {"is": "", "from": "__gte", "min": "__gte", "to": "__lte", "max": "__lte"}[op]: value}
    )


def span(word: str, today: date) -> tuple[date, date]:
    """First and last day of a span of time. BadText for an unknown word."""
    first = today.replace(day=1)
    quarter = first.replace(month=(today.month - 1) // 3 * 3 + 1)
    before = (first - timedelta(days=1)).replace(day=1)
    last_quarter = (quarter - timedelta(days=1)).replace(day=1)
    last_quarter = last_quarter.replace(month=(last_quarter.month - 1) // 3 * 3 + 1)
    spans = {
        "today": (today, today), "week": (today - timedelta(days=today.weekday()), today + timedelta(days=6 - today.weekday())),
        "month": (first, _end(first, 1)), "quarter": (quarter, _end(quarter, 3)), "year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_month": (before, first - timedelta(days=1)), "last_quarter": (last_quarter, quarter - timedelta(days=1)),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)), "last_30": (today - timedelta(days=30), today),
    }  # fmt: skip
    if word not in spans:
        raise BadText(_("“%(word)s” is no span of time.") % {"word": word[:30]})
    return spans[word]


def _end(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    return date(first.year + year, month + 1, 1) - timedelta(days=1)


# ---- a page ----


@dataclass(slots=True)
class Listed:
    """A page of a list, ready to show."""

    fields: list[Field]
    rows: list[dict[str, Any]]
    after: str
    count: int
    more_than: bool
    sums: dict[str, str]
    groups: list[dict[str, Any]]


def page(ctx: Ctx, resource: Resource, what: Asked, size: int = PAGE) -> Listed:
    """The page asked for. At most 3 statements, and one more per worked-out column."""
    names = [n for n in resource.columns if not what.columns or n.partition(":")[0] in what.columns]
    fields = [field_of(resource, n) for n in names]
    chosen = rows_of(ctx, resource, what)
    count, more_than, sums = _totals(ctx, chosen, fields)
    groups = _groups(ctx, resource, chosen, what, fields) if what.group else []
    found, after = ([], "") if groups else _keyset(resource, chosen, what, size)
    return Listed(fields, cells(ctx, resource, fields, found), after, count, more_than, sums, groups)


def cells(
    ctx: Ctx, resource: Resource, fields: Sequence[Field], found: Sequence[Any]
) -> list[dict[str, Any]]:
    """Rows as cells; a worked-out column costs one statement for all."""
    ids = [row.pk for row in found]
    worked = {f.name: f.compute(ctx, ids) for f in fields if f.compute and ids}
    made = []
    for row in found:
        values = [worked[f.name].get(row.pk) if f.compute else _value(row, f.db) for f in fields]
        line = [shown(ctx, f, v) for f, v in zip(fields, values, strict=True)]
        if line[0]["text"] == "—":
            line[0]["text"] = _("Draft %(id)s") % {"id": row.pk} if resource.is_document else f"#{row.pk}"
        made.append({"id": row.pk, "href": f"/{resource.path}/{row.pk}", "cells": line, "title": line[0]["text"],
                     "revision": getattr(row, "revision", 0)})  # fmt: skip
    return made


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return None
    return row


def _keyset(resource: Resource, chosen: QuerySet[Any], what: Asked, size: int) -> tuple[list[Any], str]:
    sort = what.sort or default_sort(resource)
    name, down = sort.lstrip("-"), sort.startswith("-")
    key = column(resource.of, name).db
    related = {
        f.db.rpartition("__")[0] or f.db
        for f in (field_of(resource, n) for n in resource.columns)
        if f.kind == "ref" or "__" in f.db
    }
    if related:
        chosen = chosen.select_related(*sorted(related))
    # Empty values count as the largest, as in the index that serves both directions.
    chosen = chosen.order_by(*(("-" + key, "-id") if down else (key, "id")))
    if what.after:
        chosen = chosen.filter(_after(resource, key, down, what.after))
    found = list(chosen[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    value = getattr(last, key)
    return found[
        :size
    ], f"{'' if value is None else value.isoformat() if hasattr(value, 'isoformat') else value}~{last.pk}"


def _after(resource: Resource, key: str, down: bool, after: str) -> Q:
    text, _sep, last = after.rpartition("~")
    if not last.isdigit() or len(last) > 18:
        raise Refusal("web.page", "this is no page of the list", "Start from the first one.")
    side = "lt" if down else "gt"
    nullable = resource.of._meta.get_field(key).null
    if text == "" and nullable:
        empty = Q(**{f"{key}__isnull": True, f"id__{side}": int(last)})
        return empty | Q(**{f"{key}__isnull": False}) if down else empty
    try:
        value = resource.of._meta.get_field(key).to_python(text)
    except Exception:
        raise Refusal("web.page", "this is no page of the list", "Start from the first one.") from None
    rest = Q(**{f"{key}__{side}e": value}) & (
        Q(**{f"{key}__{side}": value}) | Q(**{f"id__{side}": int(last)})
    )
    return rest | Q(**{f"{key}__isnull": True}) if nullable and not down else rest


def _totals(ctx: Ctx, chosen: QuerySet[Any], fields: Sequence[Field]) -> tuple[int, bool, dict[str, str]]:
    """Count and sums of at most ``COUNTED`` rows, in one statement; no sums where there are more."""
    summed = [f for f in fields if f.sums]
    first = chosen.order_by()[: COUNTED + 1]
    inner, params = first.values("id", *[f.db for f in summed]).query.sql_with_params()
    sums = "".join(f', sum("{f.db}")' for f in summed)
    found = rows.execute(f"SELECT count(*){sums} FROM ({inner}) t", list(params))[0]
    more = found[0] > COUNTED
    return min(found[0], COUNTED), more, {} if more else {
        f.name: money_text(int(v or 0), ctx.scale) for f, v in zip(summed, found[1:], strict=True)
    }  # fmt: skip


def _groups(
    ctx: Ctx, resource: Resource, chosen: QuerySet[Any], what: Asked, fields: Sequence[Field]
) -> list[dict[str, Any]]:
    by = column(resource.of, what.group)
    summed = [f for f in fields if f.sums]
    key = f"{by.db}_id" if by.kind == "ref" else by.db
    sums = {f"sum_{f.name}": Sum(f.db) for f in summed}
    found = list(chosen.order_by().values(key).annotate(rows=Count("id"), **sums).order_by("-rows")[:200])
    names: Mapping[Any, Any] = {}
    if by.kind == "ref" and by.model is not None:
        names = by.model._default_manager.in_bulk([g[key] for g in found if g[key] is not None])
    made = []
    for group in found:
        value = group[key]
        told = names.get(value) if by.kind == "ref" else value
        text = shown(ctx, by, told)["text"] if by.kind != "choice" else word_of(str(value))
        filters = [*what.filters, Filter(by.name, "is", str(value))]
        made.append({"text": text, "count": group["rows"], "href": "?" + what.query(f=filters, group=""),
                     "sums": {f.name: money_text(int(group[f"sum_{f.name}"] or 0), ctx.scale) for f in summed}})  # fmt: skip
    return made


def told(ctx: Ctx, resource: Resource, what: Asked) -> list[dict[str, str]]:
    """The filters in words, each with the address of the list without it."""
    made = []
    for each in what.filters:
        rest = [f for f in what.filters if f is not each]
        entry = {"off": "?" + what.query(f=rest)}
        if each.name == "is":
            made.append(entry | {"key": "", "value": word_of(each.text)})
            continue
        field = column(resource.of, each.name)
        value = (
            " / ".join(word_of(w) for w in each.text.split("|"))
            if field.kind in ("state", "choice")
            else local(field.kind, each.text)
        )
        if field.kind == "ref" and field.model is not None and each.text.isdigit():
            row = field.model._default_manager.filter(pk=int(each.text[:18])).first()
            value = shown(ctx, field, row)["text"] if row else each.text
        if each.op == "within":
            value = word_of(each.text)
        op = {
            "not": _("is not"),
            "from": _("from"),
            "to": _("until"),
            "min": "≥",
            "max": "≤",
            "has": _("has"),
        }.get(each.op, "")
        made.append(entry | {"key": f"{field.label} {op}".strip(), "value": value})
    return made


def related_resource(field: Field) -> Resource | None:
    """The resource behind a reference."""
    return for_model(field.model) if field.model is not None else None
