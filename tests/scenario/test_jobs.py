"""Long work: who does it, what is seen, what stays when it is stopped, refused or interrupted; notices; bulk acts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from backstay.base.errors import Refusal
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.platform import rows, work
from backstay.platform.models import Membership, Notice, User, Work, WorkFault
from tests.scenario.test_web import PASSWORD
from tests.trade import D, World

Person = tuple[Client, str]


def _person(world: World, name: str) -> Person:
    made = User.objects.create_user(f"{name}{world.company}@example.com", PASSWORD, name=name.title())
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    client = Client()
    client.force_login(made)
    return client, f"user:{made.pk}"


@pytest.fixture
def ann(world: World) -> Person:
    return _person(world, "ann")


@pytest.fixture
def bob(world: World) -> Person:
    return _person(world, "bob")


@pytest.fixture
def tasks() -> Iterator[None]:
    """Tasks of a test are forgotten after it."""
    before = dict(work.TASKS)
    yield
    work.TASKS.clear()
    work.TASKS.update(before)
    work.STOPPING.clear()


def _make(ctx: Any, job: work.Job, count: int) -> None:
    names = [f"P{job.id}-{job.done + n}" for n in range(count)]
    create_parties(ctx, [PartyDraft(n, ("customer",), code=n) for n in names])
    job.done += count


def _stepwise(job: work.Job) -> dict[str, Any]:
    while job.done < job.total:
        job.do(lambda ctx: _make(ctx, job, 10))
    return {"href": "/parties/parties"}


def _start(world: World, who: Person, task: str = "test", total: int = 50, **args: Any) -> int:
    with world.work(who[1]) as ctx:
        return work.start(ctx, task, "Fifty parties", args, total)


def _of(world: World, ident: int) -> Work:
    with world.work():
        return Work.objects.get(pk=ident)


def _parties(world: World, ident: int) -> list[str]:
    with world.work():
        found = rows.execute("SELECT code FROM parties_party WHERE code LIKE %s ORDER BY id", [f"P{ident}-%"])
    return [code for (code,) in found]


@pytest.mark.usefixtures("tasks")
def test_steps_end_with_a_notice(world: World, ann: Person) -> None:
    """A task runs as the one who asked; its end is a notice that leads to what came of it."""
    work.long("test", keeps=True)(_stepwise)
    ident = _start(world, ann)
    assert rows.execute("SELECT args FROM procrastinate_jobs WHERE queueing_lock = %s", [f"work:{ident}"])
    assert work.run(world.company, ident) == "done"
    assert work.run(world.company, ident) == "", "what is done is not done again"
    assert len(_parties(world, ident)) == 50
    with world.work():
        actors = rows.execute(
            "SELECT DISTINCT actor, request FROM platform_auditevent WHERE kind = 'parties.party' AND request <> '' AND company_id = %s",
            [world.company],
        )
    assert actors == [(ann[1], f"work:{ident}")]
    page = ann[0].get("/notices").content.decode()
    assert "Fifty parties: done." in page
    link = re.search(r'href="(/notices/\d+)"', page)
    assert link
    assert ann[0].get(link[1])["Location"] == "/parties/parties"
    assert "mail-opened" in ann[0].get("/notices").content.decode(), "what was opened is read"


@pytest.mark.usefixtures("tasks")
def test_interrupted_goes_on(world: World, ann: Person) -> None:
    """The worker ends in the middle: what is done stays, the next one goes on there, nothing is done twice."""

    def task(job: work.Job) -> dict[str, Any]:
        while job.done < job.total:
            if job.done == 20 and not job.reached.get("seen"):
                job.reached["seen"] = True
                job.do(lambda ctx: _make(ctx, job, 10))
                work.STOPPING.set()
            job.do(lambda ctx: _make(ctx, job, 10))
        return {}

    work.long("test", keeps=True)(task)
    ident = _start(world, ann)
    assert work.run(world.company, ident) == "waiting"
    assert (_of(world, ident).done, _of(world, ident).reached) == (30, {"seen": True})
    work.STOPPING.clear()
    assert work.run(world.company, ident) == "done"
    assert _parties(world, ident) == [f"P{ident}-{n}" for n in range(50)]


@pytest.mark.usefixtures("tasks")
def test_lost_process_is_taken_up_and_may_write_no_more(world: World, ann: Person) -> None:
    """A process without a pulse loses the work to another; should it wake up, the work refuses all it writes."""
    woken: list[str] = []

    def task(job: work.Job) -> dict[str, Any]:
        job.do(lambda ctx: _make(ctx, job, 10))
        if not woken:
            woken.append("first")
            with world.work():  # silent for long; another takes it up and finishes
                rows.execute(
                    "UPDATE platform_work SET beat_at = now() - interval '1 hour' WHERE id = %s", [job.id]
                )
            assert work.take_up() >= 1
            other = threading.Thread(target=_run_elsewhere, args=(world.company, job.id))
            other.start()
            other.join()
        while job.done < job.total:
            job.do(lambda ctx: _make(ctx, job, 10))
        return {}

    work.long("test", keeps=True)(task)
    ident = _start(world, ann)
    assert work.run(world.company, ident) == "", "the first one lost it"
    assert _of(world, ident).state == "done"
    assert _parties(world, ident) == [f"P{ident}-{n}" for n in range(50)]


def _run_elsewhere(company: int, ident: int) -> None:
    try:
        work.run(company, ident)
    finally:
        connections.close_all()


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.usefixtures("tasks")
def test_stop_is_safe(world: World, ann: Person, bob: Person, keeps: bool) -> None:
    """Stopped between steps: what is done stays, or all of it is taken back, as its nature says; and so its page tells."""

    def task(job: work.Job) -> dict[str, Any]:
        for n in range(5):
            job.do(lambda ctx: _make(ctx, job, 10))
            if n == 1:
                with connections["default"].cursor() as cursor:
                    assert cursor is not None
                thread = threading.Thread(target=_ask_to_stop, args=(bob[0], job.id))
                thread.start()
                thread.join()
                job.beat()
        return {}

    def whole(job: work.Job) -> dict[str, Any]:
        with world.work(job.actor) as ctx:
            for n in range(5):
                _make(ctx, job, 10)
                if n == 1:
                    thread = threading.Thread(target=_ask_to_stop, args=(bob[0], job.id))
                    thread.start()
                    thread.join()
                    assert job.stopped.wait(30), "the pulse brings it"
                job.check()
        return {}

    work.long("test", keeps=keeps)(task if keeps else whole)
    ident = _start(world, ann)
    assert work.run(world.company, ident) == "cancelled"
    assert len(_parties(world, ident)) == (20 if keeps else 0)
    page = ann[0].get(f"/progress/{ident}").content.decode()
    assert ("the rest was not begun" in page) == keeps
    assert ("all of it was taken back" in page) != keeps


def _ask_to_stop(client: Client, ident: int) -> None:
    try:
        assert client.get(f"/progress/{ident}").status_code == 200, "others see it run"
        assert client.post(f"/progress/{ident}").status_code == 302
    finally:
        connections.close_all()


@pytest.mark.usefixtures("tasks")
def test_waiting_work_stops_at_once(world: World, ann: Person) -> None:
    work.long("test", keeps=True)(_stepwise)
    ident = _start(world, ann)
    ann[0].post(f"/progress/{ident}")
    assert _of(world, ident).state == "cancelled"
    assert work.run(world.company, ident) == ""
    assert _parties(world, ident) == []


@pytest.mark.usefixtures("tasks")
def test_failures_are_told(world: World, ann: Person) -> None:
    """A refusal is told with remedy and code; a defect says that it is none of the user's; who left may do nothing."""

    def refuse(_job: work.Job) -> None:
        raise Refusal("test.rule", "the moon is full", "Wait a day.")

    def defect(_job: work.Job) -> None:
        raise TypeError("x")

    work.long("refuse", keeps=False)(refuse)
    work.long("defect", keeps=True)(defect)
    work.long("test", keeps=True)(_stepwise)
    ident = _start(world, ann, "refuse")
    assert work.run(world.company, ident) == "failed"
    page = ann[0].get(f"/progress/{ident}").content.decode()
    assert "The moon is full. Wait a day. (test.rule)" in page
    assert "Nothing was changed." in page
    ident = _start(world, ann, "defect")
    assert work.run(world.company, ident) == "failed"
    assert "work.defect" in _of(world, ident).error
    ident = _start(world, ann)
    with world.work() as ctx:
        second = User.objects.create_user("second.owner@example.com", "x", name="Second")
        rows.insert(Membership, {"user_id": [second.pk], "role": ["owner"], "since_on": [ctx.today]})
        rows.execute(
            "UPDATE platform_membership SET until_on = %s WHERE company_id = %s AND user_id <> %s",
            [ctx.today.replace(year=2020), world.company, second.pk],
        )
    assert work.run(world.company, ident) == "failed"
    assert "access.denied" in _of(world, ident).error
    assert _parties(world, ident) == []


