"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.domains.catalog.models import Item
from backstay.domains.catalog.rules import SERVICE_SCALE, to_steps
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


def to_stock(ctx: Ctx, facts: dict[int, ItemFacts], wanted: Sequence[tuple[int, int, Decimal]]) -> list[int]:
    """Steps of each item's unit for (item, uom, quantity). Exact, or Refusal (``catalog.uom_exact``)."""
    if all(facts[item].uom_id == uom for item, uom, _ in wanted):  # no conversion, no statement
        one = Fraction(1)
        return [to_steps(quantity, one, facts[item].scale, facts[item].sku) for item, _, quantity in wanted]
    factors = rows.execute(_FACTORS, [[w[0] for w in wanted], [w[1] for w in wanted]])
    steps = []
    for (item, _, quantity), (_, numerator, denominator, sku, name) in zip(wanted, factors, strict=True):
        if numerator is None:
            raise Refusal("catalog.uom", f"{sku} is not traded in {name}", "Add the unit to the item.")
        steps.append(to_steps(quantity, Fraction(numerator, denominator), facts[item].scale, sku))
    return steps
