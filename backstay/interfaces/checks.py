"""What no constraint can hold: documents against the ledger. Registered with ``verify``."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.base.context import Ctx
from backstay.ledger.verify import check
from backstay.platform import rows

_STOCK = """
SELECT i.sku FROM live l JOIN subaccount s ON s.id = l.subaccount_id JOIN account a ON a.id = s.account_id
JOIN catalog_item i ON i.unit_id = s.unit_id
WHERE l.company_id = %s AND a.type = 'asset' AND s.goods AND s.place_id NOT IN (SELECT id FROM inventory_place WHERE kind IN ('warehouse', 'transit'))
"""
_ITEMS = """
SELECT d.number, d.gross, coalesce(sum(p.value), 0) FROM invoicing_invoice d
LEFT JOIN subaccount s ON s.company_id = d.company_id AND s.item = 'invoice:' || d.id AND s.party_id = d.party_id
LEFT JOIN posting p ON p.subaccount_id = s.id AND EXISTS (
    SELECT FROM entry e WHERE e.id = p.entry_id AND e.source = 'invoicing.invoice:' || d.id AND e.event = 'post')
WHERE d.company_id = %s AND d.state <> 'draft' AND d.gross <> 0
GROUP BY d.id, d.number, d.gross, d.kind HAVING coalesce(sum(p.value), 0) <> CASE d.kind WHEN 'invoice' THEN d.gross ELSE -d.gross END
"""
_TAX = """
SELECT d.number, t.base, t.percent, t.tax FROM invoicing_invoicetax t JOIN invoicing_invoice d ON d.id = t.invoice_id
WHERE t.company_id = %s AND d.rounding = 'total' AND abs(t.tax - t.base * t.percent / 100) > 0.5
"""
_SHIPPED = """
SELECT o.number, l.position FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
LEFT JOIN (SELECT order_line_id, sum(quantity) FILTER (WHERE kind = 'shipped') AS shipped,
                  sum(quantity) FILTER (WHERE kind = 'invoiced') AS invoiced, sum(quantity) FILTER (WHERE kind = 'returned') AS returned
           FROM sales_fulfilment GROUP BY 1) f ON f.order_line_id = l.id
WHERE l.company_id = %s AND (l.shipped, l.invoiced, l.returned)
      IS DISTINCT FROM (coalesce(f.shipped, 0), coalesce(f.invoiced, 0), coalesce(f.returned, 0))
"""
_GRNI = """
SELECT o.number, l.position, l.received_value - l.billed_value, coalesce(-sum(p.value), 0)
FROM purchasing_orderline l JOIN purchasing_order o ON o.id = l.order_id
LEFT JOIN subaccount s ON s.company_id = l.company_id AND s.item = 'purchase_line:' || l.id AND s.party_id = o.party_id
LEFT JOIN posting p ON p.subaccount_id = s.id
WHERE l.company_id = %s AND l.goods GROUP BY 1, 2, 3 HAVING coalesce(-sum(p.value), 0) <> l.received_value - l.billed_value
"""
_SERIES = """
SELECT kind, year, count(*), max(n) FROM (
    SELECT 'INV/CN' AS kind, regexp_replace(number, '-?[0-9]+$', '') AS year, substring(number FROM '[0-9]+$')::bigint AS n FROM invoicing_invoice
    WHERE company_id = %s AND number IS NOT NULL) x GROUP BY 1, 2 HAVING count(*) <> max(n)
"""


_COUNTED = """
SELECT coalesce(t.kind, d.kind), coalesce(t.document_id, d.id) FROM (
    SELECT kind, document_id, item_id, party_id, counted_on, sum(value) AS value, sum(tax) AS tax FROM platform_turnover
    WHERE company_id = %(company)s GROUP BY 1, 2, 3, 4, 5) t
FULL JOIN (
    SELECT x.kind, x.id, coalesce(x.item_id, 0) AS item_id, coalesce(x.party_id, 0) AS party_id, x.day, sum(x.way * x.value) AS value, sum(x.way * x.tax) AS tax
    FROM (
        SELECT d.*, way, CASE way * d.sign WHEN 1 THEN d.dated ELSE (
            SELECT max(posted_on) FROM entry e WHERE e.company_id = %(company)s AND e.source = d.kind || ':' || d.id AND e.event LIKE 'reverse%%') END AS day
        FROM ({documents}) d CROSS JOIN LATERAL (SELECT d.sign AS way UNION ALL SELECT -d.sign WHERE d.state = 'reversed') w) x
    WHERE x.day IS NOT NULL AND x.way IS NOT NULL GROUP BY 1, 2, 3, 4, 5) d
ON (d.kind, d.id, d.item_id, d.party_id, d.day) = (t.kind, t.document_id, t.item_id, t.party_id, t.counted_on)
WHERE (t.value, t.tax) IS DISTINCT FROM (d.value, d.tax)
"""
_SUMMED = """
SELECT kind, by, unit, since, key FROM (
    SELECT kind, by, unit, since, key, value, tax FROM platform_turnover_sum WHERE company_id = %(company)s
    UNION ALL
    SELECT t.kind, k.*, t.value, t.tax FROM platform_turnover_new t, sums_of_turnover(t.counted_on, t.party_id, t.item_id) k WHERE t.company_id = %(company)s
    UNION ALL
    SELECT t.kind, k.*, -t.value, -t.tax FROM platform_turnover t, sums_of_turnover(t.counted_on, t.party_id, t.item_id) k WHERE t.company_id = %(company)s) x
