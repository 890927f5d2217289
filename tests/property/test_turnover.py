"""Reports of trade add sums of whole years, months and tens of days to the days left over: what they tell is what the rows tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.interfaces import checks
from backstay.platform import turnover as kept
from backstay.platform.turnover import DAY, UNITS, Scope, Turned, Turnover, turnover

KINDS, COSTS = ("invoicing.invoice",), ("inventory.shipment", "inventory.receipt")
EDGES = [date(y, m, d) + timedelta(n) for y in (2024, 2025, 2026) for m in (1, 2, 12) for d in (1, 11, 21) for n in (-1, 0)]  # fmt: skip
days = st.one_of(st.sampled_from(EDGES), st.dates(date(2023, 12, 1), date(2027, 2, 1)))
spans = st.tuples(days, days).map(lambda two: (min(two), max(two)))


class Row(NamedTuple):
    """One of ``platform_turnover``."""

    kind: str
    counted_on: date
    document_id: int
    party_id: int
    item_id: int
    value: int
    tax: int


batches = st.lists(
    st.builds(
        Row, st.sampled_from(KINDS + COSTS), days, st.integers(1, 9), st.integers(0, 3), st.integers(0, 3), st.integers(-500, 500), st.integers(-90, 90),
    ),
    max_size=30,
)  # fmt: skip
scopes = st.builds(
    Scope,
    st.sampled_from([KINDS, ()]),
    st.lists(spans, min_size=1, max_size=3),
    st.sampled_from([COSTS, ()]),
    st.integers(1, 2),
    st.one_of(st.none(), st.integers(0, 4)),
    st.one_of(st.none(), st.integers(0, 4)),
    st.booleans(),
)


@given(st.dates(), st.dates(), st.sampled_from([UNITS, UNITS[1:], ()]))
def test_a_span_falls_into_whole_units_and_days(one: date, other: date, units: Sequence[str]) -> None:
    """Every day once and in order; units whole; no more days left over than lack to the next unit."""
    since, until = min(one, other), max(one, other)
    pieces = kept._pieces(since, until, units)
    assert (pieces[0][1], pieces[-1][2]) == (since, until)
    assert all(b[1] == a[2] + DAY for a, b in pairwise(pieces))
    for unit, first, last in pieces:
        assert first <= last
        if unit != "day":
            assert unit in units
            assert kept._around(unit, first)[0] == first
            assert kept._around(unit, last)[1] == last
        elif units and until.year not in (date.min.year, date.max.year):
            assert (last - first).days < 19
            assert len({kept._around("ten", d) for d in (first, last)}) <= 2
            assert not any(kept._around("ten", d) == (first, last) for d in (first, last))
    assert len(pieces) <= 2 * len(units) + 1


def _told(rows: Sequence[Row], scope: Scope, by: str) -> Turnover:
    """What the rows tell, one by one."""
    found: dict[tuple[int, int, date | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    for n, (since, until) in enumerate(scope.spans, 1):
        for row in rows:
            counts = row.kind in (scope.kinds + scope.costs) and since <= row.counted_on <= until
            if not counts or scope.party not in (None, row.party_id) or scope.item not in (None, row.item_id):
                continue
            month = row.counted_on.year * 12 + row.counted_on.month - 1
            key = {"party": row.party_id, "item": row.item_id, "month": month, "document": row.document_id}[by]  # fmt: skip
            sums = found[n, key, row.counted_on if by == "document" else None]
            if row.kind in scope.kinds:
                sums[0] += row.value
                sums[1] += row.tax if scope.taxed else 0
            else:
                sums[2] += row.value
    weight: dict[tuple[int, date | None], int] = defaultdict(int)
    made = Turnover()
    for (n, key, on), (value, tax, cost) in found.items():
        weight[key, on] += value - cost if n == scope.main or len(scope.spans) == 1 else 0
        made.rows.append(Turned(n, key, on, value, tax, cost))
        before = made.sums.get(n, Turned(n, 0, None, 0, 0, 0))
        made.sums[n] = Turned(n, 0, None, before.value + value, before.tax + tax, before.cost + cost)

    def place(row: Turned) -> Any:
        first = {"month": row.key, "document": (row.on, row.key)}.get(by)
        return (first, row.span) if first else (-weight[row.key, row.on], row.key, row.span)

    made.rows.sort(key=place)
    made.count = len(weight)
    return made


def _add(owner: psycopg.Connection[Any], company: int, rows: Sequence[Row]) -> None:
    with owner.cursor() as cursor:
        for table in ("platform_turnover", "platform_turnover_new"):
            sql = f"INSERT INTO {table} (company_id, {', '.join(Row._fields)}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            cursor.executemany(sql, [(company, *row) for row in rows])


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    batches,
    batches,
    batches,
    st.lists(st.tuples(scopes, st.sampled_from(list(kept.KEYS))), min_size=8, max_size=8),
)
def test_sums_tell_what_rows_tell(
    work: Callable[..., Any], company: int, owner: psycopg.Connection[Any],
    first: list[Row], second: list[Row], waiting: list[Row], asked: list[tuple[Scope, str]],
) -> None:  # fmt: skip
    """Summed at once, later and not yet, whatever spans, keys and filters; the sums made anew are the same."""
    for table in ("platform_turnover", "platform_turnover_new", "platform_turnover_sum"):
        owner.execute(f"DELETE FROM {table} WHERE company_id = %s", [company])
    for batch in (first, second):
        _add(owner, company, batch)
        with work():
            assert kept.rollup() >= len(batch)
    _add(owner, company, waiting)
    with work() as ctx:
        assert list(checks.turnover_summed(ctx)) == []
        for scope, by in asked:
            expected = _told([*first, *second, *waiting], scope, by)
            assert turnover(ctx, scope, by) == expected, (scope, by)
