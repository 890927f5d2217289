"""Worked-out columns, named filters, and what stands beside the order form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import Wanted, offers, prices_for, trade_facts
from backstay.domains.inventory.queries import Parcel, free, free_at, parcels
from backstay.domains.parties.queries import terms
from backstay.domains.sales.models import Order, OrderLine
from backstay.domains.sales.queries import open_orders
from backstay.domains.sales.rules import progress
from backstay.platform import rows
from backstay.platform.figures import day_text, money_text, number_text
from backstay.platform.resources import Panel

_PROGRESS = """
SELECT order_id, bool_or(goods AND shipped > 0), bool_and(NOT goods OR shipped = stock_quantity),
       bool_or(invoiced > 0), bool_and(invoiced = stock_quantity)
FROM sales_orderline WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
"""
# The few lines that wait, by their partial index (migration desk_indexes: conditions word for word), then each order by its
# key: the planner has no idea how few they are, and would read every order.
_WAITING = """
SELECT o.id FROM (SELECT DISTINCT order_id FROM sales_orderline WHERE {lines} OFFSET 0) w
CROSS JOIN LATERAL (SELECT x.id FROM sales_order x WHERE x.id = w.order_id AND x.state = 'confirmed'{orders} OFFSET 0) o
"""
_TO_SHIP = "goods AND shipped < stock_quantity"
_TO_INVOICE = "CASE WHEN goods THEN shipped - returned > invoiced ELSE invoiced < stock_quantity END"
_UNFINISHED = "invoiced < stock_quantity OR (goods AND shipped < stock_quantity)"
_BOUGHT = """
SELECT l.item_id, count(*), max(o.ordered_on), (array_agg(l.unit_price ORDER BY o.ordered_on DESC, l.id DESC))[1],
       (array_agg(l.quantity ORDER BY o.ordered_on DESC, l.id DESC))[1]
FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
WHERE o.party_id = %s AND o.state IN ('confirmed', 'closed') AND (%s::bigint[] IS NULL OR l.item_id = ANY(%s::bigint[]))
GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 20
"""


def _waiting(lines: str, orders: str = "") -> str:
    return _WAITING.format(lines=lines, orders=orders)


def _progress(which: int) -> Callable[[Ctx, Iterable[int]], dict[int, str]]:
    def told(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
        found = rows.execute(_PROGRESS, [list(ids)])
        return {row[0]: progress(row[which], row[which + 1]) for row in found}

    return told


def free_of_lines(ctx: Ctx, ids: Iterable[int]) -> dict[int, Decimal]:
    """What is free of each line's item where the order ships from."""
    found = rows.of(OrderLine, "id", ids, "item_id", "order_id")
    places = {row.id: row.place_id for row in rows.of(Order, "id", {r.order_id for r in found}, "place_id")}
    wanted = {row.id: (row.item_id, places[row.order_id]) for row in found}
    left = free_at(ctx, set(wanted.values()))
    return {line: left[pair] for line, pair in wanted.items() if pair in left}


_RESERVED = """
SELECT l.order_id, min(h.expires_at) FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id AND o.state = 'quotation'
JOIN hold h ON h.id = l.hold AND h.state = 'pending' AND h.expires_at > now()
WHERE l.order_id = ANY(%s::bigint[]) GROUP BY 1
"""
_SENT = """
SELECT DISTINCT l.order_id, s.id FROM sales_orderline l JOIN sales_fulfilment f ON f.order_line_id = l.id AND f.kind = 'shipped'
JOIN inventory_shipmentline d ON d.id = f.shipment_line_id JOIN inventory_shipment s ON s.id = d.shipment_id AND s.state = 'posted'
WHERE l.order_id = ANY(%s::bigint[]) ORDER BY 1, 2
"""
_ORDERED = """
SELECT l.id, l.stock_quantity * 10::numeric ^ -coalesce(u.scale, 6) FROM sales_orderline l JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN unit u ON u.id = i.unit_id WHERE l.id = ANY(%s::bigint[])
"""


def reserved_until(ctx: Ctx, ids: Iterable[int]) -> dict[int, datetime]:
    """Until when the goods of quotations are kept from others; of those whose time is not over."""
    return dict(rows.execute(_RESERVED, [list(ids)]))


def tracking(ctx: Ctx, ids: Iterable[int]) -> dict[int, list[Parcel]]:
    """The parcels that went out for orders, in the order of their shipments; what was reversed did not go."""
    sent = rows.execute(_SENT, [list(ids)])
    of = parcels(ctx, {shipment for _, shipment in sent})
    found: dict[int, list[Parcel]] = {}
    for order, shipment in sent:
        if shipment in of:
            found.setdefault(order, []).extend(of[shipment])
    return found


def ordered(ctx: Ctx, ids: Iterable[int]) -> dict[int, Decimal]:
    """How much order lines order, in the item's own unit, as what was shipped is counted."""
    return dict(rows.execute(_ORDERED, [list(ids)]))


