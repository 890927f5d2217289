"""What happens to invoices is answered in the same transaction: all of it or nothing."""

from collections.abc import Sequence

from backstay.base.context import Ctx
from backstay.platform.events import on
from backstay_commission import processes


@on("invoicing.invoice_posted")
def invoices_posted(ctx: Ctx, ids: Sequence[int]) -> None:
    """Agents earn their share."""
    processes.earn(ctx, ids)


@on("invoicing.invoice_reversed")
def invoices_reversed(ctx: Ctx, ids: Sequence[int]) -> None:
    """They lose it again."""
    processes.take_back(ctx, ids)
