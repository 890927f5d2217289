"""The installed app: it keeps no page with data, says so when there is no connection, and loses nothing typed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Desk
from tests.trade import World

READY = """() => new Promise((done) => { const look = () => {
navigator.serviceWorker.controller ? done(true) : setTimeout(look, 50); }; look(); })"""
KEPT = """async () => { const made = [];
for (const name of await caches.keys()) { for (const r of await (await caches.open(name)).keys()) { made.push(new URL(r.url).pathname); } }
return made; }"""


def test_without_a_connection(desks: Callable[..., Desk], full_browser: Browser, world: World) -> None:
    desk = desks(world.company, world.work, within=full_browser)
    page = desk.go("/")
    page.evaluate(READY)
    for path in ("/sales/orders?all=1", "/parties/parties", "/sales/orders/new"):
        desk.go(path)
    page.locator("[name='h.reference']").fill("their 4711")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    draft = page.evaluate("location.pathname")
    kept = page.evaluate(KEPT)
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith("/static/") and path != "/offline"] == []

    page.context.set_offline(True)
    page.locator("[name='h.reference']").fill("their 4712")
    expect(page.locator("[data-saved]")).to_contain_text("kept here")
    assert page.evaluate(f"localStorage.getItem('typed:{draft}')")
    lost = page.context.new_page()
    lost.goto(desk.address + "/sales/orders?all=1")
    expect(lost.get_by_role("heading", level=1)).to_have_text("No connection")
    expect(lost.get_by_role("link", name=draft)).to_be_visible()
    lost.get_by_role("button", name="Try again").click()
    expect(lost.get_by_role("heading", level=1)).to_have_text("No connection")
    lost.wait_for_load_state()
    page.context.set_offline(False)  # and it comes by itself
    expect(lost.get_by_role("heading", level=1)).to_contain_text("Sales orders")
    expect(page.locator("[data-saved]")).to_contain_text("Saved", timeout=15_000)
    desk.wrong.clear()  # the console told of the lost connection, which is the story
