"""What is open, by item; amounts in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.domains.invoicing.models import Bill, Invoice, InvoiceLine
from backstay.ledger.posting import account_id
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


# The items of a side that are not settled: now, or at the end of a day; and when each is due. An item with a document knows
# both; opening items have their day from their line, anything else is due when it was posted.
_NOW = """
SELECT o.subaccount_id AS id, o.party_id, o.item, o.amount, o.document_id, o.due_on FROM open_item o
WHERE o.company_id = %(company)s AND o.account_id = %(account)s AND (%(party)s::bigint IS NULL OR o.party_id = %(party)s)
"""
_THEN = """
SELECT s.id, s.party_id, s.item, b.amount, d.id AS document_id, d.due_on FROM balances_at(ARRAY(
    SELECT s.id FROM subaccount s WHERE s.company_id = %(company)s AND s.account_id = %(account)s
    AND (%(party)s::bigint IS NULL OR s.party_id = %(party)s)), %(day)s) b
JOIN subaccount s ON s.id = b.subaccount_id
LEFT JOIN invoicing_{kind} d ON d.id = CASE WHEN s.item ~ '^{kind}:[0-9]{{1,18}}$' THEN split_part(s.item, ':', 2)::bigint END
WHERE b.amount <> 0
"""
_KIND = {"receivable": "invoice", "payable": "bill"}
_DUE_ON = """
coalesce(x.due_on, (SELECT j.due_on FROM accounting_journalline j WHERE j.item = x.item AND j.item LIKE 'opening:%%' AND x.item LIKE 'opening:%%' LIMIT 1),
         (SELECT min(q.posted_on) FROM posting q WHERE q.subaccount_id = x.id))
"""
# Documents are looked up by their key: as a join all that ever were would be read.
_OPEN = """
WITH items AS MATERIALIZED ({items})
SELECT x.party_id, p.name, x.item, coalesce(d.number, j.text, x.item) AS number, coalesce(d.issued_on, f.first) AS on_day,
       coalesce(d.due_on, j.due_on, f.first) AS due_on, x.amount
FROM items x JOIN parties_party p ON p.id = x.party_id
LEFT JOIN LATERAL (SELECT d.id, d.number, d.issued_on, d.due_on FROM invoicing_{kind} d WHERE d.id = x.document_id OFFSET 0) d ON true
LEFT JOIN accounting_journalline j ON j.item = x.item AND j.item LIKE 'opening:%%'
LEFT JOIN LATERAL (SELECT min(posted_on) AS first FROM posting q WHERE q.subaccount_id = x.id AND d.id IS NULL) f ON true
ORDER BY p.name, due_on, length(x.item), x.item
"""
_LATE = (
    "late <= 0",
    "late BETWEEN 1 AND 30",
    "late BETWEEN 31 AND 60",
    "late BETWEEN 61 AND 90",
    "late > 90",
)
_BUCKETS = ", ".join(
    f"coalesce(sum(amount) FILTER (WHERE {late}), 0)::bigint AS b{n}" for n, late in enumerate(_LATE)
)
_AGED = f"""
WITH items AS MATERIALIZED (SELECT x.party_id, x.amount, coalesce(%(at)s - {_DUE_ON}, 0) AS late FROM ({{items}}) x),
sums AS MATERIALIZED (SELECT party_id, count(*) AS items, sum(amount)::bigint AS amount, {_BUCKETS} FROM items GROUP BY 1),
page AS (
    SELECT s.*, p.name, row_number() OVER (ORDER BY p.name, p.id) AS place FROM sums s JOIN parties_party p ON p.id = s.party_id
    ORDER BY place LIMIT %(limit)s OFFSET %(skip)s)
SELECT place, party_id, name, items, amount, b0, b1, b2, b3, b4 FROM page
UNION ALL
SELECT 0, count(*), '', coalesce(sum(items), 0)::bigint, coalesce(sum(amount), 0)::bigint,
       {", ".join(f"coalesce(sum(b{n}), 0)::bigint" for n in range(5))} FROM sums
