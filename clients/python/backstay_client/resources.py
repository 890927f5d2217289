"""Resources and their operations.

Written by tools/client.py from the API's description: change that, not this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from backstay_client.http import Http, pages
from backstay_client.types import (
    AccountingJournalEntry,
    AccountingJournalEntryDetail,
    AccountingJournalEntryDone,
    AccountingJournalEntryNew,
    AccountingJournalEntryNewMany,
    AccountingJournalEntryPage,
    AccountingJournalEntryReverse,
    AccountingJournalEntryReverseMany,
    Availability,
    BankingBankAccount,
    BankingBankAccountChange,
    BankingBankAccountNew,
    BankingBankAccountNewMany,
    BankingBankAccountPage,
    BankingPartyAccount,
    BankingPartyAccountNew,
    BankingPartyAccountNewMany,
    BankingPartyAccountPage,
    BankingPayment,
    BankingPaymentDetail,
    BankingPaymentDone,
    BankingPaymentNew,
    BankingPaymentNewMany,
    BankingPaymentPage,
    BankingPaymentReverse,
    BankingPaymentReverseMany,
    BankingPaymentRun,
    BankingPaymentRunDetail,
    BankingPaymentRunDone,
    BankingPaymentRunPage,
    BankingPaymentRunReverse,
    BankingPaymentRunReverseMany,
    BankingPaymentSettle,
    BankingPaymentSettleMany,
    BankingPaymentUnsettle,
    BankingPaymentUnsettleMany,
    BankingStatement,
    BankingStatementDetail,
    BankingStatementPage,
    Begun,
    CatalogItem,
    CatalogItemArchive,
    CatalogItemArchiveMany,
    CatalogItemChange,
    CatalogItemDone,
    CatalogItemNew,
    CatalogItemNewMany,
    CatalogItemPage,
    CatalogPriceAgreement,
    CatalogPriceAgreementChange,
    CatalogPriceAgreementNew,
    CatalogPriceAgreementNewMany,
    CatalogPriceAgreementPage,
    CatalogPriceList,
    CatalogPriceListArchive,
    CatalogPriceListArchiveMany,
    CatalogPriceListChange,
    CatalogPriceListDetail,
    CatalogPriceListDone,
    CatalogPriceListNew,
    CatalogPriceListNewMany,
    CatalogPriceListPage,
    DoneMany,
    FilesTold,
    FileTold,
    InventoryCarrier,
    InventoryCarrierArchive,
    InventoryCarrierArchiveMany,
    InventoryCarrierChange,
    InventoryCarrierDone,
    InventoryCarrierNew,
    InventoryCarrierNewMany,
    InventoryCarrierPage,
    InventoryCount,
    InventoryCountDetail,
    InventoryCountDone,
    InventoryCountNew,
    InventoryCountNewMany,
    InventoryCountPage,
    InventoryCountReverse,
    InventoryCountReverseMany,
    InventoryReceipt,
    InventoryReceiptDetail,
    InventoryReceiptDone,
    InventoryReceiptPage,
    InventoryReceiptReverse,
    InventoryReceiptReverseMany,
    InventoryShipment,
    InventoryShipmentDetail,
    InventoryShipmentDone,
    InventoryShipmentPage,
    InventoryShipmentReverse,
    InventoryShipmentReverseMany,
    InventoryShipmentTrack,
    InventoryShipmentTrackMany,
    InventoryShipmentUntrack,
    InventoryShipmentUntrackMany,
    InventoryTransfer,
    InventoryTransferArrive,
    InventoryTransferArriveMany,
    InventoryTransferDetail,
    InventoryTransferDone,
    InventoryTransferNew,
    InventoryTransferNewMany,
    InventoryTransferPage,
    InventoryTransferReverse,
    InventoryTransferReverseMany,
    InventoryWriteOff,
    InventoryWriteOffDetail,
    InventoryWriteOffDone,
    InventoryWriteOffNew,
    InventoryWriteOffNewMany,
    InventoryWriteOffPage,
    InventoryWriteOffReverse,
    InventoryWriteOffReverseMany,
    InvoicingBill,
    InvoicingBillDetail,
    InvoicingBillDone,
    InvoicingBillNew,
    InvoicingBillNewMany,
    InvoicingBillPage,
    InvoicingBillPay,
    InvoicingBillPayMany,
    InvoicingBillReverse,
    InvoicingBillReverseMany,
    InvoicingInvoice,
    InvoicingInvoiceCredit,
    InvoicingInvoiceCreditMany,
    InvoicingInvoiceDetail,
    InvoicingInvoiceDone,
    InvoicingInvoiceNew,
    InvoicingInvoiceNewMany,
    InvoicingInvoicePage,
    InvoicingInvoiceRecordPayment,
    InvoicingInvoiceRecordPaymentMany,
    InvoicingInvoiceReverse,
    InvoicingInvoiceReverseMany,
    Made,
    PartiesParty,
    PartiesPartyArchive,
    PartiesPartyArchiveMany,
    PartiesPartyChange,
    PartiesPartyDetail,
    PartiesPartyDone,
    PartiesPartyNew,
    PartiesPartyNewMany,
    PartiesPartyPage,
    Payables,
    Prices,
    ProjectsProject,
    ProjectsProjectChange,
    ProjectsProjectClose,
    ProjectsProjectCloseMany,
    ProjectsProjectDone,
    ProjectsProjectInvoice,
    ProjectsProjectInvoiceMany,
    ProjectsProjectNew,
    ProjectsProjectNewMany,
    ProjectsProjectPage,
    ProjectsProjectReopen,
    ProjectsProjectReopenMany,
    ProjectsTask,
    ProjectsTaskChange,
    ProjectsTaskDone,
    ProjectsTaskFinish,
    ProjectsTaskFinishMany,
    ProjectsTaskNew,
    ProjectsTaskNewMany,
    ProjectsTaskPage,
    ProjectsTaskPutBack,
    ProjectsTaskPutBackMany,
    ProjectsTaskStart,
    ProjectsTaskStartMany,
    ProjectsTaskSubmit,
    ProjectsTaskSubmitMany,
    ProjectsTimeSheet,
    ProjectsTimeSheetChange,
    ProjectsTimeSheetDetail,
    ProjectsTimeSheetDone,
    ProjectsTimeSheetNew,
    ProjectsTimeSheetNewMany,
    ProjectsTimeSheetPage,
    ProjectsTimeSheetPost,
    ProjectsTimeSheetPostMany,
    ProjectsTimeSheetReverse,
    ProjectsTimeSheetReverseMany,
    PurchasingOrder,
    PurchasingOrderBill,
    PurchasingOrderBillMany,
    PurchasingOrderCancel,
    PurchasingOrderCancelMany,
    PurchasingOrderChange,
    PurchasingOrderClose,
    PurchasingOrderCloseMany,
    PurchasingOrderConfirm,
    PurchasingOrderConfirmMany,
    PurchasingOrderDetail,
    PurchasingOrderDone,
    PurchasingOrderNew,
    PurchasingOrderNewMany,
    PurchasingOrderPage,
    PurchasingOrderReceive,
    PurchasingOrderReceiveMany,
    PurchasingOrderReturn,
    ReportNames,
    ReportTold,
    RunNew,
    SalesOrder,
    SalesOrderCancel,
    SalesOrderCancelMany,
    SalesOrderChange,
    SalesOrderClose,
    SalesOrderCloseMany,
    SalesOrderConfirm,
    SalesOrderConfirmMany,
    SalesOrderDetail,
    SalesOrderDone,
    SalesOrderInvoice,
    SalesOrderInvoiceMany,
    SalesOrderNew,
    SalesOrderNewMany,
    SalesOrderPage,
    SalesOrderReserve,
    SalesOrderReserveMany,
    SalesOrderReturn,
    SalesOrderShip,
    SalesOrderShipMany,
    Self,
    WorkTold,
)


class AccountingJournal:
    """accounting/journal."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "text",
            "-text",
            "entered_on",
            "-entered_on",
            "kind",
            "-kind",
            "state",
            "-state",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        text: str | None = None,
        text_has: str | None = None,
        entered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        entered_on_from: str | None = None,
        entered_on_to: str | None = None,
        entered_on: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> AccountingJournalEntryPage:
        """List journal entries. A page of journal entries, by key: as fast at any depth."""
        answer: AccountingJournalEntryPage = self._http.ask(
            "GET",
            "/api/v1/accounting/journal",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "text": text,
                "text.has": text_has,
                "entered_on.within": entered_on_within,
                "entered_on.from": entered_on_from,
                "entered_on.to": entered_on_to,
                "entered_on": entered_on,
                "kind": kind,
                "kind.not": kind_not,
                "state": state,
                "state.not": state_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "text",
            "-text",
            "entered_on",
            "-entered_on",
            "kind",
            "-kind",
            "state",
            "-state",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        text: str | None = None,
        text_has: str | None = None,
        entered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        entered_on_from: str | None = None,
        entered_on_to: str | None = None,
        entered_on: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> Iterator[AccountingJournalEntry]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                text=text,
                text_has=text_has,
                entered_on_within=entered_on_within,
                entered_on_from=entered_on_from,
                entered_on_to=entered_on_to,
                entered_on=entered_on,
                kind=kind,
                kind_not=kind_not,
                state=state,
                state_not=state_not,
            )
        )

    def create(
        self, body: AccountingJournalEntryNew, *, key: str | None = None
    ) -> AccountingJournalEntryDetail:
        """Make a journal entry."""
        answer: AccountingJournalEntryDetail = self._http.ask(
            "POST", "/api/v1/accounting/journal", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> AccountingJournalEntryDetail:
        """Read a journal entry. The ETag names its revision, for If-Match."""
        answer: AccountingJournalEntryDetail = self._http.ask(
            "GET", f"/api/v1/accounting/journal/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: AccountingJournalEntryNewMany, *, key: str | None = None) -> Made:
        """Make many journal entries. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/accounting/journal/bulk", body=body, key=key)
        return answer

    def reverse(
        self,
        id: int,
        body: AccountingJournalEntryReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> AccountingJournalEntryDone:
        """Reverse: journal entry. With If-Match, only while it is as it was read."""
        answer: AccountingJournalEntryDone = self._http.ask(
            "POST",
            f"/api/v1/accounting/journal/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(
        self, body: AccountingJournalEntryReverseMany, *, key: str | None = None
    ) -> DoneMany | Begun:
        """Reverse: many journal entries. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/accounting/journal/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a journal entry."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/accounting/journal/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a journal entry. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/accounting/journal/{id}/files", file=(name, content), key=key
        )
        return answer


class BankingAccounts:
    """banking/accounts."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["name", "-name", "code", "-code", "kind", "-kind", "iban", "-iban", "bic", "-bic"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        iban: str | None = None,
        iban_has: str | None = None,
        bic: str | None = None,
        bic_has: str | None = None,
    ) -> BankingBankAccountPage:
        """List bank accounts. A page of bank accounts, by key: as fast at any depth."""
        answer: BankingBankAccountPage = self._http.ask(
            "GET",
            "/api/v1/banking/accounts",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "name": name,
                "name.has": name_has,
                "code": code,
                "code.has": code_has,
                "kind": kind,
                "kind.not": kind_not,
                "iban": iban,
                "iban.has": iban_has,
                "bic": bic,
                "bic.has": bic_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["name", "-name", "code", "-code", "kind", "-kind", "iban", "-iban", "bic", "-bic"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        iban: str | None = None,
        iban_has: str | None = None,
        bic: str | None = None,
        bic_has: str | None = None,
    ) -> Iterator[BankingBankAccount]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                name=name,
                name_has=name_has,
                code=code,
                code_has=code_has,
                kind=kind,
                kind_not=kind_not,
                iban=iban,
                iban_has=iban_has,
                bic=bic,
                bic_has=bic_has,
            )
        )

    def create(self, body: BankingBankAccountNew, *, key: str | None = None) -> BankingBankAccount:
        """Make a bank account."""
        answer: BankingBankAccount = self._http.ask("POST", "/api/v1/banking/accounts", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> BankingBankAccount:
        """Read a bank account. The ETag names its revision, for If-Match."""
        answer: BankingBankAccount = self._http.ask(
            "GET", f"/api/v1/banking/accounts/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: BankingBankAccountChange | None = None, *, if_match: str, key: str | None = None
    ) -> BankingBankAccount:
        """Change a bank account. Fields that are sent; lines, when they are sent, all of them."""
        answer: BankingBankAccount = self._http.ask(
            "PATCH",
            f"/api/v1/banking/accounts/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: BankingBankAccountNewMany, *, key: str | None = None) -> Made:
        """Make many bank accounts. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/banking/accounts/bulk", body=body, key=key)
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a bank account."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/banking/accounts/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a bank account. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/banking/accounts/{id}/files", file=(name, content), key=key
        )
        return answer


