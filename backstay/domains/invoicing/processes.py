"""The processes of invoicing. Each takes many documents at a fixed number of statements; the legal number is drawn
last."""

from backstay.domains.invoicing.billing import enter_bills
from backstay.domains.invoicing.crediting import credit_invoices
from backstay.domains.invoicing.demanding import Issued
from backstay.domains.invoicing.issuing import issue_invoices
from backstay.domains.invoicing.ordering import Priced, insert_lines, price_orders
from backstay.domains.invoicing.rules import (
    AllocationDraft,
    BillDraft,
    BillLineDraft,
    CreditDraft,
    InvoiceDraft,
    InvoiceLineDraft,
    tolerance,
)
from backstay.domains.invoicing.settling import (
    allocate,
    reverse_allocations,
    reverse_bills,
    reverse_invoices,
    set_credit_limits,
)

__all__ = [
    "AllocationDraft",
    "BillDraft",
    "BillLineDraft",
    "CreditDraft",
    "InvoiceDraft",
    "InvoiceLineDraft",
    "Issued",
    "Priced",
    "allocate",
    "credit_invoices",
    "enter_bills",
    "insert_lines",
    "issue_invoices",
    "price_orders",
    "reverse_allocations",
    "reverse_bills",
    "reverse_invoices",
    "set_credit_limits",
    "tolerance",
]
