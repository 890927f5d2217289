"""Which tax applies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.tax.rules import RATES
from backstay.platform import rows

_CHOOSE = """
SELECT w.o, c.id, r.percent, c.code
FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[]) WITH ORDINALITY w(class, treatment, way, day, o)
LEFT JOIN tax_taxrule x ON x.tax_class = w.class AND x.treatment = w.treatment AND x.way = w.way
LEFT JOIN tax_taxcode c ON c.id = x.tax_code_id
LEFT JOIN tax_taxrate r ON r.tax_code_id = c.id AND r.valid_from <= w.day AND (r.valid_to IS NULL OR r.valid_to >= w.day)
ORDER BY w.o
"""


def choose(ctx: Ctx, wanted: Sequence[tuple[str, str, str, date]]) -> list[tuple[int, Decimal]]:
    """(tax code id, percent) for each (tax class, treatment, way, day); (0, 0) where no rule names a tax.

    Raises Refusal (``tax.no_rate``) when the code has no rate on that day.
    """
    distinct = sorted(set(wanted))
    columns = [list(column) for column in zip(*distinct, strict=True)] or [[], [], [], []]
    answers: dict[tuple[str, str, str, date], tuple[int, Decimal]] = {}
    for o, code, percent, name in rows.execute(_CHOOSE, columns):
        asked = distinct[o - 1]
        if code is not None and percent is None:
            raise Refusal(
                "tax.no_rate", f"tax {name} has no rate on {asked[3]}", "Add a rate that is valid then."
            )
        answers[asked] = (code or 0, percent if percent is not None else Decimal(0))
    return [answers[w] for w in wanted]


def usual_rates(country: str) -> tuple[str, ...]:
    """Standard and reduced rate in percent that a new company of a country starts with; none where we know none."""
    return RATES.get(country.strip().upper(), ())


class TaxMoved(NamedTuple):
    """Base and tax of a code on one side (out: we sell, in: we buy) in one span, in steps; ``span`` counts from 1."""

    span: int
    code: int
    name: str
    title: str
    category: str
    way: str
    base: int
    tax: int


_MOVED = """
WITH subs AS MATERIALIZED (
    SELECT s.id, a.role, split_part(split_part(s.item, ':', 2), '/', 1)::bigint AS code,
           CASE a.role WHEN 'vat_out' THEN 'out' WHEN 'vat_in' THEN 'in' ELSE split_part(s.item, '/', 2) END AS way
    FROM subaccount s JOIN account a ON a.id = s.account_id
    WHERE s.company_id = %(company)s AND a.role IN ('vat_out', 'vat_in', 'tax_base') AND s.item ~ '^tax:[0-9]+(/(in|out))?$'),
held AS (
    SELECT w.n, w.sign, b.* FROM (
        SELECT n, -1 AS sign, (since - 1)::date AS day FROM unnest(%(since)s::date[]) WITH ORDINALITY x(since, n)
        UNION ALL SELECT n, 1, until FROM unnest(%(until)s::date[]) WITH ORDINALITY y(until, n)) w,
    LATERAL balances_at(ARRAY(SELECT id FROM subs), w.day) b)
SELECT h.n, s.code, c.code, c.name, c.category, s.way,
       coalesce(sum(h.sign * h.amount) FILTER (WHERE s.role = 'tax_base'), 0)::bigint,
       coalesce(sum(h.sign * h.value) FILTER (WHERE s.role <> 'tax_base'), 0)::bigint
FROM held h JOIN subs s ON s.id = h.subaccount_id JOIN tax_taxcode c ON c.id = s.code GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY s.way DESC, c.code, h.n
"""


def tax_moved(ctx: Ctx, spans: Sequence[tuple[date, date]]) -> list[TaxMoved]:
    """Base and tax by code and side in each span, from the summaries; what we sell counts positive, as what we buy does."""
    params = {"company": ctx.company, "since": [s for s, _ in spans], "until": [u for _, u in spans]}
    return [
        row._replace(base=-row.base, tax=-row.tax) if row.way == "out" else row
        for row in (TaxMoved(*found) for found in rows.execute(_MOVED, params))
    ]
