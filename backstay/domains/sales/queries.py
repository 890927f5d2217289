"""Reading orders: to work on them, open ones for people, and the flow of documents that an order started."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.sales.models import Order, OrderLine
from backstay.domains.sales.rules import Link, Shipped, progress
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


class LineRow(NamedTuple):
    """An order line as processes need it."""

    id: int
    item_id: int
    goods: bool
    text: str
    quantity: Decimal
    uom_id: int
    unit_price: Decimal
    discount: Decimal
    tax_code_id: int | None
    percent: Decimal
    net: int
    stock_quantity: int
    hold: int | None
    shipped: int
    invoiced: int
    returned: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A locked order with its lines; ``payment_days`` are its customer's."""

    id: int
    state: str
    number: str | None
    party_id: int
    place_id: int
    ordered_on: date
    valid_until: date | None
    rounding: str
    gross: int
    credit_hold: int | None
    payment_days: int
    lines: list[LineRow] = field(default_factory=list)


_HEAD = (
    "id", "state", "number", "party_id", "place_id", "ordered_on", "valid_until", "rounding", "gross", "credit_hold",
)  # fmt: skip
# Two sets in one answer, each by its own index: a plan that was made when the tables were small stays good.
_LOCK = f"""
WITH o AS MATERIALIZED (
    SELECT {", ".join("o." + name for name in _HEAD)}, (SELECT p.payment_days FROM parties_party p WHERE p.id = o.party_id)
    FROM sales_order o WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id FOR NO KEY UPDATE OF o),
l AS MATERIALIZED (
    SELECT l.order_id, {", ".join("l." + name for name in LineRow._fields)}
    FROM sales_orderline l WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.id FOR NO KEY UPDATE OF l)
SELECT o.*, NULL::bigint AS line_of, {", ".join(f"NULL AS {name}" for name in LineRow._fields)} FROM o
UNION ALL SELECT {", ".join(["NULL"] * (len(_HEAD) + 1))}, l.* FROM l
"""


def lock_orders(ctx: Ctx, ids: Sequence[int]) -> dict[int, OrderRow]:
    """Lock orders and their lines, each in key order, in one statement. NotFound names the first missing."""
    width = len(_HEAD) + 1
    wanted = sorted(set(ids))
    found: dict[int, OrderRow] = {}
    for row in rows.execute(_LOCK, [wanted, wanted]):
        if row[0] is not None:
            found[row[0]] = OrderRow(*row[:width])
        else:
            found[row[width]].lines.append(LineRow._make(row[width + 1 :]))
    if missing := [i for i in ids if i not in found]:
        raise NotFound("platform.not_found", f"no order with id {', '.join(map(str, missing[:5]))}")
    return found


def open_lines(ctx: Ctx, orders: Iterable[int]) -> list[OpenLine]:
    """The lines of orders with what happened to them."""
    names = ("order_id", "item_id", "stock_quantity", "shipped", "invoiced", "returned")
    return [OpenLine(*row) for row in rows.of(OrderLine, "order_id", orders, *names)]


def parties_of(ctx: Ctx, orders: Iterable[int]) -> dict[int, int]:
    """Party id by order id."""
    return {row.id: row.party_id for row in rows.of(Order, "id", orders, "party_id")}


_LINKS = """
SELECT f.order_line_id, f.kind, f.shipment_line_id, f.invoice_line_id, sum(f.quantity)::bigint, v.invoice_id,
       coalesce(v.net - v.credited, 0)
FROM sales_fulfilment f JOIN sales_orderline l ON l.id = f.order_line_id
LEFT JOIN invoicing_invoiceline v ON v.id = f.invoice_line_id
WHERE l.order_id = ANY(%s::bigint[])
GROUP BY 1, 2, 3, 4, 6, 7 HAVING sum(f.quantity) > 0 ORDER BY 1, min(f.id)
"""


def links_of(ctx: Ctx, orders: Iterable[int]) -> list[Link]:
    """What fulfilled the lines of orders, oldest first; what was reversed is left out."""
    return [Link(*row) for row in rows.execute(_LINKS, [sorted(set(orders))])]


class Made(NamedTuple):
    """A link from a document's line to the order line it fulfilled, as it stands (reversals subtracted)."""

    order_line_id: int
    kind: str
    shipment_line_id: int | None
    invoice_line_id: int | None
    receipt_line_id: int | None
    quantity: int
    value: int


_MADE = """
SELECT f.order_line_id, f.kind, f.shipment_line_id, f.invoice_line_id, f.receipt_line_id, sum(f.quantity)::bigint,
       coalesce(max(r.value), 0)
FROM sales_fulfilment f {join} LEFT JOIN inventory_receiptline r ON r.id = f.receipt_line_id
WHERE d.{key} = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4, 5 HAVING sum(f.quantity) > 0 ORDER BY 1, 3, 4, 5
"""
_MADE_BY = {
    "inventory.shipment": _MADE.format(
        join="JOIN inventory_shipmentline d ON d.id = f.shipment_line_id AND f.kind = 'shipped'",
        key="shipment_id",
    ),
    "inventory.receipt": _MADE.format(
        join="JOIN inventory_receiptline d ON d.id = f.receipt_line_id", key="receipt_id"
    ),
    "invoicing.invoice": _MADE.format(
        join="JOIN invoicing_invoiceline d ON d.id = f.invoice_line_id", key="invoice_id"
    ),
}


