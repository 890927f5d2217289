"""Webhooks while things die: receivers and workers are processes of their own, really killed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from backstay.base import clock
from backstay.domains.sales import processes as sales
from backstay.platform import outbound, rows, webhooks
from backstay.platform.models import Webhook
from tests.conftest import ROOT
from tests.fault.test_jobs import until, worker
from tests.trade import D, World
from tests.webservers import raw, serving


@contextmanager
def receiver(port: int, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A receiver of its own process, killed at the end if it still lives."""
    process = subprocess.Popen([sys.executable, "-m", "tests.receiver", str(port), str(file)], cwd=ROOT)
    try:
        assert until(lambda: _listens(port) or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def came(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def hook(world: World, port: int, name: str = "Shop", *wanted: str) -> webhooks.Made:
    with world.work() as ctx:
        draft = webhooks.WebhookDraft(
            name, f"http://127.0.0.1:{port}/", wanted or ("sales.order_confirmed", "sales.order_closed")
        )
        return webhooks.create_webhooks(ctx, [draft])[0]


def quoted(world: World, count: int) -> list[int]:
    with world.work() as ctx:
        world.receive(ctx, "A", count, 1000 * count)
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        draft = sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])
        return sales.create_quotations(ctx, [draft] * count)


def confirm_and_close(world: World, ids: list[int]) -> None:
    """Each order in transactions of its own."""
    for ident in ids:
        with world.work() as ctx:
            sales.confirm_orders(ctx, [ident])
        with world.work() as ctx:
            sales.close_orders(ctx, [ident])


def now(world: World, made: webhooks.Made) -> None:
    """Its time has come: rests and leases are over, and the worker is told."""
    with world.work():
        rows.update(Webhook, [made.id], {"rest_until": [None], "leased_until": [None]})
        rows.execute(
            "UPDATE platform_outbox SET due_at = %s WHERE topic = %s RETURNING 1",
            [clock.now(), webhooks.topic(made.id)],
        )
        webhooks.defer(world.company, made.id)


def waiting(world: World, made: webhooks.Made) -> int:
    with world.work() as ctx:
        return webhooks.counts(ctx).get(made.id, {}).get("waiting", 0)


def test_a_killed_receiver_misses_nothing_and_order_is_kept(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv(outbound.ENVIRONMENT, f"http://127.0.0.1:{port}")
    made, file, ids = hook(world, port), tmp_path / "came", quoted(world, 24)
    with worker() as first:
        with receiver(port, file) as killed:
            confirm_and_close(world, ids[:8])
            assert until(lambda: len(came(file)) >= 5)
            killed.send_signal(signal.SIGKILL)
        confirm_and_close(world, ids[8:16])  # nobody listens
        first.send_signal(signal.SIGKILL)  # and who sends dies, too
    confirm_and_close(world, ids[16:])
    with receiver(port, file), worker():

        def told() -> bool:
            now(world, made)
            return waiting(world, made) == 0

        assert until(told)
    found = came(file)
    assert {(c["body"]["data"]["id"], c["body"]["type"]) for c in found} == {
        (i, f"sales.order_{what}") for i in ids for what in ("confirmed", "closed")
    }
    order = defaultdict(list)
    by_id: dict[str, Any] = {}
    for each in found:
        order[each["body"]["data"]["id"]].append(each["body"]["type"])
        assert by_id.setdefault(each["id"], each["body"]) == each["body"]  # a repeat says the same
    for ident, types in order.items():
        first_closed = types.index("sales.order_closed")
        assert set(types[:first_closed]) == {"sales.order_confirmed"} and set(types[first_closed:]) == {
            "sales.order_closed"
        }, (ident, types)
    assert len(by_id) == 2 * len(ids)


def test_a_slow_receiver_holds_up_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    over, asked, left = threading.Event(), threading.Semaphore(0), []

    def slow(_: socket.socket) -> None:
        asked.release()
        over.wait(60)
        left.append(1)

    with raw(slow) as slowly, serving(lambda _: (204, {}, b"")) as (quickly, arrived):
        monkeypatch.setenv(outbound.ENVIRONMENT, f"http://127.0.0.1:{slowly},http://127.0.0.1:{quickly}")
        for name in ("one", "two", "three"):
            hook(world, slowly, name)
        hook(world, quickly, "quick")
        ids = quoted(world, 10)
        with worker():
            confirm_and_close(world, ids[:1])
            for _ in range(3):
                assert asked.acquire(timeout=60)
            confirm_and_close(world, ids[1:])
            assert until(lambda: len(arrived) == 20)
            assert left == []  # all three are still waited for, or given up by us; none has answered
            over.set()
    kinds = defaultdict(list)
    for each in arrived:
        said = json.loads(each.body)
        kinds[said["data"]["id"]].append(said["type"])
    assert all(types == ["sales.order_confirmed", "sales.order_closed"] for types in kinds.values())
