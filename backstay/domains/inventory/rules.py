"""Cost and quantity of goods; pure. Quantities in steps of the item, values in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import quote

from backstay.base.errors import Refusal
from backstay.base.rounding import cost_of, divide
from backstay.ledger.posting import Sub

PARCELS, LONGEST = 100, 80  # numbers of one shipment that are told at once, and letters of one


@dataclass(frozen=True, slots=True)
class ReceiptLineDraft:
    """``value``: what the goods are worth, against ``value_sub``; they come from ``goods_sub`` (memo).

    ``lost``: they arrive broken and go straight to loss, without value (POSTINGS 9.4).
    """

    item: int
    quantity: int
    value: int
    value_sub: Sub
    goods_sub: Sub
    lost: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """Goods that arrive. ``on`` is the day of the entry, ``document_on`` the day they came when that is earlier.

    ``delivery_note``: the number of the sender's paper.
    """

    on: date
    place: int
    lines: tuple[ReceiptLineDraft, ...]
    party: int | None = None
    kind: str = "other"
    reference: str = ""
    document_on: date | None = None
    delivery_note: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentLineDraft:
    """Goods leave at cost, against ``value_sub``, to ``goods_sub`` (memo), consuming their part of ``hold``.

    With ``fixed_value`` that much goes to ``value_sub`` and the difference to cost to ``difference_sub``.
    """

    item: int
    quantity: int
    value_sub: Sub
    goods_sub: Sub
    hold: int | None = None
    fixed_value: int | None = None
    difference_sub: Sub | None = None


class ParcelDraft(NamedTuple):
    """A tracking number, and the carrier whose it is; without one it is any text."""

    number: str
    carrier: int | None = None


@dataclass(frozen=True, slots=True)
class ShipmentDraft:
    """Goods that leave."""

    on: date
    place: int
    lines: tuple[ShipmentLineDraft, ...]
    party: int | None = None
    kind: str = "other"
    reference: str = ""
    parcels: tuple[ParcelDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackDraft:
    """Tracking numbers of a shipment, several with commas between, all of one carrier or of none."""

    shipment: int
    tracking: str
    carrier: int | None = None


@dataclass(frozen=True, slots=True)
class UntrackDraft:
    """Tracking numbers that a shipment does not have after all."""

    shipment: int
    tracking: str


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """Goods that move from a warehouse to another, at once or by way of the transit place."""

    on: date
    place: int
    target: int
    lines: tuple[tuple[int, int], ...]  # (item, quantity)
    in_transit: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CountDraft:
    """What was found: (item, quantity)."""

    on: date
    place: int
    lines: tuple[tuple[int, int], ...]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class WriteOffDraft:
    """What is spoiled, broken or given away: (item, quantity)."""

    on: date
    place: int
    lines: tuple[tuple[int, int], ...]
    reason: str = ""


class Move(NamedTuple):
    """A movement of one subaccount as date order sees it. ``kind``: in, out, late (a correction), value."""

    day: date
    order: int
    amount: int
    value: int
    kind: str


def issue_cost(amount: int, value: int, quantity: int, last_cost: Fraction = Fraction(0)) -> int:
    """Moving average: value × issued ÷ on hand, half to even; the last takes all.

    Where stock may go negative the missing part costs what the rest did, or ``last_cost`` per step when nothing
    is there. Source: IAS 2.25, 2.27; POSTINGS §13.
    """
    if 0 < quantity <= amount:
        return cost_of(value, amount, quantity)
    unit = Fraction(value, amount) if amount else last_cost
    return value + _round(unit * (quantity - amount)) if amount > 0 else _round(unit * quantity)


def shortage_difference(amount: int, value: int, received: int, received_value: int) -> int:
    """What a receipt that brings negative stock back costs more than the missing goods were issued at."""
    if amount >= 0:
        return 0
    missing = min(-amount, received)
    return cost_of(received_value, received, missing) - cost_of(-value, -amount, missing)


def late_difference(opening_amount: int, opening_value: int, moves: Iterable[Move]) -> int:
    """How much more date order would have charged to cost of sales than was charged.

    ``moves``: everything from the late document's day on, itself included; corrections made before count as
    charged already. Source: POSTINGS §13.11–13.18 (IAS 8.32–38, change in estimate).
    """
    amount, value = opening_amount, opening_value
    charged = due = 0
    for move in sorted(moves, key=lambda m: (m.day, m.order)):
        if move.kind == "late":
            charged -= move.value
        elif move.kind == "out":
            cost = issue_cost(amount, value, -move.amount, _unit(-move.value, -move.amount))
            charged -= move.value
            due += cost
            amount += move.amount
            value -= cost
        else:
            shortage = shortage_difference(amount, value, move.amount, move.value) if move.amount > 0 else 0
            due += shortage
            amount += move.amount
            value += move.value - shortage
    return due - charged


def bill_difference(on_hand: int, billed: int, difference: int) -> tuple[int, int]:
    """Share of a price difference that goes (to stock, to cost of sales): by what is still on hand of what is billed.

    Source: IAS 2.10–11; POSTINGS §10.4–10.10.
    """
    still = max(0, min(on_hand, billed))
    to_stock = divide(difference * still, billed) if billed else 0
    return to_stock, difference - to_stock


def spread_holds(quantity: int, left: int) -> int:
    """How much of a hold a line consumes: its quantity, or what the hold has left."""
    return min(quantity, left)


def sum_by(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Quantities by item; lines of one item are one."""
    sums: dict[int, int] = {}
    for item, quantity in pairs:
        sums[item] = sums.get(item, 0) + quantity
    return sums


def _unit(value: int, amount: int) -> Fraction:
    return Fraction(value, amount) if amount else Fraction(0)


def _round(figure: Fraction) -> int:
    return divide(figure.numerator, figure.denominator)


def parcels_of(tracking: str, carrier: int | None = None) -> tuple[ParcelDraft, ...]:
    """The parcels that a text of numbers names: commas, semicolons and line ends stand between. A carrier's number has no
    spaces, however it is printed. Refusal (``inventory.tracking``) for what is no number."""
    told = [" ".join(part.split()) for part in tracking.replace(";", ",").replace("\n", ",").split(",")]
    numbers = list(dict.fromkeys(n.replace(" ", "") if carrier else n for n in told if n))
    if len(numbers) > PARCELS or any(len(n) > LONGEST or not n.isprintable() for n in numbers):
        raise Refusal(
            "inventory.tracking",
            f"a shipment is told at most {PARCELS} tracking numbers at once, of up to {LONGEST} letters each",
            "Put commas between the numbers.",
            "tracking",
        )
    return tuple(ParcelDraft(number, carrier) for number in numbers)


def followed_at(address: str, number: str) -> str:
    """Where a parcel is followed: the carrier's address with the number, escaped, in it; "" nowhere."""
    return address.replace("{number}", quote(number, safe=""))
