"""Which documents the first page lists, and how. One query a page, by key, whatever the number of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import grouped
from backstay.platform import rows

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of document: its table, and the columns that say whose, when and how much."""

    title: str
    one: str
    group: str
    icon: str
    table: str
    day: str
    amount: str = "NULL"
    party: bool = True
    kind: str = ""
    lines: str = ""


LISTINGS = {
    "sales-orders": Listing("Sales orders", "Order", "Sales", "clipboard-list", "sales_order", "ordered_on", "gross", kind="sales.order",
                            lines="SELECT l.position, i.sku, l.text, l.quantity, l.unit_price, l.net FROM sales_orderline l JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = %s ORDER BY l.position"),
    "shipments": Listing("Shipments", "Shipment", "Sales", "truck", "inventory_shipment", "moved_on", kind="inventory.shipment",
                         lines="SELECT l.position, i.sku, i.name, (l.quantity * 10::numeric ^ -u.scale), NULL::numeric, l.value FROM inventory_shipmentline l JOIN catalog_item i ON i.id = l.item_id JOIN unit u ON u.id = i.unit_id WHERE l.shipment_id = %s ORDER BY l.position"),
    "invoices": Listing("Invoices", "Invoice", "Sales", "receipt", "invoicing_invoice", "issued_on", "gross", kind="invoicing.invoice",
                        lines="SELECT l.position, coalesce(i.sku, ''), l.text, l.quantity, l.unit_price, l.net FROM invoicing_invoiceline l LEFT JOIN catalog_item i ON i.id = l.item_id WHERE l.invoice_id = %s ORDER BY l.position"),
    "purchase-orders": Listing("Purchase orders", "Order", "Purchasing", "shopping-cart", "purchasing_order", "ordered_on", "net", kind="purchasing.order",
                               lines="SELECT l.position, i.sku, l.text, l.quantity, l.unit_price, l.net FROM purchasing_orderline l JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = %s ORDER BY l.position"),
    "receipts": Listing("Goods received", "Receipt", "Purchasing", "package", "inventory_receipt", "moved_on", kind="inventory.receipt",
                        lines="SELECT l.position, i.sku, i.name, (l.quantity * 10::numeric ^ -u.scale), NULL::numeric, l.value FROM inventory_receiptline l JOIN catalog_item i ON i.id = l.item_id JOIN unit u ON u.id = i.unit_id WHERE l.receipt_id = %s ORDER BY l.position"),
    "bills": Listing("Bills", "Bill", "Purchasing", "file-invoice", "invoicing_bill", "issued_on", "gross", kind="invoicing.bill",
                     lines="SELECT l.position, coalesce(i.sku, ''), l.text, l.quantity, l.unit_price, l.net FROM invoicing_billline l LEFT JOIN catalog_item i ON i.id = l.item_id WHERE l.bill_id = %s ORDER BY l.position"),
    "payments": Listing("Payments", "Payment", "Banking", "cash", "banking_payment", "paid_on", "CASE way WHEN 'in' THEN amount ELSE -amount END", kind="banking.payment",
                        lines="SELECT l.position, l.item, l.reason, NULL::numeric, NULL::numeric, l.amount FROM banking_paymentline l WHERE l.payment_id = %s ORDER BY l.position"),
    "journal-entries": Listing("Journal entries", "Entry", "Accounting", "book", "accounting_journalentry", "entered_on", party=False, kind="accounting.journalentry",
                               lines="SELECT l.position, a.code, a.name, NULL::numeric, NULL::numeric, l.value FROM accounting_journalline l JOIN account a ON a.id = l.account_id WHERE l.entry_id = %s ORDER BY l.position"),
}  # fmt: skip


def listing(kind: str) -> Listing:
    """The listing of a kind. NotFound for another word."""
    if kind not in LISTINGS:
        raise NotFound("web.not_found", f"there is no list called {kind}", "Choose one at the left.")
    return LISTINGS[kind]


