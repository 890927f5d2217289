"""Many at once on few goods: exactly what is there is sold, and nobody sees a database error."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from backstay import ledger
from backstay.base import clock
from backstay.base.errors import Busy, Refusal
from backstay.domains.inventory.processes import WriteOffDraft, write_off_goods
from backstay.domains.inventory.queries import free
from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.trade import D, World


@contextmanager
def _own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connections.close_all()


def _at_once(jobs: list[Callable[[], None]]) -> tuple[Counter[str], list[BaseException]]:
    """Run every job in a thread of its own, all starting together; what they came to, and unexpected errors."""
    start = threading.Barrier(len(jobs))
    results: Counter[str] = Counter()
    errors: list[BaseException] = []
    lock = threading.Lock()

    def run(job: Callable[[], None]) -> None:
        with _own_connection():
            start.wait()
            try:
                job()
                outcome = "done"
            except Refusal as refusal:
                outcome = refusal.code
            except BaseException as exc:
                outcome = type(exc).__name__
                if not isinstance(exc, Busy):
                    errors.append(exc)
        with lock:
            results[outcome] += 1

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results, errors


def _stock(world: World, item: str = "A") -> tuple[int, int]:
    sub = ledger.Sub("stock", world.units[item], place=world.places["W1"])
    with world.work() as ctx:
        balance = ledger.lock_balances(ctx, [sub], [D]).balances[sub]
    return balance.amount, balance.held


def test_64_threads_sell_10_pieces(world: World) -> None:
    """FAILURES 7, 12, 14, 46: 64 customers confirm an order of one piece each; 10 are on hand; exactly 10 get it."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
    with world.work() as ctx:
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        draft = sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])
        orders = sales.create_quotations(ctx, [draft] * 64)

    def confirm(order: int) -> Callable[[], None]:
        def job() -> None:
            with world.work() as ctx:
                sales.confirm_orders(ctx, [order])

        return job

    results, errors = _at_once([confirm(o) for o in orders])
    assert errors == []
    assert results == {"done": 10, "ledger.guard": 54}
    assert _stock(world) == (10, 10)
    with world.work() as ctx:
        numbers = rows.execute("SELECT number FROM sales_order WHERE state = 'confirmed' ORDER BY number")
        assert [n[0][-5:] for n in numbers] == [f"{n:05d}" for n in range(1, 11)]
        confirmed = [r[0] for r in rows.execute("SELECT id FROM sales_order WHERE state = 'confirmed'")]

    def ship(order: int) -> Callable[[], None]:
        def job() -> None:
            with world.work() as ctx:
                sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
                sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])

        return job

    results, errors = _at_once([ship(o) for o in confirmed for _ in range(2)])  # each clicked twice
    assert errors == []
    assert results == {"done": 10, "sales.nothing": 10}
    assert _stock(world) == (0, 0)
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []


def test_64_checkouts_reserve_10_pieces(world: World) -> None:
    """64 baskets want one of 10 pieces: exactly 10 get it, and confirm it; what is let lapse is there for the next."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        draft = sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])
        baskets = sales.create_quotations(ctx, [draft] * 64)

    def reserve(basket: int) -> Callable[[], None]:
        def job() -> None:
            with world.work() as ctx:
                sales.reserve_quotations(ctx, [basket])

        return job

    results, errors = _at_once([reserve(b) for b in baskets])
    assert errors == []
    assert results == {"done": 10, "ledger.guard": 54}
    assert _stock(world) == (10, 10)
    with world.work() as ctx:
        found = "SELECT order_id FROM sales_orderline WHERE hold IS NOT NULL ORDER BY 1"
        got = [row[0] for row in rows.execute(found)]
    with clock.at(clock.now() - timedelta(hours=1)), world.work() as ctx:
        sales.reserve_quotations(ctx, got[:4], 59)  # a minute ago they lapsed
    with world.work() as ctx:
        assert free(ctx, [world.items["A"]]) == {world.items["A"]: 4}, "free at once, before any job looks"
        sales.confirm_orders(ctx, got[4:])
    others = [b for b in baskets if b not in got]
    results, errors = _at_once([reserve(b) for b in others[:20]])
    assert errors == []
    assert results == {"done": 4, "ledger.guard": 16}
    assert _stock(world) == (10, 10)
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        sales.confirm_orders(ctx, got[:1])  # his time ran out, and another has it
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []


def test_no_count_is_lost(world: World) -> None:
    """FAILURES 15: 24 threads ship one piece each of an order of 20; the counter says 20, four are refused."""
    with world.work() as ctx:
        world.receive(ctx, "A", 100, 60000)
        order = world.order(ctx, {"A": 20})
        sales.confirm_orders(ctx, [order])
    line = world.line("sales", order)

    def ship() -> None:
        with world.work() as ctx:
            sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((line, 1),))])

    results, errors = _at_once([ship] * 24)
    assert errors == []
    assert results == {"done": 20, "sales.line_shipped": 4}
    assert _stock(world) == (80, 0)
    with world.work():
        assert rows.execute("SELECT shipped FROM sales_orderline WHERE id = %s", [line]) == [(20,)]


def test_lines_in_any_order_never_deadlock(world: World) -> None:
    """FAILURES 8, 9, 10, 37: sellers, shippers, cancellers and write-offs of three items, lines in random order."""
    with world.work() as ctx:
        for item in "ABC":
            world.receive(ctx, item, 60, 6000)
    rnd = random.Random(7)

    def seller(seed: int) -> Callable[[], None]:
        def job() -> None:
            mine = random.Random(seed)
            for _ in range(4):
                items = mine.sample("ABC", 3)
                lines = tuple(
                    sales.OrderLineDraft(world.items[i], Decimal(mine.randint(1, 3))) for i in items
                )
                try:
                    with world.work() as ctx:
                        draft = sales.QuotationDraft(world.parties["C1"], D, lines, world.places["W1"])
                        order = sales.create_quotations(ctx, [draft])
                        sales.confirm_orders(ctx, order)
                    with world.work() as ctx:
                        if mine.random() < 0.3:
                            sales.cancel_orders(ctx, order)
                        else:
                            sales.ship_orders(ctx, [sales.ShipDraft(order[0], D)])
                except Refusal as refusal:
                    if refusal.code != "ledger.guard":
                        raise
                item = world.items[mine.choice("ABC")]
                try:
                    with world.work() as ctx:
                        write_off_goods(ctx, [WriteOffDraft(D, world.places["W1"], ((item, 1),), "broken")])
                except Refusal as refusal:
                    if refusal.code != "ledger.guard":
                        raise

        return job

    results, errors = _at_once([seller(rnd.randrange(10**6)) for _ in range(12)])
    assert errors == []
    assert results == {"done": 12}
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []
        shipped: list[Any] = rows.execute(
            "SELECT i.sku, sum(l.quantity)::bigint FROM inventory_shipmentline l JOIN catalog_item i ON i.id = l.item_id GROUP BY 1"
        )
        gone = dict(shipped)
        lost = dict(
            rows.execute(
                "SELECT i.sku, sum(l.quantity)::bigint FROM inventory_writeoffline l"
                " JOIN catalog_item i ON i.id = l.item_id GROUP BY 1"
            )
        )
    for item in "ABC":
        amount, held = _stock(world, item)
        assert (amount, held) == (60 - gone.get(item, 0) - lost.get(item, 0), 0)
        assert amount >= 0
