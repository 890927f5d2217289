"""Jobs of a worker that was killed: they come back by themselves, or end with a word; nothing stays “doing” for ever."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from backstay.interfaces import demo
from backstay.platform import jobs
from backstay.platform.context import work
from backstay.platform.models import Notice
from tests.fault.test_jobs import ended, look, until, worker
from tests.scenario.test_jobs import _person
from tests.trade import World


def _jobs(owner: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return owner.execute("SELECT id, task_name, status::text, attempts, worker_id FROM procrastinate_jobs ORDER BY id").fetchall()  # fmt: skip


@pytest.fixture
def dead(owner: psycopg.Connection[Any]) -> Iterator[int]:
    """A worker that was heard a minute ago and never again; afterwards no job is left."""
    owner.execute("DELETE FROM procrastinate_jobs")
    made = owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id").fetchone()  # fmt: skip
    assert made is not None
    yield int(made[0])
    owner.execute("DELETE FROM procrastinate_jobs")
    owner.execute("DELETE FROM procrastinate_workers WHERE id = %s", [made[0]])


def _stalled(owner: psycopg.Connection[Any], dead: int, task: str, attempts: int = 0, lock: str | None = None, **args: Any) -> int:  # fmt: skip
    """A job the dead worker was at."""
    sql = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock, worker_id)"
        " VALUES ('default', %s, %s, 'doing', %s, %s, %s) RETURNING id"
    )
    found = owner.execute(sql, [task, json.dumps(args), attempts, lock, dead]).fetchone()
    assert found is not None
    return int(found[0])


OUTBOX = "backstay.platform.tasks.deliver_outbox"


def test_jobs_of_a_dead_worker_are_done(owner: psycopg.Connection[Any], dead: int) -> None:
    """The next worker does them, and lets none of them stand."""
    _stalled(owner, dead, OUTBOX)
    with worker():
        assert until(lambda: not [j for j in _jobs(owner) if j[1] == OUTBOX]), _jobs(owner)


def test_one_that_waits_anew_takes_its_place(
    owner: psycopg.Connection[Any], dead: int, database: str
) -> None:
    """The same job waits under its lock: the stalled one is dropped, the other done; none twice."""
    stalled = _stalled(owner, dead, OUTBOX, lock="outbox")
    jobs.defer(OUTBOX, queueing_lock="outbox")
    assert len(_jobs(owner)) == 2
    with worker():
        assert until(lambda: stalled not in [j[0] for j in _jobs(owner)])
        assert until(lambda: not [j for j in _jobs(owner) if j[1] == OUTBOX]), _jobs(owner)


def test_one_that_kills_its_worker_ends(owner: psycopg.Connection[Any], dead: int) -> None:
    """After five workers it ends as failed, to be found; it is not tried for ever."""
    ident = _stalled(owner, dead, OUTBOX, attempts=jobs.TRIES)
    with worker():
        assert until(lambda: (ident, "failed") in [(j[0], j[2]) for j in _jobs(owner)]), _jobs(owner)


def test_one_whose_worker_lives_stays(owner: psycopg.Connection[Any], dead: int) -> None:
    owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() + interval '1 hour' WHERE id = %s", [dead])  # fmt: skip
    alive = _stalled(owner, dead, OUTBOX)
    other = owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id").fetchone()  # fmt: skip
    assert other is not None
    gone = _stalled(owner, int(other[0]), OUTBOX)
    with worker():
        assert until(lambda: gone not in [j[0] for j in _jobs(owner)])
    assert (alive, "doing") in [(j[0], j[2]) for j in _jobs(owner)]


def test_demo_goes_on_after_a_killed_worker(owner: psycopg.Connection[Any], world: World) -> None:
    """Killed while the demo company trades: nothing of it is there, the next worker begins anew and ends it, and no job
    is left standing."""
    owner.execute("DELETE FROM procrastinate_jobs")
    _client, actor = _person(world, "dora")
    begun = demo.begin(int(actor.partition(":")[2]))
    here = replace(world, company=begun.company, work=lambda who="system:test": work(begun.company, who))
    with worker() as process:
        assert until(lambda: look(here, begun.work).done >= 10, 300), "it does not begin"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert _orders(owner, begun.company) == 0, "it is one whole"
    with worker():
        assert until(ended(here, begun.work), 300), "it was not taken up"
        assert until(lambda: not [j for j in _jobs(owner) if j[1].endswith("run_work")]), _jobs(owner)
    found = look(here, begun.work)
    assert (found.state, found.error) == ("done", "")
    assert _orders(owner, begun.company) >= demo.ORDERS
    with here.work():
        assert Notice.objects.filter(actor=actor).count() == 1


def _orders(owner: psycopg.Connection[Any], company: int) -> int:
    found = owner.execute("SELECT count(*) FROM sales_order WHERE company_id = %s", [company]).fetchone()
    assert found is not None
    return int(found[0])
