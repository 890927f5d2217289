"""Long work and a worker that dies: really killed, in the middle, and started anew."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.sales import processes as sales
from backstay.interfaces.web import bulk
from backstay.platform import rows, work
from backstay.platform.models import Notice, Work, WorkFault
from backstay.platform.resources import RESOURCES
from tests.conftest import ROOT
from tests.scenario.test_import_screen import Screen
from tests.scenario.test_jobs import _person
from tests.trade import D, World

SILENCE = "2"


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process, killed at the end if it still lives."""
    environment = os.environ | {"BACKSTAY_LOG_LEVEL": "ERROR", "BACKSTAY_SILENCE": SILENCE}
    process = subprocess.Popen([sys.executable, "-m", "backstay", "worker"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(condition: Callable[[], bool], seconds: float = 120) -> bool:
    """Ask until it holds; the clock of an event waits, nothing sleeps."""
    waiting = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        waiting.wait(0.02)
    return False


def look(world: World, ident: int) -> Work:
    with world.work():
        return Work.objects.get(pk=ident)


def ended(world: World, ident: int) -> Callable[[], bool]:
    return lambda: look(world, ident).state not in ("waiting", "running")


def _confirming(world: World, count: int) -> tuple[int, list[int]]:
    """Confirming many quotations as long work: (work, orders)."""
    _client, actor = _person(world, "ann")
    with world.work() as ctx:
        world.receive(ctx, "A", 10_000, 6_000_000)
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        draft = sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])
        ids = sales.create_quotations(ctx, [draft] * count)
    with world.work(actor) as ctx:
        return bulk.begin(ctx, RESOURCES["sales/orders"], "confirm", ids, {}), ids


def _confirmed(world: World, ids: list[int]) -> dict[str, Any]:
    with world.work() as ctx:
        orders = rows.execute("SELECT state, count(*), count(DISTINCT number) FROM sales_order WHERE id = ANY(%s::bigint[]) GROUP BY 1", [ids])  # fmt: skip
        events = rows.execute(
            "SELECT count(*), count(DISTINCT object_id) FROM platform_auditevent WHERE kind = 'sales.order' AND event = 'confirm' AND company_id = %s",
            [ctx.company],
        )
        last = rows.execute("SELECT max(number), min(number) FROM sales_order WHERE id = ANY(%s::bigint[]) AND number IS NOT NULL", [ids])  # fmt: skip
    return {"orders": orders, "events": events, "last": last}


def test_killed_worker(world: World) -> None:
    """Killed -9 in the middle of 900 orders, twice: the next worker goes on; each is confirmed once, no number missing."""
    ident, ids = _confirming(world, 900)
    for least in (100, 400):
        with worker() as process:
            assert until(lambda least=least: look(world, ident).done >= least), "it does not begin"  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert look(world, ident).state == "running", "it was killed while it ran"
    with worker():
        assert until(ended(world, ident)), "it was not taken up"
    found = look(world, ident)
    assert (found.state, found.done, found.result["facts"][0][1]) == ("done", 900, "900")  # type: ignore[index]
    told = _confirmed(world, ids)
    assert told["orders"] == [("confirmed", 900, 900)]
    assert told["events"] == [(900, 900)]
    first, last = (int(n.rpartition("-")[2]) for n in (told["last"][0][1], told["last"][0][0]))
    assert last - first == 899, "no number was lost"
    with world.work():
        assert Notice.objects.filter(actor=found.actor).count() == 1, "told once"


def test_worker_asked_to_end(world: World) -> None:
    """SIGTERM: it ends at its next step, within the patience of ``up``, and gives the work back for the next worker."""
    ident, ids = _confirming(world, 600)
    with worker() as process:
        assert until(lambda: look(world, ident).done >= 100)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    found = look(world, ident)
    assert found.state == "waiting"
    assert 100 <= found.done < 600
    with worker():
        assert until(ended(world, ident))
    assert _confirmed(world, ids)["orders"] == [("confirmed", 600, 600)]


def test_stopped_from_the_screen_while_it_runs(world: World, superuser: Any) -> None:
    """The wish to stop reaches another process; what is done stays."""
    ident, ids = _confirming(world, 500)
    client, _actor = _person(world, "bob")
    assert client.get(f"/progress/{ident}").status_code == 200
    superuser.execute("BEGIN")
    superuser.execute("SELECT FROM sales_order WHERE id = %s FOR UPDATE", [ids[350]])
    with worker():  # its fourth step waits for that order, so the wish comes in the middle
        assert until(lambda: look(world, ident).done == 300)
        client.post(f"/progress/{ident}")
        superuser.execute("ROLLBACK")
        assert until(ended(world, ident))
    found = look(world, ident)
    assert found.state == "cancelled"
    assert found.done in (300, 400)
    assert {s: n for s, n, _ in _confirmed(world, ids)["orders"]}["confirmed"] == found.done
    assert "the rest was not begun" in client.get(f"/progress/{ident}").content.decode()


