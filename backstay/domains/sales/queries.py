"""Reading orders, and the flow of documents that an order started."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.domains.sales.models import Order, OrderLine
from backstay.platform import rows


class OpenLine(NamedTuple):
    """An order line with its counters, in steps."""

    id: int
    order_id: int
    item_id: int
    ordered: int
    shipped: int
    invoiced: int
    returned: int

    @property
    def left(self) -> int:
        """What is not shipped."""
        return self.ordered - self.shipped


class Node(NamedTuple):
    """A document in the flow of an order."""

    kind: str
    id: int
    number: str
    state: str


def open_lines(ctx: Ctx, orders: Iterable[int]) -> list[OpenLine]:
    """The lines of orders with what happened to them."""
    names = ("order_id", "item_id", "stock_quantity", "shipped", "invoiced", "returned")
    return [OpenLine(*row) for row in rows.of(OrderLine, "order_id", orders, *names)]


def parties_of(ctx: Ctx, orders: Iterable[int]) -> dict[int, int]:
    """Party id by order id."""
    return {row.id: row.party_id for row in rows.of(Order, "id", orders, "party_id")}


def open_invoices(ctx: Ctx, invoices: Iterable[int]) -> dict[int, int]:
    """What is open of invoices, by id, in steps; settled ones are left out."""
    wanted = [f"invoice:{i}" for i in invoices]
    sql = (
        "SELECT s.item, l.amount FROM subaccount s JOIN live l ON l.subaccount_id = s.id"
        " WHERE s.company_id = %s AND s.account_id = %s AND s.item = ANY(%s::text[]) AND l.amount > 0"
    )
    found = rows.execute(sql, [ctx.company, ctx.accounts["receivable"], wanted]) if wanted else []
    return {int(item.partition(":")[2]): amount for item, amount in found}


_FLOW = """
WITH f AS (SELECT f.* FROM sales_fulfilment f JOIN sales_orderline l ON l.id = f.order_line_id WHERE l.order_id = %(order)s)
SELECT DISTINCT 'inventory.shipment', d.id, d.number, d.state FROM f JOIN inventory_shipmentline x ON x.id = f.shipment_line_id JOIN inventory_shipment d ON d.id = x.shipment_id
UNION ALL
SELECT DISTINCT 'invoicing.invoice', d.id, d.number, d.state FROM f JOIN invoicing_invoiceline x ON x.id = f.invoice_line_id JOIN invoicing_invoice d ON d.id = x.invoice_id
UNION ALL
SELECT DISTINCT 'inventory.receipt', d.id, d.number, d.state FROM f JOIN inventory_receiptline x ON x.id = f.receipt_line_id JOIN inventory_receipt d ON d.id = x.receipt_id
ORDER BY 1, 2
"""


def order_flow(ctx: Ctx, order: int) -> list[Node]:
    """The documents an order led to: shipments, invoices, credit notes, returns."""
    return [Node(*row) for row in rows.execute(_FLOW, {"order": order})]
