"""What goes in and out.

Written by tools/client.py from the API's description: change that, not this.
"""

from __future__ import annotations

from typing import Literal, Required, TypedDict


class AccountingJournalEntry(TypedDict, total=False):
    """Journal entry."""

    id: Required[int]
    revision: int | None
    entered_on: str | None
    text: str | None
    number: str | None
    kind: str | None
    state: str | None
    turnover: Money | None


class AccountingJournalEntryDetail(TypedDict, total=False):
    """Journal entry, with lines."""

    id: Required[int]
    revision: int | None
    entered_on: str | None
    text: str | None
    number: str | None
    kind: str | None
    state: str | None
    turnover: Money | None
    lines: list[AccountingJournalEntryLine] | None


class AccountingJournalEntryDone(TypedDict, total=False):
    """What is told."""

    object: Required[AccountingJournalEntryDetail | None]
    made: list[Effect]


class AccountingJournalEntryLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    account: Reference | None
    debit: Money | None
    credit: Money | None
    party: Reference | None
    item: str | None
    text: str | None


class AccountingJournalEntryLineNew(TypedDict, total=False):
    """What is told."""

    account: int | str | None
    debit: Money | None
    credit: Money | None
    party: int | str | None
    item: str | None
    text: str | None


class AccountingJournalEntryNew(TypedDict, total=False):
    """What is told."""

    entered_on: str | None
    text: Required[str]
    lines: Required[list[AccountingJournalEntryLineNew]]


class AccountingJournalEntryNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[AccountingJournalEntryNew]]


class AccountingJournalEntryPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[AccountingJournalEntry]]
    next: str | None


class AccountingJournalEntryReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class AccountingJournalEntryReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class Availability(TypedDict, total=False):
    """``data``: in the order asked for; ``unknown``: SKUs of nothing that is sold here."""

    data: Required[list[Available]]
    unknown: Required[list[str]]


class Available(TypedDict, total=False):
    """An item. ``free``: on hand and not reserved, in its own unit; null for a service, of which there is always more."""

    sku: Required[str]
    item: Required[int]
    free: Required[str | None]
    places: Required[list[FreeAt]]


class BankingBankAccount(TypedDict, total=False):
    """Bank account."""

    id: Required[int]
    revision: int | None
    name: str | None
    kind: str | None
    code: str | None
    iban: str | None
    bic: str | None


class BankingBankAccountChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    kind: Literal["bank", "cash"] | None
    code: str | None
    iban: str | None
    bic: str | None


class BankingBankAccountNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    kind: Literal["bank", "cash"] | None
    code: str | None
    iban: str | None
    bic: str | None


class BankingBankAccountNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[BankingBankAccountNew]]


class BankingBankAccountPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[BankingBankAccount]]
    next: str | None


class BankingPartyAccount(TypedDict, total=False):
    """Party's bank account."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    iban: str | None
    bic: str | None
    holder: str | None
    archived_on: str | None


class BankingPartyAccountNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    iban: Required[str]
    bic: str | None
    holder: str | None


class BankingPartyAccountNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[BankingPartyAccountNew]]


class BankingPartyAccountPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[BankingPartyAccount]]
    next: str | None


class BankingPayment(TypedDict, total=False):
    """Payment."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    way: str | None
    bank_account: Reference | None
    amount: Money | None
    fee: Money | None
    reference: str | None
    number: str | None
    paid_on: str | None
    state: str | None
    unallocated: Money | None


