"""What a web shop asks of the API: what is free of many items, a basket's reservation, an order, its shipment, its return."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
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


def _sold(full: Full, shop: Program, count: int = 3) -> tuple[int, int, dict[str, Any]]:
    """(order, line, item): a quotation of something of which so many are free."""
    row = next(r for r in asked(shop, *skus(full)[:60])["data"] if Decimal(r["free"] or 0) >= count)
    customer = json.loads(shop.get("/parties/parties?limit=1").content)["data"][0]["id"]
    body = {"party": customer, "ordered_on": clock.today().isoformat(), "lines": [{"item": row["item"], "quantity": str(count)}]}  # fmt: skip
    made = json.loads(shop.post("/sales/orders", body).content)
    return made["id"], made["lines"][0]["id"], row


def _order(shop: Program, ident: int, **fields: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shop.get(f"/sales/orders/{ident}" + "".join(f"?{k}={v}" for k, v in fields.items())).content)  # fmt: skip
    return found


def test_an_order_tells_what_became_of_each_line(full: Full, shop: Program) -> None:
    """Until when it is reserved, and of each line how much was ordered, shipped, invoiced and returned; in lists too, at a fixed cost."""
    clerk = program(full)
    order, line, _item = _sold(full, shop)
    assert _order(shop, order)["reserved_until"] is None
    done = json.loads(shop.post(f"/sales/orders/{order}/reserve", {"minutes": 15}).content)["object"]
    until = datetime.fromisoformat(done["reserved_until"])
    assert timedelta(minutes=14) < until - clock.now() <= timedelta(minutes=15)
    listed = json.loads(
        shop.get("/sales/orders?limit=5&sort=-ordered_on&fields=number,reserved_until").content
    )["data"]
    assert {row["id"]: row["reserved_until"] for row in listed}[order] == done["reserved_until"]
    with clock.at(clock.now() - timedelta(minutes=20)), full.work() as ctx:
        sales.reserve_quotations(ctx, [order], 15)
    assert _order(shop, order)["reserved_until"] is None, "its time is over"

    def line_now() -> list[str]:
        told = _order(shop, order)
        assert told["reserved_until"] is None
        return [told["lines"][0][name] for name in ("ordered", "shipped", "invoiced", "returned")]

    assert shop.post(f"/sales/orders/{order}/confirm").status_code == 200
    assert line_now() == ["3", "0", "0", "0"]
    assert (
        shop.post(f"/sales/orders/{order}/ship", {"lines": [{"line": line, "quantity": "2"}]}).status_code
        == 200
    )
    assert line_now() == ["3", "2", "0", "0"]
    assert clerk.post(f"/sales/orders/{order}/invoice").status_code == 200
    back = {"lines": [{"line": line, "quantity": "1"}], "credit": True, "reason": "too large"}
    answer = shop.post(f"/sales/orders/{order}/return", back)
    assert answer.status_code == 200, answer.content
    assert line_now() == ["3", "2", "2", "1"]
    with counted() as one:
        shop.get("/sales/orders?limit=1")
    with counted() as many:
        assert len(json.loads(shop.get("/sales/orders?limit=15").content)["data"]) > 5
    assert len(many) == len(one)


def test_an_order_tells_its_parcels(full: Full, shop: Program) -> None:
    """Sent with the goods, added later, taken away; on the order, its shipment, in lists; by who may alone."""
    order, _line, _item = _sold(full, shop)
    shop.post(f"/sales/orders/{order}/confirm")
    problem(shop.post(f"/sales/orders/{order}/ship", {"tracking": "1", "carrier": "Nobody"}), 422)
    answer = shop.post(f"/sales/orders/{order}/ship", {"tracking": "0034 1, 00342", "carrier": "Swift"})
    assert answer.status_code == 200, answer.content
    told = json.loads(answer.content)
    shipment = told["made"][0]["id"]
    box = {"number": "00341", "carrier": "Swift", "url": "https://parcels.example/00341"}
    assert told["object"]["tracking"] == [
        box,
        box | {"number": "00342", "url": "https://parcels.example/00342"},
    ]
    more = {"tracking": "by hand"}
    problem(shop.post(f"/inventory/shipments/{shipment}/track", more), 403, "token.scope")
    dispatch = program(full, scopes=("inventory.shipment:read,track,untrack", "inventory.carrier:read"))
    answer = dispatch.post(f"/inventory/shipments/{shipment}/track", more)
    assert answer.status_code == 200, answer.content
    assert json.loads(answer.content)["object"]["tracking"][2] == {
        "number": "by hand",
        "carrier": None,
        "url": None,
    }
    assert dispatch.post(f"/inventory/shipments/{shipment}/untrack", {"tracking": "00342"}).status_code == 200
    problem(
        dispatch.post(f"/inventory/shipments/{shipment}/untrack", {"tracking": "00342"}),
        409,
        "inventory.tracking",
    )
    assert [b["number"] for b in _order(shop, order)["tracking"]] == ["00341", "by hand"]
    listed = json.loads(dispatch.get("/inventory/shipments?limit=200&fields=tracking").content)["data"]
    by = {row["id"]: [b["number"] for b in row["tracking"]] for row in listed}
    assert by[shipment] == ["00341", "by hand"] and [] in by.values()
    carriers = json.loads(dispatch.get("/inventory/carriers?fields=name,address").content)["data"]
    assert {c["name"]: c["address"] for c in carriers}["Swift"] == "https://parcels.example/{number}"
    with counted() as one:
        dispatch.get("/inventory/shipments?limit=1&fields=tracking")
    with counted() as many:
        dispatch.get("/inventory/shipments?limit=200&fields=tracking")
    assert len(many) == len(one)
