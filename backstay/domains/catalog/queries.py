"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.domains.catalog.models import Item
from backstay.domains.catalog.rules import (
    SERVICE_SCALE,
    ListTerms,
    PriceLine,
    breaks_of,
    chain_of,
    price_of,
    to_steps,
)
from backstay.platform import rows

_FACTS = """
SELECT i.id, i.sku, i.name, i.kind, i.unit_id, coalesce(u.scale, %s), i.uom_id, i.sales_price, i.purchase_price,
       i.tax_class, c.sales_account_id, c.cogs_account_id, c.stock_account_id
FROM catalog_item i LEFT JOIN unit u ON u.id = i.unit_id LEFT JOIN catalog_category c ON c.id = i.category_id
WHERE i.id = ANY(%s::bigint[])
"""
_FACTORS = """
SELECT w.ordinality, CASE WHEN w.uom = i.uom_id THEN 1 WHEN x.id IS NOT NULL THEN x.numerator
         WHEN own.kind = other.kind THEN other.numerator * own.denominator END,
       CASE WHEN w.uom = i.uom_id THEN 1 WHEN x.id IS NOT NULL THEN x.denominator
         WHEN own.kind = other.kind THEN other.denominator * own.numerator END, i.sku, other.name
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY w(item, uom, ordinality)
JOIN catalog_item i ON i.id = w.item JOIN catalog_uom own ON own.id = i.uom_id
LEFT JOIN catalog_uom other ON other.id = w.uom
LEFT JOIN catalog_itemuom x ON x.item_id = i.id AND x.uom_id = w.uom ORDER BY 1
"""


class ItemFacts(NamedTuple):
    """What trading an item needs. ``unit`` is None and ``scale`` 6 for a service."""

    id: int
    sku: str
    name: str
    kind: str
    unit: int | None
    scale: int
    uom_id: int
    sales_price: Decimal
    purchase_price: Decimal
    tax_class: str
    sales_account: int | None
    cogs_account: int | None
    stock_account: int | None

    @property
    def goods(self) -> bool:
        """Whether it is kept in stock."""
        return self.unit is not None

    @property
    def revenue(self) -> int | str:
        """The account its sales go to: the category's, or the role of its kind."""
        return self.sales_account or ("sales" if self.goods else "services")


def trade_facts(ctx: Ctx, items: Iterable[int]) -> dict[int, ItemFacts]:
    """Facts by item id, in one statement. NotFound names the first missing."""
    wanted = sorted(set(items))
    found = {row[0]: ItemFacts(*row) for row in rows.execute(_FACTS, [SERVICE_SCALE, wanted])}
    if missing := [i for i in wanted if i not in found]:
        raise NotFound("catalog.not_found", f"no item with id {missing[0]}")
    return found


def by_skus(ctx: Ctx, skus: Iterable[str]) -> dict[str, int]:
    """Ids by SKU, of those that exist."""
    return {row.sku: row.id for row in rows.of(Item, "sku", sorted(set(skus)), "sku")}


def offered(ctx: Ctx, skus: Iterable[str]) -> dict[str, int]:
    """Ids by SKU, of those that are sold: archived ones are not."""
    return {
        row.sku: row.id
        for row in rows.of(Item, "sku", sorted(set(skus)), "sku", "archived_on")
        if row.archived_on is None
    }


