"""Reading stock. Quantities in steps of the item, values in steps of the company's currency."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.catalog.queries import ItemFacts
from backstay.domains.inventory.following import Parcel as Parcel
from backstay.domains.inventory.following import parcels as parcels
from backstay.domains.inventory.models import Place, ShipmentLine
from backstay.domains.inventory.rules import Move
from backstay.ledger.posting import Sub, account_id
from backstay.platform import rows


class StockRow(NamedTuple):
    """What one warehouse holds of one item; ``held`` is promised to orders."""

    item: str
    name: str
    place: str
    quantity: int
    value: int
    held: int
    scale: int


class CardLine(NamedTuple):
    """A movement on a stock card, with what was there after it."""

    on: date
    source: str
    event: str
    quantity: int
    value: int
    quantity_after: int
    value_after: int
    entry: int


def stock_sub(facts: ItemFacts, place: int) -> Sub:
    """The subaccount that counts an item at a warehouse."""
    if facts.unit is None:
        raise ValueError(f"{facts.sku} is a service: there is no stock of it")
    return Sub(facts.stock_account or "stock", facts.unit, place=place, side=1)


def place_id(ctx: Ctx, code: str = "MAIN") -> int:
    """The id of a place. NotFound names the code."""
    found = rows.of(Place, "code", [code])
    if not found:
        raise NotFound("inventory.place", f"there is no place {code}", "Make it among the warehouses.")
    return int(found[0].id)


def warehouses(ctx: Ctx) -> dict[str, int]:
    """Ids of the warehouses in use by code; bins and transit are none."""
    found = rows.of(Place, "kind", ["warehouse"], "code", "archived_on")
    return {row.code: row.id for row in sorted(found, key=lambda r: str(r.code)) if row.archived_on is None}


_STOCK = """
SELECT i.sku, i.name, p.code, l.amount, l.value, l.held, u.scale
FROM (SELECT * FROM subaccount WHERE company_id = %(company)s AND goods AND NOT memo OFFSET 0) s
JOIN (SELECT * FROM live WHERE company_id = %(company)s AND goods OFFSET 0) l ON l.subaccount_id = s.id
JOIN unit u ON u.id = s.unit_id JOIN inventory_place p ON p.id = s.place_id
JOIN (SELECT * FROM catalog_item WHERE company_id = %(company)s OFFSET 0) i ON i.unit_id = u.id
WHERE l.amount <> 0 OR l.value <> 0 OR l.held <> 0
"""
_STOCK_AT = """
SELECT i.sku, i.name, p.code, b.amount, b.value,
       CASE WHEN %(promised)s THEN coalesce((SELECT x.held FROM live x WHERE x.subaccount_id = b.subaccount_id), 0) ELSE 0 END::bigint, u.scale
