"""What happens below changes what orders count: reversed receipts, returns and bills."""

from __future__ import annotations

from collections.abc import Sequence

from backstay.base.context import Ctx
from backstay.domains.purchasing import processes
from backstay.platform.events import on


@on("inventory.receipt_reversed")
def receipts_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Order lines are expected again."""
    processes.undo_receipts(ctx, ids)


@on("inventory.shipment_reversed")
def returns_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Goods that had gone back to suppliers are here."""
    processes.undo_returns(ctx, ids)


@on("invoicing.bill_reversed")
def bills_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Order lines are open for billing again."""
    processes.undo_bills(ctx, ids)