GROUP BY 1, 2, 3, 4, 5 HAVING sum(value) <> 0 OR sum(tax) <> 0 ORDER BY 1, 2, 3, 4, 5
"""
_COUNTING = (
    ("invoicing.invoice", "invoicing_invoice", "invoicing_invoiceline", "invoice_id", "issued_on", "l.net", "l.tax", "WHEN 'invoice' THEN 1 WHEN 'credit_note' THEN -1"),
    ("invoicing.bill", "invoicing_bill", "invoicing_billline", "bill_id", "issued_on", "l.net", "l.tax", "WHEN 'bill' THEN 1 WHEN 'debit_note' THEN -1"),
    ("inventory.shipment", "inventory_shipment", "inventory_shipmentline", "shipment_id", "moved_on", "l.value", "0", "WHEN 'sale' THEN 1"),
    ("inventory.receipt", "inventory_receipt", "inventory_receiptline", "receipt_id", "moved_on", "l.value", "0", "WHEN 'return' THEN -1"),
)  # fmt: skip
_DUE = """
SELECT o.item FROM open_item o JOIN account a ON a.id = o.account_id
LEFT JOIN invoicing_invoice i ON o.item = 'invoice:' || i.id LEFT JOIN invoicing_bill b ON o.item = 'bill:' || b.id
WHERE o.company_id = %s AND (o.due_on, o.document_id) IS DISTINCT FROM (
    coalesce(i.due_on, b.due_on), CASE a.role WHEN 'receivable' THEN i.id WHEN 'payable' THEN b.id END)
"""


@check("inventory.places")
def stock_places(ctx: Ctx) -> Iterator[str]:
    """Valued stock stands at warehouses and in transit only."""
    for (sku,) in rows.execute(_STOCK, [ctx.company]):
        yield f"{sku} has value at no warehouse"


@check("inventory.stock_value")
def stock_value(ctx: Ctx) -> Iterator[str]:
    """Stock as the warehouse sees it is worth what the books say."""
    from backstay.domains.inventory.queries import ledger_value, stock

    listed, booked = sum(r.value for r in stock(ctx)), ledger_value(ctx)
    if listed != booked:
        yield f"stock list {listed}, ledger {booked}"


@check("invoicing.posted")
def invoices_posted(ctx: Ctx) -> Iterator[str]:
    """Every posted invoice has its entry over its gross."""
    for number, gross, value in rows.execute(_ITEMS, [ctx.company]):
        yield f"{number}: {gross} on paper, {value} in the books"


@check("invoicing.due")
def items_due(ctx: Ctx) -> Iterator[str]:
    """Open items know their documents, and are due when these say."""
    for (item,) in rows.execute(_DUE, [ctx.company]):
        yield f"{item} is due on another day than its document says, or is listed as of another document"


@check("platform.turnover")
def turnover(ctx: Ctx) -> Iterator[str]:
    """What reports of trade count is what documents and their reversals say, by day, party and item."""
    documents = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, d.id, d.party_id, l.item_id, d.{day} AS dated, d.state, {value} AS value, {tax} AS tax, CASE d.kind {ways} END AS sign"
        f" FROM {table} d JOIN {lines} l ON l.{key} = d.id WHERE d.company_id = %(company)s AND d.state <> 'draft'"
        for kind, table, lines, key, day, value, tax, ways in _COUNTING
    )
    for kind, ident in rows.execute(_COUNTED.replace("{documents}", documents), {"company": ctx.company}):
        yield f"{kind}:{ident} counts otherwise in the reports of trade"


@check("platform.turnover_sum")
def turnover_summed(ctx: Ctx) -> Iterator[str]:
    """Sums of turnover, with what waits to be summed, are those of its rows."""
    for kind, by, unit, since, key in rows.execute(_SUMMED, {"company": ctx.company}):
        yield f"{kind}: {unit} from {since}, {by or 'all'} {key}: differs from its rows"


@check("invoicing.tax")
def invoice_tax(ctx: Ctx) -> Iterator[str]:
    """Tax is base times rate, rounded once."""
    for number, base, percent, tax in rows.execute(_TAX, [ctx.company]):
        yield f"{number}: {tax} on {base} at {percent} %"


@check("sales.counters")
def order_counters(ctx: Ctx) -> Iterator[str]:
    """Order lines count what their shipments, invoices and returns say."""
    for number, position in rows.execute(_SHIPPED, [ctx.company]):
        yield f"{number} line {position}"


@check("purchasing.grni")
def goods_not_invoiced(ctx: Ctx) -> Iterator[str]:
    """Goods received not invoiced, line by line, is what the order says."""
    for number, position, expected, found in rows.execute(_GRNI, [ctx.company]):
        yield f"{number} line {position}: {expected} by the order, {found} in the books"


@check("invoicing.numbers")
def gapless(ctx: Ctx) -> Iterator[str]:
    """Invoice numbers of a year run without a gap."""
    for kind, year, count, last in rows.execute(_SERIES, [ctx.company]):
        yield f"{kind} {year}: {count} documents, last number {last}"