FROM balances_at(ARRAY(SELECT id FROM subaccount WHERE company_id = %(company)s AND goods AND NOT memo), %(day)s) b
JOIN subaccount s ON s.id = b.subaccount_id JOIN unit u ON u.id = s.unit_id
JOIN catalog_item i ON i.unit_id = u.id JOIN inventory_place p ON p.id = s.place_id
WHERE b.amount <> 0 OR b.value <> 0
"""


def stock(ctx: Ctx, as_of: date | None = None) -> list[StockRow]:
    """Stock by item and place: now, from the live rows, or at the end of a day; what is promised is not known of days gone by."""
    sql, params = _stock(ctx, as_of)
    return [StockRow(*row) for row in rows.execute(f"{sql} ORDER BY i.sku, p.code", params)]


def _stock(ctx: Ctx, as_of: date | None) -> tuple[str, dict[str, Any]]:
    params = {"company": ctx.company, "day": as_of, "promised": as_of is not None and as_of >= ctx.today}
    return (_STOCK if as_of is None else _STOCK_AT), params


class Stocked(NamedTuple):
    """A page of the stock; how many rows there are and what all are worth; the items worth most, by SKU."""

    rows: list[StockRow]
    many: int
    value: int
    best: list[tuple[str, int]]


_PAGE = """
WITH there AS MATERIALIZED (SELECT sku, name, code, amount, value, held, scale FROM ({stock}) x (sku, name, code, amount, value, held, scale)),
best AS (SELECT sku, sum(value)::bigint AS value FROM there GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(best)s)
SELECT 0, '', '', '', count(*), coalesce(sum(value), 0)::bigint, 0::bigint, 0 FROM there
UNION ALL SELECT 1, sku, '', '', 0, value, 0, 0 FROM best
UNION ALL (SELECT 2, * FROM there ORDER BY sku, code LIMIT %(limit)s OFFSET %(skip)s)
"""


def stock_page(ctx: Ctx, as_of: date | None, limit: int | None, skip: int, best: int) -> Stocked:
    """The stock by item and place, a page of it, with the sums of all. One statement."""
    sql, params = _stock(ctx, as_of)
    found = rows.execute(_PAGE.replace("{stock}", sql), params | {"limit": limit, "skip": skip, "best": best})
    (count, value) = next((row[4], row[5]) for row in found if row[0] == 0)
    top = sorted(((row[1], row[5]) for row in found if row[0] == 1), key=lambda pair: (-pair[1], pair[0]))
    return Stocked([StockRow(*row[1:]) for row in found if row[0] == 2], count, value, top)


# By account where each holds goods alone, as the chart has them; by unit where an account may hold anything and does.
_LEDGER_VALUE = """
SELECT CASE WHEN EXISTS (
    SELECT FROM account a CROSS JOIN LATERAL (SELECT FROM subaccount s WHERE s.company_id = a.company_id AND s.account_id = a.id AND s.goods LIMIT 1) s
    WHERE a.company_id = %(company)s AND a.type <> 'memo' AND a.unit_kind IS NULL AND a.postable)
THEN (SELECT sum(x.debit - x.credit) FROM account_sums(%(since)s, %(until)s, %(kinds)s::text[]) x JOIN unit u ON u.id = x.unit_id WHERE u.kind = 'goods')
ELSE (SELECT sum(x.debit - x.credit) FROM account_values(%(since)s, %(until)s, %(kinds)s::text[]) x
      JOIN account a ON a.id = x.account_id WHERE a.unit_kind = 'goods') END
"""


def ledger_value(ctx: Ctx, as_of: date | None = None) -> int:
    """What the inventory accounts show: all valued accounts of goods, from the summaries."""
    kinds = ["opening", "regular", "adjusting", "closing"]
    told = {"company": ctx.company, "since": date.min, "until": as_of or date.max, "kinds": kinds}
    return int(rows.execute(_LEDGER_VALUE, told)[0][0] or 0)


_CARD = """
WITH sub AS MATERIALIZED (SELECT s.id FROM subaccount s WHERE s.company_id = %(company)s AND s.account_id = %(account)s AND s.unit_id = %(unit)s
    AND s.place_id = %(place)s AND s.party_id = 0 AND s.item = '' AND s.dims_id = 0),
held AS (SELECT coalesce(sum(b.amount), 0) AS amount, coalesce(sum(b.value), 0) AS value FROM balances_at(ARRAY(SELECT id FROM sub), %(before)s) b)
SELECT p.posted_on, e.source, e.event, p.amount, p.value, h.amount + sum(p.amount) OVER w, h.value + sum(p.value) OVER w, e.id
FROM sub JOIN posting p ON p.subaccount_id = sub.id JOIN entry e ON e.id = p.entry_id CROSS JOIN held h
WHERE p.posted_on BETWEEN %(since)s AND %(until)s
WINDOW w AS (ORDER BY p.posted_on, p.entry_id, p.line)
ORDER BY p.posted_on, p.entry_id, p.line
"""


def stock_card(ctx: Ctx, facts: ItemFacts, place: int, since: date, until: date) -> list[CardLine]:
    """Movements of an item at a place in the days, each with quantity and value after it; what was before comes from the
    summaries."""
    sub = stock_sub(facts, place)
    before = since - timedelta(days=1) if since > date.min else date.min
    params = {
        "company": ctx.company, "account": account_id(ctx, sub.account), "unit": sub.unit, "place": place,
        "since": since, "until": until, "before": before,
    }  # fmt: skip
    return [
        CardLine._make((*row[:5], int(row[5]), int(row[6]), row[7])) for row in rows.execute(_CARD, params)
    ]


_HISTORY = """
SELECT w.o, e.document_on, e.id, p.amount, p.value,
       CASE WHEN p.amount = 0 AND e.event LIKE 'late%%' THEN 'late'
            WHEN p.amount < 0 AND e.reverses IS NULL THEN 'out' ELSE 'in' END,
       e.document_on < w.day
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) WITH ORDINALITY w(account, unit, place, day, o)
JOIN subaccount s ON s.company_id = %s AND s.account_id = w.account AND s.unit_id = w.unit AND s.place_id = w.place
                 AND s.party_id = 0 AND s.item = '' AND s.dims_id = 0