def made_by(ctx: Ctx, kind: str, documents: Iterable[int]) -> list[Made]:
    """The links that shipments, receipts or invoices made."""
    return [Made(*row) for row in rows.execute(_MADE_BY[kind], [sorted(set(documents))])]


def open_invoices(ctx: Ctx, invoices: Iterable[int]) -> dict[int, int]:
    """What is open of invoices, by id, in steps; settled ones are left out."""
    wanted = [f"invoice:{i}" for i in invoices]
    sql = (
        "SELECT o.item, o.amount FROM open_item o"
        " WHERE o.company_id = %s AND o.account_id = %s AND o.item = ANY(%s::text[]) AND o.amount > 0"
    )
    found = rows.execute(sql, [ctx.company, ctx.accounts["receivable"], wanted]) if wanted else []
    return {int(item.partition(":")[2]): amount for item, amount in found}


class OpenOrder(NamedTuple):
    """A confirmed order; ``delivery`` and ``billing``: none, part or all. ``open_net``: not yet invoiced, in steps."""

    id: int
    number: str
    party: str
    ordered_on: date
    required_on: date | None
    gross: int
    open_net: int
    delivery: str
    billing: str


_OPEN = """
SELECT o.id, o.number, p.name, o.ordered_on, o.required_on, o.gross,
       sum(l.net - round(l.net::numeric * l.invoiced / l.stock_quantity))::bigint,
       bool_or(l.goods AND l.shipped > 0), bool_and(NOT l.goods OR l.shipped = l.stock_quantity),
       bool_or(l.invoiced > 0), bool_and(l.invoiced = l.stock_quantity)
FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id JOIN parties_party p ON p.id = o.party_id
WHERE o.state = 'confirmed' AND (%s::bigint IS NULL OR o.party_id = %s)
GROUP BY o.id, p.name
HAVING NOT bool_and((NOT l.goods OR l.shipped = l.stock_quantity) AND l.invoiced = l.stock_quantity)
ORDER BY coalesce(o.required_on, o.ordered_on), o.id
"""


def open_orders(ctx: Ctx, party: int | None = None) -> list[OpenOrder]:
    """Orders that are not wholly shipped and invoiced, the most urgent first."""
    found = rows.execute(_OPEN, [party, party])
    return [OpenOrder._make((*row[:7], progress(*row[7:9]), progress(*row[9:11]))) for row in found]


_SHIPPED = """
WITH maybe AS (  -- not wholly invoiced now, or invoiced after the day
    SELECT id FROM sales_orderline WHERE goods AND shipped > invoiced
    UNION SELECT x.order_line_id FROM invoicing_invoice v JOIN invoicing_invoiceline vl ON vl.invoice_id = v.id
    JOIN sales_fulfilment x ON x.invoice_line_id = vl.id WHERE v.issued_on > %(day)s),
f AS (
    SELECT f.order_line_id, f.kind, f.quantity, coalesce(s.id, 0) AS shipment
    FROM sales_fulfilment f
    LEFT JOIN inventory_shipmentline sl ON sl.id = f.shipment_line_id
    LEFT JOIN inventory_shipment s ON s.id = sl.shipment_id
    LEFT JOIN inventory_receiptline rl ON rl.id = f.receipt_line_id
    LEFT JOIN inventory_receipt r ON r.id = rl.receipt_id
    LEFT JOIN invoicing_invoiceline vl ON vl.id = f.invoice_line_id
    LEFT JOIN invoicing_invoice v ON v.id = vl.invoice_id
    WHERE f.order_line_id IN (SELECT id FROM maybe)
      AND CASE f.kind WHEN 'shipped' THEN s.moved_on WHEN 'returned' THEN r.moved_on ELSE v.issued_on END <= %(day)s),
open AS (SELECT order_line_id FROM f GROUP BY 1
         HAVING sum(CASE kind WHEN 'shipped' THEN quantity WHEN 'credited' THEN quantity ELSE -quantity END) > 0)
SELECT l.id, o.party_id, l.item_id, l.net, l.stock_quantity, f.kind, f.shipment, sum(f.quantity)::bigint
FROM f JOIN sales_orderline l ON l.id = f.order_line_id AND l.goods JOIN sales_order o ON o.id = l.order_id
WHERE f.order_line_id IN (SELECT order_line_id FROM open)
GROUP BY l.id, o.party_id, f.kind, f.shipment ORDER BY l.id, f.shipment
"""


def shipped_not_invoiced(ctx: Ctx, day: date) -> list[Shipped]:
    """What order lines had shipped, taken back, invoiced and credited at the end of a day, where it leaves a claim."""
    return [Shipped(*row) for row in rows.execute(_SHIPPED, {"day": day})]


