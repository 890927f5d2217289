"""A list from its declaration: filters, search, sort, groups, sums and one page by key, at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.web.fields import (
    Field,
    column,
    field_of,
    joined,
    money_text,
    shown,
    title_of,
    word_of,
)
from backstay.interfaces.web.filtering import COUNTED, OPERATORS, Filter, rows_of
from backstay.interfaces.web.searching import one_of, unweighed
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.figures import kept, local
from backstay.platform.resources import Resource

PAGE = 50
LONGEST = 400  # a page's place: the longest text a list is sorted by, and an id


@dataclass(slots=True)
class Asked:
    """What a list is asked for; everything stands in the address, so a view is a link."""

    filters: list[Filter] = field(default_factory=list)
    search: str = ""
    sort: str = ""
    after: str = ""
    group: str = ""
    columns: tuple[str, ...] = ()

    def pairs(self, **change: Any) -> list[tuple[str, str]]:
        """What stands in the address of the same list with something changed; the page starts anew."""
        told = {
            "q": self.search,
            "sort": self.sort,
            "group": self.group,
            "cols": ",".join(self.columns),
        } | change
        filters = told.pop("f", self.filters)
        return [("f", str(f)) for f in filters] + [(k, v) for k, v in told.items() if v]

    def query(self, **change: Any) -> str:
        """The same as text."""
        return urlencode(self.pairs(**change), safe=":,")

    def href(self, **change: Any) -> str:
        """A link to it; “all” where nothing is left, since nothing at all means the first view."""
        return "?" + (self.query(**change) or "all=1")


def asked(resource: Resource, query: QueryDict) -> Asked:
    """What the address asks for. Refusal (``web.filter``, ``web.sort``) for what the list does not know."""
    made = Asked(search=clean(query.get("q", ""))[:100], after=query.get("after", "")[:LONGEST])
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
    chosen = query.getlist("col") or query.get("cols", "").split(",")  # a form sends each on its own
    made.columns = tuple(c for c in chosen if c in known)
    return made


def added(ctx: Ctx, resource: Resource, query: QueryDict) -> Filter | None:
    """The filter that the filter menu adds: ``on`` a field, ``op``, ``v`` as typed; references are found by their name."""
    name, text = query.get("on", ""), clean(query.get("v", ""))[:200]
    if not name or not text:
        return None
    told = column(resource.of, name)
    if told.kind == "ref":
        from backstay.interfaces.web.resolving import resolve

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
    places: dict[str, str]
    by: str = ""  # what the groups are of
    editable: bool = False


def page(ctx: Ctx, resource: Resource, what: Asked, size: int = 0) -> Listed:
    """The page asked for. At most 3 statements, and one more per worked-out column."""
    names = [n for n in resource.columns if not what.columns or n.partition(":")[0] in what.columns]
    fields = [field_of(resource, n) for n in names]
    chosen = rows_of(ctx, resource, what)
    count, more_than, sums, ids = _totals(ctx, chosen, fields, bool(what.search))
    if what.search and not more_than:
        chosen = resource.of._default_manager.filter(one_of(resource.of, "id", ids), company_id=ctx.company)
    groups = _groups(ctx, resource, chosen, what, fields) if what.group else []
    found, after = ([], "") if groups else keyset(resource, chosen, what, size or PAGE)
    return Listed(
        fields,
        cells(ctx, resource, fields, found),
        after,
        count,
        more_than,
        sums,
        groups,
        places(resource, fields),
        column(resource.of, what.group).label if what.group else "",
    )


def places(resource: Resource, fields: Sequence[Field]) -> dict[str, str]:
    """Classes of the columns: figures stand right, later ones leave narrow screens, four stay on a phone."""
    kinds = ["figure" if f.figure and f.kind != "money" else f.kind for f in fields]
    right = next((k for k in ("money", "figure", "date") if k in kinds), "")
    corners = {kinds.index(k): c for k, c in (("ref", "p1"), (right, "p2"), ("state", "p4")) if k in kinds}
    corners[0] = "p3"
    if not resource.is_document:  # a record is known by its name
        corners = {n: {"p1": "p3", "p3": "p1"}.get(c, c) for n, c in corners.items()}
    made = {}
    for n, each in enumerate(fields):
        told = [
            "amt" if each.figure else "num" if each.kind in ("date", "instant") else "",
            corners.get(n, ""),
        ]
        if n > 5:
            told.append("c-a")
        elif n > 3 and not each.figure and each.kind != "state":
            told.append("c-b")
        made[each.name] = " ".join(t for t in told if t)
    return made


def cells(
    ctx: Ctx, resource: Resource, fields: Sequence[Field], found: Sequence[Any]
) -> list[dict[str, Any]]:
    """Rows as cells; a worked-out column costs one statement for all."""
    ids = [row.pk for row in found]
    worked = {f.name: f.compute(ctx, ids) for f in fields if f.compute and ids}
    made = []
    for row in found:
        values = [worked[f.name].get(row.pk) if f.compute else value(row, f.db) for f in fields]
        line = [shown(ctx, f, v) | {"name": f.name} for f, v in zip(fields, values, strict=True)]
        if line[0]["text"] == "—":
            line[0]["text"] = nameless(resource, row)
        made.append({"id": row.pk, "href": f"/{resource.path}/{row.pk}", "cells": line, "title": line[0]["text"],
                     "revision": getattr(row, "revision", 0), "row": row})  # fmt: skip
    return made


def nameless(resource: Resource, row: Any) -> str:
    """What a row is called that has no number or name yet."""
    return _("Draft %(id)s") % {"id": row.pk} if resource.is_document else f"#{row.pk}"


def title(resource: Resource, row: Any) -> str:
    """What a row is called on its own."""
    return (
        title_of(row) if getattr(row, "number", "") or not resource.is_document else nameless(resource, row)
    )


def value(row: Any, path: str) -> Any:
    """What a row has under a path of names; None where one of them leads nowhere."""
    for part in path.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return None
    return row


def keyset(resource: Resource, chosen: QuerySet[Any], what: Asked, size: int) -> tuple[list[Any], str]:
    """A page of rows in their order, and where the next one begins ("" at the end): read by key, at any depth."""
    sort = what.sort or default_sort(resource)
    name, down = sort.lstrip("-"), sort.startswith("-")
    key = column(resource.of, name).db
    related = {
        f.db.rpartition("__")[0] or f.db
        for f in (field_of(resource, n) for n in resource.columns)
        if f.kind == "ref" or "__" in f.db
    }
    chosen = joined(chosen, sorted(related))
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
    if not (last.isascii() and last.isdigit()) or len(last) > 18:
        raise _no_page()
    side = "lt" if down else "gt"
    nullable = resource.of._meta.get_field(key).null
    if text == "" and nullable:
        empty = Q(**{f"{key}__isnull": True, f"id__{side}": int(last)})
        return empty | Q(**{f"{key}__isnull": False}) if down else empty
    value = _value_at(resource.of._meta.get_field(key), text)
    rest = Q(**{f"{key}__{side}e": value}) & (
        Q(**{f"{key}__{side}": value}) | Q(**{f"id__{side}": int(last)})
    )
    return rest | Q(**{f"{key}__isnull": True}) if nullable and not down else rest


def _value_at(by: Any, text: str) -> Any:
    """The value of the column a list is sorted by, as a page's place says it. Refusal (``web.page``) when it is damaged."""
    try:
        value = by.to_python(text)
        if isinstance(value, int | Decimal):
            by.run_validators(value)  # as large as the column holds
    except ValidationError:
        raise _no_page() from None
    if "\0" in text:
        raise _no_page()
    return value


