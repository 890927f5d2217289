"""Webhooks are told of prices and of stock: the old and the new price; once a minute what there is, whatever moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from backstay.base import clock
from backstay.domains.catalog.processes import ItemDraft, change_items, create_items, edit_items
from backstay.domains.inventory import processes as inventory
from backstay.domains.inventory import tasks, telling
from backstay.domains.inventory.telling import tell_stock
from backstay.domains.sales import processes as sales
from backstay.platform import rows, webhooks
from backstay.platform.models import Outbox
from tests.trade import D, World

STOCK, PRICE = "inventory.stock_changed", "catalog.item_price_changed"


def hook(world: World, *events: str, name: str = "Shop") -> int:
    with world.work() as ctx:
        return webhooks.create_webhooks(
            ctx, [webhooks.WebhookDraft(name, "https://hooks.example.com/", events)]
        )[0].id


def came(world: World) -> list[dict[str, Any]]:
    """What was told since it was asked last."""
    with world.work():
        found = Outbox.objects.filter(company_id=world.company, delivered_at=None).order_by("id")
        told = [m.payload for m in found]
        found.update(delivered_at=clock.now())
    return [p for p in told if p["type"] in (STOCK, PRICE)]


def fresh(world: World) -> list[tuple[str, str, str, str]]:
    """(SKU, warehouse, on hand, free) of what the drain tells now."""
    with world.work() as ctx:
        count = tell_stock(ctx)
    told = fresh_of(world)
    assert len(told) == count
    return told


def fresh_of(world: World) -> list[tuple[str, str, str, str]]:
    """The same of what was told before."""
    with world.work():
        found = Outbox.objects.filter(company_id=world.company, delivered_at=None).order_by("id")
        told = [m.payload["data"] for m in found]
        found.update(delivered_at=clock.now())
    assert all(t["kind"] == "catalog.item" and t["id"] == world.items[t["sku"]] for t in told)
    return [(t["sku"], t["place"], t["on_hand"], t["free"]) for t in told]


def test_a_price_tells_what_it_was_and_is(world: World) -> None:
    """By the form, the import or a program; what leaves the price as it is tells no price."""
    hook(world, PRICE)
    with world.work() as ctx:
        ids = create_items(ctx, [ItemDraft(f"P{n}", f"P{n}", sales_price=Decimal("10")) for n in range(3)])
        edit_items(
            ctx,
            {
                ids[0]: ItemDraft("P0", "P0", sales_price=Decimal("12.5")),
                ids[1]: ItemDraft("P1", "Another name", sales_price=Decimal("10.00")),
            },
        )
        change_items(ctx, ids, {"sales_price": [Decimal("12.5"), Decimal("9.999999"), Decimal("10")]})
        change_items(ctx, [ids[2]], {"archived_on": [ctx.today]})
    eur = {"currency": "EUR"}
    told = came(world)
    assert [(t["data"]["id"], t["data"]["old"], t["data"]["new"]) for t in told] == [
        (ids[0], {"amount": "10.000000"} | eur, {"amount": "12.500000"} | eur),
        (ids[1], {"amount": "10.000000"} | eur, {"amount": "9.999999"} | eur),
    ]
    assert set(told[0]["data"]) == {"version", "company", "kind", "id", "old", "new"}


def test_stock_is_told_once_for_whatever_moved(world: World) -> None:
    """What was there when it began is not told; what moved since is, once for each item and warehouse, with what there is now."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
    with world.work() as ctx:
        assert tell_stock(ctx) == 0, "nobody asks"
    hook(world, STOCK)
    assert fresh(world) == []
    assert fresh(world) == []
    with world.work() as ctx:
        for _ in range(5):
            world.receive(ctx, "A", 1, 600)
        world.issue(ctx, "A", 3)
        world.receive(ctx, "B", 4, 400, "W2")
        made = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [made])
    assert fresh(world) == [("A", "W1", "12", "10"), ("B", "W2", "4", "4")]
    assert fresh(world) == []
    with world.work() as ctx:
        (moved,) = sales.ship_orders(ctx, [sales.ShipDraft(made, D)])
    assert fresh(world) == [("A", "W1", "10", "10")], "free was told when it was promised"
    with world.work() as ctx:
        inventory.reverse_shipments(ctx, [moved.id], D)
        world.issue(ctx, "B", 4, "W2")
    assert fresh(world) == [("A", "W1", "12", "12"), ("B", "W2", "0", "0")]
    with world.work() as ctx:
        inventory.transfer_goods(
            ctx,
            [inventory.TransferDraft(D, world.places["W1"], world.places["W2"], ((world.items["A"], 2),))],
        )
    assert fresh(world) == [("A", "W1", "10", "10"), ("A", "W2", "2", "2")]
    with world.work() as ctx:
        world.receive(ctx, "A", 1, 600)
        world.issue(ctx, "A", 1)
    assert fresh(world) == [], "it is as it was"


