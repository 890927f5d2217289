"""What a web shop asks of the API: what is free of many items, a basket's reservation, an order, its shipment, its return."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from backstay.base import clock
from backstay.domains.catalog.models import Item
from backstay.domains.catalog.processes import ItemDraft, archive_items, create_items
from backstay.domains.inventory.queries import free_at, warehouses
from backstay.domains.sales import processes as sales
from backstay.interfaces.bench import counted
from tests.full import Full, make_full
from tests.programs import Program, problem, program

SCOPES = (
    "catalog.item:read",
    "parties.party:read",
    "sales.order:read,create,change,reserve,confirm,ship,return",
)


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(16)


@pytest.fixture(scope="module")
def shop(full: Full) -> Program:
    return program(full, scopes=SCOPES)


def skus(full: Full) -> list[str]:
    with full.work():
        return list(Item.objects.filter(archived_on=None).order_by("id").values_list("sku", flat=True))


def asked(shop: Program, *names: str, **more: str) -> dict[str, Any]:
    answer = shop.get(
        f"/shop/availability?sku={','.join(names)}" + "".join(f"&{k}={v}" for k, v in more.items())
    )
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_what_is_free_of_many_items(full: Full, shop: Program) -> None:
    """As the books say, by warehouse and together; services without a figure; archived and foreign ones are unknown."""
    with full.work() as ctx:
        service, old = create_items(
            ctx, [ItemDraft("HELP", "An hour of help", kind="service"), ItemDraft("OLD", "Was sold once")]
        )
        archive_items(ctx, [old])
        known = dict(Item.objects.exclude(pk__in=[service, old]).values_list("sku", "id"))
        here = set(warehouses(ctx).values())
        found = free_at(ctx, [(item, place) for item in known.values() for place in here])
        books = {
            item: sum(n for (each, _place), n in found.items() if each == item) for item, _place in found
        }
    told = asked(shop, *known, "HELP", "OLD", "NOBODY")
    assert told["unknown"] == ["OLD", "NOBODY"]
    assert [row["sku"] for row in told["data"]] == [*known, "HELP"]
    by = {row["sku"]: row for row in told["data"]}
    assert {sku: Decimal(by[sku]["free"]) for sku, ident in known.items() if ident in books} == {
        sku: books[ident] for sku, ident in known.items() if ident in books
    }
    assert any(Decimal(row["free"] or 0) > 0 for row in told["data"])
    assert (by["HELP"]["free"], by["HELP"]["places"]) == (None, [])
    main = asked(shop, *known, place="MAIN")["data"]
    assert all(len(row["places"]) == 1 for row in main if row["free"] is not None)
    problem(shop.get("/shop/availability?sku=A&place=NOWHERE"), 422, "inventory.place")
    problem(shop.get("/shop/availability?sku=,"), 422, "api.too_many")
    problem(shop.get(f"/shop/availability?sku={','.join(f'S{n}' for n in range(501))}"), 422, "api.too_many")
    problem(program(full, scopes=("sales.order:read",)).get("/shop/availability?sku=A"), 403)


def test_as_many_statements_for_500_as_for_one(full: Full, shop: Program) -> None:
    names = [f"MANY{n}" for n in range(500)]
    with full.work() as ctx:
        create_items(ctx, [ItemDraft(sku, f"One of many, {sku}") for sku in names])
    asked(shop, names[0])
    with counted() as one:
        asked(shop, names[0])
    with counted() as many:
        assert len(asked(shop, *names)["data"]) == 500
    assert len(many) == len(one) <= 12


def test_from_basket_to_return(full: Full, shop: Program) -> None:
    """A basket reserves, lapses, reserves again; the order ships with what it says, and comes back; the books follow."""
    sku, there = next(
        (row["sku"], Decimal(row["free"]))
        for row in asked(shop, *skus(full)[:60])["data"]
        if Decimal(row["free"] or 0) >= 3
    )
    with full.work():
        item = Item.objects.get(sku=sku)
    customer = json.loads(shop.get("/parties/parties?limit=1").content)["data"][0]["id"]
    made = shop.post("/sales/orders", {"party": customer, "reference": "WEB-1", "ordered_on": clock.today().isoformat(),
                                      "lines": [{"item": item.pk, "quantity": "3"}]})  # fmt: skip
    assert made.status_code == 201, made.content
    order = json.loads(made.content)["id"]
    with clock.at(clock.now() - timedelta(minutes=20)), full.work() as ctx:
        sales.reserve_quotations(ctx, [order], 15)
    assert Decimal(asked(shop, sku)["data"][0]["free"]) == there, (
        "a quarter of an hour is over: it is free again"
    )
    reserved = shop.post(f"/sales/orders/{order}/reserve", {"minutes": 15})
    assert reserved.status_code == 200, reserved.content
    assert Decimal(asked(shop, sku)["data"][0]["free"]) == there - 3
    rival = json.loads(shop.post("/sales/orders", {"party": customer, "ordered_on": clock.today().isoformat(),
                                                   "lines": [{"item": item.pk, "quantity": str(there)}]}).content)["id"]  # fmt: skip
    problem(shop.post(f"/sales/orders/{rival}/reserve", {}), 409, "ledger.guard")
    assert shop.post(f"/sales/orders/{order}/confirm", {}).status_code == 200
    assert Decimal(asked(shop, sku)["data"][0]["free"]) == there - 3
    problem(shop.post(f"/sales/orders/{order}/reserve", {}), 409, "platform.transition")