def _no_page() -> Refusal:
    return Refusal("web.page", "this is no page of the list", "Start from the first one.")


def _totals(
    ctx: Ctx, chosen: QuerySet[Any], fields: Sequence[Field], named: bool
) -> tuple[int, bool, dict[str, str], str]:
    """Count and sums of at most ``COUNTED`` rows, in one statement; no sums where there are more.

    ``named``: their ids, too, as PostgreSQL writes an array: what a search found is looked for once, since its page by
    day would read all there is from the newest on until enough of it fits.
    """
    summed = [f for f in fields if f.sums]
    first = chosen.order_by()[: COUNTED + 1]
    inner, params = first.values("id", *[f.db for f in summed]).query.sql_with_params()
    sums = "".join(f', sum("{f.db}")' for f in summed)
    ids = "array_agg(id)::text" if named else "NULL"
    found = rows.execute(f"SELECT count(*), {ids}{sums} FROM ({unweighed(inner)}) t", list(params))[0]
    more = found[0] > COUNTED
    told = {f.name: money_text(int(v or 0), ctx.scale) for f, v in zip(summed, found[2:], strict=True)}
    return min(found[0], COUNTED), more, {} if more else told, found[1] or "{}"


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
        entry = {"off": what.href(f=rest)}
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
            from backstay.interfaces.web.resolving import seen_rows

            row = field.model._default_manager.filter(
                seen_rows(ctx, field.model), pk=int(each.text[:18])
            ).first()
            value = shown(ctx, field, row)["text"] if row else each.text
        if each.op == "within":
            value = word_of(each.text)
        if field.kind == "yes":
            value = _("yes") if each.text in ("1", "yes") else _("no")
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
