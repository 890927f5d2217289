"""A double click, a stale tab, Back after posting, a session that ends, two people on one draft, no JavaScript:
nothing is lost and nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.browser.conftest import PASSWORD, Desk
from tests.trade import World


def _quotation(world: World) -> int:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        return world.order(ctx, {"A": 2})


def _counts(world: World) -> dict[str, int]:
    """How many orders there are by state."""
    with world.work() as ctx:
        return dict(
            rows.execute(
                "SELECT state, count(*) FROM sales_order WHERE company_id = %s GROUP BY 1", [ctx.company]
            )
        )


def test_a_double_click_does_one_thing(desk: Desk, world: World) -> None:
    order = _quotation(world)
    page = desk.go(f"/sales/orders/{order}")
    page.locator(".doc-acts button", has_text="Confirm").dblclick()
    expect(page.locator("h1")).to_contain_text("SO-2026-00001")
    assert _counts(world) == {"confirmed": 1}
    page.go_back()  # Back after posting: the old page, and its button again
    button = page.locator(".doc-acts button", has_text="Confirm")
    if button.count():
        button.click()
    expect(page.locator("h1")).to_contain_text("SO-2026-00001")
    assert _counts(world) == {"confirmed": 1}


def test_a_stale_tab_is_told(desk: Desk, world: World) -> None:
    order = _quotation(world)
    page = desk.go(f"/sales/orders/{order}")
    with world.work() as ctx:
        sales.confirm_orders(ctx, [order])
    desk.expected = {409}
    page.locator(".doc-acts button", has_text="Confirm").click()
    expect(page.get_by_role("main")).to_contain_text("platform.transition")
    assert _counts(world) == {"confirmed": 1}


def _type(page: Page, reference: str) -> None:
    page.locator("[name='h.party']").fill("C1")
    page.locator("[name='h.reference']").fill(reference)


def test_a_session_that_ends_loses_nothing(desk: Desk, world: World) -> None:
    page = desk.go("/sales/orders/new")
    _type(page, "first")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    draft = page.url
    desk.expected = {401}
    page.context.clear_cookies(name="backstay_session")
    page.locator("[name='h.reference']").fill("typed after the session ended")
    expect(page.locator("[data-saved]")).to_contain_text("Your session is over")
    page.once("dialog", lambda dialog: dialog.accept())  # “leave this page?”
    page.goto(draft)
    page.locator("[name=login]").fill(_mail(world))
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name='h.reference']")).to_have_value("typed after the session ended")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("[name='h.reference']")).to_have_value("typed after the session ended")


def _mail(world: World) -> str:
    with world.work() as ctx:
        sql = "SELECT u.email FROM platform_user u JOIN platform_membership m ON m.user_id = u.id WHERE m.company_id = %s"
        return str(rows.execute(sql, [ctx.company])[0][0])


def test_two_people_on_one_draft(desks: Callable[..., Desk], world: World) -> None:
    """Different fields merge; the same field is a conflict that both values survive."""
    ann, bob = (desks(world.company, world.work, name) for name in ("Ann Archer", "Bob Baker"))
    page = ann.go("/sales/orders/new")
    _type(page, "from Ann")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    other = bob.go(page.url.removeprefix(ann.address))
    expect(other.locator("[name='h.reference']")).to_have_value("from Ann")
    other.locator("[name='h.note']").fill("a note of Bob's")
    other.locator("[name='h.reference']").fill("from Bob")
    expect(other.locator("[data-saved]")).to_contain_text(re.compile("Saved .*:"))
    page.locator("[name='h.reference']").fill("from Ann again")
    note = page.locator("[data-note=reference]")
    expect(note).to_contain_text("from Bob")
    expect(note).to_contain_text("from Ann again")
    expect(page.locator("[name='h.note']")).to_have_value("a note of Bob's")
    ann.access()


def test_without_javascript(desks: Callable[..., Desk], world: World) -> None:
    """A list is filtered and sorted, an order typed, corrected, confirmed, by forms and links alone."""
    with world.work() as ctx:
        place = rows.execute(
            "SELECT min(id) FROM inventory_place WHERE company_id = %s AND kind = 'warehouse'", [ctx.company]
        )[0][0]
        world.places["MAIN"] = place
        world.receive(ctx, "A", 10, 6000, "MAIN")
    desk: Any = desks(world.company, world.work, java_script_enabled=False)
    page = desk.go("/sales/orders/new")
    page.locator("[name='h.party']").fill("nobody")
    page.locator("[name^='l.'][name$='.item']").first.fill("A")
    page.locator("[name^='l.'][name$='.quantity']").first.fill("2")
    page.get_by_role("button", name=re.compile("^Confirm")).click()
    expect(page.locator("[data-note=party]")).to_contain_text("There is no “nobody”")
    expect(page.locator("[name^='l.'][name$='.quantity']").first).to_have_value("2")
    page.locator("[name='h.party']").fill("C1")
    page.get_by_role("button", name=re.compile("^Confirm")).click()
    expect(page.locator("h1")).to_contain_text("SO-2026-00001")
    page.goto(desk.address + "/sales/orders?f=state:is:confirmed&sort=-gross")
    expect(page.locator("tbody")).to_contain_text("SO-2026-00001")
    page.goto(desk.address + "/sales/orders?f=state:is:cancelled")
    expect(page.get_by_role("main")).not_to_contain_text("SO-2026-00001")


def test_rows_pasted_from_a_spreadsheet(desk: Desk, world: World) -> None:
    """250 rows: more than one form of old would take; saved, worked out, and only what changes travels again."""
    page = desk.go("/sales/orders/new")
    page.locator("[name='h.party']").fill("C1")
    page.locator("[name^='l.'][name$='.item']").first.focus()
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text", text); document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        "\n".join(f"{'ABC'[n % 3]}\t{n % 5 + 1}" for n in range(250)),
    )
    expect(page.locator("#totals")).to_contain_text("75,000.00", timeout=60_000)
    with page.expect_request(lambda r: r.method == "POST") as sent:
        page.locator("[name^='l.'][name$='.quantity']").first.fill("2")
    assert len(sent.value.post_data or "") < 20_000
    expect(page.locator("#totals")).to_contain_text("75,100.00", timeout=60_000)
    page.reload()
    expect(page.locator("tr[data-line]")).to_have_count(253)
