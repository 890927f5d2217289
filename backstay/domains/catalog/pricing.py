"""Price lists are made, changed and archived, and agreed with customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.models import Price, PriceAgreement, PriceList
from backstay.domains.catalog.rules import PriceAgreementDraft, PriceDraft, PriceListDraft
from backstay.platform import access, events, rows
from backstay.platform.keeping import fitting

LIST, AGREEMENT = "catalog.pricelist", "catalog.priceagreement"
events.declare(LIST, "created", "changed")
events.declare(AGREEMENT, "created", "changed")
register(
    {
        "catalog.price_list_once": ("another price list has this code", "Choose another code, or change that list."),
        "catalog.price_list_currency": ("a list and the one it builds on differ in currency", "Choose a list in the same currency."),
        "catalog.price_list_currency_code": ("a currency is a code of three capitals", "Use ISO 4217, e.g. EUR."),
        "catalog.price_list_discount": ("a discount is between 0 and 100 %", "Correct it."),
        "catalog.standard_list_once": ("another list in this currency is for everybody", "Take it from that list first."),
        "catalog.standard_list_in_use": ("a list for everybody is in use", "Make another one the list for everybody first."),
        "catalog.list_price": ("a price or a quantity is negative", "Correct the line."),
        "catalog.price_span": ("a price ends before it begins", "Correct its days."),
        "catalog.price_overlap": ("an item has two prices from one quantity on, on one day", "End the first the day before the second begins."),
        "catalog.agreement_span": ("an agreement ends before it begins", "Correct its days."),
        "catalog.agreement_overlap": ("this customer has a price list on these days", "End that one the day before, or change it."),
    }
)  # fmt: skip
_LINE = ("item_id", "from_quantity", "price", "since_on", "until_on")
_IN_USE = """
SELECT l.name, coalesce((SELECT y.name FROM catalog_priceagreement a JOIN parties_party y ON y.id = a.party_id
                         WHERE a.price_list_id = l.id AND (a.until_on IS NULL OR a.until_on >= %s) ORDER BY a.id LIMIT 1),
                        (SELECT b.name FROM catalog_pricelist b WHERE b.parent_id = l.id AND b.archived_on IS NULL ORDER BY b.id LIMIT 1)) AS user
FROM catalog_pricelist l WHERE l.id = ANY(%s::bigint[])
"""


def create_price_lists(ctx: Ctx, drafts: Sequence[PriceListDraft]) -> list[int]:
    """Make price lists with their prices; ids in order. Raises Refusal by the rules of the tables."""
    access.require(ctx, f"{LIST}.create")
    _usable(d.parent for d in drafts)
    ids = rows.insert(PriceList, _columns(ctx, drafts))
    _insert(_lines(zip(ids, drafts, strict=True)))
    events.emit(ctx, f"{LIST}_created", ids)
    return ids


def edit_price_lists(ctx: Ctx, changes: Mapping[int, PriceListDraft]) -> None:
    """Make price lists what the drafts say. Prices that stay are not touched, so the trail tells what changed."""
    ids = sorted(changes)
    access.require(ctx, f"{LIST}.change", ids)
    drafts = [changes[i] for i in ids]
    before = {row.id: row.parent_id for row in rows.lock(PriceList, ids, "parent_id")}
    _usable(d.parent for i, d in changes.items() if d.parent != before[i])
    rows.update(PriceList, ids, _columns(ctx, drafts))
    wanted = _lines(zip(ids, drafts, strict=True))
    had = {tuple(row[1:]): row.id for row in rows.of(Price, "price_list_id", ids, "price_list_id", *_LINE)}
    kept = had.keys() & set(wanted)
    rows.delete(Price, "id", sorted(had[line] for line in had.keys() - kept))
    _insert([line for line in wanted if line not in kept])
    events.emit(ctx, f"{LIST}_changed", ids)


def archive_price_lists(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take price lists out of use from today on. Refused (``catalog.price_list_used``) while a customer has one, or a list builds on it."""
    access.require(ctx, f"{LIST}.archive", ids)
    rows.lock(PriceList, ids)
    for name, user in rows.execute(_IN_USE, [ctx.today, list(ids)]):
        if user is not None:
            raise Refusal(
                "catalog.price_list_used", f"{name} is in use by {user}",
                "End the agreements with customers, and let no list build on it.",
            )  # fmt: skip
    rows.update(PriceList, ids, {"archived_on": [ctx.today] * len(ids)})
    events.emit(ctx, f"{LIST}_changed", ids)


def create_price_agreements(ctx: Ctx, drafts: Sequence[PriceAgreementDraft]) -> list[int]:
    """Agree price lists with customers; ids in order."""
    access.require(ctx, f"{AGREEMENT}.create")
    _usable(d.price_list for d in drafts)
    ids = rows.insert(PriceAgreement, _agreed(drafts))
    events.emit(ctx, f"{AGREEMENT}_created", ids)
    return ids


def change_price_agreements(ctx: Ctx, changes: Mapping[int, PriceAgreementDraft]) -> None:
    """Make agreements what the drafts say; one is ended by its last day."""
    ids = sorted(changes)
    access.require(ctx, f"{AGREEMENT}.change", ids)
    before = {row.id: row.price_list_id for row in rows.lock(PriceAgreement, ids, "price_list_id")}
    _usable(d.price_list for i, d in changes.items() if d.price_list != before[i])
    rows.update(PriceAgreement, ids, _agreed([changes[i] for i in ids]))
    events.emit(ctx, f"{AGREEMENT}_changed", ids)


def _usable(ids: Iterable[int | None]) -> None:
    """The lists are there and not archived, and stay so until the end of the transaction. Refusal (``catalog.price_list_archived``)."""
    wanted = sorted({i for i in ids if i is not None})
    for row in rows.lock(PriceList, wanted, "name", "archived_on"):
        if row.archived_on is not None:
            raise Refusal(
                "catalog.price_list_archived", f"the price list {row.name} is archived", "Choose another one."
            )


def _columns(ctx: Ctx, drafts: Sequence[PriceListDraft]) -> dict[str, Sequence[Any]]:
    if blank := [d for d in drafts if not d.code.strip() or not d.name.strip()]:
        raise Refusal(
            "catalog.price_list_name",
            f"price list {blank[0].code or blank[0].name!r} needs a code and a name",
        )
    columns: dict[str, Sequence[Any]] = {
        "code": [d.code.strip() for d in drafts],
        "name": [d.name.strip() for d in drafts],
        "currency": [d.currency.strip().upper() or ctx.currency_code for d in drafts],
        "parent_id": [d.parent for d in drafts],
        "discount": [d.discount for d in drafts],
        "standard": [d.standard for d in drafts],
    }
    return fitting(PriceList, columns)


def _lines(drafts: Iterable[tuple[int, PriceListDraft]]) -> list[tuple[Any, ...]]:
    def told(ident: int, x: PriceDraft) -> tuple[Any, ...]:
        return (ident, x.item, x.from_quantity, x.price, x.since_on, x.until_on)

    return [told(ident, x) for ident, d in drafts for x in d.prices]


def _insert(lines: Sequence[tuple[Any, ...]]) -> None:
    columns = {n: [x[k] for x in lines] for k, n in enumerate(("price_list_id", *_LINE))}
    rows.insert(Price, fitting(Price, columns))


def _agreed(drafts: Sequence[PriceAgreementDraft]) -> dict[str, Sequence[Any]]:
    return {
        "party_id": [d.party for d in drafts],
        "price_list_id": [d.price_list for d in drafts],
        "since_on": [d.since_on for d in drafts],
        "until_on": [d.until_on for d in drafts],
    }
