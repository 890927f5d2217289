"""What is open, by item; amounts in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.domains.invoicing.models import Bill, Invoice, InvoiceLine
from backstay.platform import rows

BUCKETS = (0, 30, 60, 90)


class OpenItem(NamedTuple):
    """An item that is not settled. ``amount``: what the party owes us (receivable), or we owe (payable)."""

    party_id: int
    party: str
    item: str
    number: str
    on: date | None
    due_on: date | None
    amount: int

    def bucket(self, as_of: date) -> str:
        """How overdue: not due, 1–30, 31–60, 61–90, over 90 days."""
        late = (as_of - self.due_on).days if self.due_on else 0
        if late <= 0:
            return "not due"
        lower = [b for b in BUCKETS if late > b][-1]
        return f"{lower + 1}–{lower + 30}" if lower < 90 else "over 90"


_OPEN = """
WITH items AS (
    SELECT o.subaccount_id AS id, o.party_id, o.item, b.amount FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = %(role)s
    JOIN live b ON b.subaccount_id = o.subaccount_id WHERE o.company_id = %(company)s AND %(day)s::date IS NULL
    UNION ALL
    SELECT s.id, s.party_id, s.item, b.amount FROM balances_at(ARRAY(
        SELECT s.id FROM subaccount s JOIN account a ON a.id = s.account_id
        WHERE s.company_id = %(company)s AND a.role = %(role)s AND %(day)s::date IS NOT NULL), %(day)s::date) b
    JOIN subaccount s ON s.id = b.subaccount_id WHERE %(day)s::date IS NOT NULL AND b.amount <> 0)
SELECT x.party_id, p.name, x.item, coalesce(i.number, b.number, j.text, x.item),
       coalesce(i.issued_on, b.issued_on, f.first), coalesce(i.due_on, b.due_on, j.due_on, f.first), x.amount
FROM items x JOIN parties_party p ON p.id = x.party_id
LEFT JOIN invoicing_invoice i ON i.id = CASE WHEN x.item LIKE 'invoice:%%' THEN substr(x.item, 9)::bigint END
LEFT JOIN invoicing_bill b ON b.id = CASE WHEN x.item LIKE 'bill:%%' THEN substr(x.item, 6)::bigint END
LEFT JOIN accounting_journalline j ON j.item = x.item AND j.item LIKE 'opening:%%'
LEFT JOIN LATERAL (SELECT min(posted_on) AS first FROM posting q WHERE q.subaccount_id = x.id) f ON true
ORDER BY p.name, 6, x.item
"""


def open_items(ctx: Ctx, side: str, as_of: date | None = None) -> list[OpenItem]:
    """Items of ``receivable`` or ``payable`` that are not settled: now, or at the end of a day."""
    found = rows.execute(_OPEN, {"role": side, "company": ctx.company, "day": as_of})
    sign = 1 if side == "receivable" else -1
    return [OpenItem._make((*row[:6], sign * row[6])) for row in found]


def credit_guards(ctx: Ctx, parties: Iterable[int]) -> dict[int, int]:
    """Guard id by party, of those with a credit limit in force."""
    codes = [f"credit limit of party {p}" for p in sorted(set(parties))]
    sql = "SELECT party_id, id FROM guard WHERE company_id = %s AND code = ANY(%s::text[]) AND active"
    return {row[0]: row[1] for row in rows.execute(sql, [ctx.company, codes])}


def invoices_of_lines(ctx: Ctx, lines: Iterable[int]) -> dict[int, int]:
    """Invoice id by invoice line id."""
    return {row.id: row.invoice_id for row in rows.of(InvoiceLine, "id", sorted(set(lines)), "invoice_id")}


def parties_of_bills(ctx: Ctx, bills: Iterable[int]) -> dict[int, int]:
    """Party id by bill id."""
    return {row.id: row.party_id for row in rows.of(Bill, "id", sorted(set(bills)), "party_id")}


def references_of(ctx: Ctx, items: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What customers and suppliers call the documents behind open items, by item: their references and numbers."""
    ids: dict[str, list[int]] = {"invoice": [], "bill": []}
    for item in items:
        kind, _sep, ident = item.partition(":")
        if kind in ids and ident.isdigit():
            ids[kind].append(int(ident))
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.of(Invoice, "id", ids["invoice"], "reference"):
        found[f"invoice:{row.id}"] = (row.reference,)
    for row in rows.of(Bill, "id", ids["bill"], "supplier_number", "reference"):
        found[f"bill:{row.id}"] = (row.supplier_number, row.reference)
    return found


def bill_numbered(ctx: Ctx, party: int, number: str) -> tuple[int, str, date] | None:
    """(id, our number, day) of the bill or debit note that has this number of the supplier's already."""
    sql = (
        "SELECT id, coalesce(number, ''), issued_on FROM invoicing_bill WHERE company_id = %s AND party_id = %s"
        " AND supplier_number = %s AND state = 'posted' ORDER BY id DESC LIMIT 1"
    )
    found = rows.execute(sql, [ctx.company, party, number.strip()]) if number.strip() else []
    return (found[0][0], found[0][1], found[0][2]) if found else None