def factors(
    ctx: Ctx, facts: dict[int, ItemFacts], wanted: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Own units in one of a unit, as (numerator, denominator), by (item, uom). Refusal (``catalog.uom``)."""
    if all(facts[item].uom_id == uom for item, uom in wanted):  # no conversion, no statement
        return [(1, 1)] * len(wanted)
    found = rows.execute(_FACTORS, [[w[0] for w in wanted], [w[1] for w in wanted]])
    for _, numerator, _, sku, name in found:
        if numerator is None:
            raise Refusal("catalog.uom", f"{sku} is not traded in {name}", "Add the unit to the item.")
    return [(row[1], row[2]) for row in found]


def to_stock(ctx: Ctx, facts: dict[int, ItemFacts], wanted: Sequence[tuple[int, int, Decimal]]) -> list[int]:
    """Steps of each item's unit for (item, uom, quantity). Exact, or Refusal (``catalog.uom_exact``)."""
    told = factors(ctx, facts, [(item, uom) for item, uom, _ in wanted])
    return [
        to_steps(quantity, Fraction(*factor), facts[item].scale, facts[item].sku)
        for (item, _, quantity), factor in zip(wanted, told, strict=True)
    ]


# ---- prices ----

_LISTS = """
WITH RECURSIVE agreed AS MATERIALIZED (
    SELECT w.party, w.day, a.price_list_id, y.name FROM unnest(%s::bigint[], %s::date[]) w(party, day)
    JOIN catalog_priceagreement a ON a.party_id = w.party AND a.since_on <= w.day AND (a.until_on IS NULL OR a.until_on >= w.day)
    JOIN parties_party y ON y.id = a.party_id),
used AS (
    SELECT l.id, l.parent_id FROM catalog_pricelist l WHERE l.standard OR l.id = ANY(ARRAY(SELECT price_list_id FROM agreed))
    UNION SELECT b.id, b.parent_id FROM used u JOIN catalog_pricelist b ON b.id = u.parent_id)
SELECT a.party, a.day, a.name, l.id, l.name, l.currency, l.parent_id, l.discount, l.standard
FROM used JOIN catalog_pricelist l USING (id) LEFT JOIN agreed a ON a.price_list_id = l.id
"""
_PRICES = """
SELECT p.price_list_id, p.item_id, p.from_quantity, p.price, p.since_on, p.until_on
FROM unnest(%s::bigint[], %s::bigint[]) w(list, item) JOIN catalog_price p ON p.price_list_id = w.list AND p.item_id = w.item
WHERE p.until_on IS NULL OR p.until_on >= %s
"""


class Wanted(NamedTuple):
    """What is asked of the price lists: a quantity in the item's own unit, for a customer or (None) for anybody."""

    party: int | None
    item: int
    quantity: Decimal
    on: date


class Offer(NamedTuple):
    """The price of one of an item in its own unit, None where nothing says one in this currency. ``source``: the list that
    says it, "" for the item itself; ``until``: the last day, where one is known; ``breaks``: (from quantity on, price)."""

    price: Decimal | None
    currency: str
    source: str = ""
    until: date | None = None
    breaks: Sequence[tuple[Decimal, Decimal]] = ()


def prices_for(
    ctx: Ctx, wanted: Sequence[Wanted], currency: str | None, facts: dict[int, ItemFacts]
) -> list[Offer]:
    """What items cost: by the customer's price list, without one by the list for everybody, else by the item itself.

    In ``currency``; None: in that of the customer's list, without one in the books'. Raises Refusal
    (``catalog.price_currency``) where the customer's list is in another. Two statements, however many are asked.
    """
    if not wanted:
        return []
    pairs = list(dict.fromkeys((w.party, w.on) for w in wanted if w.party is not None))
    found = rows.execute(_LISTS, [[p for p, _ in pairs], [d for _, d in pairs]])
    lists = {row[3]: ListTerms(*row[3:]) for row in found}
    agreed = {(party, day): (ident, name) for party, day, name, ident, *_ in found if party is not None}
    standard = {each.currency: each.id for each in lists.values() if each.standard}
    chosen = [_list_of(ctx, agreed.get((w.party or 0, w.on)), lists, standard, currency) for w in wanted]
    chains = {first: chain_of(first, lists) for first, _ in chosen}
    needed = list(
        dict.fromkeys(
            (x.id, w.item) for w, (first, _) in zip(wanted, chosen, strict=True) for x in chains[first]
        )
    )
    lines: dict[int, dict[int, list[PriceLine]]] = {}
    if needed:
        since = min(w.on for w in wanted)
        for ident, item, *line in rows.execute(
            _PRICES, [[n[0] for n in needed], [n[1] for n in needed], since]
        ):
            lines.setdefault(item, {}).setdefault(ident, []).append(PriceLine(*line))
    told = []
    for w, (first, money) in zip(wanted, chosen, strict=True):
        books = money == ctx.currency_code
        own, scale = (facts[w.item].sales_price, ctx.scale) if books else (None, 2)
        mine = lines.get(w.item, {})
        price, source, until = price_of(chains[first], mine, w.quantity, w.on, own, scale)
        breaks = breaks_of(chains[first], mine, w.on, own, scale)
        told.append(Offer(price, money, source.name if source else "", until, breaks))
    return told  # fmt: skip


def _list_of(
    ctx: Ctx, agreed: tuple[int, str] | None, lists: dict[int, ListTerms], standard: dict[str, int], currency: str | None
) -> tuple[int | None, str]:  # fmt: skip
    """(list that applies or None, currency)."""
    if agreed is None:
        money = currency or ctx.currency_code
        return standard.get(money), money
    mine = lists[agreed[0]]
    if currency is not None and mine.currency != currency:
        raise Refusal(
            "catalog.price_currency",
            f"{agreed[1]} has the price list {mine.name}, which is in {mine.currency}; a price in {currency} is asked",
            f"Type the price, or agree a list in {currency}.",
            "unit_price",
        )
    return mine.id, mine.currency


def offers(
    ctx: Ctx, items: Sequence[int], party: int | None, quantity: Decimal
) -> dict[int, tuple[ItemFacts, Offer | None]]:
    """Items with what one costs today in the books' currency; None for a customer whose list is in another."""
    facts = trade_facts(ctx, items)
    try:
        told: Sequence[Offer | None] = prices_for(
            ctx, [Wanted(party, i, quantity, ctx.today) for i in facts], ctx.currency_code, facts
        )
    except Refusal:
        told = [None] * len(facts)
    return {i: (facts[i], price) for i, price in zip(facts, told, strict=True)}
