"""What was sold, billed and shipped: sums of any days by party, item, month or document, a page at a time, with their totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
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


_SUMS = """
WITH spans AS (SELECT * FROM unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY w(since, until, n)),
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
SELECT {n} AS n, {key} AS key, {day} AS day, {sums} FROM spans w JOIN platform_turnover t ON t.counted_on BETWEEN w.since AND w.until
WHERE t.company_id = %(company)s AND {seen} AND t.kind = ANY(%({kinds})s::text[])
  AND (%(party)s::bigint IS NULL OR t.party_id = %(party)s) AND (%(item)s::bigint IS NULL OR t.item_id = %(item)s)
GROUP BY {by}
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
    params = {
        "company": ctx.company, "since": [s for s, _ in scope.spans], "until": [u for _, u in scope.spans], "kinds": list(scope.kinds), "costs": list(scope.costs),
        "main": scope.main, "party": scope.party, "item": scope.item, "limit": limit, "skip": skip,
    }  # fmt: skip
    day = "t.counted_on" if by == "document" else "NULL::date"
    # The documents that the reader sees; costs alone are asked of the whole company.
    seen, actors = access.only(ctx, scope.kinds[0], "t.document_id") if scope.kinds else ("true", [])
    params["actors"] = actors[0] if actors else None
    mine = seen.replace("%s", "%(actors)s")
    parts = ["kinds", "costs"] if scope.kinds and scope.costs else ["costs"] if scope.costs else ["kinds"]
    one, tax = len(scope.spans) == 1, "sum(t.tax)::bigint" if scope.taxed else "0::bigint"
    # What is the same in all rows is no key to sum by.
    keys = ["1"] * (not one) + ["2"] + ["3"] * (by == "document")
    grouped = ", ".join(keys)
    each = " UNION ALL ".join(
        _EACH.format(
            key=KEYS[by],
            day=day,
            kinds=p,
            sums=_PARTS[p].format(tax=tax),
            seen=mine,
            n="1::bigint" if one else "w.n",
            by=grouped,
        )
        for p in parts
    )
    merged = _MERGED.format(
        n="1::bigint" if one else "n", day="day" if by == "document" else "NULL::date", by=grouped
    )
    sums = "SELECT * FROM counted" if len(parts) == 1 else merged
    weighed = "SELECT key, day, value - cost AS weight FROM sums" if one else _WEIGHED
    sql = _SUMS.format(each=each, sums=sums, keys=weighed, order=_ORDER.get(by, "weight DESC, key"))
    made = Turnover()
    for place, *told, count in rows.execute(sql, params):
        row = Turned._make(told)
        made.count = count
        if place:
            made.rows.append(row)
        else:
            made.sums[row.span] = row
    return made
