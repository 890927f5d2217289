"""Purchases as postings; pure."""

from __future__ import annotations

from datetime import date

from backstay.domains.purchasing.rules import BillSplit
from backstay.ledger.posting import Entry, Line, Sub


def grni(currency: int, party: int, order_line: int) -> Sub:
    """Goods received not invoiced, an item per order line."""
    return Sub("grni", currency, party=party, item=f"purchase_line:{order_line}")


def grni_return(currency: int, party: int, order_line: int) -> Sub:
    """What a supplier owes for goods that went back, until his credit comes."""
    return Sub("grni", currency, party=party, item=f"purchase_return:{order_line}")


def payable(currency: int, party: int, bill: int) -> Sub:
    """The open item of a bill."""
    return Sub("payable", currency, party=party, item=f"bill:{bill}", side=-1)


def bill_postings(split: BillSplit, clears: Sub, stock: Sub, cogs: int | str) -> tuple[Line, ...]:
    """Where a bill line's net goes: GRNI at the order's value, the difference to stock and cost of sales."""
    lines = [Line(clears, split.cleared, split.cleared)]
    if split.to_stock:
        lines.append(Line(stock, 0, split.to_stock))
    if split.to_cogs:
        lines.append(Line(Sub(cogs, clears.unit, item="late"), split.to_cogs, split.to_cogs))
    return tuple(lines)


def unbilled(order_line: int, party: int, value: int, on: date, currency: int, reason: str) -> Entry:
    """No bill will come for what is received: the rest goes to price differences (POSTINGS 10.13)."""
    lines = (
        Line(grni(currency, party, order_line), value, value),
        Line(Sub("price_difference", currency, party=party), -value, -value),
    )
    return Entry("purchases", on, f"purchasing.order_line:{order_line}", "unbilled", lines, reason)