JOIN posting p ON p.subaccount_id = s.id AND p.posted_on >= w.day
JOIN entry e ON e.id = p.entry_id
"""


def movements_since(ctx: Ctx, wanted: Sequence[tuple[Sub, date]]) -> dict[Sub, list[Move]]:
    """What moved on each subaccount from a day on, in date order's terms; reads only what was posted since then.

    What was posted since, but belongs to days before, is left out: it is part of the opening.
    """
    params = [
        [account_id(ctx, sub.account) for sub, _ in wanted],
        [sub.unit for sub, _ in wanted],
        [sub.place for sub, _ in wanted],
        [day for _, day in wanted],
        ctx.company,
    ]
    found: dict[Sub, list[Move]] = {sub: [] for sub, _ in wanted}
    for o, day, entry, amount, value, kind, before in rows.execute(_HISTORY, params):
        if not before:
            found[wanted[o - 1][0]].append(Move(day, entry, amount, value, kind))
    return found


_LAST_COST = """
SELECT w.o, p.value, p.amount FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY w(account, unit, place, o)
JOIN subaccount s ON s.company_id = %s AND s.account_id = w.account AND s.unit_id = w.unit AND s.place_id = w.place
                 AND s.party_id = 0 AND s.item = '' AND s.dims_id = 0
JOIN LATERAL (SELECT value, amount FROM posting q WHERE q.subaccount_id = s.id AND q.amount <> 0
              ORDER BY q.posted_on DESC, q.entry_id DESC LIMIT 1) p ON true
"""


def last_costs(ctx: Ctx, subs: Sequence[Sub]) -> dict[Sub, Fraction]:
    """Cost per step of the last movement of each subaccount that ever moved."""
    params = [
        [account_id(ctx, sub.account) for sub in subs],
        [sub.unit for sub in subs],
        [sub.place for sub in subs],
        ctx.company,
    ]
    return {subs[o - 1]: Fraction(value, amount) for o, value, amount in rows.execute(_LAST_COST, params)}


def shipment_lines(ctx: Ctx, lines: Iterable[int]) -> dict[int, tuple[int, int, int, int, int]]:
    """(item, quantity, value, returned, returned_value) by shipment line."""
    names = ("item_id", "quantity", "value", "returned", "returned_value")
    return {r.id: tuple(r[1:]) for r in rows.of(ShipmentLine, "id", sorted(set(lines)), *names)}


def balances_of(ctx: Ctx, subs: Sequence[Sub]) -> dict[Sub, int]:
    """Value of subaccounts as of now, of those that exist."""
    sql = (
        "SELECT w.o, sum(p.value)::bigint FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY w(account, item, o)"
        " JOIN subaccount s ON s.company_id = %s AND s.account_id = w.account AND s.item = w.item"
        " JOIN posting p ON p.subaccount_id = s.id GROUP BY 1"
    )
    found = rows.execute(
        sql, [[account_id(ctx, s.account) for s in subs], [s.item for s in subs], ctx.company]
    )
    return {subs[o - 1]: int(value) for o, value in found}


# The account that counts an item: its category's, or the company's. Written as CASE, since COALESCE does not count as leakproof:
# below row-level security it would be a filter and no condition of the index.
_COUNTS = "CASE WHEN c.stock_account_id IS NULL THEN %(stock)s::bigint ELSE c.stock_account_id END"
_FREE = f"""
SELECT w.o, coalesce(f.free, 0) * 10::numeric ^ -u.scale
FROM unnest(%(items)s::bigint[], %(places)s::bigint[]) WITH ORDINALITY w(item, place, o)
JOIN catalog_item i ON i.id = w.item JOIN unit u ON u.id = i.unit_id LEFT JOIN catalog_category c ON c.id = i.category_id
LEFT JOIN LATERAL (
    SELECT sum(l.amount - coalesce((SELECT sum(h.remaining) FROM hold h WHERE h.subaccount_id = s.id AND h.state = 'pending'
                                    AND h.expires_at > now()), 0)) AS free
    FROM subaccount s JOIN live l ON l.subaccount_id = s.id
    WHERE s.company_id = i.company_id AND s.unit_id = i.unit_id AND s.account_id = {_COUNTS}
    AND (w.place IS NULL OR s.place_id = w.place)) f ON true