class BankingPaymentDetail(TypedDict, total=False):
    """Payment, with lines."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    way: str | None
    bank_account: Reference | None
    amount: Money | None
    fee: Money | None
    reference: str | None
    number: str | None
    paid_on: str | None
    state: str | None
    unallocated: Money | None
    lines: list[BankingPaymentLine] | None


class BankingPaymentDone(TypedDict, total=False):
    """What is told."""

    object: Required[BankingPaymentDetail | None]
    made: list[Effect]


class BankingPaymentLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: str | None
    amount: Money | None
    difference: Money | None
    reason: str | None


class BankingPaymentNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    way: Required[Literal["in", "out"]]
    on: Required[str]
    bank_account: Required[int | str]
    amount: Required[Money]
    fee: Money | None
    reference: str | None


class BankingPaymentNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[BankingPaymentNew]]


class BankingPaymentPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[BankingPayment]]
    next: str | None


class BankingPaymentReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class BankingPaymentReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class BankingPaymentRun(TypedDict, total=False):
    """Payment run."""

    id: Required[int]
    revision: int | None
    number: str | None
    executed_on: str | None
    state: str | None
    count: int | None
    total: Money | None
    bank_account: Reference | None


class BankingPaymentRunDetail(TypedDict, total=False):
    """Payment run, with lines."""

    id: Required[int]
    revision: int | None
    number: str | None
    executed_on: str | None
    state: str | None
    count: int | None
    total: Money | None
    bank_account: Reference | None
    payments: list[BankingPaymentRunLine] | None


class BankingPaymentRunDone(TypedDict, total=False):
    """What is told."""

    object: Required[BankingPaymentRunDetail | None]
    made: list[Effect]


class BankingPaymentRunLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    number: str | None
    party: Reference | None
    amount: Money | None
    state: str | None
    reference: str | None


class BankingPaymentRunPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[BankingPaymentRun]]
    next: str | None


class BankingPaymentRunReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class BankingPaymentRunReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class BankingPaymentSettle(TypedDict, total=False):
    """What is told."""

    on: str | None


class BankingPaymentSettleMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None


class BankingPaymentUnsettle(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class BankingPaymentUnsettleMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class BankingStatement(TypedDict, total=False):
    """Bank statement."""

    id: Required[int]
    number: str | None
    until: str | None
    bank_account: Reference | None
    opening: Money | None
    closing: Money | None
    gap: Money | None
    file_name: str | None
    imported_at: str | None


class BankingStatementDetail(TypedDict, total=False):
    """Bank statement, with lines."""

    id: Required[int]
    number: str | None
    until: str | None
    bank_account: Reference | None
    opening: Money | None
    closing: Money | None
    gap: Money | None
    file_name: str | None
    imported_at: str | None
    lines: list[BankingStatementLine] | None


class BankingStatementLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    booked_on: str | None
    name: str | None
    text: str | None
    amount: Money | None
    state: str | None


class BankingStatementPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[BankingStatement]]
    next: str | None


class Begun(TypedDict, total=False):
    """Long work: it goes on in the background; `GET /work/{id}` says how far it is."""

    work: Required[int]


class Break(TypedDict, total=False):
    """``price`` of one, from a quantity on."""

    from_quantity: Required[str]
    price: Required[Money]


class CatalogItem(TypedDict, total=False):
    """Item."""

    id: Required[int]
    revision: int | None
    name: str | None
    sku: str | None
    kind: str | None
    category: Reference | None
    uom: Reference | None
    sales_price: Money | None
    purchase_price: Money | None
    tax_class: str | None
    barcode: str | None
    on_hand: str | None


class CatalogItemArchive(TypedDict, total=False):
    """What is told."""


class CatalogItemArchiveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class CatalogItemChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    sku: str | None
    kind: Literal["goods", "service"] | None
    category: int | str | None
    uom: int | str | None
    scale: int | None
    sales_price: Money | None
    purchase_price: Money | None
    tax_class: Literal["standard", "reduced", "zero", "exempt"] | None
    barcode: str | None


class CatalogItemDone(TypedDict, total=False):
    """What is told."""

    object: Required[CatalogItem | None]
    made: list[Effect]


class CatalogItemNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    sku: Required[str]
    kind: Literal["goods", "service"] | None
    category: int | str | None
    uom: int | str | None
    scale: int | None
    sales_price: Money | None
    purchase_price: Money | None
    tax_class: Literal["standard", "reduced", "zero", "exempt"] | None
    barcode: str | None


class CatalogItemNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[CatalogItemNew]]


class CatalogItemPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[CatalogItem]]
    next: str | None


class CatalogPriceAgreement(TypedDict, total=False):
    """Price agreement."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    price_list: Reference | None
    since_on: str | None
    until_on: str | None


class CatalogPriceAgreementChange(TypedDict, total=False):
    """What is told."""

    party: int | str | None
    price_list: int | str | None
    since_on: str | None
    until_on: str | None


class CatalogPriceAgreementNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    price_list: Required[int | str]
    since_on: str | None
    until_on: str | None


class CatalogPriceAgreementNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[CatalogPriceAgreementNew]]


class CatalogPriceAgreementPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[CatalogPriceAgreement]]
    next: str | None


class CatalogPriceList(TypedDict, total=False):
    """Price list."""

    id: Required[int]
    revision: int | None
    code: str | None
    name: str | None
    currency: str | None
    parent: Reference | None
    discount: str | None
    standard: bool | None


class CatalogPriceListArchive(TypedDict, total=False):
    """What is told."""


class CatalogPriceListArchiveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class CatalogPriceListChange(TypedDict, total=False):
    """What is told."""

    code: str | None
    name: str | None
    currency: str | None
    parent: int | str | None
    discount: str | None
    standard: bool | None
    prices: list[CatalogPriceListLineNew] | None


class CatalogPriceListDetail(TypedDict, total=False):
    """Price list, with lines."""

    id: Required[int]
    revision: int | None
    code: str | None
    name: str | None
    currency: str | None
    parent: Reference | None
    discount: str | None
    standard: bool | None
    prices: list[CatalogPriceListLine] | None


