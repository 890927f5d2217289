"""A new company gets the tax codes of its country, where we know them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backstay.base.context import Ctx
from backstay.domains.tax.processes import create_tax_codes, set_rules
from backstay.domains.tax.rules import RATES
from backstay.platform.events import on

SINCE = date(1990, 1, 1)


@on("accounting.company_created")
def add_taxes(ctx: Ctx, _: Sequence[int]) -> None:
    """Codes by their percent (T21), zero-rated, exempt, within the EU and export; rules for both ways."""
    country = str(ctx.settings.get("country", ""))
    if country not in RATES:
        return
    standard, reduced = RATES[country]
    always = Decimal(0)
    codes = [
        (f"T{standard}", f"{standard} %", country, "S", [(SINCE, None, Decimal(standard))]),
        (f"T{reduced}", f"{reduced} % reduced", country, "S", [(SINCE, None, Decimal(reduced))]),
        ("T0", "zero-rated", country, "Z", [(SINCE, None, always)]),
        ("TX", "exempt", country, "E", [(SINCE, None, always)]),
        ("T0ic", "supply within the EU", country, "K", [(SINCE, None, always)]),
        ("T0ex", "export", country, "G", [(SINCE, None, always)]),
    ]
    if standard == reduced:
        codes[1] = ("T0r", "0 % reduced", country, "Z", [(SINCE, None, always)])
    ids = create_tax_codes(ctx, codes)
    by_class = {"standard": ids[0], "reduced": ids[1], "zero": ids[2], "exempt": ids[3]}
    rules = []
    for tax_class, code in by_class.items():
        rules += [(tax_class, "domestic", way, code) for way in ("in", "out")]
        rules += [(tax_class, "exempt", way, ids[3]) for way in ("in", "out")]
        rules += [(tax_class, "eu", "out", ids[4]), (tax_class, "export", "out", ids[5])]
    set_rules(ctx, rules)