@pytest.mark.usefixtures("tasks")
def test_a_work_that_kills_its_process_gives_up(world: World, ann: Person) -> None:
    work.long("test", keeps=True)(_stepwise)
    ident = _start(world, ann)
    with world.work():
        Work.objects.filter(pk=ident).update(attempts=work.TRIES)
    assert work.run(world.company, ident) == ""
    assert _of(world, ident).state == "failed"
    with world.work():
        assert Notice.objects.filter(actor=ann[1], text="Fifty parties: it failed.").count() == 1


def test_a_year_is_closed_as_one_whole(world: World, ann: Person) -> None:
    """Periods and closing entry, or neither: a year that is closed already is refused and told."""
    from datetime import date

    from backstay.interfaces.web import closing

    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6_000)
        world.issue(ctx, "A", 4)
    with world.work(ann[1]) as ctx:
        ident = closing.begin(ctx, date(2026, 12, 31))
    assert work.run(world.company, ident) == "done"
    with world.work() as ctx:
        from backstay import ledger

        open_ = [
            p
            for p in ledger.list_periods(ctx)
            if p.kind == "regular" and p.ends <= date(2026, 12, 31) and not p.closed
        ]
        assert open_ == []
        entries = rows.execute("SELECT count(*) FROM entry WHERE company_id = %s AND source LIKE %s", [ctx.company, "accounting.year:%"])  # fmt: skip
        assert entries == [(1,)]
        ident = closing.begin(ctx, date(2026, 12, 31))
    assert work.run(world.company, ident) == "failed"
    assert "accounting.year" in _of(world, ident).error


