"""Time sheet to invoice, boards, calendars and cells, as people use them: through the screen only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from backstay import ledger
from backstay.base import clock
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.projects import processes as projects
from backstay.platform import rows
from tests.browser.conftest import Desk
from tests.browser.test_order_to_cash import pick
from tests.trade import World

DAY = timedelta(days=1)


@pytest.fixture
def people(world: World) -> dict[str, int]:
    """Eve, who works; a project with four tasks, two of them to do, one late, one in work."""
    today = clock.today()
    with world.work() as ctx:
        eve = create_parties(ctx, [PartyDraft("Eve Example", ("employee",), kind="person")])[0]
        draft, task = projects.create_projects.draft, projects.create_tasks.draft
        made = projects.create_projects(
            ctx, [draft("Website", world.parties["C1"], Decimal(100), Decimal(40))]
        )[0]
        names = (("Draw pages", 2), ("Write texts", 9), ("Old matter", -4), ("Test it", 0))
        tasks = projects.create_tasks(ctx, [task(n, made, eve, today + DAY * d) for n, d in names])
        projects.start_tasks(ctx, [tasks[3]])
    return {"eve": eve, "project": made, **dict(zip((n for n, _ in names), tasks, strict=True))}


def state(world: World, task: int) -> str:
    with world.work():
        return str(rows.execute("SELECT state FROM projects_task WHERE id = %s", [task])[0][0])


def test_time_sheet_to_invoice(desk: Desk, world: World) -> None:
    """A project, a task, a week of hours typed by keyboard, posted, invoiced, taken back and invoiced again."""
    with world.work() as ctx:
        create_parties(ctx, [PartyDraft("Eve Example", ("employee",), kind="person")])
    page = desk.go("/projects/projects")
    page.keyboard.press("c")
    page.wait_for_url("**/new")
    page.locator("[name='h.name']").fill("Website")
    page.locator("[name='h.party']").focus()
    pick(page, "C1")
    page.locator("[name='h.hour_price']").fill("95")
    page.locator("[name='h.budget']").fill("40")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Website")
    desk.access()

    desk.go("/projects/time-sheets")
    page.keyboard.press("c")
    page.wait_for_url("**/new")
    page.locator("[name='h.person']").focus()
    pick(page, "Eve")
    page.locator("[name='h.week_on']").fill(clock.today().isoformat())
    _hours(page, 0, "7.5", "Drawing")
    _hours(page, 1, "4", "Testing")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    desk.access()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("TS-2026-00001")
    expect(page.locator(".entry").first).to_contain_text("Hours to invoice")
    desk.access()

    desk.go("/projects/projects?all=1")
    expect(page.locator("tbody tr")).to_contain_text("11.50")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Website")
    desk.act("Invoice")
    desk.toast("INV-2026-00001")
    page.goto(desk.address + "/invoicing/invoices?all=1")
    desk.press(page.get_by_role("link", name="INV-2026-00001"))
    expect(page.locator(".doc-sum")).to_contain_text("1,321.93")
    expect(page.locator("body")).to_contain_text("Drawing")
    desk.access()
    desk.press(page.locator(".doc-acts summary").filter(has_text="Correct"))
    desk.press(page.locator(".doc-acts details[open] button").filter(has_text="Reverse"))
    desk.press(page.locator("dialog .btn-danger"))
    expect(page.locator(".steps")).to_contain_text("Reversed")
    desk.go("/projects/projects?all=1")
    desk.press(page.locator("tbody tr a"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Website")
    desk.act("Invoice")
    desk.toast("INV-2026-00002")
    with world.work() as ctx:
        assert all(check.ok for check in ledger.verify(ctx))


def _hours(page: Page, n: int, hours: str, text: str) -> None:
    row = page.locator("tr[data-line]").nth(n)
    row.locator("[name$='.worked_on']").fill(clock.today().isoformat())
    row.locator("[name$='.project']").focus()
    pick(page, "Website")
    row.locator("[name$='.hours']").fill(hours)
    row.locator("[name$='.text']").fill(text)
    if n:
        row.locator("[name$='.billable']").select_option("Yes")


def test_a_board_by_keyboard(desk: Desk, world: World, people: dict[str, int]) -> None:
    """J K along the cards, arrows move them; what is not allowed says why and goes back; Enter opens."""
    page = desk.go("/projects/tasks/board")
    lanes = page.locator(".lane")
    expect(lanes).to_have_count(4)
    expect(lanes.nth(0)).to_contain_text("1 late")
    desk.access()
    page.keyboard.press("j")
    expect(page.locator(".card-x.is-cursor")).to_contain_text("Old matter")
    page.keyboard.press("ArrowRight")
    expect(lanes.nth(1)).to_contain_text("Old matter")
    desk.toast("Doing")
    expect(page.locator(".card-x.is-cursor")).to_contain_text("Old matter")
    page.keyboard.press("ArrowRight")
    desk.toast("Review")
    expect(lanes.nth(2)).to_contain_text("Old matter")
    assert state(world, people["Old matter"]) == "review"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    desk.toast("To do")
    expect(lanes.nth(0)).to_contain_text("Old matter")
    page.get_by_role("searchbox").fill("draw")
    expect(page.locator(".card-x")).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".card-x")).to_have_count(4)
    page.locator(".card-a").filter(has_text="Draw pages").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draw pages")


def test_a_card_is_dragged_and_refused(desk: Desk, world: World, people: dict[str, int]) -> None:
    """By pointer and by menu; from “to do” nothing goes to “done” at once."""
    page = desk.go("/projects/tasks/board")
    desk.expected.add(409)
    lanes, card = page.locator(".lane"), page.locator(f"[data-card='{people['Draw pages']}']")
    card.drag_to(lanes.nth(3))
    desk.toast("It may go to: Doing.")
    expect(lanes.nth(0)).to_contain_text("Draw pages")
    assert state(world, people["Draw pages"]) == "todo"
    card.drag_to(lanes.nth(1))
    desk.toast("Draw pages: Doing")
    expect(lanes.nth(1)).to_contain_text("Draw pages")
    card.locator("summary").click()
    card.get_by_role("button", name="Done").click()
    desk.toast("Draw pages: Done")
    expect(lanes.nth(3)).to_contain_text("Draw pages")
    assert state(world, people["Draw pages"]) == "done"


def test_a_board_without_javascript(desks: Callable[..., Desk], world: World, people: dict[str, int]) -> None:
    desk = desks(world.company, world.work, java_script_enabled=False)
    page = desk.go("/projects/tasks/board")
    card = page.locator(f"[data-card='{people['Draw pages']}']")
    card.locator("summary").click()
    card.get_by_role("button", name="Doing").click()
    expect(page.locator(".lane").nth(1)).to_contain_text("Draw pages")
    desk.expected.add(409)
    stale = page.locator(f"[data-card='{people['Write texts']}']")
    stale.locator("summary").click()
    with world.work() as ctx:
        projects.start_tasks(ctx, [people["Write texts"]])
        projects.finish_tasks(ctx, [people["Write texts"]])
        projects.put_back_tasks(ctx, [people["Test it"]])
    moved = page.locator(f"[data-card='{people['Test it']}']")
    moved.locator("summary").click()
    moved.get_by_role("button", name="Review").click()
    expect(page.locator("main")).to_contain_text("it does not go to Review from there")
    page.get_by_role("link", name="Back").click()
    expect(page.locator(".lane").nth(0)).to_contain_text("Test it")


def test_a_calendar_by_keyboard(desk: Desk, world: World, people: dict[str, int]) -> None:
    """Arrows go from day to day and into the next month; Alt moves what is due; the week and the phone."""
    today = clock.today()
    page = desk.go("/projects/tasks/calendar")
    desk.access()
    expect(page.locator("td.today")).to_contain_text("Test it")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("td:focus")).to_have_attribute("data-day", (today + DAY).isoformat())
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("a.event:focus")).to_contain_text("Test it")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(f"td[data-day='{today + DAY}']")).to_contain_text("Test it")
    with world.work():
        found = rows.execute("SELECT due_on FROM projects_task WHERE id = %s", [people["Test it"]])
    assert found[0][0] == today + DAY
    expect(page.locator("a.event:focus")).to_contain_text(
        "Test it"
    )  # the scripts of the page that came are at work
    page.keyboard.press("w")
    expect(page.locator("td[data-day]")).to_have_count(7)
    desk.access()
    page.set_viewport_size({"width": 390, "height": 844})
    desk.go("/projects/tasks/calendar")
    expect(page.locator("td[data-day]:visible").first).to_contain_text(re.compile("day, "))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    desk.access()


def test_a_cell_changed_in_place(
    desk: Desk, desks: Callable[..., Desk], world: World, people: dict[str, int]
) -> None:
    """E on the row, Tab to the next cell, Enter saves; a colleague's value is never overwritten unseen."""
    page = desk.go("/projects/tasks?all=1")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("[data-quick=name]")).to_be_focused()
    desk.access()
    page.keyboard.type("Draw all pages")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("Draw all pages")
    expect(page.locator("tr.is-cursor")).to_contain_text("Draw all pages")
    due = page.locator("tr", has_text="Draw all pages").locator("[data-edit=due_on]")
    due.dblclick()
    page.locator("[data-quick=due_on]").fill("2031-01-02")
    page.keyboard.press("Escape")
    expect(page.locator("[data-quick]")).to_have_count(0)

    name = page.locator("tr", has_text="Old matter").locator("[data-edit=name]")
    name.dblclick(position={"x": 250, "y": 8})
    bob = desks(world.company, world.work, name="Bob Baker")
    other = bob.go("/projects/tasks?all=1")
    other.locator("tr", has_text="Old matter").locator("[data-edit=name]").dblclick(
        position={"x": 250, "y": 8}
    )
    other.locator("[data-quick=name]").fill("Bob's matter")
    other.keyboard.press("Enter")
    expect(other.locator("tbody")).to_contain_text("Bob's matter")
    desk.expected.add(409)
    page.locator("[data-quick=name]").fill("Ann's matter")
    page.keyboard.press("Enter")
    expect(page.locator("#quick-note")).to_contain_text("Bob's matter")
    expect(page.locator("#quick-note")).to_contain_text("Ann's matter")
    with world.work():
        found = rows.execute("SELECT name FROM projects_task WHERE id = %s", [people["Old matter"]])
    assert found[0][0] == "Bob's matter"


def test_views_columns_and_groups_by_keyboard(desk: Desk, world: World, people: dict[str, int]) -> None:
    """A view saved, shared and made the first; columns chosen; rows grouped; all by keyboard alone."""
    page = desk.go("/projects/tasks?f=state:is:todo")
    page.locator("summary", has_text="Save view").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Mine")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".views")).to_contain_text("Mine")
    desk.go("/projects/tasks")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.locator("summary", has_text="Columns").focus()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("button", has_text="Show these").focus()
    page.keyboard.press("Enter")
    expect(page.locator("thead")).not_to_contain_text("Project")
    desk.go("/projects/tasks?all=1")
    page.locator("summary", has_text="Group").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("Website")
    desk.access()
