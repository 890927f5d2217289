"""Conditions of a list: named filters of the domain, filters by column, search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.base.rights import HIDDEN
from backstay.interfaces.web.fields import BadText, Field, column, day
from backstay.interfaces.web.searching import one_of, raw, search_condition
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.figures import from_kept
from backstay.platform.resources import Resource
from backstay.platform.seeing import rule_of

if TYPE_CHECKING:
    from backstay.interfaces.web.listing import Asked

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


def rows_of(ctx: Ctx, resource: Resource, what: Asked) -> QuerySet[Any]:
    """The rows asked for, unsorted."""
    found = resource.of._default_manager.filter(access.rows(ctx, resource.kind), company_id=ctx.company)
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
        first = f"SELECT id FROM ({sql}) named(id) LIMIT {COUNTED + 1}"
        many, ids = rows.execute(f"SELECT count(*), array_agg(id)::text FROM ({first}) t", params)[0]
        if many <= COUNTED:  # what waits is short: found once, never taken apart
            return one_of(resource.of, "id", ids or "{}")
        table = resource.of._meta.db_table
        return raw(f'EXISTS (SELECT FROM ({sql}) named(id) WHERE named.id = "{table}".id)', params)
    try:
        field = column(resource.of, told.name)
        if (
            rule_of(ctx, resource, told.name) == HIDDEN
            or not field.db
            or told.op not in OPERATORS.get(field.kind, ())
        ):
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
