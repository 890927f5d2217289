"""Boards, calendars, cells changed in place and views, without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backstay.base import clock
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.projects import processes as projects
from backstay.platform import rows
from tests.scenario.test_desk import JSON, _person
from tests.trade import World

DAY = timedelta(days=1)
NAMES = (("Draw pages", 2), ("Write texts", 9), ("Old matter", -4), ("Test it", 0))


@pytest.fixture
def tasks(world: World) -> dict[str, int]:
    today = clock.today()
    with world.work() as ctx:
        eve = create_parties(ctx, [PartyDraft("Eve Example", ("employee",), kind="person")])[0]
        draft, task = projects.create_projects.draft, projects.create_tasks.draft
        made = projects.create_projects(ctx, [draft("Website", world.parties["C1"], Decimal(100))])[0]
        ids = projects.create_tasks(ctx, [task(n, made, eve, today + DAY * d) for n, d in NAMES])
        projects.start_tasks(ctx, [ids[3]])
    return dict(zip((n for n, _ in NAMES), ids, strict=True))


@pytest.fixture
def ann(world: World) -> Client:
    return _person(world, "ann")


def column_of(world: World, name: str, task: int) -> Any:
    with world.work():
        return rows.execute(f"SELECT {name} FROM projects_task WHERE id = %s", [task])[0][0]


def lanes(page: str) -> dict[str, list[str]]:
    found = re.findall(r'<section class="lane"[^>]*data-state="(\w+)">(.*?)</section>', page, re.S)
    return {s: re.findall(r'class="card-name d-block">([^<]*)<', body) for s, body in found}


def test_a_board_shows_what_the_list_would(ann: Client, tasks: dict[str, int]) -> None:
    """Lanes with counts; filters and search as in the list; late ones first and named."""
    page = ann.get("/projects/tasks/board").content.decode()
    assert lanes(page) == {
        "todo": ["Old matter", "Draw pages", "Write texts"],
        "doing": ["Test it"],
        "review": [],
        "done": [],
    }
    assert "1 late" in page
    assert "4 days late" in page
    assert set(lanes(ann.get("/projects/tasks/board?f=state:not:done").content.decode())) == {
        "todo",
        "doing",
        "review",
    }
    assert lanes(ann.get("/projects/tasks/board?q=writ").content.decode())["todo"] == ["Write texts"]
    part = ann.get("/projects/tasks/board?q=writ", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part


def test_a_card_moves_once_or_says_why(ann: Client, world: World, tasks: dict[str, int]) -> None:
    task = tasks["Draw pages"]
    data = {"id": str(task), "to": "doing", "once": "m1", "back": "/projects/tasks/board?q=a"}
    assert ann.post("/projects/tasks/move", data)["Location"] == "/projects/tasks/board?q=a"
    with world.work() as ctx:
        projects.put_back_tasks(ctx, [task])
    assert ann.post("/projects/tasks/move", data).status_code == 302
    assert column_of(world, "state", task) == "todo", "the second click moved nothing"
    refused = ann.post("/projects/tasks/move", data | {"to": "done", "once": "m2"}, **JSON)
    assert refused.status_code == 409
    assert refused.json()["message"] == "Draw pages is To do: it does not go to Done from there"
    assert "Doing" in refused.json()["remedy"]
    assert (
        ann.post("/projects/tasks/move", data | {"once": "m3"}, **JSON).json()["text"] == "Draw pages: Doing"
    )
    assert ann.post("/projects/tasks/move", {"id": "0", "to": "done"}).status_code == 404
    assert (
        ann.post("/projects/tasks/move", data | {"once": "m4", "back": "//evil.example"})["Location"]
        == "/projects/tasks/board"
    )


def test_a_calendar_of_days(ann: Client, tasks: dict[str, int]) -> None:
    today = clock.today()
    page = ann.get("/projects/tasks/calendar").content.decode()
    here = re.search(
        r'<td class="[^"]*today[^"]*"[^>]*data-day="([^"]+)" aria-current="date">(.*?)</td>', page, re.S
    )
    assert here
    assert here[1] == today.isoformat()
    assert "Test it" in here[2]
    week = ann.get(f"/projects/tasks/calendar?week={today}").content.decode()
    assert len(re.findall(r"data-day=", week)) == 7
    assert ann.get("/projects/tasks/calendar?q=writ&week=2020-01-01").status_code == 200
    for bad in ("month=never", "week=2026-13-01", "month=0001-01", "week="):
        assert ann.get(f"/projects/tasks/calendar?{bad}").status_code == (409 if bad != "week=" else 200), bad


def test_a_cell_is_never_overwritten_unseen(ann: Client, world: World, tasks: dict[str, int]) -> None:
    """Changed by the change process; a stale one is refused with both values; another column is no conflict."""
    task, path = tasks["Draw pages"], f"/projects/tasks/{tasks['Draw pages']}/quick"
    shown = ann.get(f"{path}?name=name").content.decode()
    assert 'value="Draw pages"' in shown
    revision = re.search(r'data-revision="(\d+)"', shown)
    assert revision
    data = {"name": "name", "value": "Bob's pages", "was": "Draw pages", "revision": revision[1]}
    assert _person(world, "bob").post(path, data, **JSON).json()["text"] == "Bob's pages"
    stale = ann.post(path, data | {"value": "Ann's pages"}, **JSON)
    assert stale.status_code == 409
    assert all(text in stale.json()["message"] for text in ("Bob's pages", "Ann's pages", "Draw pages"))
    due = ann.post(
        path,
        {
            "name": "due_on",
            "value": "2031-02-03",
            "was": str(clock.today() + DAY * 2),
            "revision": revision[1],
        },
        **JSON,
    )
    assert due.status_code == 200
    assert column_of(world, "name", task) == "Bob's pages"
    assert str(column_of(world, "due_on", task)) == "2031-02-03"
    who = ann.post(path, {"name": "assignee", "value": "C1", "was": "Eve Example", "revision": "0"}, **JSON)
    assert who.status_code == 200, "the row changed since, but not what he saw of it"
    for name, value, code in (
        ("name", "", "web.answer"),
        ("due_on", "soon", "web.answer"),
        ("project", "Nobody", "web.answer"),
        ("state", "done", "web.quick"),
    ):
        now = ann.get(f"{path}?name={name}").content.decode()
        answer = ann.post(
            path,
            {
                "name": name,
                "value": value,
                "was": "",
                "revision": (re.findall(r'data-revision="(\d+)"', now) or ["0"])[0],
            },
            **JSON,
        )
        assert (answer.status_code, answer.json()["code"]) == (409, code), name
    with world.work() as ctx:
        rows.execute("SELECT 1")
        sheet = projects.create_time_sheets
        made = sheet(
            ctx,
            [
                sheet.draft(
                    world.parties["C1"],
                    clock.today().replace(year=2026, month=3, day=2),
                    (
                        sheet.line(
                            clock.today().replace(year=2026, month=3, day=2), column_project(task), Decimal(1)
                        ),
                    ),
                )
            ],
        )
        projects.post_time_sheets(ctx, made)
    posted = ann.post(
        f"/projects/time-sheets/{made[0]}/quick",
        {"name": "week_on", "value": "2026-03-09", "was": "", "revision": "1"},
        **JSON,
    )
    assert (posted.status_code, posted.json()["code"]) == (409, "platform.frozen")


def column_project(task: int) -> int:
    return int(rows.execute("SELECT project_id FROM projects_task WHERE id = %s", [task])[0][0])


def test_views_without_javascript(ann: Client, world: World, tasks: dict[str, int]) -> None:
    """Saved, shared, opened with; columns each on their own; groups; the last filter taken away shows all."""
    bob = _person(world, "bob")
    ann.post(
        "/projects/tasks/views",
        {"name": "Waiting", "query": "f=state:is:todo&cols=name,state", "shared": "1", "home": "1"},
    )
    page = ann.get("/projects/tasks").content.decode()
    assert len(re.findall("<tr data-row", page)) == 3
    assert "Waiting" in bob.get("/projects/tasks").content.decode()
    assert len(re.findall("<tr data-row", bob.get("/projects/tasks").content.decode())) == 4, (
        "only hers opens so"
    )
    heads = re.findall(
        r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)',
        ann.get("/projects/tasks?all=1&col=name&col=due_on").content.decode(),
    )
    assert [h.strip() for h in heads] == ["Task", "Due"]
    assert re.search(
        r'href="\?all=1" aria-label="Remove filter',
        page.replace("&amp;cols=name,state", "").replace("?cols=name,state", "?all=1"),
    )
    grouped = ann.get("/projects/tasks?group=state").content.decode()
    assert re.findall(r'class="cell-main" href="[^"]*">([^<]+)<', grouped) == ["To do", "Doing"]
    ann.post("/projects/tasks/views", {"drop": "home"})
    assert len(re.findall("<tr data-row", ann.get("/projects/tasks").content.decode())) == 4
    assert ann.post("/projects/tasks/views", {"name": "*", "query": ""}).status_code == 409
    assert ann.post("/projects/tasks/views", {"name": "", "query": ""}).status_code == 409
