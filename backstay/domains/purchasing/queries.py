"""Reading purchase orders: to work on them, open ones for people, and the documents an order led to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.invoicing.queries import parties_of_bills
from backstay.domains.purchasing.models import OrderLine
from backstay.domains.purchasing.rules import progress
from backstay.platform import rows


class OpenLine(NamedTuple):
    """An order line with its counters, in steps."""

    id: int
    order_id: int
    item_id: int
    unit_price: Decimal
    ordered: int
    received: int
    billed: int
    returned: int

    @property
    def left(self) -> int:
        """What has not arrived."""
        return max(self.ordered - self.received, 0)


class LineRow(NamedTuple):
    """An order line as processes need it."""

    id: int
    order_id: int
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
    received: int
    billed: int
    returned: int
    received_value: int
    billed_value: int


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A locked order with its lines."""

    id: int
    state: str
    number: str | None
    party_id: int
    place_id: int
    ordered_on: date
    lines: list[LineRow] = field(default_factory=list)

    def line(self, line_id: int) -> LineRow | None:
        """Its line with this id."""
        return next((x for x in self.lines if x.id == line_id), None)


_HEAD = ("id", "state", "number", "party_id", "place_id", "ordered_on")
# Two sets in one answer, each by its own index: a plan that was made when the tables were small stays good.
_LOCK = f"""
WITH o AS MATERIALIZED (
    SELECT {", ".join(_HEAD)} FROM purchasing_order WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE),
l AS MATERIALIZED (
    SELECT {", ".join(LineRow._fields)} FROM purchasing_orderline
    WHERE order_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE)
SELECT o.*, {", ".join(f"NULL AS line_{name}" for name in LineRow._fields)} FROM o
UNION ALL SELECT {", ".join(["NULL"] * len(_HEAD))}, l.* FROM l
"""


def lock_orders(ctx: Ctx, ids: Sequence[int]) -> dict[int, OrderRow]:
    """Lock orders and their lines, each in key order, in one statement. NotFound names the first missing."""
    width = len(_HEAD)
    wanted = sorted(set(ids))
    found: dict[int, OrderRow] = {}
    for row in rows.execute(_LOCK, [wanted, wanted]):
        if row[0] is not None:
            found[row[0]] = OrderRow(*row[:width])
        else:
            line = LineRow._make(row[width:])
            found[line.order_id].lines.append(line)
    if missing := [i for i in ids if i not in found]:
        raise NotFound("platform.not_found", f"no order with id {', '.join(map(str, missing[:5]))}")
    return found


def open_lines(ctx: Ctx, orders: Iterable[int]) -> list[OpenLine]:
    """The lines of orders with what happened to them."""
    names = ("order_id", "item_id", "unit_price", "stock_quantity", "received", "billed", "returned")
    return [OpenLine(*row) for row in rows.of(OrderLine, "order_id", orders, *names)]


def suppliers_of_bills(ctx: Ctx, bills: Iterable[int]) -> dict[int, int]:
    """Party id by bill id."""
    return parties_of_bills(ctx, bills)


class Made(NamedTuple):
    """A link from a document's line to the order line it fulfilled, as it stands (reversals subtracted).

    ``value``: what it moved of goods received not invoiced.
    """

    order_line_id: int
    kind: str
    receipt_line_id: int | None
    bill_line_id: int | None
    shipment_line_id: int | None
    quantity: int
    value: int


_MADE = """
SELECT f.order_line_id, f.kind, f.receipt_line_id, f.bill_line_id, f.shipment_line_id, sum(f.quantity)::bigint, max(d.{value})
FROM purchasing_fulfilment f JOIN {lines} d ON d.id = f.{link}
WHERE d.{key} = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4, 5 HAVING sum(f.quantity) > 0 ORDER BY 1, 3, 4, 5
"""
_MADE_BY = {
    "inventory.receipt": _MADE.format(
        lines="inventory_receiptline", link="receipt_line_id", key="receipt_id", value="value"
    ),
    "inventory.shipment": """
SELECT f.order_line_id, f.kind, f.receipt_line_id, f.bill_line_id, f.shipment_line_id, sum(f.quantity)::bigint,
       coalesce((SELECT p.value FROM entry e JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id
                 WHERE e.company_id = f.company_id AND e.source = 'inventory.shipment:' || d.shipment_id AND e.event = 'post'
                   AND f.kind = 'unbilled' AND s.item = 'purchase_line:' || f.order_line_id), 0)
FROM purchasing_fulfilment f JOIN inventory_shipmentline d ON d.id = f.shipment_line_id
WHERE d.shipment_id = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4, 5, 7, f.company_id, d.shipment_id HAVING sum(f.quantity) > 0 ORDER BY 1, 5
""",
    "invoicing.bill": _MADE.format(
        lines="invoicing_billline", link="bill_line_id", key="bill_id", value="cleared"
    ),
}