class CatalogPriceListDone(TypedDict, total=False):
    """What is told."""

    object: Required[CatalogPriceListDetail | None]
    made: list[Effect]


class CatalogPriceListLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    from_quantity: str | None
    price: str | None
    since_on: str | None
    until_on: str | None


class CatalogPriceListLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    from_quantity: str | None
    price: str | None
    since_on: str | None
    until_on: str | None


class CatalogPriceListNew(TypedDict, total=False):
    """What is told."""

    code: Required[str]
    name: Required[str]
    currency: str | None
    parent: int | str | None
    discount: str | None
    standard: bool | None
    prices: list[CatalogPriceListLineNew] | None


class CatalogPriceListNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[CatalogPriceListNew]]


class CatalogPriceListPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[CatalogPriceList]]
    next: str | None


class ColumnTold(TypedDict, total=False):
    """``kind``: text, day, figure or percent."""

    key: Required[str]
    label: Required[str]
    kind: Required[str]


class DoneMany(TypedDict, total=False):
    """What an act came to, done to many; ``made``: in their order, where it makes something."""

    ids: Required[list[int]]
    made: Required[list[Effect]]


class Effect(TypedDict, total=False):
    """Something that an act made: a shipment, an invoice, a payment."""

    id: int | None
    number: str | None


class Fault(TypedDict, total=False):
    """A piece that could not be done."""

    name: Required[str]
    code: Required[str]
    reason: Required[str]
    remedy: Required[str]


class FieldError(TypedDict, total=False):
    """``pointer``: the field (RFC 6901), or the parameter or header; ``detail``: what is wrong."""

    pointer: Required[str]
    detail: Required[str]


class FileTold(TypedDict, total=False):
    """A file that is kept; ``sha256``: of its content."""

    id: Required[int]
    name: Required[str]
    type: Required[str]
    size: Required[int]
    sha256: Required[str]
    created_at: Required[str]


class FilesTold(TypedDict, total=False):
    """The files of an object, the latest first."""

    data: Required[list[FileTold]]


class FreeAt(TypedDict, total=False):
    """What is free at a warehouse."""

    place: Required[str]
    free: Required[str]


class InventoryCarrier(TypedDict, total=False):
    """Carrier."""

    id: Required[int]
    revision: int | None
    name: str | None
    address: str | None
    archived_on: str | None


class InventoryCarrierArchive(TypedDict, total=False):
    """What is told."""


class InventoryCarrierArchiveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class InventoryCarrierChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    address: str | None


class InventoryCarrierDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryCarrier | None]
    made: list[Effect]


class InventoryCarrierNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    address: str | None


class InventoryCarrierNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InventoryCarrierNew]]


class InventoryCarrierPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryCarrier]]
    next: str | None


class InventoryCount(TypedDict, total=False):
    """Stock count."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    reference: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None


class InventoryCountDetail(TypedDict, total=False):
    """Stock count, with lines."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    reference: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None
    lines: list[InventoryCountLine] | None


class InventoryCountDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryCountDetail | None]
    made: list[Effect]


class InventoryCountLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    counted: str | None
    quantity: str | None
    value: Money | None


class InventoryCountLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    counted: str | None


class InventoryCountNew(TypedDict, total=False):
    """What is told."""

    on: Required[str]
    place: Required[int | str]
    reference: str | None
    lines: Required[list[InventoryCountLineNew]]


class InventoryCountNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InventoryCountNew]]


class InventoryCountPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryCount]]
    next: str | None


class InventoryCountReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InventoryCountReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InventoryReceipt(TypedDict, total=False):
    """Goods receipt."""

    id: Required[int]
    revision: int | None
    number: str | None
    party: Reference | None
    moved_on: str | None
    place: Reference | None
    kind: str | None
    state: str | None
    worth: Money | None
    reference: str | None
    delivery_note: str | None


class InventoryReceiptDetail(TypedDict, total=False):
    """Goods receipt, with lines."""

    id: Required[int]
    revision: int | None
    number: str | None
    party: Reference | None
    moved_on: str | None
    place: Reference | None
    kind: str | None
    state: str | None
    worth: Money | None
    reference: str | None
    delivery_note: str | None
    lines: list[InventoryReceiptLine] | None


class InventoryReceiptDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryReceiptDetail | None]
    made: list[Effect]


class InventoryReceiptLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    value: Money | None


class InventoryReceiptPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryReceipt]]
    next: str | None


class InventoryReceiptReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InventoryReceiptReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InventoryShipment(TypedDict, total=False):
    """Shipment."""

    id: Required[int]
    revision: int | None
    number: str | None
    party: Reference | None
    moved_on: str | None
    place: Reference | None
    kind: str | None
    state: str | None
    worth: Money | None
    reference: str | None
    tracking: list[Parcel] | None