def accruals(ctx: Ctx) -> list[tuple[int, str, str, date]]:
    """(entry id, source, event, day) of accruals of revenue that are not reversed."""
    sql = (
        "SELECT e.id, e.source, e.event, e.posted_on FROM entry e JOIN posting p ON p.entry_id = e.id"
        " JOIN subaccount s ON s.id = p.subaccount_id"
        " WHERE s.company_id = %s AND s.account_id = %s AND e.event LIKE 'accrue.%%' AND e.reverses IS NULL"
        " AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id) ORDER BY e.id"
    )
    found = rows.execute(sql, [ctx.company, ctx.accounts["accrued_income"]])
    return [(row[0], row[1], row[2], row[3]) for row in found]


class Node(NamedTuple):
    """A document in the flow of an order."""

    kind: str
    id: int
    number: str
    state: str


class Edge(NamedTuple):
    """One document led to another; both as (kind, id)."""

    source: tuple[str, int]
    target: tuple[str, int]


class Flow(NamedTuple):
    """The documents an order led to, itself first, and which led to which."""

    nodes: list[Node]
    edges: list[Edge]


_FLOW = """
WITH f AS (
    SELECT DISTINCT f.kind AS how, sl.shipment_id AS shipment, vl.invoice_id AS invoice, rl.receipt_id AS receipt, v.credits_id AS credited
    FROM sales_fulfilment f JOIN sales_orderline l ON l.id = f.order_line_id
    LEFT JOIN inventory_shipmentline sl ON sl.id = f.shipment_line_id
    LEFT JOIN invoicing_invoiceline vl ON vl.id = f.invoice_line_id LEFT JOIN invoicing_invoice v ON v.id = vl.invoice_id
    LEFT JOIN inventory_receiptline rl ON rl.id = f.receipt_line_id
    WHERE l.order_id = %(order)s),
e AS (
    SELECT 'sales.order' AS k0, %(order)s::bigint AS i0, 'inventory.shipment' AS k1, shipment AS i1 FROM f WHERE how = 'shipped'
    UNION SELECT 'sales.order', %(order)s, 'invoicing.invoice', invoice FROM f WHERE how = 'invoiced'
    UNION SELECT 'inventory.shipment', shipment, 'inventory.receipt', receipt FROM f WHERE how = 'returned'
    UNION SELECT 'invoicing.invoice', credited, 'invoicing.invoice', invoice FROM f WHERE how = 'credited')
SELECT e.k0, e.i0, e.k1, e.i1, coalesce(s.number, v.number, r.number, ''), coalesce(s.state, v.state, r.state)
FROM e
LEFT JOIN inventory_shipment s ON e.k1 = 'inventory.shipment' AND s.id = e.i1
LEFT JOIN invoicing_invoice v ON e.k1 = 'invoicing.invoice' AND v.id = e.i1
LEFT JOIN inventory_receipt r ON e.k1 = 'inventory.receipt' AND r.id = e.i1
ORDER BY e.k1, e.i1, e.k0, e.i0
"""


def order_flow(ctx: Ctx, order: int) -> Flow:
    """Shipments, invoices, credit notes and returns of an order, and what led to what."""
    head = rows.of(Order, "id", [order], "number", "state")
    if not head:
        raise NotFound("platform.not_found", f"no order with id {order}")
    nodes = {("sales.order", order): Node("sales.order", order, head[0].number or "", head[0].state)}
    edges = []
    for k0, i0, k1, i1, number, state in rows.execute(_FLOW, {"order": order}):
        nodes[k1, i1] = Node(k1, i1, number, state)
        edges.append(Edge((k0, i0), (k1, i1)))
    return Flow(list(nodes.values()), edges)


class WorkLine(NamedTuple):
    """An order line as people work on it, with its counters and its item; quantities in steps."""

    id: int
    order_id: int
    item_id: int
    goods: bool
    sku: str
    name: str
    barcode: str | None
    own_uom: str
    scale: int
    text: str
    quantity: Decimal
    uom: str
    unit_price: Decimal
    net: int
    stock_quantity: int
    hold: int | None
    shipped: int
    invoiced: int
    returned: int


_WORK = """
SELECT l.id, l.order_id, l.item_id, l.goods, i.sku, i.name, i.barcode, own.name, coalesce(u.scale, 6), l.text, l.quantity, m.name,
       l.unit_price, l.net, l.stock_quantity, l.hold, l.shipped, l.invoiced, l.returned
FROM sales_orderline l JOIN catalog_item i ON i.id = l.item_id JOIN catalog_uom own ON own.id = i.uom_id
JOIN catalog_uom m ON m.id = l.uom_id LEFT JOIN unit u ON u.id = i.unit_id
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY l.order_id, l.position
"""


def work_lines(ctx: Ctx, orders: Iterable[int]) -> list[WorkLine]:
    """The lines of orders for a work screen, in one statement."""
    return [WorkLine(*row) for row in rows.execute(_WORK, [sorted(set(orders))])]