def made_by(ctx: Ctx, kind: str, documents: Iterable[int]) -> list[Made]:
    """The links that receipts, returns or bills made."""
    return [Made(*row) for row in rows.execute(_MADE_BY[kind], [sorted(set(documents))])]


class Block(NamedTuple):
    """A bill that may not be paid as far as its goods have not come: a hold on its open item."""

    hold: int
    order_line: int
    bill: int
    party: int
    remaining: int


_BLOCKS = """
SELECT DISTINCT h.id, f.order_line_id, b.id, b.party_id, h.remaining
FROM purchasing_fulfilment f JOIN invoicing_billline x ON x.id = f.bill_line_id JOIN invoicing_bill b ON b.id = x.bill_id
JOIN subaccount s ON s.company_id = f.company_id AND s.account_id = %s AND s.unit_id = b.currency_id
                 AND s.party_id = b.party_id AND s.item = 'bill:' || b.id AND s.place_id = 0 AND s.dims_id = 0
JOIN hold h ON h.subaccount_id = s.id AND h.state = 'pending' AND h.source = 'purchasing.order_line:' || f.order_line_id
WHERE f.{key} = ANY(%s::bigint[]) AND f.kind = 'billed' ORDER BY h.id
"""


def blocks(ctx: Ctx, *, order_lines: Iterable[int] = (), bills: Iterable[int] = ()) -> list[Block]:
    """What blocks bills from payment: by order lines, or by the bills."""
    sql, ids = (_BLOCKS.format(key="order_line_id"), sorted(set(order_lines)))
    if not ids:
        sql, ids = _BLOCKS.replace("f.{key}", "b.id"), sorted(set(bills))
    return [Block(*row) for row in rows.execute(sql, [ctx.accounts["payable"], ids])]


class OpenOrder(NamedTuple):
    """A confirmed order; ``delivery`` and ``billing``: none, part or all. ``open_net``: not yet arrived, in steps."""

    id: int
    number: str
    party: str
    ordered_on: date
    expected_on: date | None
    net: int
    open_net: int
    delivery: str
    billing: str


_OPEN = """
SELECT o.id, o.number, p.name, o.ordered_on, o.expected_on, o.net,
       sum(CASE WHEN l.goods THEN greatest(l.net - l.received_value, 0) ELSE greatest(l.net - l.billed_value, 0) END)::bigint,
       bool_or(l.goods AND l.received > 0), bool_and(NOT l.goods OR l.received >= l.stock_quantity),
       bool_or(l.billed > 0), bool_and(l.billed >= l.stock_quantity)
FROM purchasing_order o JOIN purchasing_orderline l ON l.order_id = o.id JOIN parties_party p ON p.id = o.party_id
WHERE o.state = 'confirmed' AND (%s::bigint IS NULL OR o.party_id = %s)
GROUP BY o.id, p.name
HAVING NOT bool_and((NOT l.goods OR l.received >= l.stock_quantity) AND l.billed >= l.stock_quantity)
ORDER BY coalesce(o.expected_on, o.ordered_on), o.id
"""


def open_orders(ctx: Ctx, party: int | None = None) -> list[OpenOrder]:
    """Orders that have not wholly arrived or are not wholly billed, the first expected first."""
    found = rows.execute(_OPEN, [party, party])
    return [OpenOrder._make((*row[:7], progress(*row[7:9]), progress(*row[9:11]))) for row in found]


class WorkLine(NamedTuple):
    """An order line as people work on it, with its counters and its item; quantities in steps."""

    id: int
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
    received: int
    billed: int
    returned: int


_WORK = """
SELECT l.id, l.item_id, l.goods, i.sku, i.name, i.barcode, own.name, coalesce(u.scale, 6), l.text, l.quantity, m.name,
       l.unit_price, l.net, l.stock_quantity, l.received, l.billed, l.returned
FROM purchasing_orderline l JOIN catalog_item i ON i.id = l.item_id JOIN catalog_uom own ON own.id = i.uom_id
JOIN catalog_uom m ON m.id = l.uom_id LEFT JOIN unit u ON u.id = i.unit_id
WHERE l.order_id = %s ORDER BY l.position
"""


def work_lines(ctx: Ctx, order: int) -> list[WorkLine]:
    """The lines of an order for a work screen."""
    return [WorkLine(*row) for row in rows.execute(_WORK, [order])]


_BILLS = """
SELECT DISTINCT b.bill_id FROM purchasing_orderline o JOIN purchasing_fulfilment f ON f.order_line_id = o.id AND f.kind = 'billed'
JOIN invoicing_billline b ON b.id = f.bill_line_id WHERE o.order_id = ANY(%s::bigint[])
"""


def bills_of(orders: Sequence[int]) -> list[int]:
    """The bills that were entered for orders."""
    return [bill for (bill,) in rows.execute(_BILLS, [list(orders)])]