"""


def free(ctx: Ctx, items: Iterable[int]) -> dict[int, Decimal]:
    """What is on hand and nobody holds, in the item's own unit, all warehouses together; services are left out."""
    wanted = [(item, None) for item in sorted(set(items))]
    return {item: left for (item, _all), left in free_at(ctx, wanted).items()}


def free_at(ctx: Ctx, wanted: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], Decimal]:
    """The same by (item, warehouse); None is all warehouses together."""
    pairs = list(wanted)
    named = {
        "items": [item for item, _ in pairs], "places": [place for _, place in pairs], "stock": ctx.accounts["stock"],
    }  # fmt: skip
    found = rows.execute(_FREE, named)
    return {pairs[o - 1]: left for o, left in found}


class There(NamedTuple):
    """What a warehouse has of an item, in steps: on hand, promised to others, and its bins as (code, id, steps)."""

    on_hand: int
    promised: int
    bins: list[tuple[str, int, int]]

    @property
    def free(self) -> int:
        """What may be taken."""
        return self.on_hand - self.promised


_THERE = f"""
SELECT i.id, coalesce(x.amount, 0), coalesce(x.promised, 0), coalesce(b.bins, '[]')
FROM catalog_item i LEFT JOIN catalog_category c ON c.id = i.category_id
LEFT JOIN LATERAL (
    SELECT sum(l.amount)::bigint AS amount, sum((
        SELECT coalesce(sum(h.remaining), 0) FROM hold h WHERE h.subaccount_id = s.id AND h.state = 'pending'
        AND h.expires_at > now() AND NOT h.id = ANY(%(holds)s::bigint[])))::bigint AS promised
    FROM subaccount s JOIN live l ON l.subaccount_id = s.id
    WHERE s.company_id = i.company_id AND s.account_id = {_COUNTS} AND s.unit_id = i.unit_id
    AND s.party_id = 0 AND s.item = '' AND s.place_id = %(place)s) x ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(p.code, p.id, l.amount) ORDER BY p.code)::text AS bins
    FROM subaccount s JOIN inventory_place p ON p.id = s.place_id AND p.parent_id = %(place)s
    JOIN live l ON l.subaccount_id = s.id AND l.amount > 0
    WHERE s.unit_id = i.unit_id AND s.company_id = i.company_id AND s.account_id = %(bin)s AND s.party_id = 0 AND s.item = '') b ON true
WHERE i.id = ANY(%(items)s::bigint[]) AND i.unit_id IS NOT NULL
"""


def there(ctx: Ctx, place: int, items: Iterable[int], holds: Iterable[int] = ()) -> dict[int, There]:
    """What is at a warehouse by item; what ``holds`` (our own) keep is not promised to others. Services are left out."""
    named = {
        "place": place, "items": sorted(set(items)), "holds": sorted(holds), "bin": ctx.accounts.get("bin", 0), "stock": ctx.accounts["stock"],
    }  # fmt: skip
    return {
        item: There(amount, promised, [(c, i, n) for c, i, n in json.loads(bins)])
        for item, amount, promised, bins in rows.execute(_THERE, named)
    }