@pytest.mark.long
def test_five_thousand_invoices(world: World, record_property: Any) -> None:
    """5,000 shipped orders are invoiced as one long work; tells how long it took."""
    ident, ids = _confirming(world, 5_000)
    assert work.run(world.company, ident) == "done"
    with world.work() as ctx:
        for n in range(0, 5_000, 500):
            sales.ship_orders(ctx, [sales.ShipDraft(i, D) for i in ids[n : n + 500]])
    _client, actor = _person(world, "ann2")
    with world.work(actor) as ctx:
        ident = bulk.begin(ctx, RESOURCES["sales/orders"], "invoice", ids, {"on": D})
    with worker():
        assert until(ended(world, ident), 600)
    found = look(world, ident)
    assert (found.state, found.done) == ("done", 5_000)
    assert found.ended_at is not None
    with world.work() as ctx:
        made = rows.execute("SELECT count(*), count(DISTINCT number) FROM invoicing_invoice WHERE company_id = %s", [ctx.company])  # fmt: skip
    assert made == [(5_000, 5_000)]
    record_property("figures", f"{(found.ended_at - found.created_at).total_seconds():.1f} s")


def _importing(world: World, count: int, task: str) -> int:
    """A file of items on its way in as long work, some of its rows bad."""
    screen = Screen(world.company, "ida")
    bad = [f"N{count},,1" if task == "import.rows" else f"N{count},Last,1"]
    rows_ = "\n".join(["SKU,Name,Price", *(f"N{n},Item {n},{n}.50" for n in range(count)), *bad])
    href = screen.bring("catalog/items", rows_, "items.csv")
    assert screen.send(href, "map").status_code == 302
    kept = screen.of(href)
    args = {"import": kept.pk, "path": kept.path, "href": href, "phase": "Importing", "rows": count}
    with world.work(kept.created_by) as ctx:
        return work.start(ctx, task, "Import", args, count)


def _imported(world: World) -> dict[str, Any]:
    with world.work() as ctx:
        sql = "SELECT count(*), count(DISTINCT sku), sum(sales_price) FROM catalog_item WHERE sku LIKE 'N%%' AND company_id = %s"
        kept = "SELECT count(*), count(DISTINCT object_id) FROM platform_importedrow WHERE kind = 'catalog/items' AND company_id = %s"
        return {"items": rows.execute(sql, [ctx.company])[0], "kept": rows.execute(kept, [ctx.company])[0]}


def _killed_at(world: World, ident: int, points: list[int]) -> None:
    """A worker is killed when so many rows are done, and the next one started, until it ends."""
    for point in points:
        with worker() as process:
            assert until(lambda point=point: look(world, ident).done >= point or ended(world, ident)())  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
    with worker():
        assert until(ended(world, ident), 300), "it was not taken up"


def _expect(world: World, ident: int, count: int, faults: int) -> None:
    found = look(world, ident)
    assert (found.state, found.result["made"], found.result["bad"]) == ("done", count, faults)  # type: ignore[index]
    total = sum(Decimal(n) + Decimal("0.5") for n in range(count - (not faults)))
    total += 0 if faults else 1
    assert _imported(world) == {"items": (count, count, total), "kept": (count, count)}
    with world.work():
        assert Notice.objects.filter(actor=found.actor).count() == 1
        assert WorkFault.objects.filter(work_id=ident).count() == faults


@pytest.mark.parametrize("points", [[500, 1_000], pytest.param(None, marks=pytest.mark.long)])
def test_killed_import_row_by_row(world: World, points: list[int] | None) -> None:
    """FAILURES 49: killed -9 at two points (20 random ones in the long run), the rows are those of one run, each once."""
    count = 1_600 if points else 12_000
    ident = _importing(world, count, "import.rows")
    _killed_at(world, ident, points or sorted(random.Random(49).sample(range(count), 20)))
    _expect(world, ident, count, 1)


def _repricing(world: World, count: int, task: str) -> int:
    """A file that changes the price of items that are here, checked, and on its way as long work."""
    with world.work() as ctx:
        create_items(ctx, [ItemDraft(f"N{n}", f"Item {n}", sales_price=Decimal(1)) for n in range(count)])
    screen = Screen(world.company, "ida")
    href = screen.bring(
        "catalog/items", "\n".join(["SKU,Price", *(f"N{n},{n}.50" for n in range(count))]), "prices.csv"
    )
    screen.send(href, "map", how="change")
    assert screen.check(href).result["changed"] == count  # type: ignore[index]
    screen.send(href, task)
    return screen.of(href).done_id or 0


