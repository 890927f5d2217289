"""Drafts and decisions about items; no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from backstay.base.errors import Refusal
from backstay.base.rounding import whole

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
    scale: int | None = None  # of what is new: none; a change leaves it
    sales_price: Decimal = Decimal(0)
    purchase_price: Decimal = Decimal(0)
    tax_class: str = "standard"
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What one of an item costs from a quantity on, both in its own unit; without days always."""

    item: int
    price: Decimal
    from_quantity: Decimal = Decimal(0)
    since_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class PriceListDraft:
    """A price list to be. ``currency``: ISO 4217, that of the books where not given; ``discount``: 0.1 is 10 %."""

    code: str
    name: str
    currency: str = ""
    parent: int | None = None
    discount: Decimal = Decimal(0)
    standard: bool = False
    prices: tuple[PriceDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceAgreementDraft:
    """A customer is to have a price list, from a day to a day, both included."""

    party: int
    price_list: int
    since_on: date
    until_on: date | None = None


class ListTerms(NamedTuple):
    """A price list without its prices."""

    id: int
    name: str
    currency: str
    parent: int | None
    discount: Decimal
    standard: bool


class PriceLine(NamedTuple):
    """A price of an item in a list."""

    from_quantity: Decimal
    price: Decimal
    since_on: date | None
    until_on: date | None

    def covers(self, quantity: Decimal, on: date) -> bool:
        """Whether it is for this quantity, on this day."""
        return (
            self.from_quantity <= quantity
            and (self.since_on is None or self.since_on <= on)
            and (self.until_on is None or on <= self.until_on)
        )


class Found(NamedTuple):
    """A price; the list that says it, None where the item itself does; the last day on which the same is found."""

    price: Decimal | None
    source: ListTerms | None
    until: date | None


def chain_of(first: int | None, lists: Mapping[int, ListTerms]) -> list[ListTerms]:
    """A list, the one it builds on, and so on."""
    chain = []
    while first is not None:
        chain.append(lists[first])
        first = lists[first].parent
    return chain


def price_of(
    chain: Sequence[ListTerms], lines: Mapping[int, Sequence[PriceLine]], quantity: Decimal, on: date,
    own: Decimal | None, scale: int,
) -> Found:  # fmt: skip
    """The price of one of an item: that of the first list of ``chain`` which has one for this quantity and day, of several
    the one from the largest quantity; else ``own``, the item's. What lists further up take off comes off it.

    ``lines``: prices of the item by list. A discounted price has as many decimal places as the one it is taken from, at
    least ``scale``.
    """
    factor, first, ends = Decimal(1), None, []
    for each in chain:
        mine = lines.get(each.id, ())
        valid = [x for x in mine if x.covers(quantity, on)]
        line = max(valid, key=lambda x: x.from_quantity) if valid else None
        least = line.from_quantity if line else Decimal(-1)
        later = [x for x in mine if x.since_on is not None and x.since_on > on]
        ends += [
            x.since_on - timedelta(1) for x in later if x.since_on and least < x.from_quantity <= quantity
        ]
        if line:
            ends += [line.until_on] if line.until_on else []
            return Found(_less(line.price, factor, scale), each, min(ends, default=None))
        if each.discount:
            factor, first = factor * (1 - each.discount), first or each
    price = None if own is None else _less(own, factor, scale)
    return Found(price, first if price is not None else None, min(ends, default=None))


def breaks_of(
    chain: Sequence[ListTerms], lines: Mapping[int, Sequence[PriceLine]], on: date, own: Decimal | None, scale: int
) -> list[tuple[Decimal, Decimal]]:  # fmt: skip
    """(from which quantity on, price) of an item on a day, wherever the price changes."""
    told = {x.from_quantity for each in chain for x in lines.get(each.id, ())}
    found: list[tuple[Decimal, Decimal]] = []
    for quantity in sorted({Decimal(0), *told}):
        price = price_of(chain, lines, quantity, on, own, scale).price
        if price is not None and (not found or found[-1][1] != price):
            found.append((quantity, price))
    return found


def _less(price: Decimal, factor: Decimal, scale: int) -> Decimal:
    if factor == 1:
        return price
    places = max(scale, -int(price.normalize().as_tuple().exponent))
    return Decimal(whole(price * factor * 10**places)).scaleb(-places)


def per_unit(price: Decimal, factor: Fraction) -> Decimal:
    """The price of a unit that is worth ``factor`` of the item's own one, to six decimal places."""
    return price if factor == 1 else Decimal(whole(Fraction(price) * factor * 10**6)).scaleb(-6)


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