_DELIVERED = """
SELECT r.id, r.number, r.moved_on FROM inventory_receipt r
WHERE r.party_id = %s AND r.delivery_note = %s AND r.delivery_note <> '' AND r.state = 'posted' ORDER BY r.id DESC LIMIT 1
"""


def delivered_before(ctx: Ctx, party: int, delivery_note: str) -> tuple[int, str, date] | None:
    """(id, number, day) of the receipt that has this delivery note of the party already."""
    found = rows.execute(_DELIVERED, [party, delivery_note.strip()])
    return (found[0][0], found[0][1], found[0][2]) if found else None


class ShelfRow(NamedTuple):
    """An item as somebody counts it: what the books have of it at a warehouse (steps), and in which bins."""

    item_id: int
    sku: str
    name: str
    barcode: str | None
    uom: str
    scale: int
    on_hand: int
    bins: str


_SHELF = """
SELECT i.id, i.sku, i.name, i.barcode, m.name, u.scale, coalesce(x.amount, 0)::bigint, coalesce(b.bins, '')
FROM catalog_item i JOIN unit u ON u.id = i.unit_id JOIN catalog_uom m ON m.id = i.uom_id
LEFT JOIN catalog_category c ON c.id = i.category_id
LEFT JOIN LATERAL (
    SELECT sum(l.amount) AS amount FROM subaccount s JOIN live l ON l.subaccount_id = s.id
    WHERE s.company_id = i.company_id AND s.account_id = coalesce(c.stock_account_id, %(stock)s) AND s.unit_id = i.unit_id
    AND s.party_id = 0 AND s.item = '' AND s.place_id = %(place)s) x ON true
LEFT JOIN LATERAL (
    SELECT string_agg(p.code, ', ' ORDER BY p.code) AS bins FROM subaccount s
    JOIN inventory_place p ON p.id = s.place_id AND p.parent_id = %(place)s JOIN live l ON l.subaccount_id = s.id AND l.amount > 0
    WHERE s.unit_id = i.unit_id AND s.company_id = i.company_id AND s.account_id = %(bin)s AND s.party_id = 0 AND s.item = '') b ON true
WHERE i.id = ANY(%(items)s::bigint[]) ORDER BY coalesce(b.bins, '~'), i.sku
"""


def shelf(ctx: Ctx, place: int, items: Iterable[int]) -> list[ShelfRow]:
    """Items as they are counted at a warehouse, in the order one walks: by bin, then SKU."""
    named = {
        "place": place,
        "items": sorted(set(items)),
        "bin": ctx.accounts.get("bin", 0),
        "stock": ctx.accounts["stock"],
    }
    return [ShelfRow(*row) for row in rows.execute(_SHELF, named)]


_STOCKED = """
SELECT DISTINCT i.id FROM subaccount s JOIN live l ON l.subaccount_id = s.id AND l.amount <> 0
JOIN catalog_item i ON i.unit_id = s.unit_id AND i.company_id = s.company_id
WHERE s.company_id = %(company)s AND s.place_id = %(place)s AND s.goods AND NOT s.memo
AND (%(category)s::bigint IS NULL OR i.category_id = %(category)s)
AND (%(inside)s::bigint IS NULL OR EXISTS (
    SELECT FROM subaccount b JOIN live x ON x.subaccount_id = b.id AND x.amount > 0
    WHERE b.unit_id = s.unit_id AND b.company_id = s.company_id AND b.account_id = %(bin)s AND b.place_id = %(inside)s))
ORDER BY i.id LIMIT %(limit)s
"""


def stocked(ctx: Ctx, place: int, category: int | None, inside: int | None, limit: int) -> list[int]:
    """Items of which a warehouse has any, of a category or lying in a bin."""
    named = {
        "company": ctx.company, "place": place, "category": category, "inside": inside, "limit": limit,
        "bin": ctx.accounts.get("bin", 0),
    }  # fmt: skip
    return [row[0] for row in rows.execute(_STOCKED, named)]
