"""Webhooks are told what stock there is: compared each minute with what was told last, so that whoever orders pays nothing for it.

However often an item moved in the minute, it is told once for each warehouse, with the figure of the moment. What holds free
again by mere time is seen, too. What was not told stays different from what is there, so nothing is missed.
"""

from __future__ import annotations

from decimal import Decimal

from backstay.base.context import Ctx
from backstay.platform import events, rows, webhooks

EVENT = "inventory.stock_changed"
MOST = 5_000  # told at once; what is left comes with the next minute
events.declare("inventory.stock", "changed")

# The account that counts an item is its category's, or the company's, as in queries.free_at. ``held`` of a row counts holds
# whose time is over until they are swept: only where there are any, they are added up.
_STOCK = """
there AS (
    SELECT i.id AS item_id, s.place_id, sum(l.amount)::bigint AS on_hand,
           sum(l.amount - CASE WHEN l.held = 0 THEN 0 ELSE coalesce((
               SELECT sum(h.remaining) FROM hold h WHERE h.subaccount_id = s.id AND h.state = 'pending' AND h.expires_at > now()), 0) END)::bigint AS free
    FROM catalog_item i LEFT JOIN catalog_category c ON c.id = i.category_id
    JOIN subaccount s ON s.company_id = i.company_id AND s.unit_id = i.unit_id AND s.goods AND NOT s.memo
        AND s.account_id = CASE WHEN c.stock_account_id IS NULL THEN %(stock)s::bigint ELSE c.stock_account_id END
    JOIN inventory_place p ON p.id = s.place_id AND p.kind = 'warehouse' JOIN live l ON l.subaccount_id = s.id
    GROUP BY 1, 2),
other AS (
    SELECT coalesce(t.item_id, o.item_id) AS item_id, coalesce(t.place_id, o.place_id) AS place_id,
           coalesce(t.on_hand, 0) AS on_hand, coalesce(t.free, 0) AS free
    FROM there t FULL JOIN (SELECT * FROM inventory_stocktold WHERE item_id IS NOT NULL) o ON o.item_id = t.item_id AND o.place_id = t.place_id
    WHERE (coalesce(t.on_hand, 0), coalesce(t.free, 0)) <> (coalesce(o.on_hand, 0), coalesce(o.free, 0))
    ORDER BY 1, 2 LIMIT %(most)s),
told AS (
    INSERT INTO inventory_stocktold AS k (item_id, place_id, on_hand, free) SELECT item_id, place_id, on_hand, free FROM other
    ON CONFLICT ON CONSTRAINT "inventory.told_once" DO UPDATE SET on_hand = excluded.on_hand, free = excluded.free
    WHERE (k.on_hand, k.free) <> (excluded.on_hand, excluded.free)
    RETURNING item_id, place_id, on_hand, free)
"""
_CHANGED = f"""
WITH {_STOCK}
SELECT t.item_id, i.sku, p.code, t.on_hand * 10::numeric ^ -u.scale, t.free * 10::numeric ^ -u.scale
FROM told t JOIN catalog_item i ON i.id = t.item_id JOIN unit u ON u.id = i.unit_id JOIN inventory_place p ON p.id = t.place_id
ORDER BY 1, p.code
"""
_BEGUN = 'INSERT INTO inventory_stocktold (on_hand, free) VALUES (0, 0) ON CONFLICT ON CONSTRAINT "inventory.told_once" DO NOTHING RETURNING id'


def tell_stock(ctx: Ctx) -> int:
    """Tell those who ask what changed since they were told last; how many messages' worth of items and warehouses.

    The first time nothing is told: what is there then is what changes are counted from. Four statements and one for each
    webhook, whatever moved. Two at once tell it once: the second waits for the rows of the first.
    """
    if not webhooks.asked_for(ctx, EVENT):
        return 0
    if rows.execute(_BEGUN):
        rows.execute(
            f"WITH {_STOCK} SELECT count(*) FROM told", {"stock": ctx.accounts["stock"], "most": None}
        )
        return 0
    found = rows.execute(_CHANGED, {"stock": ctx.accounts["stock"], "most": MOST})
    facts = [
        {"kind": "catalog.item", "id": item, "sku": sku, "place": place, "on_hand": _text(on_hand), "free": _text(free)}
        for item, sku, place, on_hand, free in found
    ]  # fmt: skip
    if facts:
        webhooks.tell(ctx, EVENT, facts)
    return len(facts)


def _text(figure: Decimal) -> str:
    plain = figure.normalize()
    return f"{plain if plain else Decimal(0):f}"
