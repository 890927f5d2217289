"""Writers at once: a model beside the books, closing beside posting, keys in a race."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection

from backstay import ledger
from backstay.base.errors import Busy, Refusal
from backstay.ledger.posting import Sub
from tests.ledger_world import Books, D

WRITERS, STEPS = 16, 40


def in_threads(count: int, job: Any) -> list[BaseException]:
    """Run ``job(n)`` in ``count`` threads that start together; what they raised."""
    raised: list[BaseException] = []
    gate = threading.Barrier(count)

    def run(n: int) -> None:
        try:
            gate.wait()
            job(n)
        except BaseException as exc:
            raised.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_writers_against_a_model(books: Books) -> None:
    """16 writers sell, receive, hold, release and repeat keys on six items, while a side job rolls up, expires,
    closes and re-opens: the live rows are what the model says, nobody sees a deadlock."""
    items = [Sub("stock", books.units["A"], place=n) for n in range(1, 7)]
    for item in items:
        books.post((item, 200, 600), ("away", -200, 0), ("bank", -600, -600))
    model = [dict.fromkeys(items, 0) for _ in range(WRITERS)]
    refused = [0] * WRITERS
    ended = threading.Event()

    def write(n: int) -> None:
        rnd = random.Random(n)
        holds: list[tuple[int, Sub, int]] = []
        for step in range(STEPS):
            chosen = rnd.sample(items, rnd.choice((1, 2, 3)))
            q, dice = rnd.randint(1, 5), rnd.random()
            try:
                if dice < 0.3:
                    until = datetime.now(UTC) + timedelta(seconds=rnd.choice((-1, 60)))
                    with books.work() as ctx:
                        ids = ledger.reserve(ctx, [ledger.Want(q, until, f"o:{n}", item) for item in chosen])
                    if until > datetime.now(UTC):
                        holds += zip(ids, chosen, [q] * len(ids))
                elif dice < 0.4 and holds:
                    with books.work() as ctx:
                        ledger.release(ctx, [holds.pop()[0]])
                elif dice < 0.6 and holds:
                    hold, item, q = holds.pop()
                    books.post((item, -q, -3 * q), ("away", q, 0), ("cogs", 3 * q, 3 * q), holds=[(hold, q)])
                    model[n][item] -= q
                else:
                    sign = rnd.choice((1, -1))
                    lines = [(item, sign * q, 3 * sign * q) for item in chosen]
                    total = sign * q * len(chosen)
                    for _ in range(rnd.choice((1, 2))):
                        books.post(
                            *lines,
                            ("away", -total, 0),
                            ("cogs", -3 * total, -3 * total),
                            key=f"{n}-{step}",
                            source=f"w{n}:{step}",
                        )
                    for item in chosen:
                        model[n][item] += sign * q
            except Refusal as exc:
                assert exc.code in ("ledger.guard", "ledger.period_closed", "ledger.hold_spent"), exc
                refused[n] += 1

    def side() -> None:
        period = None
        while not ended.is_set():
            with books.work() as ctx:
                ledger.rollup()
            with books.work() as ctx:
                ledger.expire()
            with books.work() as ctx:
                period = period or next(
                    p.id for p in ledger.list_periods(ctx) if p.starts == D.replace(day=1)
                )
                ledger.close_period(ctx, period)
                ledger.reopen_period(ctx, period, "test")
        connection.close()

    helper = threading.Thread(target=side)
    helper.start()
    try:
        raised = in_threads(WRITERS, write)
    finally:
        ended.set()
        helper.join()
    assert raised == []
    with books.work() as ctx:
        ledger.expire()
    with books.work() as ctx:
        now = ledger.lock_balances(ctx, items, [D]).balances
        for item in items:
            assert now[item].amount == 200 + sum(mine[item] for mine in model)
            assert now[item].value == 3 * now[item].amount
        ledger.rollup()
        assert [c for c in ledger.verify(ctx) if c.code.startswith("ledger.") and not c.ok] == []


def test_a_close_waits_for_postings_in_flight(books: Books, owner: psycopg.Connection[Any]) -> None:
    """And a posting that queued behind the close is refused."""
    with books.work() as ctx:
        period = next(p.id for p in ledger.list_periods(ctx) if p.starts == D.replace(day=1))
    closed = threading.Event()
    codes: list[str] = []

    def close() -> None:
        with books.work() as ctx:
            ledger.close_period(ctx, period)
        closed.set()
        connection.close()

    def late() -> None:
        try:
            books.post(("bank", 5, 5), ("sales", -5, -5))
        except Refusal as exc:
            codes.append(exc.code)
        connection.close()

    def waiting(count: int) -> None:
        """Until that many sessions wait for an advisory lock: no sleeping, the database says when."""
        sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        for _ in range(20000):
            if owner.execute(sql).fetchone()[0] >= count:  # type: ignore[index]
                return
        raise AssertionError("nobody waits for the period's lock")

    with books.work() as ctx:
        books.post_in(ctx, ("bank", 5, 5), ("sales", -5, -5))
        closing = threading.Thread(target=close)
        closing.start()
        waiting(1)
        posting = threading.Thread(target=late)
        posting.start()
        waiting(2)
        assert not closed.is_set()
    closing.join()
    posting.join()
    assert closed.is_set()
    assert codes == ["ledger.period_closed"]


def test_one_key_in_a_race_has_one_effect(books: Books) -> None:
    """FAILURES 46, 47: 16 repeats at once."""
    answers: list[tuple[int, bool]] = []
    raised = in_threads(
        16,
        lambda n: answers.append(
            tuple(books.post(("bank", 5, 5), ("sales", -5, -5), key="R", source="race:1"))
        ),
    )
    assert [e for e in raised if not isinstance(e, Busy)] == []
    assert len({i for i, _ in answers}) == 1
    assert sum(not repeated for _, repeated in answers) == 1