def test_what_is_free_again_by_mere_time_is_told(world: World) -> None:
    hook(world, STOCK)
    with world.work() as ctx:
        world.receive(ctx, "A", 5, 3000)
    fresh(world)
    with world.work() as ctx:
        made = world.order(ctx, {"A": 2})
        sales.reserve_quotations(ctx, [made], 10)
    assert fresh(world) == [("A", "W1", "5", "3")]
    with clock.at(clock.now() - timedelta(minutes=20)), world.work() as ctx:
        sales.reserve_quotations(ctx, [made], 10)
    assert fresh(world) == [("A", "W1", "5", "5")], "though nobody has swept it yet"


def test_what_is_not_told_stays_to_be_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drain that is taken back tells it again; two at once tell it once; more than fit come with the next."""
    hook(world, STOCK)
    fresh(world)
    with world.work() as ctx:
        world.receive(ctx, "A", 5, 3000)
    with pytest.raises(RuntimeError), world.work() as ctx:
        assert tell_stock(ctx) == 1
        raise RuntimeError
    second: list[int] = []

    def at_once() -> None:
        with world.work() as ctx:
            second.append(tell_stock(ctx))
        connections.close_all()

    with world.work() as ctx:
        assert tell_stock(ctx) == 1
        rival = threading.Thread(target=at_once)
        rival.start()
        rival.join(0.2)  # it waits for the row that is told here
    rival.join(30)
    assert second == [0]
    assert fresh_of(world) == [("A", "W1", "5", "5")]
    with world.work() as ctx:
        world.receive(ctx, "A", 1, 600)
        world.receive(ctx, "B", 1, 600)
    monkeypatch.setattr(telling, "MOST", 1)
    assert [fresh(world), fresh(world), fresh(world)] == [
        [("A", "W1", "6", "6")],
        [("B", "W1", "1", "1")],
        [],
    ]


def test_the_worker_asks_only_where_somebody_listens(
    world: World, count_statements: Callable[[], Any]
) -> None:
    """By the clock, company by company; a practice company and one that asks for other things are not looked at."""
    with world.work() as ctx:
        world.receive(ctx, "A", 5, 3000)
    other = hook(world, PRICE)
    tasks.tell(0)
    with world.work():
        assert rows.execute(
            "SELECT count(*) FROM inventory_stocktold WHERE company_id = %s", [world.company]
        ) == [(0,)]
    with world.work() as ctx:
        webhooks.change_webhooks(
            ctx, {other: webhooks.WebhookDraft("Shop", "https://hooks.example.com/", ("*",))}
        )
    tasks.tell(0)
    with world.work() as ctx:
        world.issue(ctx, "A", 1)
    came(world)
    tasks.tell(0)
    assert [(t["data"]["sku"], t["data"]["free"]) for t in came(world)] == [("A", "4")]


def test_statements_do_not_grow(world: World, count_statements: Callable[[], Any]) -> None:
    """A drain asks as often for 60 items as for one; what orders do costs nothing more while somebody listens."""
    with world.work() as ctx:
        items = create_items(ctx, [ItemDraft(f"I{n}", f"I{n}") for n in range(60)])
        world.items |= {f"I{n}": item for n, item in enumerate(items)}
        world.units |= dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [ctx.company]))

    def moved(count: int) -> int:
        with count_statements() as counted, world.work() as ctx:
            for n in range(count):
                world.receive(ctx, f"I{n}", 1, 100)
        return len(counted)

    def drained() -> int:
        rows.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%send_webhook' RETURNING 1")
        with count_statements() as counted, world.work() as ctx:
            tell_stock(ctx)
        return len(counted)

    before = moved(1)
    hook(world, STOCK)
    drained()
    assert moved(1) == before
    one = drained()
    moved(60)
    assert drained() == one