class InventoryShipmentDetail(TypedDict, total=False):
    """Shipment, with lines."""

    id: Required[int]
    revision: int | None
    number: str | None
    party: Reference | None
    moved_on: str | None
    place: Reference | None
    kind: str | None
    state: str | None
    worth: Money | None
    reference: str | None
    tracking: list[Parcel] | None
    lines: list[InventoryShipmentLine] | None


class InventoryShipmentDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryShipmentDetail | None]
    made: list[Effect]


class InventoryShipmentLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    value: Money | None


class InventoryShipmentPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryShipment]]
    next: str | None


class InventoryShipmentReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InventoryShipmentReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InventoryShipmentTrack(TypedDict, total=False):
    """What is told."""

    tracking: Required[str]
    carrier: int | str | None


class InventoryShipmentTrackMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    tracking: Required[str]
    carrier: int | str | None


class InventoryShipmentUntrack(TypedDict, total=False):
    """What is told."""

    tracking: Required[str]


class InventoryShipmentUntrackMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    tracking: Required[str]


class InventoryTransfer(TypedDict, total=False):
    """Transfer."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    target: Reference | None
    reference: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None


class InventoryTransferArrive(TypedDict, total=False):
    """What is told."""

    on: str | None


class InventoryTransferArriveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None


class InventoryTransferDetail(TypedDict, total=False):
    """Transfer, with lines."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    target: Reference | None
    reference: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None
    lines: list[InventoryTransferLine] | None


class InventoryTransferDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryTransferDetail | None]
    made: list[Effect]


class InventoryTransferLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    value: Money | None


class InventoryTransferLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    quantity: str | None


class InventoryTransferNew(TypedDict, total=False):
    """What is told."""

    on: Required[str]
    place: Required[int | str]
    target: Required[int | str]
    in_transit: bool | None
    reference: str | None
    lines: Required[list[InventoryTransferLineNew]]


class InventoryTransferNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InventoryTransferNew]]


class InventoryTransferPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryTransfer]]
    next: str | None


class InventoryTransferReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InventoryTransferReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InventoryWriteOff(TypedDict, total=False):
    """Write-off."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    reason: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None


class InventoryWriteOffDetail(TypedDict, total=False):
    """Write-off, with lines."""

    id: Required[int]
    revision: int | None
    place: Reference | None
    reason: str | None
    number: str | None
    moved_on: str | None
    state: str | None
    worth: Money | None
    lines: list[InventoryWriteOffLine] | None


class InventoryWriteOffDone(TypedDict, total=False):
    """What is told."""

    object: Required[InventoryWriteOffDetail | None]
    made: list[Effect]


class InventoryWriteOffLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    value: Money | None


class InventoryWriteOffLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    quantity: str | None


class InventoryWriteOffNew(TypedDict, total=False):
    """What is told."""

    on: Required[str]
    place: Required[int | str]
    reason: str | None
    lines: Required[list[InventoryWriteOffLineNew]]


class InventoryWriteOffNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InventoryWriteOffNew]]


class InventoryWriteOffPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InventoryWriteOff]]
    next: str | None


class InventoryWriteOffReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InventoryWriteOffReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InvoicingBill(TypedDict, total=False):
    """Bill."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    supplier_number: str | None
    issued_on: str | None
    due_on: str | None
    reference: str | None
    note: str | None
    number: str | None
    standing: str | None
    gross: Money | None
    open: Money | None
    state: str | None
    net: Money | None
    tax: Money | None


class InvoicingBillDetail(TypedDict, total=False):
    """Bill, with lines."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    supplier_number: str | None
    issued_on: str | None
    due_on: str | None
    reference: str | None
    note: str | None
    number: str | None
    standing: str | None
    gross: Money | None
    open: Money | None
    state: str | None
    net: Money | None
    tax: Money | None
    lines: list[InvoicingBillLine] | None


class InvoicingBillDone(TypedDict, total=False):
    """What is told."""

    object: Required[InvoicingBillDetail | None]
    made: list[Effect]


class InvoicingBillLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    text: str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None
    account: Reference | None
    percent: str | None
    net: Money | None


class InvoicingBillLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    text: str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None
    account: int | str | None


class InvoicingBillNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    supplier_number: Required[str]
    issued_on: str | None
    due_on: str | None
    total: Money | None
    reference: str | None
    note: str | None
    lines: Required[list[InvoicingBillLineNew]]


class InvoicingBillNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InvoicingBillNew]]


class InvoicingBillPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InvoicingBill]]
    next: str | None


class InvoicingBillPay(TypedDict, total=False):
    """What is told."""

    on: str | None
    bank_account: int | str | None
    amount: Money | None
    reference: str | None


class InvoicingBillPayMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    bank_account: int | str | None
    amount: Money | None
    reference: str | None


class InvoicingBillReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InvoicingBillReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class InvoicingInvoice(TypedDict, total=False):
    """Invoice."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    issued_on: str | None
    due_on: str | None
    reference: str | None
    note: str | None
    number: str | None
    standing: str | None
    gross: Money | None
    open: Money | None
    state: str | None
    net: Money | None
    tax: Money | None


