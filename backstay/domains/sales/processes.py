"""Quotation, order, shipment, invoice, return: partial at each step, many at a fixed number of statements."""

from backstay.domains.sales.accruing import accrue_shipped, reverse_accruals
from backstay.domains.sales.fulfilling import invoice_orders, ship_orders
from backstay.domains.sales.ordering import (
    KIND,
    LIFE,
    cancel_orders,
    change_quotations,
    close_orders,
    confirm_orders,
    create_quotations,
    reserve_quotations,
)
from backstay.domains.sales.picking import PickedDraft, ship_picked
from backstay.domains.sales.returning import return_goods
from backstay.domains.sales.reversing import undo_invoices, undo_receipts, undo_shipments
from backstay.domains.sales.rules import (
    OrderInvoiceDraft,
    OrderLineDraft,
    QuotationDraft,
    ReturnDraft,
    ShipDraft,
)

__all__ = [
    "KIND",
    "LIFE",
    "OrderInvoiceDraft",
    "OrderLineDraft",
    "PickedDraft",
    "QuotationDraft",
    "ReturnDraft",
    "ShipDraft",
    "accrue_shipped",
    "cancel_orders",
    "change_quotations",
    "close_orders",
    "confirm_orders",
    "create_quotations",
    "invoice_orders",
    "reserve_quotations",
    "return_goods",
    "reverse_accruals",
    "ship_orders",
    "ship_picked",
    "undo_invoices",
    "undo_receipts",
    "undo_shipments",
]
