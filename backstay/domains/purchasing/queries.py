"""Reading purchase orders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.domains.invoicing.queries import parties_of_bills
from backstay.domains.purchasing.models import OrderLine
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


def open_lines(ctx: Ctx, orders: Iterable[int]) -> list[OpenLine]:
    """The lines of orders with what happened to them."""
    names = ("order_id", "item_id", "unit_price", "stock_quantity", "received", "billed", "returned")
    return [OpenLine(*row) for row in rows.of(OrderLine, "order_id", orders, *names)]


def suppliers_of_bills(ctx: Ctx, bills: Iterable[int]) -> dict[int, int]:
    """Party id by bill id."""
    return parties_of_bills(ctx, bills)
