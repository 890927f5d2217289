"""Rights by keyboard alone: a role is made, given, felt by who has it, and taken with everything else when he leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from backstay.platform import rows
from backstay.platform.models import User
from tests.browser.conftest import PASSWORD, Desk, reach
from tests.trade import World


def choose(desk: Desk, page: Page, name: str, what: str) -> None:
    """A value of a list, by its first letters."""
    field = page.locator(f"select[name='{name}']")
    reach(page, field)
    page.keyboard.type(what)
    expect(field.locator("option:checked")).to_have_text(what)


def test_a_role_is_made_given_and_taken_by_keyboard(
    desk: Desk, desks: Callable[..., Desk], world: World
) -> None:
    page = desk.go("/access/roles")
    desk.access()
    reach(page, page.get_by_label("Name"))
    page.keyboard.type("North")
    copy = page.get_by_label("Copy of")
    reach(page, copy)
    page.keyboard.type("Sal")
    expect(copy.locator("option:checked")).to_have_text("Sales")
    desk.press(page.get_by_role("button", name="Make it"))
    expect(page.get_by_role("heading", name="North", level=1)).to_be_visible()
    desk.access()

    choose(desk, page, "sales.order.read", "Own")
    hidden = page.locator("[name='hidden:parties.party']")
    reach(page, hidden)
    page.keyboard.type("Credit limit, phone")
    page.keyboard.press("Control+Enter")
    desk.toast("Saved.")
    expect(hidden).to_have_value("Credit limit, Phone")
    expect(page.locator("a.nav-a[aria-current=page]")).to_have_text("Roles")
    with world.work():
        found = rows.execute(
            "SELECT rights FROM platform_role WHERE company_id = %s AND code = 'north'", [world.company]
        )
    kept = json.loads(found[0][0])
    assert [
        "parties.party",
        ["read", "create", "change", "archive", "comment"],
        "company",
        ["credit_limit", "phone"],
        [],
    ] in kept
    assert ["sales.order", ["read"], "own", [], []] in kept

    noa = User.objects.create_user(f"noa{world.company}@example.com", PASSWORD, name="Noa North")
    page = desk.go("/access/people")
    desk.access()
    reach(page, page.get_by_label("Mail"))
    page.keyboard.type(noa.email)
    role = page.get_by_label("Role", exact=True)
    reach(page, role)
    page.keyboard.type("North")
    expect(role.locator("option:checked")).to_have_text("North")
    desk.press(page.get_by_role("button", name="Give it"))
    desk.toast("The role is given.")

    other = desks(None)
    other.expected = {403, 404}
    door = other.go("/sign-in")
    door.get_by_label("Email").fill(noa.email)
    door.get_by_label("Password").fill(PASSWORD)
    door.get_by_role("button", name="Continue").click()
    expect(door.get_by_role("heading", level=1)).to_be_visible()
    with world.work() as ctx:
        theirs = world.order(ctx, {"A": 1})
        party = world.parties["C1"]
    assert other.go(f"/sales/orders/{theirs}").locator("h1").inner_text() != ""
    expect(other.page.get_by_text("access.not_found")).to_be_visible()
    seen = other.go(f"/parties/parties/{party}/edit")
    expect(seen.get_by_label("Name", exact=True).first).to_be_visible()
    expect(seen.get_by_label("Credit limit")).to_have_count(0)
    other.access()

    page = desk.go("/reports/who-can")
    desk.access()
    expect(page.get_by_role("row", name=re.compile("Noa North.*Sales orders.*Read.*Own"))).to_be_visible()
    desk.go("/reports/who-did-both")
    desk.access()

    other.expected.add(401)  # his page asks for news when he is out
    page = desk.go(f"/access/people/{noa.pk}")
    desk.access()
    expect(page.get_by_role("row", name=re.compile(r"Signed in .*1"))).to_be_visible()
    desk.press(page.get_by_role("button", name="End everything"))
    desk.toast("Noa North works here no more.")
    other.go("/")
    expect(other.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_screens_of_rights_on_a_phone(desks: Callable[..., Desk], world: World) -> None:
    """Nothing scrolls sideways, and what a row is about is there."""
    desk = desks(world.company, world.work, name="Pia Phone", width=390, height=844, has_touch=True)
    pia = User.objects.get(name="Pia Phone", email__endswith=f".{world.company}@example.com")
    paths = ("/access/people", f"/access/people/{pia.pk}", "/access/roles", "/access/roles/sales", "/access/invitations", "/reports/who-can", "/settings/audit")  # fmt: skip
    for path in paths:
        page = desk.go(path)
        desk.access()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    expect(desk.go("/reports/who-can").get_by_text("Sales orders").first).to_be_visible()
