"""What a web shop asks of the price lists: what many items cost a customer, in a currency, on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field as Told
from pydantic import StringConstraints

from backstay.base.rights import HIDDEN
from backstay.domains.catalog.queries import Offer, Wanted, offered, prices_for, trade_facts
from backstay.domains.parties.queries import terms
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import Day, Figure, Money
from backstay.interfaces.api.shop import MOST, named
from backstay.interfaces.api.values import figure
from backstay.platform import access
from backstay.platform.context import Ctx

READ = "catalog.pricelist.read"


class Asked(Schema):
    """Of which items, for whom, how many, in which currency, on which day."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=8000)] = Told(
        description=f"SKUs with commas between them, at most {MOST}.", examples=["A,B"]
    )
    party: Annotated[int, Told(ge=1, le=2**63 - 1)] | None = Told(
        default=None, description="The id of a customer; prices for everybody without it."
    )
    quantity: Figure = Told(default="1", description="How many of each, in the item's own unit.")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Told(
        default=None,
        description="ISO 4217; without it that of the customer's list, or of the books.",
        examples=["EUR"],
    )
    on: Day | None = Told(default=None, description="The day; today without it.")


class Break(Schema):
    """``price`` of one, from a quantity on."""

    from_quantity: Figure
    price: Money


class Priced(Schema):
    """What one of an item costs, net. ``price``: null where no list says one in this currency; ``price_list``: the one that
    says it, null for the item's own; ``until``: the last day, where one is known; ``breaks``: what more of it cost."""

    sku: str
    item: int
    price: Money | None
    price_list: str | None
    until: date | None
    breaks: list[Break]


class Prices(Schema):
    """``data``: in the order asked for; ``unknown``: SKUs of nothing that is sold here."""

    data: list[Priced]
    unknown: list[str]


def prices(ctx: Ctx, request: HttpRequest, query: Asked) -> HttpResponse:
    """What up to 500 items cost, by the rule that prices an order's lines."""
    access.require(ctx, READ)
    if access.fields(ctx, "catalog.item").get("sales_price") == HIDDEN:
        raise access.denied(ctx, READ)
    if query.party is not None:
        access.require(ctx, "parties.party.read", [query.party])
        terms(ctx, [query.party])  # an unknown customer has no price, not everybody's
    skus = named(query.sku)
    quantity = Decimal(query.quantity)
    if quantity < 0:
        raise Problem(422, "api.quantity", "a quantity is negative", "Name how many.", [("quantity", "0 or more")])  # fmt: skip
    items = offered(ctx, skus)
    wanted = [Wanted(query.party, item, quantity, query.on or ctx.today) for item in items.values()]
    told = dict(
        zip(items, prices_for(ctx, wanted, query.currency, trade_facts(ctx, items.values())), strict=True)
    )
    data = [_shown(sku, items[sku], told[sku]) for sku in skus if sku in items]
    return respond({"data": data, "unknown": [sku for sku in skus if sku not in items]})  # fmt: skip


def _shown(sku: str, item: int, told: Offer) -> dict[str, Any]:
    def money(amount: Decimal) -> dict[str, str]:
        return {"amount": figure(amount), "currency": told.currency}

    return {
        "sku": sku, "item": item, "price": None if told.price is None else money(told.price), "price_list": told.source or None,
        "until": told.until.isoformat() if told.until else None,
        "breaks": [{"from_quantity": figure(quantity), "price": money(price)} for quantity, price in told.breaks],
    }  # fmt: skip


operation(
    "GET",
    "/shop/prices",
    prices,
    "getPrices",
    READ,
    answers={200: Prices},
    query=Asked,
    summary="What many items cost",
    says="By the customer's price list, without one by the list for everybody, else by the item: as an order's line would have it.",
    tag="Shop",
)
