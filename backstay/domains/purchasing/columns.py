"""Worked-out columns, named filters, and what a buyer is told of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.domains.catalog.queries import trade_facts
from backstay.domains.inventory.queries import free
from backstay.platform import rows
from backstay.platform.figures import number_text

_PROGRESS = """
SELECT order_id, bool_or(goods AND received > 0), bool_and(NOT goods OR received = stock_quantity),
       bool_or(billed > 0), bool_and(billed = stock_quantity)
FROM purchasing_orderline WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
"""
# The few lines that wait, by their partial index (migration desk_indexes: conditions word for word), then each order by its
# key: the planner has no idea how few they are, and would read every order.
_WAITING = """
SELECT o.id FROM (SELECT DISTINCT order_id FROM purchasing_orderline WHERE {lines} OFFSET 0) w
CROSS JOIN LATERAL (SELECT x.id FROM purchasing_order x WHERE x.id = w.order_id AND x.state = 'confirmed'{orders} OFFSET 0) o
"""
_TO_RECEIVE = "goods AND received < stock_quantity"
_TO_BILL = "CASE WHEN goods THEN received - returned > billed ELSE billed < stock_quantity END"
_UNFINISHED = "billed < stock_quantity OR (goods AND received < stock_quantity)"


def _waiting(lines: str, orders: str = "") -> str:
    return _WAITING.format(lines=lines, orders=orders)


def _progress(which: int) -> Callable[[Ctx, Iterable[int]], dict[int, str]]:
    def told(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
        found = rows.execute(_PROGRESS, [list(ids)])
        return {row[0]: "all" if row[which + 1] else "part" if row[which] else "none" for row in found}

    return told


def hints(ctx: Ctx, items: Sequence[int], party: int | None, quantity: Decimal) -> dict[int, dict[str, Any]]:
    """What a buyer wants to know of an item: what is free, what it costs."""
    left = free(ctx, items)
    return {
        item: {
            "sub": told.sku,
            "price": number_text(told.purchase_price, 2),
            "fill": {"unit_price": f"{told.purchase_price.normalize():f}"},
            "stock": number_text(left[item]) if item in left else "",
        }
        for item, told in trade_facts(ctx, items).items()
    }


_DONE = """
SELECT order_id, bool_or(goods AND received < stock_quantity),
       bool_or(CASE WHEN goods THEN received - returned > billed ELSE billed < stock_quantity END), bool_or(received > returned), bool_or(received > 0 OR billed > 0)
FROM purchasing_orderline WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
"""


def pointless(ctx: Ctx, ids: Iterable[int]) -> dict[int, set[str]]:
    """Acts that an order's state allows and its lines leave nothing for."""
    names = (("receive", 1), ("bill", 2), ("return", 3))
    found = rows.execute(_DONE, [list(ids)])
    return {
        row[0]: {act for act, n in names if not row[n]} | ({"cancel"} if row[4] else set()) for row in found
    }


COLUMNS = {
    "purchasing.order.arrival": ("state", _progress(1)),
    "purchasing.order.billed_state": ("state", _progress(3)),
}
FILTERS = {
    "purchasing.order.unfinished": lambda ctx: (_waiting(_UNFINISHED), []),
    "purchasing.order.to_receive": lambda ctx: (_waiting(_TO_RECEIVE), []),
    "purchasing.order.to_bill": lambda ctx: (_waiting(_TO_BILL), []),
    "purchasing.order.late": lambda ctx: (_waiting(_TO_RECEIVE, " AND x.expected_on < %s"), [ctx.today]),
}
HINTS = {"catalog.item": hints}
READY = {"purchasing.order": pointless}
