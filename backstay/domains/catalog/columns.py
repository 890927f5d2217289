"""Worked-out columns and named filters of items."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.platform import rows

_ON_HAND = """
SELECT i.id, sum(l.amount) * 10::numeric ^ -u.scale FROM catalog_item i JOIN unit u ON u.id = i.unit_id
JOIN subaccount s ON s.unit_id = i.unit_id AND s.company_id = i.company_id JOIN account a ON a.id = s.account_id AND a.role = 'stock'
JOIN live l ON l.subaccount_id = s.id WHERE i.id = ANY(%s::bigint[]) GROUP BY i.id, u.scale
"""


def on_hand(ctx: Ctx, ids: Iterable[int]) -> dict[int, Decimal]:
    """What the ledger holds of goods, all warehouses together, in their own unit."""
    return dict(rows.execute(_ON_HAND, [list(ids)]))


COLUMNS = {"catalog.item.on_hand": ("number", on_hand)}


def archived(ctx: Ctx) -> tuple[str, list[Any]]:
    """Items out of use."""
    return "SELECT id FROM catalog_item WHERE archived_on IS NOT NULL", []


FILTERS = {
    "catalog.item.archived": archived,
    "catalog.pricelist.in_use": lambda ctx: ("SELECT id FROM catalog_pricelist WHERE archived_on IS NULL", []),
    "catalog.pricelist.archived": lambda ctx: ("SELECT id FROM catalog_pricelist WHERE archived_on IS NOT NULL", []),
    "catalog.priceagreement.current": lambda ctx: ("SELECT id FROM catalog_priceagreement WHERE until_on IS NULL OR until_on >= %s", [ctx.today]),
    "catalog.priceagreement.ended": lambda ctx: ("SELECT id FROM catalog_priceagreement WHERE until_on < %s", [ctx.today]),
}  # fmt: skip
