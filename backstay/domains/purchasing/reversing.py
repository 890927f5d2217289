"""A receipt, return or bill of an order is reversed: the order's lines count it no more.

The link stays; a second one of the opposite quantity takes its effect back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.purchasing import queries
from backstay.domains.purchasing.models import Fulfilment, OrderLine
from backstay.domains.purchasing.queries import Made
from backstay.platform import rows


def _take_back(made: Sequence[Made], counter: str, value: str = "", sign: int = -1) -> None:
    """Links of the opposite quantity; the counter moves by ``sign`` × what they moved."""
    if not made:
        return
    lines = [m.order_line_id for m in made]
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": lines,
        "kind": [m.kind for m in made],
        "receipt_line_id": [m.receipt_line_id for m in made],
        "bill_line_id": [m.bill_line_id for m in made],
        "shipment_line_id": [m.shipment_line_id for m in made],
        "quantity": [-m.quantity for m in made],
    }
    counters = {counter: [sign * m.quantity for m in made]}
    if value:
        counters[value] = [sign * m.value for m in made]
    rows.insert_counting(Fulfilment, columns, OrderLine, lines, counters)


def undo_receipts(ctx: Ctx, receipts: Sequence[int]) -> None:
    """What these receipts brought has not arrived. Refused (``purchasing.line_returned``) where some went back."""
    _take_back(queries.made_by(ctx, "inventory.receipt", receipts), "received", "received_value")


def undo_returns(ctx: Ctx, shipments: Sequence[int]) -> None:
    """What these shipments sent back is here."""
    made = queries.made_by(ctx, "inventory.shipment", shipments)
    _take_back([m for m in made if m.kind == "returned"], "returned")
    before = [m for m in made if m.kind == "unbilled"]  # it had taken the receipt back: that stands again
    _take_back(before, "received", "received_value", sign=1)


def undo_bills(ctx: Ctx, bills: Sequence[int]) -> None:
    """What these bills claimed is not billed; nothing blocks their payment any more, since nothing is owed."""
    ledger.release(ctx, [b.hold for b in queries.blocks(ctx, bills=bills)])
    _take_back(queries.made_by(ctx, "invoicing.bill", bills), "billed", "billed_value")
