"""Drafts and decisions about invoices and bills; pure. Amounts in steps, prices and quantities in major units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from backstay.base.errors import Refusal
from backstay.ledger.posting import Line

MODES = ("total", "line", "net")


@dataclass(frozen=True, slots=True)
class InvoiceLineDraft:
    """A line to invoice. ``tax`` (code id, percent) and ``account`` are looked up by the item where not given."""

    text: str
    quantity: Decimal
    unit_price: Decimal
    item: int | None = None
    uom: int | None = None
    discount: Decimal = Decimal(0)
    tax: tuple[int, Decimal] | None = None
    tax_class: str = "standard"
    account: int | str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An invoice to be. ``hold``: of the credit limit; the claim takes the place of as much of it as is left.

    ``memo``: what its entry counts besides, without value, e.g. the hours it claims.
    """

    party: int
    issued_on: date
    lines: tuple[InvoiceLineDraft, ...]
    due_on: date | None = None
    reference: str = ""
    note: str = ""
    rounding: str | None = None
    hold: int | None = None
    memo: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A credit note on an invoice: (invoice line, quantity) each; ``quantity`` None credits what is left of it.

    A third figure is the net to credit in steps, where the caller knows better than quantity × price.
    """

    invoice: int
    on: date
    lines: tuple[tuple[int, Decimal | None] | tuple[int, Decimal | None, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BillLineDraft:
    """A line of a supplier's paper. ``postings``: where its net goes; without any, to ``account``."""

    text: str
    quantity: Decimal
    unit_price: Decimal
    item: int | None = None
    uom: int | None = None
    discount: Decimal = Decimal(0)
    tax: tuple[int, Decimal] | None = None
    tax_class: str = "standard"
    account: int | str = "expense"
    postings: tuple[Line, ...] = ()
    clears: str = ""
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class BillDraft:
    """A supplier's bill, or (``kind`` debit_note) his credit. ``total``: the gross on his paper."""

    party: int
    supplier_number: str
    issued_on: date
    lines: tuple[BillLineDraft, ...]
    due_on: date | None = None
    total: int | None = None
    kind: str = "bill"
    rounding: str | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AllocationDraft:
    """Settle ``debit_item`` (what is owed to us, or our claim) with ``credit_item`` of the same party."""

    party: int
    side: str  # receivable | payable
    debit_item: str
    credit_item: str
    amount: int
    on: date


def due(issued_on: date, days: int, given: date | None) -> date:
    """The due date: as given, or ``days`` after the issue."""
    return given or issued_on + timedelta(days=days)


def residue(computed: int, paper: int | None, limit: int, number: str) -> int:
    """The paper's gross less ours, up to ``limit`` (POSTINGS 3.7). Raises Refusal (``invoicing.bill_total``)."""
    if paper is None:
        return 0
    difference = paper - computed
    if abs(difference) > limit:
        raise Refusal(
            "invoicing.bill_total",
            f"bill {number}: its total is {paper}, its lines give {computed} (smallest steps)",
            f"Correct a line; up to {limit} steps are posted as rounding.",
        )
    return difference


def tolerance(settings: object, key: str, scale: int, default: str) -> int:
    """A company's tolerance in steps; settings hold it as text in major units."""
    given = settings.get(key, default) if hasattr(settings, "get") else default
    return int(Decimal(str(given)).scaleb(scale))
