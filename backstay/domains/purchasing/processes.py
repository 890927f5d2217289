"""Order, receipt, bill, return: partial at each step, many at a fixed number of statements."""

from backstay.domains.purchasing.billing import accept_unbilled, allow_payment, bill_orders
from backstay.domains.purchasing.ordering import (
    KIND,
    LIFE,
    cancel_orders,
    change_orders,
    close_orders,
    confirm_orders,
    create_orders,
)
from backstay.domains.purchasing.receiving import receive_orders
from backstay.domains.purchasing.returning import return_goods
from backstay.domains.purchasing.reversing import undo_bills, undo_receipts, undo_returns
from backstay.domains.purchasing.rules import (
    OrderBillDraft,
    OrderDraft,
    OrderLineDraft,
    ReceiveDraft,
    ReturnDraft,
)

__all__ = [
    "KIND",
    "LIFE",
    "OrderBillDraft",
    "OrderDraft",
    "OrderLineDraft",
    "ReceiveDraft",
    "ReturnDraft",
    "accept_unbilled",
    "allow_payment",
    "bill_orders",
    "cancel_orders",
    "change_orders",
    "close_orders",
    "confirm_orders",
    "create_orders",
    "receive_orders",
    "return_goods",
    "undo_bills",
    "undo_receipts",
    "undo_returns",
]
