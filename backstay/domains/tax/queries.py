"""Which tax applies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

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