class InvoicingInvoiceCredit(TypedDict, total=False):
    """What is told."""

    on: str | None
    reason: str | None
    lines: list[InvoicingInvoiceCreditLines] | None


class InvoicingInvoiceCreditLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: str | None


class InvoicingInvoiceCreditMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    reason: str | None


class InvoicingInvoiceDetail(TypedDict, total=False):
    """Invoice, with lines."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    issued_on: str | None
    due_on: str | None
    reference: str | None
    note: str | None
    number: str | None
    standing: str | None
    gross: Money | None
    open: Money | None
    state: str | None
    net: Money | None
    tax: Money | None
    lines: list[InvoicingInvoiceLine] | None


class InvoicingInvoiceDone(TypedDict, total=False):
    """What is told."""

    object: Required[InvoicingInvoiceDetail | None]
    made: list[Effect]


class InvoicingInvoiceLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    text: str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None
    percent: str | None
    net: Money | None


class InvoicingInvoiceLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    text: str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None


class InvoicingInvoiceNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    issued_on: str | None
    due_on: str | None
    reference: str | None
    note: str | None
    lines: Required[list[InvoicingInvoiceLineNew]]


class InvoicingInvoiceNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[InvoicingInvoiceNew]]


class InvoicingInvoicePage(TypedDict, total=False):
    """What is told."""

    data: Required[list[InvoicingInvoice]]
    next: str | None


class InvoicingInvoiceRecordPayment(TypedDict, total=False):
    """What is told."""

    on: str | None
    bank_account: int | str | None
    amount: Money | None
    reference: str | None


class InvoicingInvoiceRecordPaymentMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    bank_account: int | str | None
    amount: Money | None
    reference: str | None


class InvoicingInvoiceReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class InvoicingInvoiceReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class Made(TypedDict, total=False):
    """What a request over many made or did, in their order."""

    ids: Required[list[int]]


class Money(TypedDict, total=False):
    """An amount of money: a decimal figure as text, and its currency (ISO 4217)."""

    amount: Required[str]
    currency: Required[str]


class Parcel(TypedDict, total=False):
    """A part of a shipment: its tracking number; the carrier, and where it is followed, each null where nobody said."""

    number: Required[str]
    carrier: str | None
    url: str | None


class PartiesParty(TypedDict, total=False):
    """Party."""

    id: Required[int]
    revision: int | None
    name: str | None
    kind: str | None
    roles: list[str] | None
    code: str | None
    tax_id: str | None
    email: str | None
    phone: str | None
    language: str | None
    payment_days: int | None
    tax_treatment: str | None
    city: str | None
    credit_limit: Money | None


class PartiesPartyArchive(TypedDict, total=False):
    """What is told."""


class PartiesPartyArchiveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class PartiesPartyChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    kind: Literal["organisation", "person"] | None
    roles: list[Literal["customer", "supplier", "employee", "carrier", "other"]] | None
    code: str | None
    tax_id: str | None
    email: str | None
    phone: str | None
    language: Literal["en", "de"] | None
    payment_days: int | None
    tax_treatment: Literal["domestic", "exempt", "eu", "export"] | None
    addresses: list[PartiesPartyLineNew] | None


class PartiesPartyDetail(TypedDict, total=False):
    """Party, with lines."""

    id: Required[int]
    revision: int | None
    name: str | None
    kind: str | None
    roles: list[str] | None
    code: str | None
    tax_id: str | None
    email: str | None
    phone: str | None
    language: str | None
    payment_days: int | None
    tax_treatment: str | None
    city: str | None
    credit_limit: Money | None
    addresses: list[PartiesPartyLine] | None


class PartiesPartyDone(TypedDict, total=False):
    """What is told."""

    object: Required[PartiesPartyDetail | None]
    made: list[Effect]


class PartiesPartyLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    kind: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None


class PartiesPartyLineNew(TypedDict, total=False):
    """What is told."""

    kind: Literal["main", "billing", "delivery"] | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None


class PartiesPartyNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    kind: Literal["organisation", "person"] | None
    roles: list[Literal["customer", "supplier", "employee", "carrier", "other"]] | None
    code: str | None
    tax_id: str | None
    email: str | None
    phone: str | None
    language: Literal["en", "de"] | None
    payment_days: int | None
    tax_treatment: Literal["domestic", "exempt", "eu", "export"] | None
    addresses: list[PartiesPartyLineNew] | None


class PartiesPartyNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[PartiesPartyNew]]


class PartiesPartyPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[PartiesParty]]
    next: str | None


class Payable(TypedDict, total=False):
    """Something that could be paid. ``amount``: what we owe; below zero for a credit note, which is set off. ``iban``: null where
    nobody said where the supplier is paid: such an item cannot be in a run."""

    item: Required[str]
    number: Required[str]
    party: Required[Reference]
    due_on: Required[str | None]
    amount: Required[Money]
    iban: Required[str | None]


class Payables(TypedDict, total=False):
    """By supplier and day."""

    data: Required[list[Payable]]


class Priced(TypedDict, total=False):
    """What one of an item costs, net. ``price``: null where no list says one in this currency; ``price_list``: the one that
    says it, null for the item's own; ``until``: the last day, where one is known; ``breaks``: what more of it cost."""

    sku: Required[str]
    item: Required[int]
    price: Required[Money | None]
    price_list: Required[str | None]
    until: Required[str | None]
    breaks: Required[list[Break]]


