"""What a web shop asks that no list answers: what is free of many items at once, and at what price."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field as Told
from pydantic import StringConstraints

from backstay.domains.catalog.queries import offered
from backstay.domains.inventory.queries import free_at, warehouses
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import Figure
from backstay.interfaces.api.values import figure
from backstay.platform import access
from backstay.platform.context import Ctx

MOST = 500  # items of one call
READ = "catalog.item.read"


class Wanted(Schema):
    """Of which items, and where."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=8000)] = Told(
        description=f"SKUs with commas between them, at most {MOST}.", examples=["A,B"]
    )
    place: Annotated[str, StringConstraints(max_length=40)] | None = Told(
        default=None,
        description="The code of a warehouse; all of them, each by itself and together, without it.",
    )


class FreeAt(Schema):
    """What is free at a warehouse."""

    place: str
    free: Figure


class Available(Schema):
    """An item. ``free``: on hand and not reserved, in its own unit; null for a service, of which there is always more."""

    sku: str
    item: int
    free: Figure | None
    places: list[FreeAt]


class Availability(Schema):
    """``data``: in the order asked for; ``unknown``: SKUs of nothing that is sold here."""

    data: list[Available]
    unknown: list[str]


def named(text: str) -> list[str]:
    """The SKUs of a text, each once. Problem 422 for none or too many."""
    skus = list(dict.fromkeys(s for s in (part.strip() for part in text.split(",")) if s))
    if not 0 < len(skus) <= MOST:
        raise Problem(
            422,
            "api.too_many",
            f"{len(skus)} SKUs were named",
            f"Name 1 to {MOST} of them.",
            [("sku", f"1 to {MOST}")],
        )
    return skus


def availability(ctx: Ctx, request: HttpRequest, query: Wanted) -> HttpResponse:
    """What is free now of up to 500 items. Four statements, however many items and warehouses."""
    access.require(ctx, READ)
    skus = named(query.sku)
    places = warehouses(ctx)
    if query.place is not None:
        places = {code: ident for code, ident in places.items() if code == query.place}
        if not places:
            raise Problem(
                422,
                "inventory.place",
                f"there is no warehouse {query.place}",
                "Name its code.",
                [("place", "unknown")],
            )
    items = offered(ctx, skus)
    free = free_at(ctx, [(item, place) for item in items.values() for place in places.values()])
    data = []
    for sku in skus:
        if sku in items:
            here = [(code, free[items[sku], p]) for code, p in places.items() if (items[sku], p) in free]
            total = figure(sum((n for _code, n in here), Decimal(0))) if here else None
            told = [{"place": code, "free": figure(n)} for code, n in here]
            data.append({"sku": sku, "item": items[sku], "free": total, "places": told})
    return respond({"data": data, "unknown": [sku for sku in skus if sku not in items]})


operation(
    "GET",
    "/shop/availability",
    availability,
    "getAvailability",
    READ,
    answers={200: Availability},
    query=Wanted,
    summary="What is free of many items",
    says="For baskets and product pages: what is on hand and not reserved, by warehouse. Archived items are unknown.",
    tag="Shop",
)
