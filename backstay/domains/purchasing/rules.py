"""Drafts and decisions about purchases; pure. The three-way match: price, quantity and receipt, each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from backstay.base.errors import Refusal
from backstay.base.rounding import cost_of, divide, whole

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # a block on a bill does not lapse by itself


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A line to order; the item's purchase price where not given."""

    item: int
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    uom: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order to be."""

    party: int
    ordered_on: date
    lines: tuple[OrderLineDraft, ...]
    place: int | None = None
    expected_on: date | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveDraft:
    """What arrived of an order: all that is left, or (order line, steps) each; ``delivery_note``: the supplier's number."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...] | None = None
    document_on: date | None = None
    delivery_note: str = ""


@dataclass(frozen=True, slots=True)
class OrderBillDraft:
    """The bill for an order: what is received and not billed at the order's price, or (order line, steps, price) each.

    ``accept``: the reason for which a mismatch is taken all the same.
    """

    order: int
    supplier_number: str
    issued_on: date
    lines: tuple[tuple[int, int, Decimal | None], ...] | None = None
    total: int | None = None
    due_on: date | None = None
    accept: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """Goods back to the supplier: (order line, steps) each; ``debit``: with his credit at the billed price."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...]
    debit: str = ""  # the number of the supplier's credit note; "" = it comes later


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Of the match: price in percent of the order's, quantity and receipt in percent of the ordered."""

    price: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    receipt: Decimal = Decimal(0)
    before_receipt: bool = False


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A bill line beside its order line; quantities in steps, prices per unit."""

    name: str
    ordered: int
    received: int
    billed: int
    billing: int
    order_price: Decimal
    bill_price: Decimal


def match(line: MatchLine, allowed: Tolerances) -> Refusal | None:
    """What is wrong with a bill line, by the first tolerance it breaks; None when it matches."""
    if line.billing <= 0:
        return Refusal(
            "purchasing.match_quantity", f"{line.name}: {line.billing} would be billed", "Bill at least one."
        )
    most = line.order_price * (100 + allowed.price) / 100
    if line.bill_price > most:
        return Refusal(
            "purchasing.match_price",
            f"{line.name}: billed at {line.bill_price.normalize():f}, ordered at {line.order_price.normalize():f}",
            f"Up to {allowed.price} % is accepted; ask the supplier, or accept it with a reason.",
        )
    total = line.billed + line.billing
    if total * 100 > line.ordered * (100 + allowed.quantity):
        return Refusal(
            "purchasing.match_quantity",
            f"{line.name}: {total} would be billed in all, {line.ordered} were ordered",
            f"Up to {allowed.quantity} % more is accepted.",
        )
    if not allowed.before_receipt and total * 100 > line.received * (100 + allowed.receipt):
        return Refusal(
            "purchasing.match_receipt",
            f"{line.name}: {total} would be billed in all, {line.received} have arrived",
            "Wait for the goods, or accept it with a reason.",
        )
    return None


def chosen(asked: int, left: int, what: str, where: str) -> int:
    """``asked`` when it is at least 1 and at most ``left``. Raises Refusal (``purchasing.line_<what>``)."""
    if asked < 1 or asked > left:
        raise Refusal(
            f"purchasing.line_{what}", f"{asked} would be {what}, {left} are left", f"At most {left}.", where
        )
    return asked


def over_delivery(ordered: int, percent: Decimal) -> int:
    """How many may arrive in all: the ordered, and ``percent`` more, whole steps."""
    return int(ordered * (100 + percent) // 100)


class BillSplit(NamedTuple):
    """A bill line's net by where it goes, in steps of the currency."""

    cleared: int
    to_stock: int
    to_cogs: int


def tolerances(settings: Mapping[str, Any]) -> Tolerances:
    """The company's tolerances for the match, percent each; none unless set."""
    return Tolerances(
        Decimal(str(settings.get("match_price", "0"))),
        Decimal(str(settings.get("match_quantity", "0"))),
        Decimal(str(settings.get("match_receipt", "0"))),
        bool(settings.get("bill_before_receipt", False)),
    )


def order_worth(net: int, ordered: int, done: int, done_value: int, steps: int) -> int:
    """Order value of ``steps`` of a line, so that all of it gives exactly the line's net; half to even.

    What passes the ordered quantity is valued at the order's price.
    """
    left = ordered - done
    if 0 < steps <= left:
        return cost_of(net - done_value, left, steps)
    inside = net - done_value if left > 0 else 0
    return inside + whole(Fraction(net * (steps - max(left, 0)), ordered), "half_even")


def return_worth(net: int, ordered: int, steps: int) -> int:
    """What the supplier owes for ``steps`` that went back: the order's price (POSTINGS 11.1)."""
    return divide(net * steps, ordered)


def blocked_share(gross: int, missing: int, steps: int) -> int:
    """What of a bill line's gross stands for goods that have not come."""
    return divide(gross * missing, steps)


def still_blocked(held: int, missing: int, arrived: int) -> int:
    """What of a block stays when ``arrived`` of the ``missing`` goods come."""
    return 0 if arrived >= missing else divide(held * (missing - arrived), missing)


def part(quantity: Decimal, steps: int, ordered: int) -> Decimal:
    """``steps`` of ``ordered`` in the line's own unit, to 6 places (the paper's own figure; half to even)."""
    return quantity if steps == ordered else (quantity * steps / ordered).quantize(Decimal("0.000001"))


def progress(some: bool, whole_line: bool) -> str:
    """In words: none, part, all."""
    return "all" if whole_line else "part" if some else "none"