def page(ctx: Ctx, kind: str, after: str, search: str) -> tuple[list[dict[str, Any]], str]:
    """One page of documents, the newest first, and the key of the next page ("" at the end)."""
    what = listing(kind)
    joins = "JOIN parties_party p ON p.id = d.party_id" if what.party else ""
    name = "p.name" if what.party else "d.text"
    conditions, params = ["d.company_id = %s"], [ctx.company]
    if after:
        day, _, last = after.partition("_")
        conditions.append(f"(d.{what.day}, d.id) < (%s, %s)")
        params += [date.fromisoformat(day), int(last)]
    if search:
        conditions.append(f"(d.number = %s OR {name} ILIKE %s)")
        params += [
            search.upper(),
            "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
        ]
    sql = (
        f"SELECT d.id, d.number, d.state, d.{what.day}, {what.amount}, {name} FROM {what.table} d {joins}"
        f" WHERE {' AND '.join(conditions)} ORDER BY d.{what.day} DESC, d.id DESC LIMIT {PAGE + 1}"
    )
    found = rows.execute(sql, params)
    shown = [
        {"id": i, "number": number or f"Draft {i}", "state": state, "day": day, "party": party,
         "amount": None if amount is None else grouped(amount, ctx.scale)}
        for i, number, state, day, amount, party in found[:PAGE]
    ]  # fmt: skip
    more = f"{shown[-1]['day']}_{shown[-1]['id']}" if len(found) > PAGE else ""
    return shown, more


def detail(ctx: Ctx, kind: str, document: int) -> dict[str, Any]:
    """A document with its lines, its entries and what happened to it."""
    what = listing(kind)
    joins = "JOIN parties_party p ON p.id = d.party_id" if what.party else ""
    name = "p.name" if what.party else "d.text"
    head = rows.execute(
        f"SELECT d.number, d.state, d.{what.day}, {what.amount}, {name}, d.note FROM {what.table} d {joins} WHERE d.id = %s",
        [document],
    )
    if not head:
        raise NotFound("web.not_found", f"there is no {what.one.lower()} {document}", "Look in the list.")
    number, state, day, amount, party, note = head[0]
    lines = [
        {"position": p, "code": c, "text": t, "quantity": None if q is None else f"{q.normalize():f}",
         "price": None if u is None else f"{u:,.2f}", "net": grouped(v, ctx.scale)}
        for p, c, t, q, u, v in rows.execute(what.lines, [document])
    ]  # fmt: skip
    postings = rows.execute(
        "SELECT e.id, e.event, e.posted_on, a.code, a.name, u.code, u.scale, p.amount, p.value FROM entry e"
        " JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id"
        " JOIN unit u ON u.id = s.unit_id WHERE e.company_id = %s AND e.source = %s ORDER BY e.id, p.line",
        [ctx.company, f"{what.kind}:{document}"],
    )
    entries: dict[int, dict[str, Any]] = {}
    for entry, event, on, code, account, unit, scale, moved, value in postings:
        made = entries.setdefault(entry, {"id": entry, "event": event, "on": on, "lines": []})
        goods = "" if unit == ctx.currency_code else f"{grouped(moved, scale)} {unit}"
        made["lines"].append(
            {"account": code, "name": account, "goods": goods, "debit": grouped(value, ctx.scale) if value > 0 else "",
             "credit": grouped(-value, ctx.scale) if value < 0 else ""}
        )  # fmt: skip
    events = rows.execute(
        "SELECT at, actor, event FROM platform_auditevent WHERE company_id = %s AND kind = %s AND object_id = %s ORDER BY id",
        [ctx.company, what.kind, document],
    )
    return {
        "number": number or f"Draft {document}", "state": state, "day": day, "party": party, "note": note, "lines": lines,
        "amount": None if amount is None else grouped(amount, ctx.scale), "entries": list(entries.values()),
        "events": [{"at": at, "actor": actor, "event": event} for at, actor, event in events],
    }  # fmt: skip
