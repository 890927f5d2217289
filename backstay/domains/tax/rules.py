"""Tax on lines that add up: pure figures.

Mode ``total`` (the default): per tax code the exact nets are summed and rounded once, the tax of the code is
rounded once on that base, and both are shared over the lines by largest remainder, so shown lines add up
(EN 16931 BR-CO-17; VATD 226). Mode ``line``: each line's net and tax are rounded by themselves.
Mode ``net``: each line's net by itself, the tax of a code once on their sum, as papers by EN 16931 are worked out
(BR-CO-10, BR-CO-17): suppliers' bills are read so.
Half a step is rounded away from zero (commercial rounding).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from backstay.base.rounding import apportion, whole

NO_TAX = 0
# Standard and reduced rates in force (national law; VATD 97–99). Others are added by hand.
RATES = {
    "NL": ("21", "9"), "DE": ("19", "7"), "BE": ("21", "6"), "FR": ("20", "5.5"), "AT": ("20", "10"), "ES": ("21", "10"),
    "IT": ("22", "10"), "PT": ("23", "6"), "IE": ("23", "13.5"), "SE": ("25", "12"), "DK": ("25", "25"), "GB": ("20", "5"),
}  # fmt: skip


class TaxLine(NamedTuple):
    """``net``: exact, in major units; ``code``: tax code id, or 0; ``percent``."""

    net: Decimal | Fraction
    code: int
    percent: Decimal


class Group(NamedTuple):
    """One tax code of a document, in steps."""

    code: int
    percent: Decimal
    base: int
    tax: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All in steps: shares per line in order, groups per code, and the sums."""

    nets: tuple[int, ...]
    taxes: tuple[int, ...]
    groups: tuple[Group, ...]

    @property
    def net(self) -> int:
        return sum(self.nets)

    @property
    def tax(self) -> int:
        return sum(self.taxes)

    @property
    def gross(self) -> int:
        return self.net + self.tax


def totals(lines: Sequence[TaxLine], scale: int, mode: str = "total") -> Totals:
    """Nets, taxes and groups of a document's lines."""
    exact = [Fraction(line.net) * 10**scale for line in lines]
    members: dict[tuple[int, Decimal], list[int]] = {}
    for n, line in enumerate(lines):
        members.setdefault((line.code, line.percent), []).append(n)
    nets, taxes = [0] * len(lines), [0] * len(lines)
    groups = []
    for (code, percent), mine in members.items():
        rate = Fraction(percent) / 100
        figures = [exact[n] for n in mine]
        if mode == "total":
            shares = spread(whole(sum(figures, Fraction(0))), figures)
        else:
            shares = [whole(figure) for figure in figures]
        if mode == "line":
            tax_shares = [whole(share * rate) for share in shares]
        else:
            tax_shares = spread(whole(sum(shares) * rate), [share * rate for share in shares])
        for n, net, tax in zip(mine, shares, tax_shares, strict=True):
            nets[n], taxes[n] = net, tax
        if code != NO_TAX:
            groups.append(Group(code, percent, sum(shares), sum(tax_shares)))
    return Totals(tuple(nets), tuple(taxes), tuple(groups))


def spread(total: int, figures: Sequence[Fraction]) -> list[int]:
    """Round figures to parts that add up to ``total``, by largest remainder; a negative total is mirrored."""
    if total < 0:
        return [-part for part in spread(-total, [-f for f in figures])]
    return apportion(total, figures)


def line_net(quantity: Decimal, unit_price: Decimal, discount: Decimal) -> Fraction:
    """Exact net of a line in major units: quantity × price × (1 − discount)."""
    return Fraction(quantity) * Fraction(unit_price) * (1 - Fraction(discount))
