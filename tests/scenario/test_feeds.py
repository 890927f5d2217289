"""Calendar feeds: made on a page, read by programs without a session, by the rights of their person as they are now."""

from __future__ import annotations

import hashlib
import html
import io
import json
import logging
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from django.test import Client
from icalendar import Calendar

from backstay.base import clock
from backstay.base.errors import NotFound
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.projects import processes as projects
from backstay.interfaces import feeds, leaving, tokens
from backstay.interfaces.cli.main import cli
from backstay.interfaces.web.confirming import SENDING
from backstay.interfaces.web.feeds import RATE, STRANGERS
from backstay.platform import context, logs, rows, throttle
from backstay.platform.models import AuditEvent, Feed, Membership, Role, User
from backstay.platform.resources import RESOURCES
from backstay.platform.throttle import Bucket
from tests.full import Full, _user, make_full
from tests.scenario.test_contracts import multiply
from tests.scenario.test_web import PASSWORD
from tests.trade import World

DAY = timedelta(days=1)
CALENDARS = sorted(r.path for r in RESOURCES.values() if r.calendar)
NETWORK = Bucket(("feeds", "127.0.0.0/24"), STRANGERS, 1)


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(24)


def make(full: Full, kind: str = "owner", path: str = "", query: str = "", days: int = 30) -> str:
    """The address of a new feed of a person of the full company."""
    user = full.users[kind]
    assert user is not None
    with full.work(f"user:{user.pk}") as ctx:
        _id, secret = feeds.create(ctx, "Mine", path, query, days)
    return f"/feeds/{secret}.ics"


def joined(full: Full, name: str, role: str) -> User:
    """A person with a role since the first day of trade."""
    full.users[name] = user = _user(name, full.company, role)
    with full.work() as ctx:
        Membership.objects.filter(company_id=ctx.company, user_id=user.pk).update(since_on=date(2026, 1, 1))
    return user


def read(answer: Any) -> Any:
    assert answer.status_code == 200, (answer.status_code, answer.content[:300])
    made = Calendar.from_ical(answer.content)
    assert made.errors == []
    return made


def texts(answer: Any) -> list[str]:
    return [str(e["SUMMARY"]) for e in read(answer).walk("VEVENT")]


# ---- made, read, ended ----


def test_a_feed_is_made_shown_once_read_and_ended(full: Full) -> None:
    client, other = full.client("owner"), Client()
    page = client.get("/feeds?path=projects/tasks&f=state:not:done").content.decode()
    assert (
        '<option value="projects/tasks?f=state:not:done" selected>Tasks: State is not Done</option>' in page
    )
    told = {"shows": "projects/tasks?f=state:not:done", "name": "Desk tasks", "days": "30", "once": "f1"}
    page = client.post("/feeds", told).content.decode()
    found = re.search(r'id="fresh" value="http://testserver(/feeds/(bkst_\w{40})\.ics)"', page)
    assert found and f'href="webcal://testserver{found[1]}"' in page
    assert 'class="toast-x' not in page, "no character of it is taken for a notice"
    answer = other.get(found[1])
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache" and not answer.cookies
    assert str(read(answer)["NAME"]) == "Practice: Desk tasks", "the company is one to try things in"
    page = client.get("/feeds").content.decode()
    assert found[2] not in page and found[2][:10] in page and "Tasks: State is not Done" in page
    assert 'id="fresh"' not in client.post("/feeds", told).content.decode(), (
        "the same click again makes no second one"
    )
    with full.work() as ctx:
        row = Feed.objects.filter(company_id=ctx.company).latest("id")
        assert row.digest == hashlib.sha256(found[2].encode()).hexdigest() and row.used_at is not None
        event = AuditEvent.objects.get(company_id=ctx.company, kind="access.feed", object_id=row.pk)
        assert found[2] not in json.dumps([row.begins, row.name, event.data])
    assert client.post("/feeds", {"end": str(row.pk)}).status_code == 302
    assert other.get(found[1]).status_code == 410
    assert "feeds" in SENDING, "making one asks who sits here"


