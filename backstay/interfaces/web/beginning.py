"""What an empty list says: how the first of its rows comes to be, and the way there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource

n = gettext_noop
# path → why it is empty and what fills it; the page that does; its button
COMES: dict[str, tuple[str, str, str]] = {
    "inventory/shipments": (n("A shipment comes when a confirmed order is shipped."), "/sales/orders?f=is:to_ship", n("Orders to ship")),
    "inventory/receipts": (n("A receipt comes when a purchase order arrives."), "/purchasing/orders?f=is:to_receive", n("Orders to receive")),
    "banking/statements": (n("Bring a file of your bank: camt.053, MT940, OFX or a table."), "/banking/reconcile", n("Import a statement")),
    "banking/runs": (n("A run pays what is due in one file for the bank."), "/banking/runs/new", n("New payment run")),
    "parties/parties": (n("Customers and suppliers: all who buy from you, or you from them."), "", ""),
    "catalog/items": (n("What you sell and buy: goods with stock, and services."), "", ""),
    "sales/orders": (n("An order holds stock, is shipped in parts or whole, and becomes invoices."), "", ""),
    "purchasing/orders": (n("An order tells the supplier what you want; receipts and bills are compared with it."), "", ""),
    "invoicing/invoices": (n("Invoices come from orders, or are written here when there was none."), "/sales/orders?f=is:to_invoice", n("Orders to invoice")),
    "invoicing/bills": (n("Bills come from purchase orders, or are entered here when there was none."), "/purchasing/orders?f=is:to_bill", n("Orders to bill")),
    "banking/payments": (n("Payments come with the bank's statement, or are entered here."), "/banking/reconcile", n("Bank reconciliation")),
    "accounting/journal": (n("What no document posts: accruals, corrections, the opening balances."), "/set-up/opening", n("Opening balances")),
    "inventory/counts": (n("Count what is on the shelves; what is missing or too many is posted."), "", ""),
    "inventory/transfers": (n("Goods go from one warehouse to another, at once or by way of transit."), "", ""),
    "inventory/write-offs": (n("Goods that are broken or gone leave the stock with their reason."), "", ""),
}  # fmt: skip


def beginning(ctx: Ctx, resource: Resource, rows_here: bool, narrowed: bool) -> dict[str, Any] | None:
    """For a list without rows: None when others would show without its search and filters."""
    if rows_here or (narrowed and resource.of._default_manager.filter(company_id=ctx.company).exists()):
        return None
    text, href, action = COMES.get(resource.path, ("", "", ""))
    source = RESOURCES.get(href.partition("?")[0].strip("/"))
    if source is not None and not access.may(ctx, f"{source.kind}.read"):
        href = ""
    return {
        "text": text and _(text),
        "href": href,
        "action": action and _(action),
    }
