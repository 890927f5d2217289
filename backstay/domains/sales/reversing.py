"""A shipment, return or invoice of an order is reversed: the order's lines count it no more.

The link stays; a second one of the opposite quantity takes its effect back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstay.base.context import Ctx
from backstay.domains.inventory.processes import cancel_returns
from backstay.domains.sales import queries
from backstay.domains.sales.models import Fulfilment, OrderLine
from backstay.domains.sales.queries import Made
from backstay.platform import rows


def _take_back(made: Sequence[Made], counter: str) -> None:
    if not made:
        return
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": [m.order_line_id for m in made],
        "kind": [m.kind for m in made],
        "shipment_line_id": [m.shipment_line_id for m in made],
        "invoice_line_id": [m.invoice_line_id for m in made],
        "receipt_line_id": [m.receipt_line_id for m in made],
        "quantity": [-m.quantity for m in made],
    }
    if counter:
        rows.insert_counting(
            Fulfilment, columns, OrderLine, columns["order_line_id"], {counter: columns["quantity"]}
        )
    else:
        rows.insert(Fulfilment, columns)


def undo_shipments(ctx: Ctx, shipments: Sequence[int]) -> None:
    """What these shipments delivered is to be shipped again. Refused (``sales.line_returned``) where goods came back."""
    _take_back(queries.made_by(ctx, "inventory.shipment", shipments), "shipped")


def undo_receipts(ctx: Ctx, receipts: Sequence[int]) -> None:
    """What these receipts took back from customers is with them again."""
    made = queries.made_by(ctx, "inventory.receipt", receipts)
    cancel_returns(ctx, [(m.shipment_line_id or 0, m.quantity, m.value) for m in made])
    _take_back(made, "returned")


def undo_invoices(ctx: Ctx, invoices: Sequence[int]) -> None:
    """What these invoices claimed may be invoiced again; what these credit notes took back may be credited again."""
    made = queries.made_by(ctx, "invoicing.invoice", invoices)
    _take_back([m for m in made if m.kind == "invoiced"], "invoiced")
    _take_back([m for m in made if m.kind == "credited"], "")
