"""Drafts and decisions about items; no database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from backstay.base.errors import Refusal

SERVICE_SCALE = 6

# UN/ECE Rec 20 code, name, kind, factor of the kind's base unit.
COMMON_UOMS = (
    ("C62", "piece", "count", 1, 1),
    ("DZN", "dozen", "count", 12, 1),
    ("KGM", "kg", "mass", 1000, 1),
    ("GRM", "g", "mass", 1, 1),
    ("TNE", "t", "mass", 1000000, 1),
    ("LTR", "l", "volume", 1000, 1),
    ("MLT", "ml", "volume", 1, 1),
    ("MTR", "m", "length", 1000, 1),
    ("MMT", "mm", "length", 1, 1),
    ("MTK", "m²", "area", 1, 1),
    ("HUR", "hour", "time", 60, 1),
    ("MIN", "minute", "time", 1, 1),
    ("DAY", "day", "day", 1, 1),
    ("XBX", "box", "package", 1, 1),
)


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item to be. Prices per ``uom`` in the company's currency; ``scale``: decimal places of its quantity."""

    sku: str
    name: str
    kind: str = "goods"
    category: int | None = None
    uom: int | str = "C62"  # id, or code of UN/ECE Recommendation 20
    scale: int = 0
    sales_price: Decimal = Decimal(0)
    purchase_price: Decimal = Decimal(0)
    tax_class: str = "standard"
    barcode: str | None = None


def check_barcode(barcode: str) -> None:
    """GTIN-8, -12, -13 or -14 by its check digit (GS1 General Specifications 7.9). Raises Refusal."""
    digits = [int(c) for c in barcode] if barcode.isascii() and barcode.isdigit() else []
    if len(digits) not in (8, 12, 13, 14) or sum(
        d * (3, 1)[n % 2] for n, d in enumerate(digits[-2::-1])
    ) % 10 != (-digits[-1] % 10):
        raise Refusal("catalog.barcode", f"{barcode} is not a GTIN", "Look at its check digit.")


def to_steps(quantity: Decimal, factor: Fraction, scale: int, sku: str) -> int:
    """Steps of the item's own unit for ``quantity`` units worth ``factor`` each. Exact, or Refusal."""
    exact = Fraction(quantity) * factor * 10**scale
    if exact.denominator != 1:
        raise Refusal(
            "catalog.uom_exact",
            f"{quantity} of {sku} is no whole number of its smallest step",
            f"The item is counted with {scale} decimal places.",
        )
    return int(exact)
