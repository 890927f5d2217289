"""Items, categories and units are made and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.models import Category, Item, ItemUom, Uom
from backstay.domains.catalog.pricing import (
    archive_price_lists,
    change_price_agreements,
    create_price_agreements,
    create_price_lists,
    edit_price_lists,
)
from backstay.domains.catalog.rules import (
    COMMON_UOMS,
    SERVICE_SCALE,
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    check_barcode,
)
from backstay.ledger.models import Unit
from backstay.platform import access, events, rows

__all__ = [
    "ItemDraft",
    "PriceAgreementDraft",
    "PriceDraft",
    "PriceListDraft",
    "add_uoms",
    "archive_items",
    "archive_price_lists",
    "change_items",
    "change_price_agreements",
    "create_categories",
    "create_items",
    "create_price_agreements",
    "create_price_lists",
    "edit_items",
    "edit_price_lists",
    "seed_uoms",
]
PRICE = Decimal("0.000001")  # as precise as a price is kept
events.declare("catalog.item", "created", "changed", "price_changed")
_USED = "SELECT unit_id FROM subaccount WHERE unit_id = ANY(%s::bigint[]) LIMIT 1"
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
    uoms = _uoms(drafts)
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
            "scale": [d.scale or 0 for d in goods],
        },
    )
    units = dict(zip((d.sku for d in goods), made, strict=True))
    names = ("sku", "name", "kind", "sales_price", "purchase_price", "tax_class")
    ids = rows.insert(
        Item,
        {n: [getattr(d, n) for d in drafts] for n in names}
        | {
            "barcode": [d.barcode or None for d in drafts],  # no code is nobody else's code
            "category_id": [d.category for d in drafts],
            "uom_id": [uoms[d.uom] for d in drafts],
            "unit_id": [units.get(d.sku) for d in drafts],
        },
    )
    events.emit(ctx, "catalog.item_created", ids)
    return ids


def _uoms(drafts: Sequence[ItemDraft]) -> dict[int | str, int]:
    """Units of measure by the code or id that drafts name."""
    codes = {d.uom for d in drafts if isinstance(d.uom, str)}
    ids = {d.uom for d in drafts if isinstance(d.uom, int)}
    found: dict[int | str, int] = {row.code: row.id for row in rows.of(Uom, "code", sorted(codes), "code")}
    return found | {row.id: row.id for row in rows.of(Uom, "id", sorted(ids))}


def edit_items(ctx: Ctx, changes: Mapping[int, ItemDraft]) -> None:
    """Make items what the drafts say. Kind and decimals stay, and the unit once the ledger counts in it. Refusal
    (``catalog.kind``, ``catalog.scale``, ``catalog.uom_stays``)."""
    ids = sorted(changes)
    access.require(ctx, "catalog.item.change", ids)
    uoms = _uoms(list(changes.values()))
    found = rows.lock(Item, ids, "sku", "kind", "uom_id", "unit_id", "sales_price")
    scales = {
        u.id: u.scale for u in rows.of(Unit, "id", [row.unit_id for row in found if row.unit_id], "scale")
    }
    _same_unit(found, changes, uoms)
    for row in found:
        draft = changes[row.id]
        if draft.kind != row.kind:
            raise Refusal(
                "catalog.kind", f"{row.sku} is {row.kind}: that stays", "Make another item.", "kind"
            )
        places = scales.get(row.unit_id, SERVICE_SCALE)
        if draft.scale not in (None, places):
            raise Refusal("catalog.scale", f"{row.sku} has {places} decimal places: that stays", "Make another item.", "scale")  # fmt: skip
        if draft.barcode:
            check_barcode(draft.barcode)
    names = ("sku", "name", "sales_price", "purchase_price", "tax_class")
    columns: dict[str, Sequence[Any]] = {n: [getattr(changes[i], n) for i in ids] for n in names}
    rows.update(
        Item, ids,
        columns
        | {"barcode": [changes[i].barcode or None for i in ids]}
        | {"category_id": [changes[i].category for i in ids], "uom_id": [uoms[changes[i].uom] for i in ids]},
    )  # fmt: skip
    _changed(ctx, found, columns)


def _changed(ctx: Ctx, before: Sequence[Any], columns: Mapping[str, Sequence[Any]]) -> None:
    """Tell that items changed, and of those whose sales price did, what it was and is: nobody could ask for it later."""
    events.emit(ctx, "catalog.item_changed", [row.id for row in before])
    prices = columns.get("sales_price", [row.sales_price for row in before])
    pairs = [(row.id, row.sales_price, Decimal(new).quantize(PRICE)) for row, new in zip(before, prices, strict=True)]  # fmt: skip
    other = [pair for pair in pairs if pair[1] != pair[2]]
    facts = [{"old": _money(ctx, old), "new": _money(ctx, new)} for _, old, new in other]
    events.emit(ctx, "catalog.item_price_changed", [ident for ident, _, _ in other], facts)


def _money(ctx: Ctx, amount: Decimal) -> dict[str, str]:
    return {"amount": f"{amount.quantize(PRICE):f}", "currency": ctx.currency_code}


def _same_unit(found: Sequence[Any], changes: Mapping[int, ItemDraft], uoms: Mapping[int | str, int]) -> None:
    """What the ledger has counted in a unit would be so many of another. Refusal (``catalog.uom_stays``)."""
    moved = {
        row.unit_id: row.sku for row in found if row.unit_id and uoms.get(changes[row.id].uom) != row.uom_id
    }
    used = rows.execute(_USED, [list(moved)]) if moved else []
    if used:
        raise Refusal("catalog.uom_stays", f"{moved[used[0][0]]} has been counted in its unit: that stays", "Make another item.", "uom")  # fmt: skip


def archive_items(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take items out of use from today on."""
    change_items(ctx, ids, {"archived_on": [ctx.today] * len(ids)})


def add_uoms(ctx: Ctx, uoms: Sequence[tuple[int, int, int, int]]) -> list[int]:
    """Let items be traded in other units: (item, uom, numerator, denominator) of the item's own unit."""
    access.require(ctx, "catalog.item.change")
    names = ("item_id", "uom_id", "numerator", "denominator")
    return rows.insert(ItemUom, {n: [u[k] for u in uoms] for k, n in enumerate(names)})


def change_items(ctx: Ctx, ids: Sequence[int], columns: dict[str, Sequence[Any]]) -> None:
    """Change columns of items; the old values are kept by the database."""
    access.require(ctx, "catalog.item.change", ids)
    found = rows.lock(Item, ids, "sales_price")
    rows.update(Item, ids, columns)
    _changed(ctx, found, columns)