ORDER BY 1
"""


class Aged(NamedTuple):
    """What a party owes us (or we owe), by how late it is: not due, 1–30, 31–60, 61–90, over 90 days."""

    party_id: int
    party: str
    items: int
    amount: int
    buckets: tuple[int, ...]


class Ageing(NamedTuple):
    """Parties of a page by name; the sums of all, whose ``party_id`` is how many there are."""

    rows: list[Aged]
    sums: Aged


def _items(ctx: Ctx, side: str, day: date | None, party: int | None) -> tuple[str, dict[str, Any]]:
    params = {"company": ctx.company, "account": account_id(ctx, side), "day": day, "party": party}
    return (_NOW if day is None else _THEN.format(kind=_KIND[side])), params


def open_items(ctx: Ctx, side: str, as_of: date | None = None, party: int | None = None) -> list[OpenItem]:
    """Items of ``receivable`` or ``payable`` that are not settled: now, or at the end of a day."""
    items, params = _items(ctx, side, as_of, party)
    sign = 1 if side == "receivable" else -1
    return [
        OpenItem._make((*row[:6], sign * row[6]))
        for row in rows.execute(_OPEN.replace("{items}", items).replace("{kind}", _KIND[side]), params)
    ]


def aged(
    ctx: Ctx,
    side: str,
    at: date,
    now: bool,
    party: int | None = None,
    limit: int | None = None,
    skip: int = 0,
) -> Ageing:
    """The open items of a side by party and age, at the end of ``at``; ``now``: as they stand. One statement."""
    items, params = _items(ctx, side, None if now else at, party)
    sign = 1 if side == "receivable" else -1
    params |= {"at": at, "limit": limit, "skip": skip}
    sums, *found = (
        Aged(row[1], row[2], row[3], sign * row[4], tuple(sign * v for v in row[5:]))
        for row in rows.execute(_AGED.replace("{items}", items), params)
    )
    return Ageing(found, sums)


def owed(ctx: Ctx, at: date, now: bool, limit: int, skip: int) -> tuple[list[tuple[int, str, int]], int, int]:
    """(party, name, what it owes us less what we owe it) of everybody with something open, by name, those of a page; the sum
    of all; how many. One statement."""
    receivable, params = _items(ctx, "receivable", None if now else at, None)
    payable = _items(ctx, "payable", None if now else at, None)[0].replace("%(account)s", "%(other)s")
    params |= {"other": account_id(ctx, "payable"), "limit": limit, "skip": skip}
    sql = f"""
        WITH sums AS MATERIALIZED (
            SELECT party_id, sum(amount)::bigint AS amount FROM ({receivable} UNION ALL {payable}) x GROUP BY 1),
        page AS (
            SELECT s.*, p.name, row_number() OVER (ORDER BY p.name, p.id) AS place FROM sums s JOIN parties_party p ON p.id = s.party_id
            ORDER BY place LIMIT %(limit)s OFFSET %(skip)s)
        SELECT place, party_id, name, amount FROM page UNION ALL
        SELECT 0, count(*), '', coalesce(sum(amount), 0)::bigint FROM sums ORDER BY 1"""
    (_place, count, _name, total), *found = rows.execute(sql, params)
    return [(party, name, steps) for _p, party, name, steps in found], total, count


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


_OPENED = "SELECT item, text FROM accounting_journalline WHERE company_id = %s AND item LIKE 'opening:%%' AND item = ANY(%s::text[])"


def references_of(ctx: Ctx, items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What customers and suppliers call the documents behind open items, by item: their references and numbers."""
    ids: dict[str, list[int]] = {"invoice": [], "bill": []}
    opened = [item for item in items if item.startswith("opening:")]
    for item in items:
        kind, _sep, ident = item.partition(":")
        if kind in ids and ident.isdigit():
            ids[kind].append(int(ident))
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.of(Invoice, "id", ids["invoice"], "reference"):
        found[f"invoice:{row.id}"] = (row.reference,)
    for item, text in rows.execute(_OPENED, [ctx.company, opened]) if opened else ():
        found[item] = (text,)
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


class Named(NamedTuple):
    """What a key of turnover is called: SKU and name of an item, name of a party, number and party of a document."""

    code: str = ""
    name: str = ""


_NAMES = {
    "item": "SELECT i.id, i.sku, i.name FROM catalog_item i",
    "party": "SELECT i.id, '', i.name FROM parties_party i",
    "invoicing.invoice": "SELECT i.id, i.number, p.name FROM invoicing_invoice i JOIN parties_party p ON p.id = i.party_id",
    "invoicing.bill": "SELECT i.id, i.number, p.name FROM invoicing_bill i JOIN parties_party p ON p.id = i.party_id",
}


def named(ctx: Ctx, what: str, keys: Iterable[int]) -> dict[int, Named]:
    """Names by key: of items, parties, or documents of a kind; none of anything else."""
    wanted = sorted(set(keys))
    if what not in _NAMES or not wanted:
        return {}
    sql = f"{_NAMES[what]} WHERE i.company_id = %s AND i.id = ANY(%s::bigint[])"
    return {key: Named(code, name) for key, code, name in rows.execute(sql, [ctx.company, wanted])}


# An opening item has its due date on its journal line.
_DUE = """
SELECT x.role, CASE WHEN x.due_on IS NULL THEN -2 WHEN x.due_on < %(today)s AND x.owed > 0 THEN -1
                    ELSE least(greatest(x.due_on - %(today)s, 0) / 7, %(weeks)s) END,
       count(*) FILTER (WHERE x.owed > 0), sum(x.owed)::bigint
FROM (
    SELECT a.role, CASE a.role WHEN 'receivable' THEN s.amount ELSE -s.amount END AS owed, coalesce(s.due_on, (
        SELECT j.due_on FROM accounting_journalline j WHERE s.item LIKE 'opening:%%' AND j.item LIKE 'opening:%%' AND j.item = s.item
        AND j.company_id = s.company_id LIMIT 1)) AS due_on
    FROM open_item s JOIN account a ON a.id = s.account_id AND a.role IN ('receivable', 'payable')
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