def test_what_did_not_change_is_not_sent_again(full: Full) -> None:
    address = make(full, path="invoicing/invoices")
    first = Client().get(address)
    again = Client().get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert Client().head(address).status_code == 200
    assert Client().get(address, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def dated(full: Full, superuser: Any) -> None:
    """Orders of a company of our own making have no day they are wanted by: they get one."""
    superuser.execute("SET session_replication_role = replica")  # what is confirmed is never changed
    for table, day in (("sales_order", "required_on"), ("purchasing_order", "expected_on")):
        superuser.execute(f"UPDATE {table} SET {day} = date '2026-02-01' + (id %% 60)::integer WHERE company_id = %s", [full.company])  # fmt: skip
    superuser.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("path", CALENDARS)
def test_a_feed_shows_what_the_calendar_shows(full: Full, superuser: Any, path: str) -> None:
    """Every declared calendar: the same days, titles and pages; stable ids; a change counts up and says when."""
    dated(full, superuser)
    name = f"c{path.replace('/', '')}"
    joined(full, name, "owner")
    address, resource = make(full, name, path), RESOURCES[path]
    with clock.at(clock.now().replace(month=2, day=10)):
        events = read(Client().get(address)).walk("VEVENT")
        page = ""
        for month in ("2026-01", "2026-02", "2026-03"):
            page += full.client(name).get(f"/{path}/calendar?month={month}").content.decode()
        since, until = clock.today() - DAY * feeds.BACK, clock.today() + DAY * feeds.AHEAD
        with full.work() as ctx:
            wanted = dict(
                resource.of._default_manager.filter(
                    company_id=ctx.company, **{f"{resource.calendar}__range": (since, until)}
                ).values_list("pk", resource.calendar)
            )
        again = read(Client().get(address)).walk("VEVENT")
    assert wanted
    assert {str(e["URL"]): e["DTSTART"].dt for e in events} == {f"http://testserver/{path}/{pk}": day for pk, day in wanted.items()}  # fmt: skip
    assert len({str(e["UID"]) for e in events}) == len(events)
    assert [str(e["UID"]) for e in again] == [str(e["UID"]) for e in events]
    shown = {a: html.unescape(t) for a, t in re.findall(r'<a class="event[^"]*" href="([^"]+)".*?<span class="truncate">([^<]*?) ?<', page)}  # fmt: skip
    seen = [e for e in events if str(e["URL"]).removeprefix("http://testserver") in shown]
    assert seen
    for each in seen:
        assert str(each["SUMMARY"]).startswith(shown[str(each["URL"]).removeprefix("http://testserver")].strip())  # fmt: skip
        assert str(each["CATEGORIES"].cats[0]) == resource.names[1]


@pytest.fixture
def tasks(world: World) -> tuple[World, User, list[int]]:
    """A person of a small company, and three tasks: his, a colleague's, his that is done."""
    today, user = clock.today(), User.objects.create_user(f"eve.feeds{world.company}@example.com", PASSWORD, name="Eve")  # fmt: skip
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [today]})
        people = [PartyDraft("Eve", ("employee",), kind="person", email=user.email.upper()), PartyDraft("Bob", ("employee",), kind="person")]  # fmt: skip
        eve, bob = create_parties(ctx, people)
        project = projects.create_projects(
            ctx, [projects.create_projects.draft("P", world.parties["C1"], Decimal(100))]
        )[0]  # type: ignore[attr-defined]
        draft = projects.create_tasks.draft  # type: ignore[attr-defined]
        told = [("Hers", eve), ("Bob's", bob), ("Done", eve)]
        ids = projects.create_tasks(ctx, [draft(n, project, who, today + DAY) for n, who in told])
        projects.start_tasks(ctx, [ids[2]])
        projects.finish_tasks(ctx, [ids[2]])
    return world, user, ids


def subscribed(world: World, user: User, path: str = "", query: str = "") -> str:
    with world.work(f"user:{user.pk}") as ctx:
        return f"/feeds/{feeds.create(ctx, 'F', path, query)[1]}.ics"


def test_my_work_is_what_is_mine_and_not_finished(tasks: tuple[World, User, list[int]]) -> None:
    world, user, _ids = tasks
    assert texts(Client().get(subscribed(world, user))) == ["Hers P"]
    assert sorted(texts(Client().get(subscribed(world, user, "projects/tasks")))) == ["Bob's P", "Done P", "Hers P"]  # fmt: skip
    assert texts(Client().get(subscribed(world, user, "projects/tasks", "q=bob"))) == ["Bob's P"]


