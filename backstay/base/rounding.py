"""Rounding by rule: a figure is rounded once, shares add up, the residue has a name."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

Mode = Literal["half_up", "half_even"]
Exact = int | Decimal | Fraction


def divide(numerator: int, denominator: int, mode: Mode = "half_even") -> int:
    """``numerator / denominator`` to a whole number; half_up means away from zero (commercial rounding)."""
    if denominator == 0:
        raise ZeroDivisionError("division by zero steps")
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, rest = divmod(abs(numerator), denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and (mode == "half_up" or quotient % 2 == 1)):
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def whole(figure: Exact, mode: Mode = "half_up") -> int:
    """An exact figure to a whole number."""
    if isinstance(figure, int):
        return figure
    numerator, denominator = figure.as_integer_ratio()
    return divide(numerator, denominator, mode)


def share(total: int, weights: Sequence[Exact]) -> list[int]:
    """Split ``total`` by ``weights`` (none negative, not all 0) by largest remainder.

    The parts add up to ``total``; equal remainders go to the lower index; a negative total is mirrored.
    Raises ValueError for weights that cannot carry a share.
    """
    if not weights:
        if total:
            raise ValueError("nothing to share over")
        return []
    if any(w < 0 for w in weights):
        raise ValueError("a weight is negative")
    whole_weight = sum((Fraction(w) for w in weights), Fraction(0))
    if whole_weight == 0:
        if total:
            raise ValueError("all weights are 0")
        return [0] * len(weights)
    sign, rest = (-1, -total) if total < 0 else (1, total)
    exact = [Fraction(w) * rest / whole_weight for w in weights]
    return [sign * part for part in _fill(exact, rest)]


def apportion(total: int, figures: Sequence[Exact]) -> list[int]:
    """Round exact ``figures`` (any sign) to whole numbers that add up to ``total``.

    Each is rounded down, then the missing steps go to the largest remainders, lower index first. ``total``
    must lie within one step per figure of their sum.
    """
    exact = [Fraction(f) for f in figures]
    return _fill(exact, total)


def _fill(exact: list[Fraction], total: int) -> list[int]:
    parts = [f.numerator // f.denominator for f in exact]
    missing = total - sum(parts)
    if not 0 <= missing <= len(parts):
        raise ValueError("the total is not the sum of its figures")
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[:missing]:
        parts[n] += 1
    return parts


def cumulative(total: int, count: int, mode: Mode = "half_even") -> list[int]:
    """A schedule: part n is the rounded sum up to n less the one before (1,000.00 over 3: 333.33 333.34 333.33)."""
    sums = [divide(total * n, count, mode) for n in range(count + 1)]
    return [after - before for before, after in pairwise(sums)]


def cost_of(value: int, quantity: int, issued: int) -> int:
    """Cost of ``issued`` out of ``quantity`` worth ``value``: in proportion, half to even; the last takes all.

    Source: POSTINGS §0, IAS 2.25 (weighted average).
    """
    if issued == quantity:
        return value
    return divide(value * issued, quantity, "half_even")
