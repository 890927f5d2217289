"""Documents of the warehouse as entries; pure: given what is on hand, the same document gives the same entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from backstay.base.rounding import divide
from backstay.domains.inventory.rules import (
    CountDraft,
    Move,
    ReceiptDraft,
    ShipmentDraft,
    TransferDraft,
    WriteOffDraft,
    issue_cost,
    shortage_difference,
    sum_by,
)
from backstay.ledger.balances import Balance
from backstay.ledger.posting import Entry, Line, Sub


class Shelf:
    """What the locked subaccounts hold while a batch is worked off, document after document."""

    def __init__(self, balances: Mapping[Sub, Balance]) -> None:
        self._now = {sub: (b.amount, b.value) for sub, b in balances.items()}
        self.last_cost: dict[Sub, Fraction] = {}

    def take(self, sub: Sub, quantity: int) -> int:
        """Issue; returns the cost."""
        amount, value = self._now[sub]
        cost = issue_cost(amount, value, quantity, self.last_cost.get(sub, Fraction(0)))
        self._now[sub] = (amount - quantity, value - cost)
        return cost

    def put(self, sub: Sub, quantity: int, value: int) -> int:
        """Receive; returns what goods that were missing cost more than they were issued at."""
        amount, worth = self._now[sub]
        shortage = shortage_difference(amount, worth, quantity, value)
        self._now[sub] = (amount + quantity, worth + value - shortage)
        return shortage

    def amount(self, sub: Sub) -> int:
        """What is there now."""
        return self._now[sub][0]

    def unit_cost(self, sub: Sub) -> Fraction:
        """The average per step, or the last known cost where nothing is there."""
        amount, value = self._now[sub]
        return Fraction(value, amount) if amount > 0 else self.last_cost.get(sub, Fraction(0))


def lines_of(pairs: Mapping[Sub, tuple[int, int]]) -> tuple[Line, ...]:
    """Postings, one per subaccount, those that move nothing left out."""
    return tuple(Line(sub, amount, value) for sub, (amount, value) in pairs.items() if amount or value)


def add(pairs: dict[Sub, tuple[int, int]], sub: Sub, amount: int, value: int) -> None:
    """Sum a posting into its subaccount."""
    had = pairs.get(sub, (0, 0))
    pairs[sub] = (had[0] + amount, had[1] + value)


def late_entry(stock: Sub, cogs: Sub, difference: int, on: date, source: str, event: str) -> Entry:
    """The correction of a late document: more (or less) cost of sales, less (or more) stock (POSTINGS 13.14)."""
    lines = (Line(cogs, difference, difference), Line(stock, 0, -difference))
    return Entry("stock", on, source, event, lines, "Difference that date order would have made")


def receipt(
    draft: ReceiptDraft, source: str, subs: Mapping[int, Sub], shelf: Shelf
) -> tuple[Entry, dict[Sub, int]]:
    """The entry of a receipt, and per subaccount what bringing back missing goods costs more."""
    pairs: dict[Sub, tuple[int, int]] = {}
    shortages: dict[Sub, int] = {}
    document = source.rpartition(":")[2]
    for line in draft.lines:
        stock = subs[line.item]
        if line.lost:
            add(pairs, line.goods_sub, -line.quantity, 0)
            add(pairs, Sub("goods_loss", stock.unit, item=f"receipt:{document}"), line.quantity, 0)
            continue
        add(pairs, stock, line.quantity, line.value)
        add(pairs, line.value_sub, -line.value, -line.value)
        add(pairs, line.goods_sub, -line.quantity, 0)
        if shortage := shelf.put(stock, line.quantity, line.value):
            shortages[stock] = shortages.get(stock, 0) + shortage
    return Entry("stock", draft.on, source, "post", lines_of(pairs), "", draft.document_on), shortages


def shipment(
    draft: ShipmentDraft, source: str, subs: Mapping[int, Sub], shelf: Shelf
) -> tuple[Entry, list[int]]:
    """The entry of a shipment and the cost of each line."""
    pairs: dict[Sub, tuple[int, int]] = {}
    costs = []
    for line in draft.lines:
        stock = subs[line.item]
        cost = shelf.take(stock, line.quantity)
        costs.append(cost)
        fixed = cost if line.fixed_value is None else line.fixed_value
        add(pairs, stock, -line.quantity, -cost)
        add(pairs, line.value_sub, fixed, fixed)
        if cost != fixed and line.difference_sub is not None:
            add(pairs, line.difference_sub, cost - fixed, cost - fixed)
        add(pairs, line.goods_sub, line.quantity, 0)
    return Entry("stock", draft.on, source, "post", lines_of(pairs)), costs


def transfer(
    draft: TransferDraft, source: str, subs: Mapping[int, Sub], target: int, shelf: Shelf
) -> tuple[Entry, dict[int, int]]:
    """Value moves at the cost of the source; returns the value by item."""
    pairs: dict[Sub, tuple[int, int]] = {}
    values = {}
    for item, quantity in sum_by(draft.lines).items():
        cost = shelf.take(subs[item], quantity)
        values[item] = cost
        add(pairs, subs[item]._replace(place=target), quantity, cost)
        add(pairs, subs[item], -quantity, -cost)
    return Entry("stock", draft.on, source, "post", lines_of(pairs)), values


def count(
    draft: CountDraft, source: str, item_name: str, subs: Mapping[int, Sub], currency: int, shelf: Shelf
) -> tuple[Entry | None, dict[int, tuple[int, int]]]:
    """The difference to what should be there, at current cost; (difference, value) by item."""
    pairs: dict[Sub, tuple[int, int]] = {}
    found = {}
    for item, counted in sum_by(draft.lines).items():
        stock = subs[item]
        difference = counted - shelf.amount(stock)
        value = 0
        if difference < 0:
            value = -shelf.take(stock, -difference)
        elif difference > 0:
            value = surplus_value(shelf, stock, difference)
            shelf.put(stock, difference, value)
        found[item] = (difference, value)
        add(pairs, stock, difference, value)
        add(pairs, Sub("stock_difference", currency, place=draft.place), -value, -value)
        add(pairs, Sub("goods_loss", stock.unit, item=item_name), -difference, 0)
    lines = lines_of(pairs)
    return (Entry("stock", draft.on, source, "post", lines) if lines else None), found


def surplus_value(shelf: Shelf, stock: Sub, quantity: int) -> int:
    """What found goods are worth: the current average, or the last known cost where nothing is there."""
    figure = shelf.unit_cost(stock) * quantity
    return divide(figure.numerator, figure.denominator)


def write_off(
    draft: WriteOffDraft, source: str, item_name: str, subs: Mapping[int, Sub], currency: int, shelf: Shelf
) -> tuple[Entry, dict[int, int]]:
    """Goods gone with their cost; the cost by item."""
    pairs: dict[Sub, tuple[int, int]] = {}
    values = {}
    for item, quantity in sum_by(draft.lines).items():
        cost = shelf.take(subs[item], quantity)
        values[item] = cost
        add(pairs, subs[item], -quantity, -cost)
        add(pairs, Sub("write_off", currency, place=draft.place), cost, cost)
        add(pairs, Sub("goods_loss", subs[item].unit, item=item_name), quantity, 0)
    return Entry("stock", draft.on, source, "post", lines_of(pairs), draft.reason), values


def moves_of_receipt(draft: ReceiptDraft, item: int, order: int) -> list[Move]:
    """A new receipt's movements of one item, as date order sees them."""
    day = draft.document_on or draft.on
    return [
        Move(day, order, line.quantity, line.value, "in")
        for line in draft.lines
        if line.item == item and not line.lost
    ]