def test_a_change_counts_up_and_says_when(tasks: tuple[World, User, list[int]]) -> None:
    world, user, ids = tasks
    address = subscribed(world, user)
    before = read(Client().get(address)).walk("VEVENT")[0]
    with world.work() as ctx:
        projects.start_tasks(ctx, [ids[0]])
    after = read(Client().get(address)).walk("VEVENT")[0]
    assert before["UID"] == after["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    assert [str(c) for c in after["CATEGORIES"].cats] == ["Tasks", "Doing"]


def test_a_feed_speaks_its_persons_language(tasks: tuple[World, User, list[int]]) -> None:
    world, user, _ids = tasks
    User.objects.filter(pk=user.pk).update(language="de")
    answer = Client().get(subscribed(world, user), HTTP_ACCEPT_LANGUAGE="en")
    assert [str(c) for c in read(answer).walk("VEVENT")[0]["CATEGORIES"].cats] == ["Aufgaben", "Zu tun"]


def test_it_is_bounded_and_says_so(tasks: tuple[World, User, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The days nearest to today, at most so many; what lies further is told in a sentence, not shown."""
    world, user, ids = tasks
    address = subscribed(world, user, "projects/tasks")
    assert "There is more" not in str(read(Client().get(address))["DESCRIPTION"])
    monkeypatch.setattr(feeds, "COMING", 2)
    calendar = read(Client().get(address))
    assert len(calendar.walk("VEVENT")) == 2 and "There is more" in str(calendar["DESCRIPTION"])
    with world.work() as ctx:
        far = [(feeds.AHEAD + 1) * DAY, -(feeds.BACK + 1) * DAY, feeds.AHEAD * DAY]
        rows.execute("UPDATE projects_task t SET due_on = n.day FROM unnest(%s::bigint[], %s::date[]) n(id, day) WHERE t.id = n.id RETURNING 1", [ids, [ctx.today + d for d in far]])  # fmt: skip
    assert texts(Client().get(address)) == ["Done P"]


def test_statements_do_not_grow(full: Full, owner: psycopg.Connection[Any], count_statements: Callable[[], Any]) -> None:  # fmt: skip
    """As many with sixty events as with some; a feed of one calendar and one of all that is his."""
    joined(full, "counter", "owner")
    addresses = [make(full, "counter", "projects/tasks"), make(full, "counter", "invoicing/invoices", "f=is:open"), make(full, "counter")]  # fmt: skip
    with clock.at(clock.now().replace(month=2, day=10)):
        costs = []
        for size in (5, 60):
            multiply(owner, full, RESOURCES["projects/tasks"], size)
            multiply(owner, full, RESOURCES["invoicing/invoices"], size)
            owner.execute(
                "UPDATE projects_task SET due_on = '2026-02-11' WHERE company_id = %s", [full.company]
            )
            for address in addresses:
                Client().get(address)  # what is noted every five minutes is noted
                with count_statements() as n:
                    read(Client().get(address))
                costs.append(len(n))
    assert costs[:3] == costs[3:]
    assert costs[0] <= 9 and costs[1] <= 11, costs


# ---- who may ----


def test_strangers_find_nothing_and_wait(full: Full) -> None:
    """404 for what never was a feed, 405 for what only programs that write send; a network that guesses waits, and nobody else."""
    throttle.empty([NETWORK])
    good = make(full)
    for address in ("/feeds/x.ics", f"/feeds/bkst_{'a' * 40}.ics", good.replace(".ics", "x.ics"), "/feeds/bkst_é.ics"):  # fmt: skip
        assert Client().get(address).status_code == 404, address
    assert Client().post(good).status_code == 405
    answer = [Client().get("/feeds/y.ics") for _ in range(STRANGERS)][-1]
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert Client().get(good).status_code == 200
    throttle.empty([NETWORK])
    assert full.client("owner").get("/feeds/x.ics").status_code == 404, "a session opens no feed"


def test_an_address_is_not_asked_without_end(full: Full) -> None:
    address, quiet = make(full), make(full)
    with full.work() as ctx:
        ident = Feed.objects.filter(company_id=ctx.company).order_by("-id")[1].pk
    for _ in range(RATE):
        throttle.take([Bucket(("feed", str(ident)), RATE, 60)])
    answer = Client().get(address)
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert Client().get(quiet).status_code == 200


def test_a_feed_opens_no_other_door(full: Full) -> None:
    """The secret is no token of the API, and a token is no address."""
    from tests.programs import Program, problem, program

    secret = make(full).removeprefix("/feeds/").removesuffix(".ics")
    problem(Program(secret).get("/projects/tasks"), 401, "token.wrong")
    throttle.empty([NETWORK])
    assert Client().get(f"/feeds/{program(full).token}.ics").status_code == 404


def test_what_the_person_loses_the_feed_loses_at_once(full: Full) -> None:
    """Left, role gone, switched off, past its day: 410, by what is so at the moment it is asked."""
    for name, change in (("fleft", "leave"), ("frole", "role"), ("foff", "off"), ("fold", "old")):
        user = joined(full, name, "sales")
        address = make(full, name, "sales/orders")
        assert Client().get(address).status_code == 200
        moment = clock.now() + DAY * (31 if change == "old" else 0)
        with full.work() as ctx:
            if change == "leave":
                assert leaving.holding(ctx, user.pk).feeds == 1
                leaving.leave(ctx, user.pk)
                assert not Feed.objects.filter(user_id=user.pk, ended_at=None).exists()
            elif change == "role":
                Membership.objects.filter(user_id=user.pk).update(role="hr")
        if change == "off":
            User.objects.filter(pk=user.pk).update(is_active=False)
        with clock.at(moment):
            answer = Client().get(address)
        assert (answer.status_code, b"BEGIN" in answer.content) == (410, False), name


def test_rows_and_fields_are_those_the_person_sees(full: Full, superuser: Any) -> None:
    """Own rows where the scope is own; nothing where the day is hidden, or what it is filtered by; nothing of another company."""
    with full.work() as ctx:
        for code, hidden in (("f_own", []), ("f_day", ["required_on"]), ("f_net", ["reference"])):
            scope = "own" if code == "f_own" else "company"
            Role.objects.create(company_id=ctx.company, code=code, name=code, rights=[["sales.order", ["read"], scope, hidden, []]])  # fmt: skip
    for code in ("f_own", "f_day", "f_net"):
        joined(full, code, code)
    dated(full, superuser)
    own = make(full, "f_own", "sales/orders")
    filtered = make(full, "f_own", "sales/orders", "f=reference:has:a")
    with clock.at(clock.now().replace(month=2, day=10)):
        assert texts(Client().get(own)) == []
        with full.work() as ctx:
            ids = [i for (i,) in rows.execute("SELECT id FROM sales_order WHERE company_id = %s AND required_on BETWEEN %s AND %s ORDER BY id LIMIT 1", [ctx.company, date(2026, 2, 1), date(2026, 2, 28)])]  # fmt: skip
            assert ids
        superuser.execute("SET session_replication_role = replica")  # a document never changes its author
        superuser.execute("UPDATE sales_order SET created_by = %s WHERE id = %s", [f"user:{full.users['f_own'].pk}", ids[0]])  # type: ignore[union-attr]  # fmt: skip
        superuser.execute("SET session_replication_role = DEFAULT")
        urls = [str(e["URL"]) for e in read(Client().get(own)).walk("VEVENT")]
        assert urls == [f"http://testserver/sales/orders/{ids[0]}"]
        assert Client().get(filtered).status_code == 200
        with full.work() as ctx:
            Membership.objects.filter(user_id=full.users["f_own"].pk).update(role="f_net")  # type: ignore[union-attr]
        assert Client().get(filtered).status_code == 410, "a filter would tell what is hidden"
        assert Client().get(own).status_code == 200
        with full.work() as ctx:
            Membership.objects.filter(user_id=full.users["f_own"].pk).update(role="f_day")  # type: ignore[union-attr]
        assert Client().get(own).status_code == 410
    with full.work(f"user:{full.users['f_day'].pk}") as ctx:  # type: ignore[union-attr]
        with pytest.raises(NotFound, match="no such calendar"):
            feeds.create(ctx, "x", "sales/orders")
        with pytest.raises(NotFound, match="no such calendar"):
            feeds.create(ctx, "x", "invoicing/bills")
    other = full.users["other"]
    assert other is not None
    with context.work(_company_of(other), f"user:{other.pk}") as ctx:
        _id, secret = feeds.create(ctx, "x", "sales/orders")
    assert texts(Client().get(f"/feeds/{secret}.ics")) == []


def _company_of(user: User) -> int:
    from backstay.interfaces.web.middleware import memberships_of

    return memberships_of(user.pk)[0][0]


def test_nobody_sees_or_ends_what_is_not_his(full: Full) -> None:
    joined(full, "fseller", "sales")
    theirs, mine = make(full, "fseller", "sales/orders"), make(full)
    with full.work() as ctx:
        last, before = Feed.objects.filter(company_id=ctx.company).order_by("-id")[:2]
    assert before.user_id != last.user_id
    seller, other = full.client("fseller"), full.client("other")
    assert seller.post("/feeds", {"end": str(last.pk)}).status_code == 404
    assert other.post("/feeds", {"end": str(before.pk)}).status_code == 404
    assert "Fseller" in full.client("owner").get("/feeds").content.decode()
    assert "feeds of others" not in seller.get("/feeds").content.decode()
    assert "invoicing/bills" not in seller.get("/feeds").content.decode()
    assert full.client("owner").post("/feeds", {"end": str(before.pk)}).status_code == 302
    assert (Client().get(theirs).status_code, Client().get(mine).status_code) == (410, 200)


def test_what_was_typed_stays_when_it_is_refused(full: Full) -> None:
    client = full.client("owner")
    page = client.post("/feeds", {"shows": "projects/tasks?q=a", "name": "Kept", "days": "999", "once": "f7"}).content.decode()  # fmt: skip
    assert 'value="Kept"' in page and "1 to 366" in page and 'value="projects/tasks?q=a" selected' in page
    page = client.post("/feeds", {"shows": "no/thing", "name": "Kept", "days": "9", "once": "f8"}).content.decode()  # fmt: skip
    assert "no such calendar" in page
    page = client.post("/feeds", {"shows": "projects/tasks?f=nothing:is:1", "name": "Kept", "days": "9", "once": "f9"}).content.decode()  # fmt: skip
    assert "nothing" in page and 'id="fresh"' not in page


# ---- around it ----


def test_an_address_stands_in_no_log(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes of it: answered, never was, ended, asked too often, failed."""
    told = logs.LOGGING["formatters"]["structured"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        told["()"](foreign_pre_chain=told["foreign_pre_chain"], processors=told["processors"])
    )
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        good, wrong = make(full), f"/feeds/bkst_{'q' * 40}.ics"
        program = Client(raise_request_exception=False)
        assert program.get(good).status_code == 200 and program.get(wrong).status_code == 404
        assert program.post(good).status_code == 405
        with monkeypatch.context() as patch:
            patch.setattr(feeds, "calendar", lambda *_: 1 / 0)
            assert program.get(good).status_code == 500
        with full.work(f"user:{full.users['owner'].pk}") as ctx:  # type: ignore[union-attr]
            tokens.end(ctx, tokens.listed(ctx, of=Feed)[0].pk, Feed)
        assert program.get(good).status_code == 410
    finally:
        root.removeHandler(handler)
    lines = out.getvalue()
    assert [json.loads(line)["event"].endswith(": /feeds/…") for line in lines.splitlines()] == [True] * 4
    assert "ZeroDivisionError" in lines and good[7:30] not in lines and "qqqq" not in lines


def test_the_console_lists_and_ends_feeds(full: Full) -> None:
    address = make(full, path="projects/tasks", query="f=state:not:done")
    with full.work() as ctx:
        ident, name = Feed.objects.filter(company_id=ctx.company).latest("id").pk, ctx.company
    listed = CliRunner().invoke(cli, ["feed", "list", "--company", str(name)], catch_exceptions=False).output
    line = next(each for each in listed.splitlines() if each.split()[0] == str(ident))
    assert "projects/tasks?f=state:not:done" in line and address[7:30] not in listed
    assert "Ended" in CliRunner().invoke(cli, ["feed", "end", str(ident), "--company", str(name)], catch_exceptions=False).output  # fmt: skip
    assert Client().get(address).status_code == 410


def test_your_data_says_who_reads(full: Full) -> None:
    make(full)
    page = full.client("owner").get("/settings/data").content.decode()
    assert re.search(r"Calendar feeds.*read by calendar programs at \d+ secret address", page, re.S)


def test_each_calendar_leads_to_a_feed_of_it(full: Full) -> None:
    for path in CALENDARS:
        page = full.client("owner").get(f"/{path}/calendar?q=a").content.decode()
        assert f'href="/feeds?path={path}&amp;q=a"' in page
    assert 'href="/feeds"' in full.client("owner").get("/account").content.decode()
