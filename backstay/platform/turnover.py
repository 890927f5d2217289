"""What was sold, billed and shipped: sums of any days by party, item, month or document, a page at a time, with their totals."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.platform import access, rows

KEYS = {
    "party": "t.party_id",
    "item": "t.item_id",
    "month": "(extract(year FROM t.counted_on) * 12 + extract(month FROM t.counted_on) - 1)::bigint",
    "document": "t.document_id",
}


class Turned(NamedTuple):
    """One key in one span (numbered from 1): value and tax of what counts, and what it cost; ``on``: a document's day."""

    span: int
    key: int
    on: date | None
    value: int
    tax: int
    cost: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents count (``kinds``), which of them are cost, over which days, of whom and what; ``main``: the span that
    orders the keys; ``taxed``: whether their tax is asked for."""

    kinds: Sequence[str]
    spans: Sequence[tuple[date, date]]
    costs: Sequence[str] = ()
    main: int = 1
    party: int | None = None
    item: int | None = None
    taxed: bool = True


@dataclass(slots=True)
class Turnover:
    """Rows of a page in their order; the sums of all by span; how many keys there are."""

    rows: list[Turned] = field(default_factory=list)
    sums: dict[int, Turned] = field(default_factory=dict)
    count: int = 0


# What is summed already (platform_turnover_sum), the largest first: the tens of a month begin on its 1st, 11th and 21st.
UNITS = ("year", "month", "ten")
DAY = timedelta(days=1)
_SUMS = """
WITH pieces AS (SELECT * FROM unnest(%(n)s::bigint[], %(unit)s::text[], %(since)s::date[], %(until)s::date[]) w(n, unit, since, until)),
counted AS ({each}),
sums AS MATERIALIZED ({sums}),
keys AS MATERIALIZED ({keys}),
page AS (
    SELECT key, day, row_number() OVER (ORDER BY {order}) AS place FROM keys ORDER BY place LIMIT %(limit)s OFFSET %(skip)s)
SELECT p.place, s.n, s.key, s.day, s.value, s.tax, s.cost, (SELECT count(*) FROM keys)
FROM page p JOIN sums s ON s.key = p.key AND s.day IS NOT DISTINCT FROM p.day
UNION ALL
SELECT 0, n, 0, NULL, sum(value)::bigint, sum(tax)::bigint, sum(cost)::bigint, (SELECT count(*) FROM keys) FROM sums GROUP BY 2
ORDER BY 1, 2
"""
_EACH = """
SELECT {n} AS n, {key} AS key, {day} AS day, {sums} FROM ({sources}) t
WHERE {seen} AND (%(party)s::bigint IS NULL OR t.party_id = %(party)s) AND (%(item)s::bigint IS NULL OR t.item_id = %(item)s)
GROUP BY {by}
"""
_ROWS = """
SELECT w.n, t.document_id, t.counted_on, t.party_id, t.item_id, t.value, t.tax
FROM pieces w JOIN {table} t ON t.counted_on BETWEEN w.since AND w.until
WHERE w.unit {unit} AND t.company_id = %(company)s AND t.kind = ANY(%({{kinds}})s::text[])
"""
_DAYS = _ROWS.format(table="platform_turnover", unit="= 'day'")
_WAITING = _ROWS.format(table="platform_turnover_new", unit="<> 'day'")
# Piece by piece along the index of the sums.
_SUMMED = """
SELECT w.n, 0::bigint, t.since, t.key, t.key, t.value, t.tax FROM pieces w CROSS JOIN LATERAL (
    SELECT * FROM platform_turnover_sum s WHERE s.company_id = %(company)s AND s.kind = ANY(%({kinds})s::text[]) AND s.by = %(of)s
    AND s.unit = w.unit AND s.since BETWEEN w.since AND w.until AND (%(key)s::bigint IS NULL OR s.key = %(key)s) OFFSET 0) t