class Prices(TypedDict, total=False):
    """``data``: in the order asked for; ``unknown``: SKUs of nothing that is sold here."""

    data: Required[list[Priced]]
    unknown: Required[list[str]]


class ProblemDetails(TypedDict, total=False):
    """An answer that is no success (RFC 9457). ``code``: the rule that refused; ``remedy``: what to do."""

    type: Required[str]
    title: Required[str]
    status: Required[int]
    detail: Required[str]
    code: Required[str]
    remedy: str | None
    instance: str | None
    errors: list[FieldError] | None


class ProjectsProject(TypedDict, total=False):
    """Project."""

    id: Required[int]
    revision: int | None
    name: str | None
    party: Reference | None
    hour_price: Money | None
    budget: str | None
    state: str | None
    times_hours: str | None


class ProjectsProjectChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    party: int | str | None
    hour_price: Money | None
    budget: str | None


class ProjectsProjectClose(TypedDict, total=False):
    """What is told."""


class ProjectsProjectCloseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsProjectDone(TypedDict, total=False):
    """What is told."""

    object: Required[ProjectsProject | None]
    made: list[Effect]


class ProjectsProjectInvoice(TypedDict, total=False):
    """What is told."""

    on: str | None


class ProjectsProjectInvoiceMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None


class ProjectsProjectNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    party: Required[int | str]
    hour_price: Required[Money]
    budget: str | None


class ProjectsProjectNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[ProjectsProjectNew]]


class ProjectsProjectPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[ProjectsProject]]
    next: str | None


class ProjectsProjectReopen(TypedDict, total=False):
    """What is told."""


class ProjectsProjectReopenMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTask(TypedDict, total=False):
    """Task."""

    id: Required[int]
    revision: int | None
    name: str | None
    project: Reference | None
    assignee: Reference | None
    due_on: str | None
    state: str | None


class ProjectsTaskChange(TypedDict, total=False):
    """What is told."""

    name: str | None
    project: int | str | None
    assignee: int | str | None
    due_on: str | None


class ProjectsTaskDone(TypedDict, total=False):
    """What is told."""

    object: Required[ProjectsTask | None]
    made: list[Effect]


class ProjectsTaskFinish(TypedDict, total=False):
    """What is told."""


class ProjectsTaskFinishMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTaskNew(TypedDict, total=False):
    """What is told."""

    name: Required[str]
    project: Required[int | str]
    assignee: int | str | None
    due_on: str | None


class ProjectsTaskNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[ProjectsTaskNew]]


class ProjectsTaskPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[ProjectsTask]]
    next: str | None


class ProjectsTaskPutBack(TypedDict, total=False):
    """What is told."""


class ProjectsTaskPutBackMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTaskStart(TypedDict, total=False):
    """What is told."""


class ProjectsTaskStartMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTaskSubmit(TypedDict, total=False):
    """What is told."""


class ProjectsTaskSubmitMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTimeSheet(TypedDict, total=False):
    """Time sheet."""

    id: Required[int]
    revision: int | None
    person: Reference | None
    week_on: str | None
    note: str | None
    number: str | None
    state: str | None
    lines_hours: str | None


class ProjectsTimeSheetChange(TypedDict, total=False):
    """What is told."""

    person: int | str | None
    week_on: str | None
    note: str | None
    lines: list[ProjectsTimeSheetLineNew] | None


class ProjectsTimeSheetDetail(TypedDict, total=False):
    """Time sheet, with lines."""

    id: Required[int]
    revision: int | None
    person: Reference | None
    week_on: str | None
    note: str | None
    number: str | None
    state: str | None
    lines_hours: str | None
    lines: list[ProjectsTimeSheetLine] | None


class ProjectsTimeSheetDone(TypedDict, total=False):
    """What is told."""

    object: Required[ProjectsTimeSheetDetail | None]
    made: list[Effect]


class ProjectsTimeSheetLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    worked_on: str | None
    project: Reference | None
    task: Reference | None
    hours: str | None
    text: str | None
    billable: bool | None


class ProjectsTimeSheetLineNew(TypedDict, total=False):
    """What is told."""

    worked_on: str | None
    project: int | str | None
    task: int | str | None
    hours: str | None
    text: str | None
    billable: bool | None


class ProjectsTimeSheetNew(TypedDict, total=False):
    """What is told."""

    person: Required[int | str]
    week_on: str | None
    note: str | None
    lines: Required[list[ProjectsTimeSheetLineNew]]


class ProjectsTimeSheetNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[ProjectsTimeSheetNew]]


class ProjectsTimeSheetPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[ProjectsTimeSheet]]
    next: str | None


class ProjectsTimeSheetPost(TypedDict, total=False):
    """What is told."""


class ProjectsTimeSheetPostMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class ProjectsTimeSheetReverse(TypedDict, total=False):
    """What is told."""

    on: str | None
    text: str | None


class ProjectsTimeSheetReverseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    text: str | None


class PurchasingOrder(TypedDict, total=False):
    """Purchase order."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    reference: str | None
    ordered_on: str | None
    expected_on: str | None
    place: Reference | None
    note: str | None
    number: str | None
    state: str | None
    net: Money | None
    arrival: str | None
    billed_state: str | None


class PurchasingOrderBill(TypedDict, total=False):
    """What is told."""

    supplier_number: Required[str]
    issued_on: str | None
    total: Money | None
    due_on: str | None
    accept: str | None
    lines: list[PurchasingOrderBillLines] | None


class PurchasingOrderBillLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]
    price: str | None


class PurchasingOrderBillMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    supplier_number: Required[str]
    issued_on: str | None
    total: Money | None
    due_on: str | None
    accept: str | None


class PurchasingOrderCancel(TypedDict, total=False):
    """What is told."""


class PurchasingOrderCancelMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class PurchasingOrderChange(TypedDict, total=False):
    """What is told."""

    party: int | str | None
    reference: str | None
    ordered_on: str | None
    expected_on: str | None
    place: int | str | None
    note: str | None
    lines: list[PurchasingOrderLineNew] | None


class PurchasingOrderClose(TypedDict, total=False):
    """What is told."""


class PurchasingOrderCloseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class PurchasingOrderConfirm(TypedDict, total=False):
    """What is told."""


class PurchasingOrderConfirmMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class PurchasingOrderDetail(TypedDict, total=False):
    """Purchase order, with lines."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    reference: str | None
    ordered_on: str | None
    expected_on: str | None
    place: Reference | None
    note: str | None
    number: str | None
    state: str | None
    net: Money | None
    arrival: str | None
    billed_state: str | None
    lines: list[PurchasingOrderLine] | None


class PurchasingOrderDone(TypedDict, total=False):
    """What is told."""

    object: Required[PurchasingOrderDetail | None]
    made: list[Effect]


class PurchasingOrderLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None
    uom: Reference | None
    net: Money | None


class PurchasingOrderLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None


class PurchasingOrderNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    reference: str | None
    ordered_on: str | None
    expected_on: str | None
    place: int | str | None
    note: str | None
    lines: Required[list[PurchasingOrderLineNew]]


class PurchasingOrderNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[PurchasingOrderNew]]


class PurchasingOrderPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[PurchasingOrder]]
    next: str | None


class PurchasingOrderReceive(TypedDict, total=False):
    """What is told."""

    on: str | None
    document_on: str | None
    delivery_note: str | None
    lines: list[PurchasingOrderReceiveLines] | None


class PurchasingOrderReceiveLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class PurchasingOrderReceiveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    document_on: str | None
    delivery_note: str | None


class PurchasingOrderReturn(TypedDict, total=False):
    """What is told."""

    on: str | None
    debit: str | None
    lines: Required[list[PurchasingOrderReturnLines]]


class PurchasingOrderReturnLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class Reference(TypedDict, total=False):
    """What another object is referred to by; ``resource``: where it is found, null for a small table without a list."""

    id: Required[int]
    title: Required[str]
    resource: str | None


class ReportName(TypedDict, total=False):
    """A report there is."""

    name: Required[str]
    title: Required[str]
    says: Required[str]


class ReportNames(TypedDict, total=False):
    """The reports that the token may ask for."""

    data: Required[list[ReportName]]


class ReportTold(TypedDict, total=False):
    """A report. ``rows``: texts by column, figures as decimal figures, days as 2026-12-31; ``sums``: of the whole report."""

    name: Required[str]
    title: Required[str]
    since: Required[str]
    until: Required[str]
    currency: Required[str]
    columns: Required[list[ColumnTold]]
    rows: Required[list[dict[str, str]]]
    sums: Required[dict[str, str]]
    next: str | None