def hints(ctx: Ctx, items: Sequence[int], party: int | None, quantity: Decimal) -> dict[int, dict[str, Any]]:
    """What a clerk wants to know of an item before he takes it: free, price, last bought by this customer."""
    left = free(ctx, items)
    bought = (
        {row[0]: row for row in rows.execute(_BOUGHT, [party, list(items), list(items)])} if party else {}
    )
    made = {}
    for item, (told, price) in offers(ctx, items, party, quantity).items():
        stock, last = left.get(item), bought.get(item)
        sub = [told.sku, price.source if price else ""]
        if last:
            words = _("bought %(n)s times, last %(on)s at %(price)s")
            sub.append(
                words
                % {"n": last[1], "on": day_text(last[2], ctx.today.year), "price": number_text(last[3], 2)}
            )
        figure = price.price or Decimal(0) if price else None
        made[item] = {
            "sub": " · ".join(s for s in sub if s), "price": "" if figure is None else number_text(figure, 2),
            "usual": {"unit_price": "" if figure is None else f"{figure.normalize():f}"},
            "stock": "" if stock is None else number_text(stock), "tone": "" if stock is None else "ok" if stock > 0 else "warn",
        }  # fmt: skip
    return made


def as_listed(ctx: Ctx, order: Order) -> set[int]:
    """Lines whose price is what the price lists say: it goes on following them while the quotation is written anew."""
    lines = rows.of(OrderLine, "order_id", [order.pk], "item_id", "uom_id", "quantity", "unit_price")
    facts = trade_facts(ctx, {x.item_id for x in lines})
    mine = [x for x in lines if facts[x.item_id].uom_id == x.uom_id]
    wanted = [Wanted(order.party_id, x.item_id, x.quantity, order.ordered_on) for x in mine]
    try:
        told = prices_for(ctx, wanted, ctx.currency_code, facts)
    except Refusal:  # his list is in another currency now: what was agreed stays
        return set()
    return {x.id for x, price in zip(mine, told, strict=True) if price.price == x.unit_price}


_USED = """
SELECT coalesce(sum(o.amount), 0)::bigint FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = 'receivable'
WHERE o.company_id = %s AND o.party_id = %s
"""


def panels(ctx: Ctx, head: Mapping[str, Any], gross: str) -> list[Panel]:
    """Beside the order form: the customer's credit, and what he often buys."""
    party = head.get("party")
    if not party:
        return []
    told = terms(ctx, [party])[party]
    used = int(rows.execute(_USED, [ctx.company, party])[0][0])
    waiting = sum(o.gross for o in open_orders(ctx, party))
    pairs = [
        (_("Open invoices"), money_text(used, ctx.scale), ""),
        (_("Orders not finished"), money_text(waiting, ctx.scale), ""),
    ]
    if gross:
        pairs.append((_("This order"), gross, ""))
    bar = None
    if told.credit_limit:
        pairs.append((_("Limit"), money_text(told.credit_limit, ctx.scale), "strong"))
        share = min((used + waiting) * 100 // told.credit_limit, 100)
        bar = (share, 0)
    bought = rows.execute(_BOUGHT, [party, None, None])[:5]
    names = trade_facts(ctx, [row[0] for row in bought])
    adds = [
        (f"{names[row[0]].sku} {names[row[0]].name}", names[row[0]].name, number_text(row[4]))
        for row in bought
    ]
    made = [Panel(_("Credit of %(name)s") % {"name": told.name}, pairs, bar)]
    return made + ([Panel(_("Often bought"), adds=adds)] if adds else [])


_DONE = """
SELECT order_id, bool_or(goods AND shipped < stock_quantity),
       bool_or(CASE WHEN goods THEN shipped - returned > invoiced ELSE invoiced < stock_quantity END), bool_or(shipped > returned), bool_or(shipped > 0 OR invoiced > 0)
FROM sales_orderline WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
"""


def pointless(ctx: Ctx, ids: Iterable[int]) -> dict[int, set[str]]:
    """Acts that an order's state allows and its lines leave nothing for."""
    names = (("ship", 1), ("invoice", 2), ("return", 3))
    found = rows.execute(_DONE, [list(ids)])
    return {
        row[0]: {act for act, n in names if not row[n]} | ({"cancel"} if row[4] else set()) for row in found
    }


COLUMNS = {
    "sales.order.delivery": ("state", _progress(1)),
    "sales.order.billing": ("state", _progress(3)),
    "sales.order.reserved_until": ("instant", reserved_until),
    "sales.order.tracking": ("parcels", tracking),
    "sales.orderline.free": ("number", free_of_lines),
    "sales.orderline.ordered": ("number", ordered),
}
FACTS = {
    "sales.order": ("reserved_until", "tracking"),
    "sales.orderline": ("shipped:steps", "invoiced:steps", "returned:steps"),
}
TOLD = {"sales.orderline": ("ordered",)}
FILTERS = {
    "sales.order.unfinished": lambda ctx: (_waiting(_UNFINISHED), []),
    "sales.order.to_ship": lambda ctx: (_waiting(_TO_SHIP), []),
    "sales.order.to_invoice": lambda ctx: (_waiting(_TO_INVOICE), []),
    "sales.order.late": lambda ctx: (_waiting(_TO_SHIP, " AND x.required_on < %s"), [ctx.today]),
}
HINTS = {"catalog.item": hints}
PANELS = {"sales.order": panels}
READY = {"sales.order": pointless}
USUAL = {"sales.order": ("unit_price", as_listed)}
