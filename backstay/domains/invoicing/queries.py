"""What is open, by item; amounts in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


# The items of a side that are not settled, now (from the live rows) or at the end of a day, with their documents.
_ITEMS = """
WITH items AS MATERIALIZED (
    SELECT o.subaccount_id AS id, o.party_id, o.item, b.amount FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = %(role)s
    JOIN live b ON b.subaccount_id = o.subaccount_id
    WHERE o.company_id = %(company)s AND %(day)s::date IS NULL AND (%(party)s::bigint IS NULL OR o.party_id = %(party)s)
    UNION ALL
    SELECT s.id, s.party_id, s.item, b.amount FROM balances_at(ARRAY(
        SELECT s.id FROM subaccount s JOIN account a ON a.id = s.account_id
        WHERE s.company_id = %(company)s AND a.role = %(role)s AND %(day)s::date IS NOT NULL
          AND (%(party)s::bigint IS NULL OR s.party_id = %(party)s)), %(day)s::date) b
    JOIN subaccount s ON s.id = b.subaccount_id WHERE %(day)s::date IS NOT NULL AND b.amount <> 0),
told AS (
    SELECT x.*, CASE WHEN x.item ~ '^invoice:[0-9]+$' THEN substr(x.item, 9)::bigint END AS invoice,
           CASE WHEN x.item ~ '^bill:[0-9]+$' THEN substr(x.item, 6)::bigint END AS bill FROM items x),
open AS (
    SELECT x.party_id, x.item, coalesce(i.number, b.number, j.text, x.item) AS number,
           coalesce(i.issued_on, b.issued_on, f.first) AS on_day, coalesce(i.due_on, b.due_on, j.due_on, f.first) AS due_on, x.amount
    FROM told x
    LEFT JOIN invoicing_invoice i ON i.id = x.invoice
    LEFT JOIN invoicing_bill b ON b.id = x.bill
    LEFT JOIN accounting_journalline j ON j.item = x.item AND j.item LIKE 'opening:%%'
    LEFT JOIN LATERAL (SELECT min(posted_on) AS first FROM posting q WHERE q.subaccount_id = x.id AND i.id IS NULL AND b.id IS NULL) f ON true)
"""
_OPEN = f"""{_ITEMS}
SELECT x.party_id, p.name, x.item, x.number, x.on_day, x.due_on, x.amount
FROM open x JOIN parties_party p ON p.id = x.party_id ORDER BY p.name, x.due_on, length(x.item), x.item
"""
_AGED = f"""{_ITEMS}
SELECT x.party_id, p.name, count(*), sum(x.amount)::bigint, {
    ", ".join(
        f"coalesce(sum(x.amount) FILTER (WHERE {condition}), 0)::bigint"
        for condition in (
            "x.late <= 0",
            "x.late BETWEEN 1 AND 30",
            "x.late BETWEEN 31 AND 60",
            "x.late BETWEEN 61 AND 90",
            "x.late > 90",
        )
    )
}
FROM (SELECT o.*, coalesce(%(at)s - o.due_on, 0) AS late FROM open o) x JOIN parties_party p ON p.id = x.party_id
GROUP BY 1, 2 ORDER BY 2, 1
"""


class Aged(NamedTuple):
    """What a party owes us (or we owe), by how late it is: not due, 1–30, 31–60, 61–90, over 90 days."""

    party_id: int
    party: str
    items: int
    amount: int
    buckets: tuple[int, ...]


def open_items(ctx: Ctx, side: str, as_of: date | None = None, party: int | None = None) -> list[OpenItem]:
    """Items of ``receivable`` or ``payable`` that are not settled: now, or at the end of a day."""
    found = rows.execute(_OPEN, {"role": side, "company": ctx.company, "day": as_of, "party": party})
    sign = 1 if side == "receivable" else -1
    return [OpenItem._make((*row[:6], sign * row[6])) for row in found]


def aged(ctx: Ctx, side: str, at: date, now: bool, party: int | None = None) -> list[Aged]:
    """The open items of a side by party and age, at the end of ``at``; ``now``: as they stand."""
    params = {"role": side, "company": ctx.company, "day": None if now else at, "party": party, "at": at}
    sign = 1 if side == "receivable" else -1
    return [
        Aged(row[0], row[1], row[2], sign * row[3], tuple(sign * v for v in row[4:]))
        for row in rows.execute(_AGED, params)
    ]


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


# ---- what was sold and bought ----


class Traded(NamedTuple):
    """Net of invoices (or bills) in one span by one key; credit notes and reversals count against it."""

    span: int
    key: int
    code: str
    name: str
    net: int
    tax: int
    documents: int


# Documents by the day they count: when issued, and against it when reversed.
_DOCUMENTS = """
WITH spans AS (SELECT * FROM unnest(%(since)s::date[], %(until)s::date[]) WITH ORDINALITY w(since, until, n)),
docs AS MATERIALIZED (
    SELECT w.n, d.id, d.party_id, d.number, d.issued_on AS day, d.net, d.tax, CASE WHEN d.kind IN ('invoice', 'bill') THEN 1 ELSE -1 END AS way
    FROM spans w JOIN invoicing_{one} d ON d.issued_on BETWEEN w.since AND w.until
    WHERE d.company_id = %(company)s AND d.state <> 'draft' AND (%(party)s::bigint IS NULL OR d.party_id = %(party)s)
    UNION ALL
    SELECT w.n, d.id, d.party_id, d.number, e.posted_on, d.net, d.tax, CASE WHEN d.kind IN ('invoice', 'bill') THEN -1 ELSE 1 END
    FROM invoicing_{one} d JOIN entry e ON e.company_id = d.company_id AND e.source = 'invoicing.{one}:' || d.id AND e.event = 'reverse'
    JOIN spans w ON e.posted_on BETWEEN w.since AND w.until
    WHERE d.company_id = %(company)s AND d.state = 'reversed' AND (%(party)s::bigint IS NULL OR d.party_id = %(party)s))