class BankingPartyAccounts:
    """banking/party-accounts."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["iban", "-iban", "bic", "-bic", "holder", "-holder", "archived_on", "-archived_on"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        iban: str | None = None,
        iban_has: str | None = None,
        party: int | None = None,
        bic: str | None = None,
        bic_has: str | None = None,
        holder: str | None = None,
        holder_has: str | None = None,
        archived_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        archived_on_from: str | None = None,
        archived_on_to: str | None = None,
        archived_on: str | None = None,
    ) -> BankingPartyAccountPage:
        """List parties' bank accounts. A page of parties' bank accounts, by key: as fast at any depth."""
        answer: BankingPartyAccountPage = self._http.ask(
            "GET",
            "/api/v1/banking/party-accounts",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "iban": iban,
                "iban.has": iban_has,
                "party": party,
                "bic": bic,
                "bic.has": bic_has,
                "holder": holder,
                "holder.has": holder_has,
                "archived_on.within": archived_on_within,
                "archived_on.from": archived_on_from,
                "archived_on.to": archived_on_to,
                "archived_on": archived_on,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["iban", "-iban", "bic", "-bic", "holder", "-holder", "archived_on", "-archived_on"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        iban: str | None = None,
        iban_has: str | None = None,
        party: int | None = None,
        bic: str | None = None,
        bic_has: str | None = None,
        holder: str | None = None,
        holder_has: str | None = None,
        archived_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        archived_on_from: str | None = None,
        archived_on_to: str | None = None,
        archived_on: str | None = None,
    ) -> Iterator[BankingPartyAccount]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                iban=iban,
                iban_has=iban_has,
                party=party,
                bic=bic,
                bic_has=bic_has,
                holder=holder,
                holder_has=holder_has,
                archived_on_within=archived_on_within,
                archived_on_from=archived_on_from,
                archived_on_to=archived_on_to,
                archived_on=archived_on,
            )
        )

    def create(self, body: BankingPartyAccountNew, *, key: str | None = None) -> BankingPartyAccount:
        """Make a party's bank account."""
        answer: BankingPartyAccount = self._http.ask(
            "POST", "/api/v1/banking/party-accounts", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> BankingPartyAccount:
        """Read a party's bank account. The ETag names its revision, for If-Match."""
        answer: BankingPartyAccount = self._http.ask(
            "GET", f"/api/v1/banking/party-accounts/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: BankingPartyAccountNewMany, *, key: str | None = None) -> Made:
        """Make many parties' bank accounts. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/banking/party-accounts/bulk", body=body, key=key)
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a party's bank account."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/banking/party-accounts/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a party's bank account. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/banking/party-accounts/{id}/files", file=(name, content), key=key
        )
        return answer


class BankingPayable:
    """banking/payable."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, *, until: str | None = None) -> Payables:
        """What could be paid. The token's scopes name this act by its name: a wildcard does not reach it."""
        answer: Payables = self._http.ask("GET", "/api/v1/banking/payable", query={"until": until})
        return answer


class BankingPayments:
    """banking/payments."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "paid_on",
            "-paid_on",
            "way",
            "-way",
            "state",
            "-state",
            "amount",
            "-amount",
            "unallocated",
            "-unallocated",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        paid_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        paid_on_from: str | None = None,
        paid_on_to: str | None = None,
        paid_on: str | None = None,
        way: str | None = None,
        way_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        amount: str | None = None,
        unallocated_min: str | None = None,
        unallocated_max: str | None = None,
        unallocated: str | None = None,
        bank_account: int | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        fee_min: str | None = None,
        fee_max: str | None = None,
        fee: str | None = None,
    ) -> BankingPaymentPage:
        """List payments. A page of payments, by key: as fast at any depth."""
        answer: BankingPaymentPage = self._http.ask(
            "GET",
            "/api/v1/banking/payments",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "party": party,
                "paid_on.within": paid_on_within,
                "paid_on.from": paid_on_from,
                "paid_on.to": paid_on_to,
                "paid_on": paid_on,
                "way": way,
                "way.not": way_not,
                "state": state,
                "state.not": state_not,
                "amount.min": amount_min,
                "amount.max": amount_max,
                "amount": amount,
                "unallocated.min": unallocated_min,
                "unallocated.max": unallocated_max,
                "unallocated": unallocated,
                "bank_account": bank_account,
                "reference": reference,
                "reference.has": reference_has,
                "fee.min": fee_min,
                "fee.max": fee_max,
                "fee": fee,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "paid_on",
            "-paid_on",
            "way",
            "-way",
            "state",
            "-state",
            "amount",
            "-amount",
            "unallocated",
            "-unallocated",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        paid_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        paid_on_from: str | None = None,
        paid_on_to: str | None = None,
        paid_on: str | None = None,
        way: str | None = None,
        way_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        amount: str | None = None,
        unallocated_min: str | None = None,
        unallocated_max: str | None = None,
        unallocated: str | None = None,
        bank_account: int | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        fee_min: str | None = None,
        fee_max: str | None = None,
        fee: str | None = None,
    ) -> Iterator[BankingPayment]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                party=party,
                paid_on_within=paid_on_within,
                paid_on_from=paid_on_from,
                paid_on_to=paid_on_to,
                paid_on=paid_on,
                way=way,
                way_not=way_not,
                state=state,
                state_not=state_not,
                amount_min=amount_min,
                amount_max=amount_max,
                amount=amount,
                unallocated_min=unallocated_min,
                unallocated_max=unallocated_max,
                unallocated=unallocated,
                bank_account=bank_account,
                reference=reference,
                reference_has=reference_has,
                fee_min=fee_min,
                fee_max=fee_max,
                fee=fee,
            )
        )

    def create(self, body: BankingPaymentNew, *, key: str | None = None) -> BankingPaymentDetail:
        """Make a payment."""
        answer: BankingPaymentDetail = self._http.ask("POST", "/api/v1/banking/payments", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> BankingPaymentDetail:
        """Read a payment. The ETag names its revision, for If-Match."""
        answer: BankingPaymentDetail = self._http.ask(
            "GET", f"/api/v1/banking/payments/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: BankingPaymentNewMany, *, key: str | None = None) -> Made:
        """Make many payments. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/banking/payments/bulk", body=body, key=key)
        return answer

    def settle(
        self,
        id: int,
        body: BankingPaymentSettle | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> BankingPaymentDone:
        """Settle: payment. With If-Match, only while it is as it was read."""
        answer: BankingPaymentDone = self._http.ask(
            "POST",
            f"/api/v1/banking/payments/{id}/settle",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def settle_many(self, body: BankingPaymentSettleMany, *, key: str | None = None) -> DoneMany | Begun:
        """Settle: many payments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/banking/payments/bulk/settle", body=body, key=key
        )
        return answer

    def unsettle(
        self,
        id: int,
        body: BankingPaymentUnsettle | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> BankingPaymentDone:
        """Unsettle: payment. With If-Match, only while it is as it was read."""
        answer: BankingPaymentDone = self._http.ask(
            "POST",
            f"/api/v1/banking/payments/{id}/unsettle",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def unsettle_many(self, body: BankingPaymentUnsettleMany, *, key: str | None = None) -> DoneMany | Begun:
        """Unsettle: many payments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/banking/payments/bulk/unsettle", body=body, key=key
        )
        return answer

    def reverse(
        self,
        id: int,
        body: BankingPaymentReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> BankingPaymentDone:
        """Reverse: payment. With If-Match, only while it is as it was read."""
        answer: BankingPaymentDone = self._http.ask(
            "POST",
            f"/api/v1/banking/payments/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: BankingPaymentReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many payments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/banking/payments/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a payment."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/banking/payments/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a payment. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/banking/payments/{id}/files", file=(name, content), key=key
        )
        return answer

    def paper(self, id: int) -> bytes:
        """The payment as PDF/A."""
        answer: bytes = self._http.content("GET", f"/api/v1/banking/payments/{id}/paper")
        return answer


class BankingRuns:
    """banking/runs."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "executed_on",
            "-executed_on",
            "state",
            "-state",
            "count",
            "-count",
            "total",
            "-total",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        executed_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        executed_on_from: str | None = None,
        executed_on_to: str | None = None,
        executed_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        count_min: str | None = None,
        count_max: str | None = None,
        count: str | None = None,
        total_min: str | None = None,
        total_max: str | None = None,
        total: str | None = None,
        bank_account: int | None = None,
    ) -> BankingPaymentRunPage:
        """List payment runs. A page of payment runs, by key: as fast at any depth."""
        answer: BankingPaymentRunPage = self._http.ask(
            "GET",
            "/api/v1/banking/runs",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "executed_on.within": executed_on_within,
                "executed_on.from": executed_on_from,
                "executed_on.to": executed_on_to,
                "executed_on": executed_on,
                "state": state,
                "state.not": state_not,
                "count.min": count_min,
                "count.max": count_max,
                "count": count,
                "total.min": total_min,
                "total.max": total_max,
                "total": total,
                "bank_account": bank_account,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "executed_on",
            "-executed_on",
            "state",
            "-state",
            "count",
            "-count",
            "total",
            "-total",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        executed_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        executed_on_from: str | None = None,
        executed_on_to: str | None = None,
        executed_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        count_min: str | None = None,
        count_max: str | None = None,
        count: str | None = None,
        total_min: str | None = None,
        total_max: str | None = None,
        total: str | None = None,
        bank_account: int | None = None,
    ) -> Iterator[BankingPaymentRun]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                executed_on_within=executed_on_within,
                executed_on_from=executed_on_from,
                executed_on_to=executed_on_to,
                executed_on=executed_on,
                state=state,
                state_not=state_not,
                count_min=count_min,
                count_max=count_max,
                count=count,
                total_min=total_min,
                total_max=total_max,
                total=total,
                bank_account=bank_account,
            )
        )

    def create(self, body: RunNew, *, key: str | None = None) -> BankingPaymentRunDetail:
        """Make a payment run. Each item wholly, one payment per supplier, credit notes set off. The token's scopes name this act by its name: a wildcard does not reach it."""
        answer: BankingPaymentRunDetail = self._http.ask("POST", "/api/v1/banking/runs", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> BankingPaymentRunDetail:
        """Read a payment run. The ETag names its revision, for If-Match."""
        answer: BankingPaymentRunDetail = self._http.ask(
            "GET", f"/api/v1/banking/runs/{id}", query={"fields": fields}
        )
        return answer

    def reverse(
        self,
        id: int,
        body: BankingPaymentRunReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> BankingPaymentRunDone:
        """Reverse: payment run. With If-Match, only while it is as it was read."""
        answer: BankingPaymentRunDone = self._http.ask(
            "POST",
            f"/api/v1/banking/runs/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: BankingPaymentRunReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many payment runs. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/banking/runs/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a payment run."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/banking/runs/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a payment run. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/banking/runs/{id}/files", file=(name, content), key=key
        )
        return answer

    def file(self, id: int, *, version: Literal["03", "09"] | None = None) -> bytes:
        """The file for the bank. As pain.001. The token's scopes name this act by its name: a wildcard does not reach it."""
        answer: bytes = self._http.content(
            "GET", f"/api/v1/banking/runs/{id}/file", query={"version": version}
        )
        return answer


class BankingStatements:
    """banking/statements."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "until",
            "-until",
            "opening",
            "-opening",
            "closing",
            "-closing",
            "gap",
            "-gap",
            "file_name",
            "-file_name",
            "imported_at",
            "-imported_at",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        until_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        until_from: str | None = None,
        until_to: str | None = None,
        until: str | None = None,
        bank_account: int | None = None,
        opening_min: str | None = None,
        opening_max: str | None = None,
        opening: str | None = None,
        closing_min: str | None = None,
        closing_max: str | None = None,
        closing: str | None = None,
        gap_min: str | None = None,
        gap_max: str | None = None,
        gap: str | None = None,
        file_name: str | None = None,
        file_name_has: str | None = None,
        imported_at_from: str | None = None,
        imported_at_to: str | None = None,
    ) -> BankingStatementPage:
        """List bank statements. A page of bank statements, by key: as fast at any depth."""
        answer: BankingStatementPage = self._http.ask(
            "GET",
            "/api/v1/banking/statements",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "until.within": until_within,
                "until.from": until_from,
                "until.to": until_to,
                "until": until,
                "bank_account": bank_account,
                "opening.min": opening_min,
                "opening.max": opening_max,
                "opening": opening,
                "closing.min": closing_min,
                "closing.max": closing_max,
                "closing": closing,
                "gap.min": gap_min,
                "gap.max": gap_max,
                "gap": gap,
                "file_name": file_name,
                "file_name.has": file_name_has,
                "imported_at.from": imported_at_from,
                "imported_at.to": imported_at_to,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "until",
            "-until",
            "opening",
            "-opening",
            "closing",
            "-closing",
            "gap",
            "-gap",
            "file_name",
            "-file_name",
            "imported_at",
            "-imported_at",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        until_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        until_from: str | None = None,
        until_to: str | None = None,
        until: str | None = None,
        bank_account: int | None = None,
        opening_min: str | None = None,
        opening_max: str | None = None,
        opening: str | None = None,
        closing_min: str | None = None,
        closing_max: str | None = None,
        closing: str | None = None,
        gap_min: str | None = None,
        gap_max: str | None = None,
        gap: str | None = None,
        file_name: str | None = None,
        file_name_has: str | None = None,
        imported_at_from: str | None = None,
        imported_at_to: str | None = None,
    ) -> Iterator[BankingStatement]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                until_within=until_within,
                until_from=until_from,
                until_to=until_to,
                until=until,
                bank_account=bank_account,
                opening_min=opening_min,
                opening_max=opening_max,
                opening=opening,
                closing_min=closing_min,
                closing_max=closing_max,
                closing=closing,
                gap_min=gap_min,
                gap_max=gap_max,
                gap=gap,
                file_name=file_name,
                file_name_has=file_name_has,
                imported_at_from=imported_at_from,
                imported_at_to=imported_at_to,
            )
        )

    def get(self, id: int, *, fields: str | None = None) -> BankingStatementDetail:
        """Read a bank statement. The ETag names its revision, for If-Match."""
        answer: BankingStatementDetail = self._http.ask(
            "GET", f"/api/v1/banking/statements/{id}", query={"fields": fields}
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a bank statement."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/banking/statements/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a bank statement. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/banking/statements/{id}/files", file=(name, content), key=key
        )
        return answer


class CatalogItems:
    """catalog/items."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "sku",
            "-sku",
            "kind",
            "-kind",
            "sales_price",
            "-sales_price",
            "purchase_price",
            "-purchase_price",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        sku: str | None = None,
        sku_has: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        category: int | None = None,
        uom: int | None = None,
        sales_price_min: str | None = None,
        sales_price_max: str | None = None,
        sales_price: str | None = None,
        purchase_price_min: str | None = None,
        purchase_price_max: str | None = None,
        purchase_price: str | None = None,
        tax_class: str | None = None,
        tax_class_not: str | None = None,
        barcode: str | None = None,
        barcode_has: str | None = None,
    ) -> CatalogItemPage:
        """List items. A page of items, by key: as fast at any depth."""
        answer: CatalogItemPage = self._http.ask(
            "GET",
            "/api/v1/catalog/items",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "name": name,
                "name.has": name_has,
                "sku": sku,
                "sku.has": sku_has,
                "kind": kind,
                "kind.not": kind_not,
                "category": category,
                "uom": uom,
                "sales_price.min": sales_price_min,
                "sales_price.max": sales_price_max,
                "sales_price": sales_price,
                "purchase_price.min": purchase_price_min,
                "purchase_price.max": purchase_price_max,
                "purchase_price": purchase_price,
                "tax_class": tax_class,
                "tax_class.not": tax_class_not,
                "barcode": barcode,
                "barcode.has": barcode_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "sku",
            "-sku",
            "kind",
            "-kind",
            "sales_price",
            "-sales_price",
            "purchase_price",
            "-purchase_price",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        sku: str | None = None,
        sku_has: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        category: int | None = None,
        uom: int | None = None,
        sales_price_min: str | None = None,
        sales_price_max: str | None = None,
        sales_price: str | None = None,
        purchase_price_min: str | None = None,
        purchase_price_max: str | None = None,
        purchase_price: str | None = None,
        tax_class: str | None = None,
        tax_class_not: str | None = None,
        barcode: str | None = None,
        barcode_has: str | None = None,
    ) -> Iterator[CatalogItem]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                name=name,
                name_has=name_has,
                sku=sku,
                sku_has=sku_has,
                kind=kind,
                kind_not=kind_not,
                category=category,
                uom=uom,
                sales_price_min=sales_price_min,
                sales_price_max=sales_price_max,
                sales_price=sales_price,
                purchase_price_min=purchase_price_min,
                purchase_price_max=purchase_price_max,
                purchase_price=purchase_price,
                tax_class=tax_class,
                tax_class_not=tax_class_not,
                barcode=barcode,
                barcode_has=barcode_has,
            )
        )

    def create(self, body: CatalogItemNew, *, key: str | None = None) -> CatalogItem:
        """Make an item."""
        answer: CatalogItem = self._http.ask("POST", "/api/v1/catalog/items", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> CatalogItem:
        """Read an item. The ETag names its revision, for If-Match."""
        answer: CatalogItem = self._http.ask("GET", f"/api/v1/catalog/items/{id}", query={"fields": fields})
        return answer

    def update(
        self, id: int, body: CatalogItemChange | None = None, *, if_match: str, key: str | None = None
    ) -> CatalogItem:
        """Change an item. Fields that are sent; lines, when they are sent, all of them."""
        answer: CatalogItem = self._http.ask(
            "PATCH",
            f"/api/v1/catalog/items/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: CatalogItemNewMany, *, key: str | None = None) -> Made:
        """Make many items. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/catalog/items/bulk", body=body, key=key)
        return answer

    def archive(
        self,
        id: int,
        body: CatalogItemArchive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> CatalogItemDone:
        """Archive: item. With If-Match, only while it is as it was read."""
        answer: CatalogItemDone = self._http.ask(
            "POST",
            f"/api/v1/catalog/items/{id}/archive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def archive_many(self, body: CatalogItemArchiveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Archive: many items. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/catalog/items/bulk/archive", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of an item."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/catalog/items/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with an item. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/catalog/items/{id}/files", file=(name, content), key=key
        )
        return answer


class CatalogPriceAgreements:
    """catalog/price-agreements."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["since_on", "-since_on", "until_on", "-until_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["current", "ended"] | None = None,
        party: int | None = None,
        price_list: int | None = None,
        since_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        since_on_from: str | None = None,
        since_on_to: str | None = None,
        since_on: str | None = None,
        until_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        until_on_from: str | None = None,
        until_on_to: str | None = None,
        until_on: str | None = None,
    ) -> CatalogPriceAgreementPage:
        """List price agreements. A page of price agreements, by key: as fast at any depth."""
        answer: CatalogPriceAgreementPage = self._http.ask(
            "GET",
            "/api/v1/catalog/price-agreements",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "party": party,
                "price_list": price_list,
                "since_on.within": since_on_within,
                "since_on.from": since_on_from,
                "since_on.to": since_on_to,
                "since_on": since_on,
                "until_on.within": until_on_within,
                "until_on.from": until_on_from,
                "until_on.to": until_on_to,
                "until_on": until_on,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["since_on", "-since_on", "until_on", "-until_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["current", "ended"] | None = None,
        party: int | None = None,
        price_list: int | None = None,
        since_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        since_on_from: str | None = None,
        since_on_to: str | None = None,
        since_on: str | None = None,
        until_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        until_on_from: str | None = None,
        until_on_to: str | None = None,
        until_on: str | None = None,
    ) -> Iterator[CatalogPriceAgreement]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                party=party,
                price_list=price_list,
                since_on_within=since_on_within,
                since_on_from=since_on_from,
                since_on_to=since_on_to,
                since_on=since_on,
                until_on_within=until_on_within,
                until_on_from=until_on_from,
                until_on_to=until_on_to,
                until_on=until_on,
            )
        )

    def create(self, body: CatalogPriceAgreementNew, *, key: str | None = None) -> CatalogPriceAgreement:
        """Make a price agreement."""
        answer: CatalogPriceAgreement = self._http.ask(
            "POST", "/api/v1/catalog/price-agreements", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> CatalogPriceAgreement:
        """Read a price agreement. The ETag names its revision, for If-Match."""
        answer: CatalogPriceAgreement = self._http.ask(
            "GET", f"/api/v1/catalog/price-agreements/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self,
        id: int,
        body: CatalogPriceAgreementChange | None = None,
        *,
        if_match: str,
        key: str | None = None,
    ) -> CatalogPriceAgreement:
        """Change a price agreement. Fields that are sent; lines, when they are sent, all of them."""
        answer: CatalogPriceAgreement = self._http.ask(
            "PATCH",
            f"/api/v1/catalog/price-agreements/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: CatalogPriceAgreementNewMany, *, key: str | None = None) -> Made:
        """Make many price agreements. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/catalog/price-agreements/bulk", body=body, key=key)
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a price agreement."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/catalog/price-agreements/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a price agreement. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/catalog/price-agreements/{id}/files", file=(name, content), key=key
        )
        return answer


class CatalogPriceLists:
    """catalog/price-lists."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "code",
            "-code",
            "currency",
            "-currency",
            "discount",
            "-discount",
            "standard",
            "-standard",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived", "in_use"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        currency: str | None = None,
        currency_has: str | None = None,
        parent: int | None = None,
        standard: Literal["true", "false"] | None = None,
    ) -> CatalogPriceListPage:
        """List price lists. A page of price lists, by key: as fast at any depth."""
        answer: CatalogPriceListPage = self._http.ask(
            "GET",
            "/api/v1/catalog/price-lists",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "name": name,
                "name.has": name_has,
                "code": code,
                "code.has": code_has,
                "currency": currency,
                "currency.has": currency_has,
                "parent": parent,
                "standard": standard,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "code",
            "-code",
            "currency",
            "-currency",
            "discount",
            "-discount",
            "standard",
            "-standard",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived", "in_use"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        currency: str | None = None,
        currency_has: str | None = None,
        parent: int | None = None,
        standard: Literal["true", "false"] | None = None,
    ) -> Iterator[CatalogPriceList]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                name=name,
                name_has=name_has,
                code=code,
                code_has=code_has,
                currency=currency,
                currency_has=currency_has,
                parent=parent,
                standard=standard,
            )
        )

    def create(self, body: CatalogPriceListNew, *, key: str | None = None) -> CatalogPriceListDetail:
        """Make a price list."""
        answer: CatalogPriceListDetail = self._http.ask(
            "POST", "/api/v1/catalog/price-lists", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> CatalogPriceListDetail:
        """Read a price list. The ETag names its revision, for If-Match."""
        answer: CatalogPriceListDetail = self._http.ask(
            "GET", f"/api/v1/catalog/price-lists/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: CatalogPriceListChange | None = None, *, if_match: str, key: str | None = None
    ) -> CatalogPriceListDetail:
        """Change a price list. Fields that are sent; lines, when they are sent, all of them."""
        answer: CatalogPriceListDetail = self._http.ask(
            "PATCH",
            f"/api/v1/catalog/price-lists/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: CatalogPriceListNewMany, *, key: str | None = None) -> Made:
        """Make many price lists. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/catalog/price-lists/bulk", body=body, key=key)
        return answer

    def archive(
        self,
        id: int,
        body: CatalogPriceListArchive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> CatalogPriceListDone:
        """Archive: price list. With If-Match, only while it is as it was read."""
        answer: CatalogPriceListDone = self._http.ask(
            "POST",
            f"/api/v1/catalog/price-lists/{id}/archive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def archive_many(self, body: CatalogPriceListArchiveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Archive: many price lists. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/catalog/price-lists/bulk/archive", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a price list."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/catalog/price-lists/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a price list. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/catalog/price-lists/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryCarriers:
    """inventory/carriers."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["name", "-name", "address", "-address", "archived_on", "-archived_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        address: str | None = None,
        address_has: str | None = None,
        archived_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        archived_on_from: str | None = None,
        archived_on_to: str | None = None,
        archived_on: str | None = None,
    ) -> InventoryCarrierPage:
        """List carriers. A page of carriers, by key: as fast at any depth."""
        answer: InventoryCarrierPage = self._http.ask(
            "GET",
            "/api/v1/inventory/carriers",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "name": name,
                "name.has": name_has,
                "address": address,
                "address.has": address_has,
                "archived_on.within": archived_on_within,
                "archived_on.from": archived_on_from,
                "archived_on.to": archived_on_to,
                "archived_on": archived_on,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["name", "-name", "address", "-address", "archived_on", "-archived_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        address: str | None = None,
        address_has: str | None = None,
        archived_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        archived_on_from: str | None = None,
        archived_on_to: str | None = None,
        archived_on: str | None = None,
    ) -> Iterator[InventoryCarrier]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                name=name,
                name_has=name_has,
                address=address,
                address_has=address_has,
                archived_on_within=archived_on_within,
                archived_on_from=archived_on_from,
                archived_on_to=archived_on_to,
                archived_on=archived_on,
            )
        )

    def create(self, body: InventoryCarrierNew, *, key: str | None = None) -> InventoryCarrier:
        """Make a carrier."""
        answer: InventoryCarrier = self._http.ask("POST", "/api/v1/inventory/carriers", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InventoryCarrier:
        """Read a carrier. The ETag names its revision, for If-Match."""
        answer: InventoryCarrier = self._http.ask(
            "GET", f"/api/v1/inventory/carriers/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: InventoryCarrierChange | None = None, *, if_match: str, key: str | None = None
    ) -> InventoryCarrier:
        """Change a carrier. Fields that are sent; lines, when they are sent, all of them."""
        answer: InventoryCarrier = self._http.ask(
            "PATCH",
            f"/api/v1/inventory/carriers/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: InventoryCarrierNewMany, *, key: str | None = None) -> Made:
        """Make many carriers. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/inventory/carriers/bulk", body=body, key=key)
        return answer

    def archive(
        self,
        id: int,
        body: InventoryCarrierArchive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryCarrierDone:
        """Archive: carrier. With If-Match, only while it is as it was read."""
        answer: InventoryCarrierDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/carriers/{id}/archive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def archive_many(self, body: InventoryCarrierArchiveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Archive: many carriers. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/carriers/bulk/archive", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a carrier."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/carriers/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a carrier. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/carriers/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryCounts:
    """inventory/counts."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number", "-number", "moved_on", "-moved_on", "reference", "-reference", "state", "-state"
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> InventoryCountPage:
        """List stock counts. A page of stock counts, by key: as fast at any depth."""
        answer: InventoryCountPage = self._http.ask(
            "GET",
            "/api/v1/inventory/counts",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "place": place,
                "moved_on.within": moved_on_within,
                "moved_on.from": moved_on_from,
                "moved_on.to": moved_on_to,
                "moved_on": moved_on,
                "reference": reference,
                "reference.has": reference_has,
                "state": state,
                "state.not": state_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number", "-number", "moved_on", "-moved_on", "reference", "-reference", "state", "-state"
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> Iterator[InventoryCount]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                place=place,
                moved_on_within=moved_on_within,
                moved_on_from=moved_on_from,
                moved_on_to=moved_on_to,
                moved_on=moved_on,
                reference=reference,
                reference_has=reference_has,
                state=state,
                state_not=state_not,
            )
        )

    def create(self, body: InventoryCountNew, *, key: str | None = None) -> InventoryCountDetail:
        """Make a stock count."""
        answer: InventoryCountDetail = self._http.ask("POST", "/api/v1/inventory/counts", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InventoryCountDetail:
        """Read a stock count. The ETag names its revision, for If-Match."""
        answer: InventoryCountDetail = self._http.ask(
            "GET", f"/api/v1/inventory/counts/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: InventoryCountNewMany, *, key: str | None = None) -> Made:
        """Make many stock counts. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/inventory/counts/bulk", body=body, key=key)
        return answer

    def reverse(
        self,
        id: int,
        body: InventoryCountReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryCountDone:
        """Reverse: stock count. With If-Match, only while it is as it was read."""
        answer: InventoryCountDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/counts/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InventoryCountReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many stock counts. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/counts/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a stock count."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/counts/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a stock count. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/counts/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryReceipts:
    """inventory/receipts."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "moved_on",
            "-moved_on",
            "kind",
            "-kind",
            "state",
            "-state",
            "reference",
            "-reference",
            "delivery_note",
            "-delivery_note",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        place: int | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        delivery_note: str | None = None,
        delivery_note_has: str | None = None,
    ) -> InventoryReceiptPage:
        """List goods receipts. A page of goods receipts, by key: as fast at any depth."""
        answer: InventoryReceiptPage = self._http.ask(
            "GET",
            "/api/v1/inventory/receipts",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "party": party,
                "moved_on.within": moved_on_within,
                "moved_on.from": moved_on_from,
                "moved_on.to": moved_on_to,
                "moved_on": moved_on,
                "place": place,
                "kind": kind,
                "kind.not": kind_not,
                "state": state,
                "state.not": state_not,
                "reference": reference,
                "reference.has": reference_has,
                "delivery_note": delivery_note,
                "delivery_note.has": delivery_note_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "moved_on",
            "-moved_on",
            "kind",
            "-kind",
            "state",
            "-state",
            "reference",
            "-reference",
            "delivery_note",
            "-delivery_note",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        place: int | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        delivery_note: str | None = None,
        delivery_note_has: str | None = None,
    ) -> Iterator[InventoryReceipt]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                party=party,
                moved_on_within=moved_on_within,
                moved_on_from=moved_on_from,
                moved_on_to=moved_on_to,
                moved_on=moved_on,
                place=place,
                kind=kind,
                kind_not=kind_not,
                state=state,
                state_not=state_not,
                reference=reference,
                reference_has=reference_has,
                delivery_note=delivery_note,
                delivery_note_has=delivery_note_has,
            )
        )

    def get(self, id: int, *, fields: str | None = None) -> InventoryReceiptDetail:
        """Read a goods receipt. The ETag names its revision, for If-Match."""
        answer: InventoryReceiptDetail = self._http.ask(
            "GET", f"/api/v1/inventory/receipts/{id}", query={"fields": fields}
        )
        return answer

    def reverse(
        self,
        id: int,
        body: InventoryReceiptReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryReceiptDone:
        """Reverse: goods receipt. With If-Match, only while it is as it was read."""
        answer: InventoryReceiptDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/receipts/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InventoryReceiptReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many goods receipts. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/receipts/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a goods receipt."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/receipts/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a goods receipt. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/receipts/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryShipments:
    """inventory/shipments."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "moved_on",
            "-moved_on",
            "kind",
            "-kind",
            "state",
            "-state",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        place: int | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
    ) -> InventoryShipmentPage:
        """List shipments. A page of shipments, by key: as fast at any depth."""
        answer: InventoryShipmentPage = self._http.ask(
            "GET",
            "/api/v1/inventory/shipments",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "party": party,
                "moved_on.within": moved_on_within,
                "moved_on.from": moved_on_from,
                "moved_on.to": moved_on_to,
                "moved_on": moved_on,
                "place": place,
                "kind": kind,
                "kind.not": kind_not,
                "state": state,
                "state.not": state_not,
                "reference": reference,
                "reference.has": reference_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "moved_on",
            "-moved_on",
            "kind",
            "-kind",
            "state",
            "-state",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        place: int | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
    ) -> Iterator[InventoryShipment]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                party=party,
                moved_on_within=moved_on_within,
                moved_on_from=moved_on_from,
                moved_on_to=moved_on_to,
                moved_on=moved_on,
                place=place,
                kind=kind,
                kind_not=kind_not,
                state=state,
                state_not=state_not,
                reference=reference,
                reference_has=reference_has,
            )
        )

    def get(self, id: int, *, fields: str | None = None) -> InventoryShipmentDetail:
        """Read a shipment. The ETag names its revision, for If-Match."""
        answer: InventoryShipmentDetail = self._http.ask(
            "GET", f"/api/v1/inventory/shipments/{id}", query={"fields": fields}
        )
        return answer

    def track(
        self, id: int, body: InventoryShipmentTrack, *, if_match: str | None = None, key: str | None = None
    ) -> InventoryShipmentDone:
        """Add tracking numbers: shipment. With If-Match, only while it is as it was read."""
        answer: InventoryShipmentDone = self._http.ask(
            "POST", f"/api/v1/inventory/shipments/{id}/track", body=body, if_match=if_match, key=key
        )
        return answer

    def track_many(self, body: InventoryShipmentTrackMany, *, key: str | None = None) -> DoneMany | Begun:
        """Add tracking numbers: many shipments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/shipments/bulk/track", body=body, key=key
        )
        return answer

    def untrack(
        self, id: int, body: InventoryShipmentUntrack, *, if_match: str | None = None, key: str | None = None
    ) -> InventoryShipmentDone:
        """Take tracking numbers away: shipment. With If-Match, only while it is as it was read."""
        answer: InventoryShipmentDone = self._http.ask(
            "POST", f"/api/v1/inventory/shipments/{id}/untrack", body=body, if_match=if_match, key=key
        )
        return answer

    def untrack_many(self, body: InventoryShipmentUntrackMany, *, key: str | None = None) -> DoneMany | Begun:
        """Take tracking numbers away: many shipments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/shipments/bulk/untrack", body=body, key=key
        )
        return answer

    def reverse(
        self,
        id: int,
        body: InventoryShipmentReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryShipmentDone:
        """Reverse: shipment. With If-Match, only while it is as it was read."""
        answer: InventoryShipmentDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/shipments/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InventoryShipmentReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many shipments. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/shipments/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a shipment."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/shipments/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a shipment. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/shipments/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryTransfers:
    """inventory/transfers."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["number", "-number", "moved_on", "-moved_on", "state", "-state"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        target: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
    ) -> InventoryTransferPage:
        """List transfers. A page of transfers, by key: as fast at any depth."""
        answer: InventoryTransferPage = self._http.ask(
            "GET",
            "/api/v1/inventory/transfers",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "place": place,
                "target": target,
                "moved_on.within": moved_on_within,
                "moved_on.from": moved_on_from,
                "moved_on.to": moved_on_to,
                "moved_on": moved_on,
                "state": state,
                "state.not": state_not,
                "reference": reference,
                "reference.has": reference_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["number", "-number", "moved_on", "-moved_on", "state", "-state"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        target: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
    ) -> Iterator[InventoryTransfer]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                place=place,
                target=target,
                moved_on_within=moved_on_within,
                moved_on_from=moved_on_from,
                moved_on_to=moved_on_to,
                moved_on=moved_on,
                state=state,
                state_not=state_not,
                reference=reference,
                reference_has=reference_has,
            )
        )

    def create(self, body: InventoryTransferNew, *, key: str | None = None) -> InventoryTransferDetail:
        """Make a transfer."""
        answer: InventoryTransferDetail = self._http.ask(
            "POST", "/api/v1/inventory/transfers", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InventoryTransferDetail:
        """Read a transfer. The ETag names its revision, for If-Match."""
        answer: InventoryTransferDetail = self._http.ask(
            "GET", f"/api/v1/inventory/transfers/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: InventoryTransferNewMany, *, key: str | None = None) -> Made:
        """Make many transfers. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/inventory/transfers/bulk", body=body, key=key)
        return answer

    def arrive(
        self,
        id: int,
        body: InventoryTransferArrive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryTransferDone:
        """Arrive: transfer. With If-Match, only while it is as it was read."""
        answer: InventoryTransferDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/transfers/{id}/arrive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def arrive_many(self, body: InventoryTransferArriveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Arrive: many transfers. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/transfers/bulk/arrive", body=body, key=key
        )
        return answer

    def reverse(
        self,
        id: int,
        body: InventoryTransferReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryTransferDone:
        """Reverse: transfer. With If-Match, only while it is as it was read."""
        answer: InventoryTransferDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/transfers/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InventoryTransferReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many transfers. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/transfers/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a transfer."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/transfers/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a transfer. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/transfers/{id}/files", file=(name, content), key=key
        )
        return answer


class InventoryWriteOffs:
    """inventory/write-offs."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["number", "-number", "moved_on", "-moved_on", "reason", "-reason", "state", "-state"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        reason: str | None = None,
        reason_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> InventoryWriteOffPage:
        """List write-offs. A page of write-offs, by key: as fast at any depth."""
        answer: InventoryWriteOffPage = self._http.ask(
            "GET",
            "/api/v1/inventory/write-offs",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "place": place,
                "moved_on.within": moved_on_within,
                "moved_on.from": moved_on_from,
                "moved_on.to": moved_on_to,
                "moved_on": moved_on,
                "reason": reason,
                "reason.has": reason_has,
                "state": state,
                "state.not": state_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["number", "-number", "moved_on", "-moved_on", "reason", "-reason", "state", "-state"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        place: int | None = None,
        moved_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        moved_on_from: str | None = None,
        moved_on_to: str | None = None,
        moved_on: str | None = None,
        reason: str | None = None,
        reason_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> Iterator[InventoryWriteOff]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                place=place,
                moved_on_within=moved_on_within,
                moved_on_from=moved_on_from,
                moved_on_to=moved_on_to,
                moved_on=moved_on,
                reason=reason,
                reason_has=reason_has,
                state=state,
                state_not=state_not,
            )
        )

    def create(self, body: InventoryWriteOffNew, *, key: str | None = None) -> InventoryWriteOffDetail:
        """Make a write-off."""
        answer: InventoryWriteOffDetail = self._http.ask(
            "POST", "/api/v1/inventory/write-offs", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InventoryWriteOffDetail:
        """Read a write-off. The ETag names its revision, for If-Match."""
        answer: InventoryWriteOffDetail = self._http.ask(
            "GET", f"/api/v1/inventory/write-offs/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: InventoryWriteOffNewMany, *, key: str | None = None) -> Made:
        """Make many write-offs. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/inventory/write-offs/bulk", body=body, key=key)
        return answer

    def reverse(
        self,
        id: int,
        body: InventoryWriteOffReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InventoryWriteOffDone:
        """Reverse: write-off. With If-Match, only while it is as it was read."""
        answer: InventoryWriteOffDone = self._http.ask(
            "POST",
            f"/api/v1/inventory/write-offs/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InventoryWriteOffReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many write-offs. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/inventory/write-offs/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a write-off."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/inventory/write-offs/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a write-off. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/inventory/write-offs/{id}/files", file=(name, content), key=key
        )
        return answer


class InvoicingBills:
    """invoicing/bills."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "supplier_number",
            "-supplier_number",
            "issued_on",
            "-issued_on",
            "due_on",
            "-due_on",
            "gross",
            "-gross",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["open", "overdue"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        supplier_number: str | None = None,
        supplier_number_has: str | None = None,
        issued_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        issued_on_from: str | None = None,
        issued_on_to: str | None = None,
        issued_on: str | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        note_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> InvoicingBillPage:
        """List bills. A page of bills, by key: as fast at any depth."""
        answer: InvoicingBillPage = self._http.ask(
            "GET",
            "/api/v1/invoicing/bills",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "number": number,
                "number.has": number_has,
                "party": party,
                "supplier_number": supplier_number,
                "supplier_number.has": supplier_number_has,
                "issued_on.within": issued_on_within,
                "issued_on.from": issued_on_from,
                "issued_on.to": issued_on_to,
                "issued_on": issued_on,
                "due_on.within": due_on_within,
                "due_on.from": due_on_from,
                "due_on.to": due_on_to,
                "due_on": due_on,
                "gross.min": gross_min,
                "gross.max": gross_max,
                "gross": gross,
                "reference": reference,
                "reference.has": reference_has,
                "note.has": note_has,
                "state": state,
                "state.not": state_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "supplier_number",
            "-supplier_number",
            "issued_on",
            "-issued_on",
            "due_on",
            "-due_on",
            "gross",
            "-gross",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["open", "overdue"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        supplier_number: str | None = None,
        supplier_number_has: str | None = None,
        issued_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        issued_on_from: str | None = None,
        issued_on_to: str | None = None,
        issued_on: str | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        note_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> Iterator[InvoicingBill]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                number=number,
                number_has=number_has,
                party=party,
                supplier_number=supplier_number,
                supplier_number_has=supplier_number_has,
                issued_on_within=issued_on_within,
                issued_on_from=issued_on_from,
                issued_on_to=issued_on_to,
                issued_on=issued_on,
                due_on_within=due_on_within,
                due_on_from=due_on_from,
                due_on_to=due_on_to,
                due_on=due_on,
                gross_min=gross_min,
                gross_max=gross_max,
                gross=gross,
                reference=reference,
                reference_has=reference_has,
                note_has=note_has,
                state=state,
                state_not=state_not,
            )
        )

    def create(self, body: InvoicingBillNew, *, key: str | None = None) -> InvoicingBillDetail:
        """Make a bill."""
        answer: InvoicingBillDetail = self._http.ask("POST", "/api/v1/invoicing/bills", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InvoicingBillDetail:
        """Read a bill. The ETag names its revision, for If-Match."""
        answer: InvoicingBillDetail = self._http.ask(
            "GET", f"/api/v1/invoicing/bills/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: InvoicingBillNewMany, *, key: str | None = None) -> Made:
        """Make many bills. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/invoicing/bills/bulk", body=body, key=key)
        return answer

    def reverse(
        self,
        id: int,
        body: InvoicingBillReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InvoicingBillDone:
        """Reverse: bill. With If-Match, only while it is as it was read."""
        answer: InvoicingBillDone = self._http.ask(
            "POST",
            f"/api/v1/invoicing/bills/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InvoicingBillReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many bills. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/invoicing/bills/bulk/reverse", body=body, key=key
        )
        return answer

    def pay(
        self,
        id: int,
        body: InvoicingBillPay | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InvoicingBillDone:
        """Pay: bill. With If-Match, only while it is as it was read."""
        answer: InvoicingBillDone = self._http.ask(
            "POST",
            f"/api/v1/invoicing/bills/{id}/pay",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def pay_many(self, body: InvoicingBillPayMany, *, key: str | None = None) -> DoneMany | Begun:
        """Pay: many bills. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/invoicing/bills/bulk/pay", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a bill."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/invoicing/bills/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a bill. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/invoicing/bills/{id}/files", file=(name, content), key=key
        )
        return answer


class InvoicingInvoices:
    """invoicing/invoices."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "issued_on",
            "-issued_on",
            "due_on",
            "-due_on",
            "gross",
            "-gross",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["open", "overdue"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        issued_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        issued_on_from: str | None = None,
        issued_on_to: str | None = None,
        issued_on: str | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        note_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> InvoicingInvoicePage:
        """List invoices. A page of invoices, by key: as fast at any depth."""
        answer: InvoicingInvoicePage = self._http.ask(
            "GET",
            "/api/v1/invoicing/invoices",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "number": number,
                "number.has": number_has,
                "party": party,
                "issued_on.within": issued_on_within,
                "issued_on.from": issued_on_from,
                "issued_on.to": issued_on_to,
                "issued_on": issued_on,
                "due_on.within": due_on_within,
                "due_on.from": due_on_from,
                "due_on.to": due_on_to,
                "due_on": due_on,
                "gross.min": gross_min,
                "gross.max": gross_max,
                "gross": gross,
                "reference": reference,
                "reference.has": reference_has,
                "note.has": note_has,
                "state": state,
                "state.not": state_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "issued_on",
            "-issued_on",
            "due_on",
            "-due_on",
            "gross",
            "-gross",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["open", "overdue"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        issued_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        issued_on_from: str | None = None,
        issued_on_to: str | None = None,
        issued_on: str | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        note_has: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
    ) -> Iterator[InvoicingInvoice]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                number=number,
                number_has=number_has,
                party=party,
                issued_on_within=issued_on_within,
                issued_on_from=issued_on_from,
                issued_on_to=issued_on_to,
                issued_on=issued_on,
                due_on_within=due_on_within,
                due_on_from=due_on_from,
                due_on_to=due_on_to,
                due_on=due_on,
                gross_min=gross_min,
                gross_max=gross_max,
                gross=gross,
                reference=reference,
                reference_has=reference_has,
                note_has=note_has,
                state=state,
                state_not=state_not,
            )
        )

    def create(self, body: InvoicingInvoiceNew, *, key: str | None = None) -> InvoicingInvoiceDetail:
        """Make an invoice."""
        answer: InvoicingInvoiceDetail = self._http.ask(
            "POST", "/api/v1/invoicing/invoices", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> InvoicingInvoiceDetail:
        """Read an invoice. The ETag names its revision, for If-Match."""
        answer: InvoicingInvoiceDetail = self._http.ask(
            "GET", f"/api/v1/invoicing/invoices/{id}", query={"fields": fields}
        )
        return answer

    def create_many(self, body: InvoicingInvoiceNewMany, *, key: str | None = None) -> Made:
        """Make many invoices. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/invoicing/invoices/bulk", body=body, key=key)
        return answer

    def credit(
        self,
        id: int,
        body: InvoicingInvoiceCredit | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InvoicingInvoiceDone:
        """Credit: invoice. With If-Match, only while it is as it was read."""
        answer: InvoicingInvoiceDone = self._http.ask(
            "POST",
            f"/api/v1/invoicing/invoices/{id}/credit",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def credit_many(self, body: InvoicingInvoiceCreditMany, *, key: str | None = None) -> DoneMany | Begun:
        """Credit: many invoices. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/invoicing/invoices/bulk/credit", body=body, key=key
        )
        return answer

    def reverse(
        self,
        id: int,
        body: InvoicingInvoiceReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InvoicingInvoiceDone:
        """Reverse: invoice. With If-Match, only while it is as it was read."""
        answer: InvoicingInvoiceDone = self._http.ask(
            "POST",
            f"/api/v1/invoicing/invoices/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: InvoicingInvoiceReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many invoices. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/invoicing/invoices/bulk/reverse", body=body, key=key
        )
        return answer

    def record_payment(
        self,
        id: int,
        body: InvoicingInvoiceRecordPayment | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> InvoicingInvoiceDone:
        """Record payment: invoice. With If-Match, only while it is as it was read."""
        answer: InvoicingInvoiceDone = self._http.ask(
            "POST",
            f"/api/v1/invoicing/invoices/{id}/record-payment",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def record_payment_many(
        self, body: InvoicingInvoiceRecordPaymentMany, *, key: str | None = None
    ) -> DoneMany | Begun:
        """Record payment: many invoices. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/invoicing/invoices/bulk/record-payment", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of an invoice."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/invoicing/invoices/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with an invoice. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/invoicing/invoices/{id}/files", file=(name, content), key=key
        )
        return answer

    def paper(self, id: int) -> bytes:
        """The invoice as PDF/A."""
        answer: bytes = self._http.content("GET", f"/api/v1/invoicing/invoices/{id}/paper")
        return answer


class PartiesParties:
    """parties/parties."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "code",
            "-code",
            "email",
            "-email",
            "phone",
            "-phone",
            "payment_days",
            "-payment_days",
            "credit_limit",
            "-credit_limit",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived", "customers", "suppliers"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        email: str | None = None,
        email_has: str | None = None,
        phone: str | None = None,
        phone_has: str | None = None,
        payment_days_min: str | None = None,
        payment_days_max: str | None = None,
        payment_days: str | None = None,
        credit_limit_min: str | None = None,
        credit_limit_max: str | None = None,
        credit_limit: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        tax_id: str | None = None,
        tax_id_has: str | None = None,
        language: str | None = None,
        language_not: str | None = None,
        tax_treatment: str | None = None,
        tax_treatment_not: str | None = None,
    ) -> PartiesPartyPage:
        """List parties. A page of parties, by key: as fast at any depth."""
        answer: PartiesPartyPage = self._http.ask(
            "GET",
            "/api/v1/parties/parties",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "name": name,
                "name.has": name_has,
                "code": code,
                "code.has": code_has,
                "email": email,
                "email.has": email_has,
                "phone": phone,
                "phone.has": phone_has,
                "payment_days.min": payment_days_min,
                "payment_days.max": payment_days_max,
                "payment_days": payment_days,
                "credit_limit.min": credit_limit_min,
                "credit_limit.max": credit_limit_max,
                "credit_limit": credit_limit,
                "kind": kind,
                "kind.not": kind_not,
                "tax_id": tax_id,
                "tax_id.has": tax_id_has,
                "language": language,
                "language.not": language_not,
                "tax_treatment": tax_treatment,
                "tax_treatment.not": tax_treatment_not,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "name",
            "-name",
            "code",
            "-code",
            "email",
            "-email",
            "phone",
            "-phone",
            "payment_days",
            "-payment_days",
            "credit_limit",
            "-credit_limit",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["archived", "customers", "suppliers"] | None = None,
        name: str | None = None,
        name_has: str | None = None,
        code: str | None = None,
        code_has: str | None = None,
        email: str | None = None,
        email_has: str | None = None,
        phone: str | None = None,
        phone_has: str | None = None,
        payment_days_min: str | None = None,
        payment_days_max: str | None = None,
        payment_days: str | None = None,
        credit_limit_min: str | None = None,
        credit_limit_max: str | None = None,
        credit_limit: str | None = None,
        kind: str | None = None,
        kind_not: str | None = None,
        tax_id: str | None = None,
        tax_id_has: str | None = None,
        language: str | None = None,
        language_not: str | None = None,
        tax_treatment: str | None = None,
        tax_treatment_not: str | None = None,
    ) -> Iterator[PartiesParty]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                name=name,
                name_has=name_has,
                code=code,
                code_has=code_has,
                email=email,
                email_has=email_has,
                phone=phone,
                phone_has=phone_has,
                payment_days_min=payment_days_min,
                payment_days_max=payment_days_max,
                payment_days=payment_days,
                credit_limit_min=credit_limit_min,
                credit_limit_max=credit_limit_max,
                credit_limit=credit_limit,
                kind=kind,
                kind_not=kind_not,
                tax_id=tax_id,
                tax_id_has=tax_id_has,
                language=language,
                language_not=language_not,
                tax_treatment=tax_treatment,
                tax_treatment_not=tax_treatment_not,
            )
        )

    def create(self, body: PartiesPartyNew, *, key: str | None = None) -> PartiesPartyDetail:
        """Make a party."""
        answer: PartiesPartyDetail = self._http.ask("POST", "/api/v1/parties/parties", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> PartiesPartyDetail:
        """Read a party. The ETag names its revision, for If-Match."""
        answer: PartiesPartyDetail = self._http.ask(
            "GET", f"/api/v1/parties/parties/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: PartiesPartyChange | None = None, *, if_match: str, key: str | None = None
    ) -> PartiesPartyDetail:
        """Change a party. Fields that are sent; lines, when they are sent, all of them."""
        answer: PartiesPartyDetail = self._http.ask(
            "PATCH",
            f"/api/v1/parties/parties/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: PartiesPartyNewMany, *, key: str | None = None) -> Made:
        """Make many parties. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/parties/parties/bulk", body=body, key=key)
        return answer

    def archive(
        self,
        id: int,
        body: PartiesPartyArchive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> PartiesPartyDone:
        """Archive: party. With If-Match, only while it is as it was read."""
        answer: PartiesPartyDone = self._http.ask(
            "POST",
            f"/api/v1/parties/parties/{id}/archive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def archive_many(self, body: PartiesPartyArchiveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Archive: many parties. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/parties/parties/bulk/archive", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a party."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/parties/parties/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a party. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/parties/parties/{id}/files", file=(name, content), key=key
        )
        return answer


class ProjectsProjects:
    """projects/projects."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["name", "-name", "state", "-state", "budget", "-budget", "hour_price", "-hour_price"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        party: int | None = None,
        state: str | None = None,
        state_not: str | None = None,
        budget_min: str | None = None,
        budget_max: str | None = None,
        budget: str | None = None,
        hour_price_min: str | None = None,
        hour_price_max: str | None = None,
        hour_price: str | None = None,
    ) -> ProjectsProjectPage:
        """List projects. A page of projects, by key: as fast at any depth."""
        answer: ProjectsProjectPage = self._http.ask(
            "GET",
            "/api/v1/projects/projects",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "name": name,
                "name.has": name_has,
                "party": party,
                "state": state,
                "state.not": state_not,
                "budget.min": budget_min,
                "budget.max": budget_max,
                "budget": budget,
                "hour_price.min": hour_price_min,
                "hour_price.max": hour_price_max,
                "hour_price": hour_price,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["name", "-name", "state", "-state", "budget", "-budget", "hour_price", "-hour_price"]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        party: int | None = None,
        state: str | None = None,
        state_not: str | None = None,
        budget_min: str | None = None,
        budget_max: str | None = None,
        budget: str | None = None,
        hour_price_min: str | None = None,
        hour_price_max: str | None = None,
        hour_price: str | None = None,
    ) -> Iterator[ProjectsProject]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                name=name,
                name_has=name_has,
                party=party,
                state=state,
                state_not=state_not,
                budget_min=budget_min,
                budget_max=budget_max,
                budget=budget,
                hour_price_min=hour_price_min,
                hour_price_max=hour_price_max,
                hour_price=hour_price,
            )
        )

    def create(self, body: ProjectsProjectNew, *, key: str | None = None) -> ProjectsProject:
        """Make a project."""
        answer: ProjectsProject = self._http.ask("POST", "/api/v1/projects/projects", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> ProjectsProject:
        """Read a project. The ETag names its revision, for If-Match."""
        answer: ProjectsProject = self._http.ask(
            "GET", f"/api/v1/projects/projects/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: ProjectsProjectChange | None = None, *, if_match: str, key: str | None = None
    ) -> ProjectsProject:
        """Change a project. Fields that are sent; lines, when they are sent, all of them."""
        answer: ProjectsProject = self._http.ask(
            "PATCH",
            f"/api/v1/projects/projects/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: ProjectsProjectNewMany, *, key: str | None = None) -> Made:
        """Make many projects. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/projects/projects/bulk", body=body, key=key)
        return answer

    def invoice(
        self,
        id: int,
        body: ProjectsProjectInvoice | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsProjectDone:
        """Invoice: project. With If-Match, only while it is as it was read."""
        answer: ProjectsProjectDone = self._http.ask(
            "POST",
            f"/api/v1/projects/projects/{id}/invoice",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def invoice_many(self, body: ProjectsProjectInvoiceMany, *, key: str | None = None) -> DoneMany | Begun:
        """Invoice: many projects. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/projects/bulk/invoice", body=body, key=key
        )
        return answer

    def close(
        self,
        id: int,
        body: ProjectsProjectClose | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsProjectDone:
        """Close: project. With If-Match, only while it is as it was read."""
        answer: ProjectsProjectDone = self._http.ask(
            "POST",
            f"/api/v1/projects/projects/{id}/close",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def close_many(self, body: ProjectsProjectCloseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Close: many projects. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/projects/bulk/close", body=body, key=key
        )
        return answer

    def reopen(
        self,
        id: int,
        body: ProjectsProjectReopen | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsProjectDone:
        """Reopen: project. With If-Match, only while it is as it was read."""
        answer: ProjectsProjectDone = self._http.ask(
            "POST",
            f"/api/v1/projects/projects/{id}/reopen",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reopen_many(self, body: ProjectsProjectReopenMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reopen: many projects. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/projects/bulk/reopen", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a project."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/projects/projects/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a project. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/projects/projects/{id}/files", file=(name, content), key=key
        )
        return answer


class ProjectsTasks:
    """projects/tasks."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["name", "-name", "state", "-state", "due_on", "-due_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        project: int | None = None,
        state: str | None = None,
        state_not: str | None = None,
        assignee: int | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
    ) -> ProjectsTaskPage:
        """List tasks. A page of tasks, by key: as fast at any depth."""
        answer: ProjectsTaskPage = self._http.ask(
            "GET",
            "/api/v1/projects/tasks",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "name": name,
                "name.has": name_has,
                "project": project,
                "state": state,
                "state.not": state_not,
                "assignee": assignee,
                "due_on.within": due_on_within,
                "due_on.from": due_on_from,
                "due_on.to": due_on_to,
                "due_on": due_on,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["name", "-name", "state", "-state", "due_on", "-due_on"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        name: str | None = None,
        name_has: str | None = None,
        project: int | None = None,
        state: str | None = None,
        state_not: str | None = None,
        assignee: int | None = None,
        due_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        due_on_from: str | None = None,
        due_on_to: str | None = None,
        due_on: str | None = None,
    ) -> Iterator[ProjectsTask]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                name=name,
                name_has=name_has,
                project=project,
                state=state,
                state_not=state_not,
                assignee=assignee,
                due_on_within=due_on_within,
                due_on_from=due_on_from,
                due_on_to=due_on_to,
                due_on=due_on,
            )
        )

    def create(self, body: ProjectsTaskNew, *, key: str | None = None) -> ProjectsTask:
        """Make a task."""
        answer: ProjectsTask = self._http.ask("POST", "/api/v1/projects/tasks", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> ProjectsTask:
        """Read a task. The ETag names its revision, for If-Match."""
        answer: ProjectsTask = self._http.ask("GET", f"/api/v1/projects/tasks/{id}", query={"fields": fields})
        return answer

    def update(
        self, id: int, body: ProjectsTaskChange | None = None, *, if_match: str, key: str | None = None
    ) -> ProjectsTask:
        """Change a task. Fields that are sent; lines, when they are sent, all of them."""
        answer: ProjectsTask = self._http.ask(
            "PATCH",
            f"/api/v1/projects/tasks/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: ProjectsTaskNewMany, *, key: str | None = None) -> Made:
        """Make many tasks. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/projects/tasks/bulk", body=body, key=key)
        return answer

    def start(
        self,
        id: int,
        body: ProjectsTaskStart | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTaskDone:
        """Start: task. With If-Match, only while it is as it was read."""
        answer: ProjectsTaskDone = self._http.ask(
            "POST",
            f"/api/v1/projects/tasks/{id}/start",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def start_many(self, body: ProjectsTaskStartMany, *, key: str | None = None) -> DoneMany | Begun:
        """Start: many tasks. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/tasks/bulk/start", body=body, key=key
        )
        return answer

    def submit(
        self,
        id: int,
        body: ProjectsTaskSubmit | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTaskDone:
        """Submit: task. With If-Match, only while it is as it was read."""
        answer: ProjectsTaskDone = self._http.ask(
            "POST",
            f"/api/v1/projects/tasks/{id}/submit",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def submit_many(self, body: ProjectsTaskSubmitMany, *, key: str | None = None) -> DoneMany | Begun:
        """Submit: many tasks. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/tasks/bulk/submit", body=body, key=key
        )
        return answer

    def finish(
        self,
        id: int,
        body: ProjectsTaskFinish | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTaskDone:
        """Finish: task. With If-Match, only while it is as it was read."""
        answer: ProjectsTaskDone = self._http.ask(
            "POST",
            f"/api/v1/projects/tasks/{id}/finish",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def finish_many(self, body: ProjectsTaskFinishMany, *, key: str | None = None) -> DoneMany | Begun:
        """Finish: many tasks. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/tasks/bulk/finish", body=body, key=key
        )
        return answer

    def put_back(
        self,
        id: int,
        body: ProjectsTaskPutBack | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTaskDone:
        """Put back: task. With If-Match, only while it is as it was read."""
        answer: ProjectsTaskDone = self._http.ask(
            "POST",
            f"/api/v1/projects/tasks/{id}/put-back",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def put_back_many(self, body: ProjectsTaskPutBackMany, *, key: str | None = None) -> DoneMany | Begun:
        """Put back: many tasks. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/tasks/bulk/put-back", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a task."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/projects/tasks/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a task. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/projects/tasks/{id}/files", file=(name, content), key=key
        )
        return answer


class ProjectsTimeSheets:
    """projects/time-sheets."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal["number", "-number", "week_on", "-week_on", "state", "-state"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        person: int | None = None,
        week_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        week_on_from: str | None = None,
        week_on_to: str | None = None,
        week_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        note_has: str | None = None,
    ) -> ProjectsTimeSheetPage:
        """List time sheets. A page of time sheets, by key: as fast at any depth."""
        answer: ProjectsTimeSheetPage = self._http.ask(
            "GET",
            "/api/v1/projects/time-sheets",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "number": number,
                "number.has": number_has,
                "person": person,
                "week_on.within": week_on_within,
                "week_on.from": week_on_from,
                "week_on.to": week_on_to,
                "week_on": week_on,
                "state": state,
                "state.not": state_not,
                "note.has": note_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal["number", "-number", "week_on", "-week_on", "state", "-state"] | None = None,
        q: str | None = None,
        fields: str | None = None,
        number: str | None = None,
        number_has: str | None = None,
        person: int | None = None,
        week_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        week_on_from: str | None = None,
        week_on_to: str | None = None,
        week_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        note_has: str | None = None,
    ) -> Iterator[ProjectsTimeSheet]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                number=number,
                number_has=number_has,
                person=person,
                week_on_within=week_on_within,
                week_on_from=week_on_from,
                week_on_to=week_on_to,
                week_on=week_on,
                state=state,
                state_not=state_not,
                note_has=note_has,
            )
        )

    def create(self, body: ProjectsTimeSheetNew, *, key: str | None = None) -> ProjectsTimeSheetDetail:
        """Make a time sheet."""
        answer: ProjectsTimeSheetDetail = self._http.ask(
            "POST", "/api/v1/projects/time-sheets", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> ProjectsTimeSheetDetail:
        """Read a time sheet. The ETag names its revision, for If-Match."""
        answer: ProjectsTimeSheetDetail = self._http.ask(
            "GET", f"/api/v1/projects/time-sheets/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: ProjectsTimeSheetChange | None = None, *, if_match: str, key: str | None = None
    ) -> ProjectsTimeSheetDetail:
        """Change a time sheet. Fields that are sent; lines, when they are sent, all of them."""
        answer: ProjectsTimeSheetDetail = self._http.ask(
            "PATCH",
            f"/api/v1/projects/time-sheets/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: ProjectsTimeSheetNewMany, *, key: str | None = None) -> Made:
        """Make many time sheets. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/projects/time-sheets/bulk", body=body, key=key)
        return answer

    def post(
        self,
        id: int,
        body: ProjectsTimeSheetPost | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTimeSheetDone:
        """Post: time sheet. With If-Match, only while it is as it was read."""
        answer: ProjectsTimeSheetDone = self._http.ask(
            "POST",
            f"/api/v1/projects/time-sheets/{id}/post",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def post_many(self, body: ProjectsTimeSheetPostMany, *, key: str | None = None) -> DoneMany | Begun:
        """Post: many time sheets. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/time-sheets/bulk/post", body=body, key=key
        )
        return answer

    def reverse(
        self,
        id: int,
        body: ProjectsTimeSheetReverse | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> ProjectsTimeSheetDone:
        """Reverse: time sheet. With If-Match, only while it is as it was read."""
        answer: ProjectsTimeSheetDone = self._http.ask(
            "POST",
            f"/api/v1/projects/time-sheets/{id}/reverse",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reverse_many(self, body: ProjectsTimeSheetReverseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reverse: many time sheets. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/projects/time-sheets/bulk/reverse", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a time sheet."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/projects/time-sheets/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a time sheet. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/projects/time-sheets/{id}/files", file=(name, content), key=key
        )
        return answer


class PurchasingOrders:
    """purchasing/orders."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "ordered_on",
            "-ordered_on",
            "expected_on",
            "-expected_on",
            "state",
            "-state",
            "net",
            "-net",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["late", "to_bill", "to_receive", "unfinished"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        ordered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        ordered_on_from: str | None = None,
        ordered_on_to: str | None = None,
        ordered_on: str | None = None,
        expected_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        expected_on_from: str | None = None,
        expected_on_to: str | None = None,
        expected_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        net_min: str | None = None,
        net_max: str | None = None,
        net: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        place: int | None = None,
        note_has: str | None = None,
    ) -> PurchasingOrderPage:
        """List purchase orders. A page of purchase orders, by key: as fast at any depth."""
        answer: PurchasingOrderPage = self._http.ask(
            "GET",
            "/api/v1/purchasing/orders",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "number": number,
                "number.has": number_has,
                "party": party,
                "ordered_on.within": ordered_on_within,
                "ordered_on.from": ordered_on_from,
                "ordered_on.to": ordered_on_to,
                "ordered_on": ordered_on,
                "expected_on.within": expected_on_within,
                "expected_on.from": expected_on_from,
                "expected_on.to": expected_on_to,
                "expected_on": expected_on,
                "state": state,
                "state.not": state_not,
                "net.min": net_min,
                "net.max": net_max,
                "net": net,
                "reference": reference,
                "reference.has": reference_has,
                "place": place,
                "note.has": note_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "ordered_on",
            "-ordered_on",
            "expected_on",
            "-expected_on",
            "state",
            "-state",
            "net",
            "-net",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["late", "to_bill", "to_receive", "unfinished"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        ordered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        ordered_on_from: str | None = None,
        ordered_on_to: str | None = None,
        ordered_on: str | None = None,
        expected_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        expected_on_from: str | None = None,
        expected_on_to: str | None = None,
        expected_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        net_min: str | None = None,
        net_max: str | None = None,
        net: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        place: int | None = None,
        note_has: str | None = None,
    ) -> Iterator[PurchasingOrder]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                number=number,
                number_has=number_has,
                party=party,
                ordered_on_within=ordered_on_within,
                ordered_on_from=ordered_on_from,
                ordered_on_to=ordered_on_to,
                ordered_on=ordered_on,
                expected_on_within=expected_on_within,
                expected_on_from=expected_on_from,
                expected_on_to=expected_on_to,
                expected_on=expected_on,
                state=state,
                state_not=state_not,
                net_min=net_min,
                net_max=net_max,
                net=net,
                reference=reference,
                reference_has=reference_has,
                place=place,
                note_has=note_has,
            )
        )

    def create(self, body: PurchasingOrderNew, *, key: str | None = None) -> PurchasingOrderDetail:
        """Make a purchase order."""
        answer: PurchasingOrderDetail = self._http.ask(
            "POST", "/api/v1/purchasing/orders", body=body, key=key
        )
        return answer

    def get(self, id: int, *, fields: str | None = None) -> PurchasingOrderDetail:
        """Read a purchase order. The ETag names its revision, for If-Match."""
        answer: PurchasingOrderDetail = self._http.ask(
            "GET", f"/api/v1/purchasing/orders/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: PurchasingOrderChange | None = None, *, if_match: str, key: str | None = None
    ) -> PurchasingOrderDetail:
        """Change a purchase order. Fields that are sent; lines, when they are sent, all of them."""
        answer: PurchasingOrderDetail = self._http.ask(
            "PATCH",
            f"/api/v1/purchasing/orders/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: PurchasingOrderNewMany, *, key: str | None = None) -> Made:
        """Make many purchase orders. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/purchasing/orders/bulk", body=body, key=key)
        return answer

    def confirm(
        self,
        id: int,
        body: PurchasingOrderConfirm | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> PurchasingOrderDone:
        """Confirm: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST",
            f"/api/v1/purchasing/orders/{id}/confirm",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def confirm_many(self, body: PurchasingOrderConfirmMany, *, key: str | None = None) -> DoneMany | Begun:
        """Confirm: many purchase orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/purchasing/orders/bulk/confirm", body=body, key=key
        )
        return answer

    def receive(
        self,
        id: int,
        body: PurchasingOrderReceive | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> PurchasingOrderDone:
        """Receive: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST",
            f"/api/v1/purchasing/orders/{id}/receive",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def receive_many(self, body: PurchasingOrderReceiveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Receive: many purchase orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/purchasing/orders/bulk/receive", body=body, key=key
        )
        return answer

    def bill(
        self, id: int, body: PurchasingOrderBill, *, if_match: str | None = None, key: str | None = None
    ) -> PurchasingOrderDone:
        """Bill: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST", f"/api/v1/purchasing/orders/{id}/bill", body=body, if_match=if_match, key=key
        )
        return answer

    def bill_many(self, body: PurchasingOrderBillMany, *, key: str | None = None) -> DoneMany | Begun:
        """Bill: many purchase orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/purchasing/orders/bulk/bill", body=body, key=key
        )
        return answer

    def return_(
        self, id: int, body: PurchasingOrderReturn, *, if_match: str | None = None, key: str | None = None
    ) -> PurchasingOrderDone:
        """Return: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST", f"/api/v1/purchasing/orders/{id}/return", body=body, if_match=if_match, key=key
        )
        return answer

    def close(
        self,
        id: int,
        body: PurchasingOrderClose | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> PurchasingOrderDone:
        """Close: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST",
            f"/api/v1/purchasing/orders/{id}/close",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def close_many(self, body: PurchasingOrderCloseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Close: many purchase orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/purchasing/orders/bulk/close", body=body, key=key
        )
        return answer

    def cancel(
        self,
        id: int,
        body: PurchasingOrderCancel | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> PurchasingOrderDone:
        """Cancel: purchase order. With If-Match, only while it is as it was read."""
        answer: PurchasingOrderDone = self._http.ask(
            "POST",
            f"/api/v1/purchasing/orders/{id}/cancel",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def cancel_many(self, body: PurchasingOrderCancelMany, *, key: str | None = None) -> DoneMany | Begun:
        """Cancel: many purchase orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/purchasing/orders/bulk/cancel", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a purchase order."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/purchasing/orders/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a purchase order. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/purchasing/orders/{id}/files", file=(name, content), key=key
        )
        return answer


class Reports:
    """reports."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def names(self) -> ReportNames:
        """List the reports."""
        answer: ReportNames = self._http.ask("GET", "/api/v1/reports")
        return answer

    def income_statement(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Income statement. What was earned and spent in a span of days, and what is left of it. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/income-statement",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def balance_sheet(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Balance sheet. What the company owns and owes at the end of a day, and what belongs to its owners. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/balance-sheet",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def trial_balance(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Trial balance. Every account: what it held before, what moved in the days, what it holds now. Debits equal credits. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/trial-balance",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def general_ledger(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """General ledger. Every posting of an account with its document, and the balance after it. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/general-ledger",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def journal(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Journal. Every entry by day, the latest first, with who made it and from which document. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/journal",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def cash_flow(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Cash flow. Where money came from and where it went, by what it was for; from the entries that move cash. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/cash-flow",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def cash_entries(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Entries that move cash.  As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/cash-entries",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def receivables(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Receivables by age. What customers owe, how late it is, and for which invoices. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/receivables",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def payables(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Payables by age. What suppliers are owed, how late it is, and for which bills. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/payables",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def party_statement(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Statement of account. All invoices, bills and payments of one customer or supplier, with the balance after each. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/party-statement",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def stock(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Stock. What is on hand, what of it is promised, and what it is worth. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/stock",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def stock_card(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Stock card. Every movement of an item at a place, with quantity and value after it. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/stock-card",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def sales(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Sales. What was invoiced, net of tax, by customer, item, month or invoice. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/sales",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def purchases(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Purchases. What suppliers billed, net of tax, by supplier, item, month or bill. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/purchases",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def margin(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Margin. What was invoiced against what the goods cost, by customer, item or month. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/margin",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def tax(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
        compare: Literal["previous", "year", "months", "quarters", "years"] | None = None,
    ) -> ReportTold:
        """Tax. Base and tax by code, on what was sold and what was bought, and what is due. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/tax",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
                "compare": compare,
            },
        )
        return answer

    def who_can(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Who can do what. Every person, every act and how far it reaches, by the roles of today. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/who-can",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer

    def who_did_both(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        account: str | None = None,
        item: str | None = None,
        place: str | None = None,
        party: int | None = None,
        by: str | None = None,
        zero: bool | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> ReportTold:
        """Who did both. Acts that are kept apart and that one person did all the same: where nobody else could, or by an exception. As CSV, whole, with `Accept: text/csv`."""
        answer: ReportTold = self._http.ask(
            "GET",
            "/api/v1/reports/who-did-both",
            query={
                "from": from_,
                "to": to,
                "account": account,
                "item": item,
                "place": place,
                "party": party,
                "by": by,
                "zero": zero,
                "limit": limit,
                "after": after,
            },
        )
        return answer


class SalesOrders:
    """sales/orders."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "ordered_on",
            "-ordered_on",
            "required_on",
            "-required_on",
            "state",
            "-state",
            "gross",
            "-gross",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["late", "to_invoice", "to_ship", "unfinished"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        ordered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        ordered_on_from: str | None = None,
        ordered_on_to: str | None = None,
        ordered_on: str | None = None,
        required_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        required_on_from: str | None = None,
        required_on_to: str | None = None,
        required_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        valid_until_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        valid_until_from: str | None = None,
        valid_until_to: str | None = None,
        valid_until: str | None = None,
        place: int | None = None,
        note_has: str | None = None,
    ) -> SalesOrderPage:
        """List sales orders. A page of sales orders, by key: as fast at any depth."""
        answer: SalesOrderPage = self._http.ask(
            "GET",
            "/api/v1/sales/orders",
            query={
                "after": after,
                "limit": limit,
                "sort": sort,
                "q": q,
                "fields": fields,
                "only": only,
                "number": number,
                "number.has": number_has,
                "party": party,
                "ordered_on.within": ordered_on_within,
                "ordered_on.from": ordered_on_from,
                "ordered_on.to": ordered_on_to,
                "ordered_on": ordered_on,
                "required_on.within": required_on_within,
                "required_on.from": required_on_from,
                "required_on.to": required_on_to,
                "required_on": required_on,
                "state": state,
                "state.not": state_not,
                "gross.min": gross_min,
                "gross.max": gross_max,
                "gross": gross,
                "reference": reference,
                "reference.has": reference_has,
                "valid_until.within": valid_until_within,
                "valid_until.from": valid_until_from,
                "valid_until.to": valid_until_to,
                "valid_until": valid_until,
                "place": place,
                "note.has": note_has,
            },
        )
        return answer

    def every(
        self,
        *,
        limit: int | None = None,
        sort: Literal[
            "number",
            "-number",
            "ordered_on",
            "-ordered_on",
            "required_on",
            "-required_on",
            "state",
            "-state",
            "gross",
            "-gross",
            "reference",
            "-reference",
        ]
        | None = None,
        q: str | None = None,
        fields: str | None = None,
        only: Literal["late", "to_invoice", "to_ship", "unfinished"] | None = None,
        number: str | None = None,
        number_has: str | None = None,
        party: int | None = None,
        ordered_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        ordered_on_from: str | None = None,
        ordered_on_to: str | None = None,
        ordered_on: str | None = None,
        required_on_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        required_on_from: str | None = None,
        required_on_to: str | None = None,
        required_on: str | None = None,
        state: str | None = None,
        state_not: str | None = None,
        gross_min: str | None = None,
        gross_max: str | None = None,
        gross: str | None = None,
        reference: str | None = None,
        reference_has: str | None = None,
        valid_until_within: Literal[
            "today", "week", "month", "quarter", "year", "last_month", "last_quarter", "last_year", "last_30"
        ]
        | None = None,
        valid_until_from: str | None = None,
        valid_until_to: str | None = None,
        valid_until: str | None = None,
        place: int | None = None,
        note_has: str | None = None,
    ) -> Iterator[SalesOrder]:
        """All of them, page by page."""
        return pages(
            lambda after: self.list(
                after=after,
                limit=limit,
                sort=sort,
                q=q,
                fields=fields,
                only=only,
                number=number,
                number_has=number_has,
                party=party,
                ordered_on_within=ordered_on_within,
                ordered_on_from=ordered_on_from,
                ordered_on_to=ordered_on_to,
                ordered_on=ordered_on,
                required_on_within=required_on_within,
                required_on_from=required_on_from,
                required_on_to=required_on_to,
                required_on=required_on,
                state=state,
                state_not=state_not,
                gross_min=gross_min,
                gross_max=gross_max,
                gross=gross,
                reference=reference,
                reference_has=reference_has,
                valid_until_within=valid_until_within,
                valid_until_from=valid_until_from,
                valid_until_to=valid_until_to,
                valid_until=valid_until,
                place=place,
                note_has=note_has,
            )
        )

    def create(self, body: SalesOrderNew, *, key: str | None = None) -> SalesOrderDetail:
        """Make a sales order."""
        answer: SalesOrderDetail = self._http.ask("POST", "/api/v1/sales/orders", body=body, key=key)
        return answer

    def get(self, id: int, *, fields: str | None = None) -> SalesOrderDetail:
        """Read a sales order. The ETag names its revision, for If-Match."""
        answer: SalesOrderDetail = self._http.ask(
            "GET", f"/api/v1/sales/orders/{id}", query={"fields": fields}
        )
        return answer

    def update(
        self, id: int, body: SalesOrderChange | None = None, *, if_match: str, key: str | None = None
    ) -> SalesOrderDetail:
        """Change a sales order. Fields that are sent; lines, when they are sent, all of them."""
        answer: SalesOrderDetail = self._http.ask(
            "PATCH",
            f"/api/v1/sales/orders/{id}",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def create_many(self, body: SalesOrderNewMany, *, key: str | None = None) -> Made:
        """Make many sales orders. At most 200; all of them or, where one is refused, none."""
        answer: Made = self._http.ask("POST", "/api/v1/sales/orders/bulk", body=body, key=key)
        return answer

    def confirm(
        self,
        id: int,
        body: SalesOrderConfirm | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Confirm: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/confirm",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def confirm_many(self, body: SalesOrderConfirmMany, *, key: str | None = None) -> DoneMany | Begun:
        """Confirm: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/confirm", body=body, key=key
        )
        return answer

    def reserve(
        self,
        id: int,
        body: SalesOrderReserve | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Reserve: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/reserve",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def reserve_many(self, body: SalesOrderReserveMany, *, key: str | None = None) -> DoneMany | Begun:
        """Reserve: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/reserve", body=body, key=key
        )
        return answer

    def ship(
        self,
        id: int,
        body: SalesOrderShip | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Ship: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/ship",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def ship_many(self, body: SalesOrderShipMany, *, key: str | None = None) -> DoneMany | Begun:
        """Ship: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/ship", body=body, key=key
        )
        return answer

    def invoice(
        self,
        id: int,
        body: SalesOrderInvoice | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Invoice: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/invoice",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def invoice_many(self, body: SalesOrderInvoiceMany, *, key: str | None = None) -> DoneMany | Begun:
        """Invoice: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/invoice", body=body, key=key
        )
        return answer

    def return_(
        self, id: int, body: SalesOrderReturn, *, if_match: str | None = None, key: str | None = None
    ) -> SalesOrderDone:
        """Return: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST", f"/api/v1/sales/orders/{id}/return", body=body, if_match=if_match, key=key
        )
        return answer

    def close(
        self,
        id: int,
        body: SalesOrderClose | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Close: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/close",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def close_many(self, body: SalesOrderCloseMany, *, key: str | None = None) -> DoneMany | Begun:
        """Close: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/close", body=body, key=key
        )
        return answer

    def cancel(
        self,
        id: int,
        body: SalesOrderCancel | None = None,
        *,
        if_match: str | None = None,
        key: str | None = None,
    ) -> SalesOrderDone:
        """Cancel: sales order. With If-Match, only while it is as it was read."""
        answer: SalesOrderDone = self._http.ask(
            "POST",
            f"/api/v1/sales/orders/{id}/cancel",
            body=body if body is not None else {},
            if_match=if_match,
            key=key,
        )
        return answer

    def cancel_many(self, body: SalesOrderCancelMany, *, key: str | None = None) -> DoneMany | Begun:
        """Cancel: many sales orders. Up to 200 at once, all or none; more of them in the background, each by itself."""
        answer: DoneMany | Begun = self._http.ask(
            "POST", "/api/v1/sales/orders/bulk/cancel", body=body, key=key
        )
        return answer

    def files(self, id: int) -> FilesTold:
        """List the files of a sales order."""
        answer: FilesTold = self._http.ask("GET", f"/api/v1/sales/orders/{id}/files")
        return answer

    def upload(self, id: int, name: str, content: bytes, *, key: str | None = None) -> FileTold:
        """Keep a file with a sales order. As multipart/form-data, at most 50 MiB."""
        answer: FileTold = self._http.ask(
            "POST", f"/api/v1/sales/orders/{id}/files", file=(name, content), key=key
        )
        return answer


class ShopAvailability:
    """shop/availability."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, *, sku: str, place: str | None = None) -> Availability:
        """What is free of many items. For baskets and product pages: what is on hand and not reserved, by warehouse. Archived items are unknown."""
        answer: Availability = self._http.ask(
            "GET", "/api/v1/shop/availability", query={"sku": sku, "place": place}
        )
        return answer


class ShopPrices:
    """shop/prices."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(
        self,
        *,
        sku: str,
        party: int | None = None,
        quantity: str | None = None,
        currency: str | None = None,
        on: str | None = None,
    ) -> Prices:
        """What many items cost. By the customer's price list, without one by the list for everybody, else by the item: as an order's line would have it."""
        answer: Prices = self._http.ask(
            "GET",
            "/api/v1/shop/prices",
            query={"sku": sku, "party": party, "quantity": quantity, "currency": currency, "on": on},
        )
        return answer


class Client:
    """A company's Backstay, as a token's person may use it."""

    def __init__(self, address: str, token: str) -> None:
        self._http = Http(address, token)
        self.accounting_journal = AccountingJournal(self._http)
        self.banking_accounts = BankingAccounts(self._http)
        self.banking_party_accounts = BankingPartyAccounts(self._http)
        self.banking_payable = BankingPayable(self._http)
        self.banking_payments = BankingPayments(self._http)
        self.banking_runs = BankingRuns(self._http)
        self.banking_statements = BankingStatements(self._http)
        self.catalog_items = CatalogItems(self._http)
        self.catalog_price_agreements = CatalogPriceAgreements(self._http)
        self.catalog_price_lists = CatalogPriceLists(self._http)
        self.inventory_carriers = InventoryCarriers(self._http)
        self.inventory_counts = InventoryCounts(self._http)
        self.inventory_receipts = InventoryReceipts(self._http)
        self.inventory_shipments = InventoryShipments(self._http)
        self.inventory_transfers = InventoryTransfers(self._http)
        self.inventory_write_offs = InventoryWriteOffs(self._http)
        self.invoicing_bills = InvoicingBills(self._http)
        self.invoicing_invoices = InvoicingInvoices(self._http)
        self.parties_parties = PartiesParties(self._http)
        self.projects_projects = ProjectsProjects(self._http)
        self.projects_tasks = ProjectsTasks(self._http)
        self.projects_time_sheets = ProjectsTimeSheets(self._http)
        self.purchasing_orders = PurchasingOrders(self._http)
        self.reports = Reports(self._http)
        self.sales_orders = SalesOrders(self._http)
        self.shop_availability = ShopAvailability(self._http)
        self.shop_prices = ShopPrices(self._http)

    def files(self, id: int) -> bytes:
        """The content of a file."""
        answer: bytes = self._http.content("GET", f"/api/v1/files/{id}")
        return answer

    def work(self, id: int) -> WorkTold:
        """How far long work is."""
        answer: WorkTold = self._http.ask("GET", f"/api/v1/work/{id}")
        return answer

    def me(self) -> Self:
        """Who this token is."""
        answer: Self = self._http.ask("GET", "/api/v1/me")
        return answer

    def openapi(self) -> dict[str, Any]:
        """This description (OpenAPI 3.1)."""
        answer: dict[str, Any] = self._http.ask("GET", "/api/v1/openapi.json")
        return answer