def _repriced(world: World) -> tuple[int, Decimal, int, int]:
    """Items, the sum of their prices, what the trail tells of them and how many revisions they have."""
    with world.work() as ctx:
        sql = "SELECT count(*), sum(sales_price), sum(revision - 1) FROM catalog_item WHERE sku LIKE 'N%%' AND company_id = %s"
        count, total, revisions = rows.execute(sql, [ctx.company])[0]
        told = "SELECT count(*) FROM platform_auditevent WHERE company_id = %s AND kind = 'catalog.item' AND event = 'update'"
        return count, total, rows.execute(told, [ctx.company])[0][0], revisions


def test_killed_change_row_by_row(world: World) -> None:
    """FAILURES 49: killed -9 at two points, each price is changed once, told once, and none counts as somebody else's."""
    count = 1_600
    ident = _repricing(world, count, "rows")
    _killed_at(world, ident, [500, 1_000])
    found = look(world, ident)
    assert (found.state, found.result["changed"], found.result["bad"]) == ("done", count, 0)  # type: ignore[index]
    assert _repriced(world) == (count, sum(Decimal(n) + Decimal("0.5") for n in range(count)), count, count)


def test_killed_import_as_one_whole(world: World) -> None:
    """Killed in the middle, nothing of it is there; taken up again, all of it is, and its result says so."""
    ident = _importing(world, 10_000, "import.whole")
    with worker() as process:
        assert until(lambda: look(world, ident).done >= 1_000)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert look(world, ident).state == "running", "it was killed while it ran"
    assert until(lambda: _imported(world)["items"][0] == 0), "it is one transaction"
    with worker():
        assert until(ended(world, ident))
    _expect(world, ident, 10_001, 0)


@pytest.mark.long
def test_hundred_thousand_items(world: World, record_property: Any) -> None:
    """100,000 items through the screen: looked at, checked, taken as one whole; tells how fast."""
    clock = clock_of()
    screen = Screen(world.company, "ida")
    rows_ = "\n".join(["SKU,Name,Category,Price,Cost", *(f"N{n},Item number {n},Group {n % 20},{n % 900}.50,{n % 500}.25" for n in range(100_000))])  # fmt: skip
    href = screen.bring("catalog/items", rows_, "items.csv")
    looked = clock()
    checked = screen.check(href)
    checked_in = clock()
    assert checked.result["made"] == 100_000  # type: ignore[index]
    screen.send(href, "whole")
    ident = screen.of(href).done_id
    assert ident is not None
    with worker():
        assert until(ended(world, ident), 600)
    took = clock()
    assert look(world, ident).state == "done"
    assert _imported(world)["items"][0] == 100_000
    told = (
        f"look {looked:.1f} s, check {checked_in:.1f} s, import {took:.1f} s = {100_000 / took:,.0f} rows/s"
    )
    record_property("figures", told)


@pytest.mark.long
def test_hundred_thousand_prices(world: World, record_property: Any, count_statements: Any) -> None:
    """100,000 prices through the screen: looked at, checked, changed as one whole; tells how fast, and by how many statements."""
    with world.work() as ctx:
        for first in range(0, 100_000, 5_000):
            create_items(
                ctx,
                [
                    ItemDraft(f"N{n}", f"Item number {n}", sales_price=Decimal(1))
                    for n in range(first, first + 5_000)
                ],
            )
    clock = clock_of()
    screen = Screen(world.company, "ida")
    href = screen.bring(
        "catalog/items",
        "\n".join(["SKU,Price", *(f"N{n},{n % 900}.50" for n in range(100_000))]),
        "prices.csv",
    )
    screen.send(href, "map", how="change")
    looked = clock()
    checked = screen.check(href)
    checked_in = clock()
    assert checked.result["changed"] == 100_000  # type: ignore[index]
    screen.send(href, "whole")
    ident = screen.of(href).done_id
    assert ident is not None
    with count_statements() as asked:
        assert work.run(world.company, ident) == "done"
    took = clock()
    assert _repriced(world)[2:] == (100_000, 100_000)
    assert len(asked) < 200 * 40, "batches of 500"
    told = f"look {looked:.1f} s, check {checked_in:.1f} s, change {took:.1f} s = {100_000 / took:,.0f} rows/s, {len(asked):,} statements"
    record_property("figures", told)


def clock_of() -> Callable[[], float]:
    """Seconds since it was asked last."""
    import time

    last = [time.monotonic()]

    def lap() -> float:
        now = time.monotonic()
        told, last[0] = now - last[0], now
        return told

    return lap