"""
_TRADED = {
    "party": "SELECT d.n, d.party_id, '', p.name, sum(d.way * d.net)::bigint, sum(d.way * d.tax)::bigint, count(*)"
    " FROM docs d JOIN parties_party p ON p.id = d.party_id GROUP BY 1, 2, 4",
    "month": "SELECT d.n, (extract(year FROM d.day) * 12 + extract(month FROM d.day) - 1)::bigint, '', '', sum(d.way * d.net)::bigint,"
    " sum(d.way * d.tax)::bigint, count(*) FROM docs d GROUP BY 1, 2",
    "document": "SELECT d.n, d.id, d.number, p.name, (d.way * d.net)::bigint, (d.way * d.tax)::bigint, (d.day - date '1970-01-01')::int"
    " FROM docs d JOIN parties_party p ON p.id = d.party_id ORDER BY d.day, d.id",
    "item": "SELECT d.n, coalesce(l.item_id, 0), coalesce(i.sku, ''), coalesce(i.name, ''), sum(d.way * l.net)::bigint,"
    " sum(d.way * l.tax)::bigint, count(DISTINCT d.id) FROM docs d JOIN invoicing_{one}line l ON l.{one}_id = d.id"
    " LEFT JOIN catalog_item i ON i.id = l.item_id GROUP BY 1, 2, 3, 4",
    "item_documents": "SELECT d.n, d.id, d.number, p.name, sum(d.way * l.net)::bigint, sum(d.way * l.tax)::bigint,"
    " (d.day - date '1970-01-01')::int FROM docs d JOIN invoicing_{one}line l ON l.{one}_id = d.id"
    " JOIN parties_party p ON p.id = d.party_id WHERE coalesce(l.item_id, 0) = %(item)s GROUP BY d.n, d.id, d.number, p.name, d.day, d.way ORDER BY d.day, d.id",
}


def traded(
    ctx: Ctx,
    one: str,
    by: str,
    spans: Sequence[tuple[date, date]],
    party: int | None = None,
    item: int | None = None,
) -> list[Traded]:
    """What was invoiced (``one``: invoice) or billed (bill) in each span (numbered from 1), net, by party, item, month or
    document; of documents, ``documents`` is the day as days since 1970."""
    if one not in ("invoice", "bill"):
        raise ValueError(one)
    params = {
        "company": ctx.company,
        "since": [s for s, _ in spans],
        "until": [u for _, u in spans],
        "party": party,
        "item": item,
    }
    sql = (_DOCUMENTS + _TRADED[by]).replace("{one}", one)
    return [Traded(*row) for row in rows.execute(sql, params)]


# An opening item has its due date on its journal line.
_DUE = """
SELECT x.role, CASE WHEN x.due_on IS NULL THEN -2 WHEN x.due_on < %(today)s AND x.owed > 0 THEN -1
                    ELSE least(greatest(x.due_on - %(today)s, 0) / 7, %(weeks)s) END,
       count(*) FILTER (WHERE x.owed > 0), sum(x.owed)::bigint
FROM (
    SELECT a.role, CASE a.role WHEN 'receivable' THEN l.amount ELSE -l.amount END AS owed, d.due_on
    FROM open_item s JOIN account a ON a.id = s.account_id AND a.role IN ('receivable', 'payable') JOIN live l ON l.subaccount_id = s.subaccount_id
    LEFT JOIN LATERAL (
        SELECT due_on FROM invoicing_invoice WHERE s.item LIKE 'invoice:%%' AND id = CASE WHEN s.item LIKE 'invoice:%%' THEN substr(s.item, 9)::bigint END
        UNION ALL
        SELECT due_on FROM invoicing_bill WHERE s.item LIKE 'bill:%%' AND id = CASE WHEN s.item LIKE 'bill:%%' THEN substr(s.item, 6)::bigint END
        UNION ALL
        SELECT due_on FROM accounting_journalline WHERE s.item LIKE 'opening:%%' AND item LIKE 'opening:%%' AND item = s.item AND company_id = s.company_id
    ) d ON true
    WHERE s.company_id = %(company)s) x
GROUP BY 1, 2
"""


def due_by_week(ctx: Ctx, today: date, weeks: int) -> dict[tuple[str, int], tuple[int, int]]:
    """(how many, steps) of open items by (receivable or payable, week from today on); what is owed is positive.

    Week −1 holds what is overdue, −2 what has no due date, ``weeks`` what is due later. Nobody is late with a credit: it
    lowers what is owed in its week, or in this one when that is over, and is not counted. One statement.
    """
    params = {"company": ctx.company, "today": today, "weeks": weeks}
    return {(side, week): (count, steps) for side, week, count, steps in rows.execute(_DUE, params)}