def _quotations(world: World, count: int, quantity: int = 1) -> list[int]:
    with world.work() as ctx:
        from decimal import Decimal

        from backstay.domains.sales import processes as sales

        line = (sales.OrderLineDraft(world.items["A"], Decimal(quantity)),)
        drafts = [
            sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"]) for _ in range(count)
        ]
        return sales.create_quotations(ctx, drafts)


def test_all_of_a_filter_is_long_work(world: World, ann: Person) -> None:
    """Confirming more than a page: in steps, those that are refused are listed with their reason, the rest is done."""
    with world.work() as ctx:
        world.receive(ctx, "A", 1_000, 600_000)
    ids = _quotations(world, 230)
    with world.work():
        rows.execute(
            "UPDATE sales_order SET valid_until = '2020-01-01' WHERE id = ANY(%s::bigint[])", [ids[7:9]]
        )
    client = ann[0]
    page = client.get("/sales/orders?f=state:is:quotation").content.decode()
    assert "all 230 of this list" in page
    sent = {"every": "1", "list": "f=state:is:quotation", "ids": str(ids[0]), "once": "bulk-1"}
    answer = client.post("/sales/orders/act/confirm", sent)
    assert answer.status_code == 302
    assert client.post("/sales/orders/act/confirm", sent)["Location"] == answer["Location"], (
        "one click, one work"
    )
    ident = int(answer["Location"].rpartition("/")[2])
    assert "going" in client.get("/").content.decode(), "the top of every page shows it"
    assert work.run(world.company, ident) == "done"
    with world.work():
        states = dict(rows.execute("SELECT state, count(*) FROM sales_order WHERE company_id = %s GROUP BY 1", [world.company]))  # fmt: skip
        numbers = rows.execute(
            "SELECT count(DISTINCT number) FROM sales_order WHERE company_id = %s", [world.company]
        )
        told = list(WorkFault.objects.filter(work_id=ident).values_list("href", flat=True))
    assert states == {"confirmed": 228, "quotation": 2}
    assert numbers == [(228,)] or numbers == [(230,)]
    assert told == [f"/sales/orders/{i}" for i in ids[7:9]]
    page = client.get(f"/progress/{ident}").content.decode()
    assert f'href="/sales/orders/{ids[7]}"' in page
    table = client.get(f"/progress/{ident}/faults.csv").content.decode("utf-8-sig").splitlines()
    assert len(table) == 3
    assert "sales." in table[1]


def test_pulse_tells_what_is_new(world: World, ann: Person) -> None:
    """The top of the page: a bell with a count, and as toasts only what came since the page was made."""
    client, actor = ann
    with world.work() as ctx:
        first = Notice.objects.create(company_id=ctx.company, actor=actor, text="Old", href="/sales/orders")
        Notice.objects.create(company_id=ctx.company, actor=actor, text="New <b>", href="//evil.example")
    told = client.get(f"/pulse?after={first.pk}").content.decode()
    assert "New &lt;b&gt;" in told
    assert "Old" not in told
    assert ">2</span>" in told
    evil = _notice_in(told)
    assert client.get(f"/notices/{evil}")["Location"] == "/notices", "it leads nowhere else"
    client.post("/notices", {"notice": str(first.pk)})
    assert 'class="dot' not in client.get("/pulse?after=0").content.decode()


def _notice_in(page: str) -> str:
    found = re.search(r"/notices/(\d+)", page)
    assert found
    return found[1]


def test_the_top_costs_one_statement(world: World, ann: Person, count_statements: Any) -> None:
    """However many notices there are."""
    client, actor = ann

    def cost() -> int:
        client.get("/account")
        with count_statements() as counter:
            client.get("/account")
        return len(counter)

    before = cost()
    with world.work() as ctx:
        rows.insert(Notice, {"actor": [actor] * 300, "text": ["x"] * 300, "href": ["/"] * 300})
        assert ctx.company
    assert cost() == before
    assert "99+" in client.get("/account").content.decode()
