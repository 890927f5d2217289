"""Drafts and decisions about sales; pure. Prices and quantities in major units of the line's unit of measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from backstay.base.errors import Refusal
from backstay.base.rounding import cost_of, divide


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A line to quote; the price by the price lists and the unit of the item where not given."""

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
    """Ship an order: what is left of it, or (order line, steps) each. ``tracking``: numbers of its parcels, of ``carrier``."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...] | None = None
    tracking: str = ""
    carrier: int | None = None


@dataclass(frozen=True, slots=True)
class OrderInvoiceDraft:
    """Invoice an order: what is shipped and not invoiced, services whole; or (order line, steps) each.

    Of a closed order only goods are invoiced unless its services are named.
    """

    order: int
    on: date
    lines: tuple[tuple[int, int], ...] | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """Take goods back: (order line, steps) each. ``broken`` ones, told in the same way, do not go back into stock."""

    order: int
    on: date
    lines: tuple[tuple[int, int], ...]
    broken: tuple[tuple[int, int], ...] = ()
    credit: bool = True
    reason: str = ""


class Link(NamedTuple):
    """What fulfilled an order line: ``kind`` shipped, invoiced, returned or credited; ``quantity`` in steps."""

    order_line_id: int
    kind: str
    shipment_line_id: int | None
    invoice_line_id: int | None
    quantity: int
    invoice_id: int | None
    net: int = 0  # of the invoice line, less what was credited


class Uncredited(NamedTuple):
    """What is left of an invoice line: steps of the order line, net in steps of the currency."""

    invoice: int
    invoice_line: int
    steps: int
    net: int

    def worth(self, steps: int) -> int:
        """Net of ``steps`` of what is left; the last takes all."""
        return cost_of(self.net, self.steps, steps) if self.steps else 0


class Shipped(NamedTuple):
    """What happened to an order line up to a day; ``shipment`` 0 for what invoices did. Net in steps."""

    order_line: int
    party: int
    item: int
    net: int
    ordered: int
    kind: str
    shipment: int
    quantity: int


class Claim(NamedTuple):
    """Net of an order line that a shipment earned and no invoice claims, in steps of the currency."""

    shipment: int
    party: int
    item: int
    net: int


class Counters(Protocol):
    """The counters of an order line, in steps."""

    @property
    def goods(self) -> bool: ...
    @property
    def stock_quantity(self) -> int: ...
    @property
    def shipped(self) -> int: ...
    @property
    def invoiced(self) -> int: ...
    @property
    def returned(self) -> int: ...


def to_ship(line: Counters) -> int:
    """What is left to ship."""
    return line.stock_quantity - line.shipped if line.goods else 0


def to_invoice(line: Counters, credited: int = 0) -> int:
    """What may be invoiced: goods once shipped and not taken back, services at once."""
    earned = line.shipped - line.returned if line.goods else line.stock_quantity
    return max(earned - line.invoiced + credited, 0)


def fully_invoiced(line: Counters, more: int, closed: bool) -> bool:
    """Whether ``more`` steps invoiced now leave nothing of the line that could be invoiced later."""
    end = line.shipped if closed and line.goods else line.stock_quantity
    return line.invoiced + more >= end


def unbilled(rows: Iterable[Shipped]) -> list[Claim]:
    """Claims by shipment: a return reduces its own shipment, invoices take the oldest shipments first.

    The net of a line is split by quantity, cumulatively, so that all its parts add up to it (IFRS 15.31, 15.105).
    """
    by_line: dict[int, list[Shipped]] = {}
    for row in rows:
        by_line.setdefault(row.order_line, []).append(row)
    claims = []
    for mine in by_line.values():
        sent: dict[int, int] = {}
        billed = 0
        for row in mine:
            if row.kind in ("shipped", "returned"):
                sign = 1 if row.kind == "shipped" else -1
                sent[row.shipment] = sent.get(row.shipment, 0) + sign * row.quantity
            else:
                billed += row.quantity if row.kind == "invoiced" else -row.quantity
        passed = 0
        line = mine[0]
        for shipment, quantity in sorted(sent.items()):
            since, passed = max(passed, billed), passed + quantity
            if passed > since:
                net = divide(line.net * passed, line.ordered) - divide(line.net * since, line.ordered)
                claims.append(Claim(shipment, line.party, line.item, net))
    return [c for c in claims if c.net]


def uncredited(links: Iterable[Link]) -> dict[int, list[Uncredited]]:
    """What is left of the invoice lines of each order line, the oldest first; credits took the newest first."""
    mine: dict[int, list[Link]] = {}
    gone: dict[int, int] = {}
    for x in links:
        if x.kind == "invoiced":
            mine.setdefault(x.order_line_id, []).append(x)
        elif x.kind == "credited":
            gone[x.order_line_id] = gone.get(x.order_line_id, 0) + x.quantity
    found: dict[int, list[Uncredited]] = {}
    for line, invoiced in mine.items():
        rest = gone.get(line, 0)
        kept = []
        for x in reversed(invoiced):
            passed = min(rest, x.quantity)
            rest -= passed
            kept.append(Uncredited(x.invoice_id or 0, x.invoice_line_id or 0, x.quantity - passed, x.net))
        found[line] = kept[::-1]
    return found


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


def progress(some: bool, whole: bool) -> str:
    """In words: none, part, all."""
    return "all" if whole else "part" if some else "none"


def check_valid(number: int, valid_until: date | None, today: date) -> None:
    """Raises Refusal (``sales.valid_until``) for a quotation that is no longer valid."""
    if valid_until is not None and today > valid_until:
        raise Refusal(
            "sales.valid_until",
            f"quotation {number} was valid until {valid_until}",
            "Make a new quotation.",
            f"sales.order:{number}",
        )


def hold_until(given: datetime | None, now: datetime, days: int) -> datetime:
    """When the holds of an order lapse by themselves."""
    return given or now + timedelta(days=days)
