"""Decimal figures and whole steps: 12.34 with two places is 1,234 steps. Exact, or refused."""

from __future__ import annotations

from decimal import Decimal

from backstay.base.errors import Refusal

LIMIT = 10**15


def to_steps(figure: Decimal | int | str, scale: int) -> int:
    """Whole smallest steps of ``figure``. Raises Refusal (``money.step``) when it is finer than ``scale``."""
    exact = Decimal(figure).scaleb(scale)
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise Refusal("money.step", f"{figure} has more than {scale} decimal places", "Round it first.")
    if abs(exact) > LIMIT:
        raise Refusal("money.size", f"{figure} is too large", f"No figure may pass {LIMIT:,} steps.")
    return int(exact)


def from_steps(steps: int, scale: int) -> Decimal:
    """The figure with exactly ``scale`` places."""
    return Decimal(steps).scaleb(-scale)


def plain(steps: int, scale: int) -> str:
    """The figure as text for machines: ``-1234.50``."""
    return format(from_steps(steps, scale), "f")
