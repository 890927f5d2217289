"""What safety costs: the trail in order to cash, rights in a page. Work of this thread and of its database session is counted,
not time on the wall, with and without in turns in one run. What others do to the machine makes an order dearer, never cheaper:
the quickest tenth of many is compared."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from backstay.base.rights import Right
from backstay.interfaces.bench import Shop
from backstay.interfaces.deskbench import _worked
from backstay.interfaces.web import resource
from backstay.platform import access, audit, rows
from tests.scenario.test_rights import SELLER, Firm
from tests.trade import World

WARM, MEASURED, PAIRS = 7, 8, 24  # a turn: orders that do not count, orders that do; pairs of turns
TRAIL = """
SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND (t.tgname LIKE 'told%%' OR (t.tgname = 'to_seal' AND c.relname = 'platform_auditevent'))
"""


@contextmanager
def without_trail(owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither triggers nor processes tell anything: in the tests' own database, as its owner."""
    found = owner.execute(TRAIL).fetchall()
    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", lambda *_told, **_more: None)
        for table, name in found:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        owner.execute(
            "CREATE TRIGGER nothing BEFORE INSERT ON platform_auditevent FOR EACH ROW EXECUTE FUNCTION nothing_told()"
        )
        try:
            yield
        finally:
            owner.execute("DROP TRIGGER nothing ON platform_auditevent")
            for table, name in found:
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")


def cost(shop: Shop, rnd: random.Random, lines: int) -> list[float]:
    """Milliseconds of work of each order; the first ones after a turn make plans anew and do not count."""
    for _ in range(WARM):
        for step in shop.steps(rnd, 1, lines):
            step()
    made = []
    for _ in range(MEASURED):
        began = _worked()
        for step in shop.steps(rnd, 1, lines):
            step()
        made.append((_worked() - began) / 1e6)
    return made


def events(shop: Shop) -> int:
    with shop.work():
        sql = "SELECT count(*) FROM platform_auditevent WHERE company_id = %s"
        return int(rows.execute(sql, [shop.company])[0][0])


@pytest.mark.long
def test_the_trail_costs_at_most_a_tenth_of_order_to_cash(
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    owner.execute(
        "CREATE FUNCTION nothing_told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    shop, rnd = Shop(items=60), random.Random(1)
    pairs = []
    for n in range(PAIRS):
        turns: dict[bool, list[float]] = {}
        for told in (True, False) if n % 2 else (False, True):
            before = events(shop)
            if told:
                turns[told] = cost(shop, rnd, 5)
                assert events(shop) >= before + 5 * (WARM + MEASURED), "each step of each order is told"
            else:
                with without_trail(owner, monkeypatch):
                    turns[told] = cost(shop, rnd, 5)
                assert events(shop) == before, "nothing is told"
        pairs.append(turns)
    orders = {k: sorted(ms for turns in pairs for ms in turns[k]) for k in (True, False)}
    least, middle = ([orders[k][len(orders[k]) // part] for k in (True, False)] for part in (10, 2))
    share = least[0] / least[1] - 1
    told = f"{least[0]:.1f} ms with the trail, {least[1]:.1f} ms without, it adds {share:.1%}; the median order {middle[0] / middle[1] - 1:.1%}"
    record_property("figures", f"order to cash of 5 lines, the quickest tenth: {told}")
    assert share <= 0.10


ASKED = ("may", "require", "whole", "require_whole", "limit", "rows", "only", "fields", "readable")


@contextmanager
def timed(monkeypatch: pytest.MonkeyPatch, spent: list[float]) -> Iterator[None]:
    """Add up the work of this thread within rights, asked from outside of them."""
    depth = [0]

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if depth[0]:
                return function(*args, **more)
            depth[0], began = 1, time.thread_time()
            try:
                return function(*args, **more)
            finally:
                depth[0] = 0
                spent.append(time.thread_time() - began)

        return call

    with monkeypatch.context() as patch:
        for name in ASKED:
            patch.setattr(access, name, watched(getattr(access, name)))
        patch.setattr(resource, "seen", watched(resource.seen))
        yield


@pytest.mark.long
def test_rights_are_at_most_a_fifth_of_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """A seller who sees his own, with fields hidden and fixed: what asking costs, of all the work of his pages. The condition that
    the database asks of his rows is part of the whole, not told apart."""
    firm = Firm(world)
    hidden = (Right("parties.party", ("read", "change"), hidden=("email",), fixed=("payment_days",)), *SELLER)
    firm.role("seller", *hidden)
    client = firm.hire("mia", "seller")
    orders = [firm.order("mia") for _ in range(30)]
    shares = []
    for address in (
        "/sales/orders?all=1",
        f"/sales/orders/{orders[0]}",
        "/parties/parties?all=1",
        "/reports/sales",
    ):
        for _ in range(5):
            assert client.get(address).status_code == 200
        told = []
        for _ in range(30):
            spent: list[float] = []
            with timed(monkeypatch, spent):
                began = _worked()
                assert client.get(address).status_code == 200
                told.append(sum(spent) * 1e9 / (_worked() - began))
            assert spent, "rights were asked"
        shares.append((address.partition("?")[0], sorted(told)[len(told) * 95 // 100]))
    record_property(
        "figures", "rights' part of a page, 95th percentile: " + ", ".join(f"{a} {s:.1%}" for a, s in shares)
    )
    assert max(share for _address, share in shares) <= 0.20