WHERE w.unit <> 'day'
"""
# One span and one part, as most pages ask, are summed once; several of them twice.
_MERGED = """SELECT {n} AS n, key, {day} AS day, sum(value)::bigint AS value, sum(tax)::bigint AS tax, sum(cost)::bigint AS cost
FROM counted GROUP BY {by}"""
_WEIGHED = """SELECT key, day, coalesce(sum(value - cost) FILTER (WHERE n = %(main)s), 0) AS weight FROM sums GROUP BY 1, 2"""
# What counts and what it cost each by themselves: a row is asked once what it is, by the index.
_PARTS = {
    "kinds": "sum(t.value)::bigint AS value, {tax} AS tax, 0::bigint AS cost",
    "costs": "0::bigint AS value, 0::bigint AS tax, sum(t.value)::bigint AS cost",
}
_ORDER = {"month": "key", "document": "day, key"}


def turnover(ctx: Ctx, scope: Scope, by: str, limit: int | None = None, skip: int = 0) -> Turnover:
    """Sums by party, item, month (year times 12 and month from 0) or document, the largest first; months and documents in
    their order. One statement."""
    # The documents that the reader sees; costs alone are asked of the whole company.
    seen, actors = access.only(ctx, scope.kinds[0], "t.document_id") if scope.kinds else ("true", [])
    of = _summed_by(scope, by) if seen == "true" else None
    units = () if of is None else UNITS[1:] if by == "month" else UNITS
    pieces = [(n, *p) for n, span in enumerate(scope.spans, 1) for p in _pieces(*span, units)]
    params = {
        "company": ctx.company, "kinds": list(scope.kinds), "costs": list(scope.costs), "main": scope.main, "party": scope.party, "item": scope.item,
        "of": of, "key": scope.item if scope.party is None else scope.party, "actors": actors[0] if actors else None, "limit": limit, "skip": skip,
    } | {name: [p[i] for p in pieces] for i, name in enumerate(("n", "unit", "since", "until"))}  # fmt: skip
    made = Turnover()
    for place, *told, count in rows.execute(_sql(scope, by, seen, bool(units)), params):
        row = Turned._make(told)
        made.count = count
        if place:
            made.rows.append(row)
        else:
            made.sums[row.span] = row
    return made


def _sql(scope: Scope, by: str, seen: str, summed: bool) -> str:
    day = "t.counted_on" if by == "document" else "NULL::date"
    parts = [part for part in _PARTS if getattr(scope, part)] or ["kinds"]
    one, tax = len(scope.spans) == 1, "sum(t.tax)::bigint" if scope.taxed else "0::bigint"
    # What is the same in all rows is no key to sum by.
    grouped = ", ".join(["1"] * (not one) + ["2"] + ["3"] * (by == "document"))
    sources = " UNION ALL ".join([_DAYS, _WAITING, _SUMMED] if summed else [_DAYS])
    each = " UNION ALL ".join(
        _EACH.format(
            key=KEYS[by], day=day, sources=sources.format(kinds=p), sums=_PARTS[p].format(tax=tax), seen=seen.replace("%s", "%(actors)s"),
            n="1::bigint" if one else "t.n", by=grouped,
        )
        for p in parts
    )  # fmt: skip
    merged = _MERGED.format(
        n="1::bigint" if one else "n", day="day" if by == "document" else "NULL::date", by=grouped
    )
    sums = "SELECT * FROM counted" if len(parts) == 1 else merged
    weighed = "SELECT key, day, value - cost AS weight FROM sums" if one else _WEIGHED
    return _SUMS.format(each=each, sums=sums, keys=weighed, order=_ORDER.get(by, "weight DESC, key"))


def _summed_by(scope: Scope, by: str) -> str | None:
    """Whose sums tell it: of items, of parties, of all (""); None where rows alone can: of documents, of a party's items."""
    filtered = {"party": scope.party, "item": scope.item}
    keys = {name for name, wanted in filtered.items() if wanted is not None} | ({by} - {"month"})
    return None if len(keys) > 1 or "document" in keys else next(iter(keys), "")


def _pieces(since: date, until: date, units: Sequence[str]) -> list[tuple[str, date, date]]:
    """A span as whole units, the largest first, and the days left over at its ends: unit, first and last day."""
    if not units or until.year in (date.min.year, date.max.year):  # there is no day before, or after
        return [("day", since, until)]
    unit, smaller = units[0], units[1:]
    begins, ends = _around(unit, since), _around(unit, until)
    first = since if since == begins[0] else begins[1] + DAY
    last = until if until == ends[1] else ends[0] - DAY
    if first > last:
        return _pieces(since, until, smaller)
    before = _pieces(since, first - DAY, smaller) if since < first else []
    after = _pieces(last + DAY, until, smaller) if last < until else []
    return [*before, (unit, first, last), *after]


def _around(unit: str, day: date) -> tuple[date, date]:
    """First and last day of the unit in which a day lies."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "month":
        return day.replace(day=1), last
    begins = min((day.day - 1) // 10, 2) * 10 + 1
    return day.replace(day=begins), last if begins == 21 else day.replace(day=begins + 9)


def rollup() -> int:
    """Move rows that wait into the sums; return how many. Of every company."""
    return int(rows.execute("SELECT rollup_turnover()")[0][0])
