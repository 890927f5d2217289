"""Tax codes and rules are made; rates are added with the day they begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backstay.base.context import Ctx
from backstay.base.errors import register
from backstay.domains.tax.models import TaxCode, TaxRate, TaxRule
from backstay.domains.tax.rules import Group, TaxLine, Totals, line_net, spread, totals
from backstay.platform import access, rows

__all__ = ["Group", "TaxLine", "Totals", "create_tax_codes", "line_net", "set_rules", "spread", "totals"]
register({"tax.rate_overlap": ("two rates of a tax code overlap", "End the older rate the day before.")})


def create_tax_codes(
    ctx: Ctx, codes: Sequence[tuple[str, str, str, str, Sequence[tuple[date, date | None, Decimal]]]]
) -> list[int]:
    """Make codes (code, name, country, category, rates); ids in order."""
    access.require(ctx, "tax.code.create")
    names = ("code", "name", "country", "category")
    columns = {n: [c[k] for c in codes] for k, n in enumerate(names)}
    ids = rows.insert(TaxCode, columns)
    rates = [(i, *rate) for i, c in zip(ids, codes, strict=True) for rate in c[4]]
    names = ("tax_code_id", "valid_from", "valid_to", "percent")
    rows.insert(TaxRate, {n: [r[k] for r in rates] for k, n in enumerate(names)})
    return ids


def set_rules(ctx: Ctx, rules: Sequence[tuple[str, str, str, int]]) -> None:
    """Say which code applies: (tax class, treatment, way in|out, tax code id)."""
    access.require(ctx, "tax.rule.create")
    names = ("tax_class", "treatment", "way", "tax_code_id")
    rows.insert(TaxRule, {n: [r[k] for r in rules] for k, n in enumerate(names)})
