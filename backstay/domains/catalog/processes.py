"""Items, categories and units are made and changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.models import Category, Item, ItemUom, Uom
from backstay.domains.catalog.rules import COMMON_UOMS, ItemDraft, check_barcode
from backstay.ledger.models import Unit
from backstay.platform import access, audit, rows

__all__ = ["ItemDraft", "add_uoms", "change_items", "create_categories", "create_items", "seed_uoms"]
register(
    {
        "catalog.sku_once": ("another item has this SKU", "Choose another SKU, or change that item."),
        "catalog.price": ("a price is negative", "Enter a discount, or a credit note."),
        "catalog.costing": ("only moving average is available as costing", "Choose average."),
    }
)


def seed_uoms(ctx: Ctx) -> None:
    """The common units of measure of a new company."""
    names = ("code", "name", "kind", "numerator", "denominator")
    rows.insert(Uom, {n: [u[k] for u in COMMON_UOMS] for k, n in enumerate(names)})


def create_categories(
    ctx: Ctx, names: Sequence[str], accounts: Sequence[dict[str, int]] | None = None
) -> list[int]:
    """Make categories; ``accounts`` may name sales, cogs and stock account ids of each."""
    access.require(ctx, "catalog.category.create")
    given = accounts or [{}] * len(names)
    columns: dict[str, Sequence[Any]] = {
        "name": names,
        "costing": ["average"] * len(names),
        "tax_class": ["standard"] * len(names),
    }
    for key in ("sales_account", "cogs_account", "stock_account"):
        columns[f"{key}_id"] = [a.get(key) for a in given]
    return rows.insert(Category, columns)


def create_items(ctx: Ctx, drafts: Sequence[ItemDraft]) -> list[int]:
    """Make items; goods get a ledger unit of their own. Raises Refusal for unknown units, double SKUs, bad GTINs."""
    access.require(ctx, "catalog.item.create")
    uoms = {row.code: row.id for row in rows.of(Uom, "code", {d.uom for d in drafts}, "code")}
    for draft in drafts:
        if draft.uom not in uoms:
            raise Refusal(
                "catalog.uom", f"{draft.sku}: there is no unit {draft.uom}", "Add it to the units of measure."
            )
        if not draft.sku.strip() or not draft.name.strip():
            raise Refusal("catalog.item_name", f"item {draft.sku or draft.name!r} needs a SKU and a name")
        if draft.barcode:
            check_barcode(draft.barcode)
    goods = [d for d in drafts if d.kind == "goods"]
    made = rows.insert(
        Unit,
        {
            "company_id": [ctx.company] * len(goods),
            "code": [d.sku for d in goods],
            "kind": ["goods"] * len(goods),
            "scale": [d.scale for d in goods],
        },
    )
    units = dict(zip((d.sku for d in goods), made, strict=True))
    names = ("sku", "name", "kind", "sales_price", "purchase_price", "tax_class", "barcode")
    ids = rows.insert(
        Item,
        {n: [getattr(d, n) for d in drafts] for n in names}
        | {
            "category_id": [d.category for d in drafts],
            "uom_id": [uoms[d.uom] for d in drafts],
            "unit_id": [units.get(d.sku) for d in drafts],
        },
    )
    audit.record(ctx, "catalog.item", ids, "create")
    return ids


def add_uoms(ctx: Ctx, uoms: Sequence[tuple[int, int, int, int]]) -> list[int]:
    """Let items be traded in other units: (item, uom, numerator, denominator) of the item's own unit."""
    access.require(ctx, "catalog.item.change")
    names = ("item_id", "uom_id", "numerator", "denominator")
    return rows.insert(ItemUom, {n: [u[k] for u in uoms] for k, n in enumerate(names)})


def change_items(ctx: Ctx, ids: Sequence[int], columns: dict[str, Sequence[Any]]) -> None:
    """Change columns of items; the old values are kept by the database."""
    access.require(ctx, "catalog.item.change", ids)
    rows.lock(Item, ids)
    rows.update(Item, ids, columns)