class RunNew(TypedDict, total=False):
    """A run. ``items``: those of ``GET /banking/payable``, each wholly; ``on``: the day the bank pays, today without it."""

    bank_account: Required[int]
    items: Required[list[str]]
    on: str | None


class SalesOrder(TypedDict, total=False):
    """Sales order."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    reference: str | None
    ordered_on: str | None
    required_on: str | None
    valid_until: str | None
    place: Reference | None
    note: str | None
    number: str | None
    state: str | None
    gross: Money | None
    delivery: str | None
    billing: str | None
    reserved_until: str | None
    tracking: list[Parcel] | None
    net: Money | None
    tax: Money | None


class SalesOrderCancel(TypedDict, total=False):
    """What is told."""


class SalesOrderCancelMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class SalesOrderChange(TypedDict, total=False):
    """What is told."""

    party: int | str | None
    reference: str | None
    ordered_on: str | None
    required_on: str | None
    valid_until: str | None
    place: int | str | None
    note: str | None
    lines: list[SalesOrderLineNew] | None


class SalesOrderClose(TypedDict, total=False):
    """What is told."""


class SalesOrderCloseMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class SalesOrderConfirm(TypedDict, total=False):
    """What is told."""


class SalesOrderConfirmMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]


class SalesOrderDetail(TypedDict, total=False):
    """Sales order, with lines."""

    id: Required[int]
    revision: int | None
    party: Reference | None
    reference: str | None
    ordered_on: str | None
    required_on: str | None
    valid_until: str | None
    place: Reference | None
    note: str | None
    number: str | None
    state: str | None
    gross: Money | None
    delivery: str | None
    billing: str | None
    reserved_until: str | None
    tracking: list[Parcel] | None
    net: Money | None
    tax: Money | None
    lines: list[SalesOrderLine] | None


class SalesOrderDone(TypedDict, total=False):
    """What is told."""

    object: Required[SalesOrderDetail | None]
    made: list[Effect]


class SalesOrderInvoice(TypedDict, total=False):
    """What is told."""

    on: str | None
    due_on: str | None
    lines: list[SalesOrderInvoiceLines] | None


class SalesOrderInvoiceLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class SalesOrderInvoiceMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    due_on: str | None


class SalesOrderLine(TypedDict, total=False):
    """What is told."""

    id: Required[int]
    item: Reference | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None
    uom: Reference | None
    free: str | None
    percent: str | None
    net: Money | None
    ordered: str | None
    shipped: str | None
    invoiced: str | None
    returned: str | None


class SalesOrderLineNew(TypedDict, total=False):
    """What is told."""

    item: int | str | None
    quantity: str | None
    unit_price: Money | None
    discount: str | None


class SalesOrderNew(TypedDict, total=False):
    """What is told."""

    party: Required[int | str]
    reference: str | None
    ordered_on: str | None
    required_on: str | None
    valid_until: str | None
    place: int | str | None
    note: str | None
    lines: Required[list[SalesOrderLineNew]]


class SalesOrderNewMany(TypedDict, total=False):
    """What is told."""

    items: Required[list[SalesOrderNew]]


class SalesOrderPage(TypedDict, total=False):
    """What is told."""

    data: Required[list[SalesOrder]]
    next: str | None


class SalesOrderReserve(TypedDict, total=False):
    """What is told."""

    minutes: int | None


class SalesOrderReserveMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    minutes: int | None


class SalesOrderReturn(TypedDict, total=False):
    """What is told."""

    on: str | None
    credit: bool | None
    reason: str | None
    lines: Required[list[SalesOrderReturnLines]]
    broken: list[SalesOrderReturnBroken] | None


class SalesOrderReturnBroken(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class SalesOrderReturnLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class SalesOrderShip(TypedDict, total=False):
    """What is told."""

    on: str | None
    tracking: str | None
    carrier: int | str | None
    lines: list[SalesOrderShipLines] | None


class SalesOrderShipLines(TypedDict, total=False):
    """What is told."""

    line: Required[int]
    quantity: Required[str]


class SalesOrderShipMany(TypedDict, total=False):
    """What is told."""

    ids: Required[list[int]]
    on: str | None
    tracking: str | None
    carrier: int | str | None


class Self(TypedDict, total=False):
    """The token that asks, whom it stands for and where."""

    token: Required[str]
    actor: Required[str]
    company: Required[str]
    currency: Required[str]
    scopes: Required[list[str]]
    ends_at: Required[str]


class WorkTold(TypedDict, total=False):
    """Long work. ``state``: waiting, running, done, failed or cancelled; ``faults``: the first 100."""

    id: Required[int]
    title: Required[str]
    state: Required[str]
    done: Required[int]
    total: Required[int]
    error: Required[str]
    faults: Required[list[Fault]]
