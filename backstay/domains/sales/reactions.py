"""What happens below changes what orders count: reversed shipments, receipts and invoices."""

from __future__ import annotations

from collections.abc import Sequence

from backstay.base.context import Ctx
from backstay.domains.sales import processes
from backstay.platform.events import on


@on("inventory.shipment_reversed")
def shipments_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Order lines are open for shipping again."""
    processes.undo_shipments(ctx, ids)


@on("inventory.receipt_reversed")
def receipts_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Goods that customers had returned are theirs again."""
    processes.undo_receipts(ctx, ids)


@on("invoicing.invoice_reversed")
def invoices_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """Order lines are open for invoicing again."""
    processes.undo_invoices(ctx, ids)
