"""Drafts and decisions about sales; pure. Prices and quantities in major units of the line's unit of measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from backstay.base.errors import Refusal


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A line to quote; the price and unit of the item where not given."""

    item: int
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    uom: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class QuotationDraft:
    """A quotation to be."""

    party: int
    ordered_on: date
    lines: tuple[OrderLineDraft, ...]
    place: int | None = None
    valid_until: date | None = None
    required_on: date | None = None
    reference: str = ""
    rounding: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShipDraft:
    """Ship an order: what is left of it, or (order line, steps) each."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class OrderInvoiceDraft:
    """Invoice an order: what is shipped and not invoiced, services whole; or (order line, steps) each."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...] | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """Take goods back: (order line, steps) each. ``broken`` goods do not go back into stock."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...]
    broken: bool = False
    credit: bool = True
    reason: str = ""


class LineState(NamedTuple):
    """The counters of an order line, in steps."""

    id: int
    order_id: int
    goods: bool
    stock_quantity: int
    shipped: int
    invoiced: int


def to_ship(line: LineState) -> int:
    """What is left to ship."""
    return line.stock_quantity - line.shipped if line.goods else 0


def to_invoice(line: LineState) -> int:
    """What may be invoiced: goods once shipped, services at once."""
    return (line.shipped if line.goods else line.stock_quantity) - line.invoiced


def part(quantity: Decimal, steps: int, whole: int) -> Decimal:
    """``steps`` of ``whole`` in the line's own unit, exact to 6 places or refused (``sales.part``)."""
    if steps == whole:
        return quantity
    exact = quantity * steps / whole
    rounded = exact.quantize(Decimal("0.000001"))
    if rounded * whole != quantity * steps:
        raise Refusal(
            "sales.part", f"{steps} of {whole} steps is no whole part of {quantity}", "Choose whole units."
        )
    return rounded


def chosen(asked: int, left: int, what: str, where: str) -> int:
    """``asked`` when it is at least 1 and at most ``left``. Raises Refusal (``sales.line_<what>``)."""
    if asked < 1 or asked > left:
        raise Refusal(
            f"sales.line_{what}", f"{asked} would be {what}, {left} are left", f"At most {left}.", where
        )
    return asked


def progress(quantity: int, shipped: int) -> str:
    """In words: none, part, all."""
    return "none" if not shipped else "all" if shipped >= quantity else "part"
