"""The first run as its owner meets it: `backstay up` on an empty database, its link, the set-up, the first posted
invoice; through the screen alone, every page looked at with axe. And the keyboard map: each key does what it says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Desk
from tests.browser.test_order_to_cash import pick
from tests.conftest import EXTERNAL, ROOT, clone, drop
from tests.scenario.test_first_run import PNG
from tests.trade import World

EMPTY = f"backstay_empty_{os.getpid()}"


@pytest.fixture
def up(database: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """`backstay up` on a database with nothing in it: (address, the link it printed)."""
    clone(EMPTY)
    environment = os.environ | {"BACKSTAY_DATABASE": EMPTY, "BACKSTAY_LOG_LEVEL": "WARNING"}
    if EXTERNAL:
        environment["DATABASE_URL"] = psycopg.conninfo.make_conninfo(EXTERNAL, dbname=EMPTY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = tmp_path / "log"
    command = [sys.executable, "-m", "backstay", "up", "--port", str(port), "--workers", "1"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=environment)
        try:
            link = _printed(log, process)
            _answers(port)
            yield f"http://127.0.0.1:{port}", link
        finally:
            process.terminate()
            process.wait(30)
            drop(EMPTY)


def _printed(log: Path, process: subprocess.Popen[bytes]) -> str:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        if found := re.search(r"http://\S+/welcome\?token=\S+", log.read_text(errors="replace")):
            return found[0]
        select_wait()
    raise AssertionError(log.read_text(errors="replace"))


def _answers(port: int) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        select_wait()
    raise AssertionError("the web process does not answer")


def select_wait() -> None:
    """A tenth of a second, without a busy loop."""
    import threading

    threading.Event().wait(0.1)


class Watch:
    """How long each step took, as a person would feel it."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.told: list[str] = []

    def step(self, name: str) -> None:
        now = time.monotonic()
        self.told.append(f"{name} {now - self.last:.1f} s")
        self.last = now


def test_first_run(browser: Browser, up: tuple[str, str], record_property: Any) -> None:
    """From nothing to a posted sales invoice in under five minutes; no console error, nothing axe finds."""
    address, link = up
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    desk = Desk(context.new_page(), address)
    desk.listen()
    page, watch = desk.page, Watch()
    page.goto(link)
    _owner(desk, page)
    watch.step("owner")
    _company(desk, page)
    watch.step("company")
    _steps(desk, page)
    watch.step("address, logo, bank, opening balances")
    _lists(desk, page)
    watch.step("customer and item")
    _invoice(desk, page)
    watch.step("invoice")
    total = time.monotonic() - watch.began
    record_property("figures", f"{'; '.join(watch.told)}; together {total:.1f} s, axe included")
    assert total < 300
    page.goto(address + "/")
    expect(page.locator(".setup-head")).to_have_count(0)  # nothing is open: done, or skipped
    expect(page.locator(".figs")).to_be_visible()
    desk.access()
    context.close()
    assert desk.wrong == []


def _owner(desk: Desk, page: Page) -> None:
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_label("Mail address").fill("olga@example.com")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("The password once more").fill("short")
    desk.press(page.get_by_role("button", name="Continue"))
    expect(page.locator("#n-password")).to_contain_text("12 characters")
    desk.access()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The password once more").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome/company")


def _company(desk: Desk, page: Page) -> None:
    page.get_by_label("Country").select_option("NL")
    expect(page.locator("#decides")).to_contain_text("21 %")
    page.get_by_label("Country").select_option("DE")
    expect(page.locator("#decides")).to_contain_text("19 %")
    desk.access()
    page.get_by_label("Name", exact=True).fill("Quay Traders")
    desk.press(page.get_by_role("button", name="Create the company"))
    page.wait_for_url("**/set-up/details")


def _steps(desk: Desk, page: Page) -> None:
    desk.access()
    page.get_by_label("Address").fill("12 Quay\n20457 Hamburg")
    page.get_by_label("Tax number").fill("DE811907980")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/set-up/logo")
    page.locator("#f-logo").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": PNG})
    desk.access()
    desk.press(page.get_by_role("button", name="Save and go on"))
    page.wait_for_url("**/set-up/bank")
    page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 01")
    desk.press(page.get_by_role("button", name="Save and go on"))
    expect(page.locator("#n-iban")).to_contain_text("no IBAN")
    desk.access()
    page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
    desk.press(page.get_by_role("button", name="Save and go on"))
    page.wait_for_url("**/set-up/opening")
    page.get_by_label("Debit of Current account").fill("25000")
    page.get_by_label("Credit of Issued capital").fill("20000")
    expect(page.locator("#opening-sums")).to_contain_text("5,000.00")
    page.get_by_label("Credit of Retained earnings").fill("5,000.00")
    expect(page.locator("#opening-sums")).to_contain_text("Both sides agree")
    desk.access()
    desk.press(page.get_by_role("button", name="Post opening balances"))
    page.wait_for_url("**/set-up/parties")


def _lists(desk: Desk, page: Page) -> None:
    desk.access()
    desk.press(page.get_by_role("link", name="Add one by hand"))
    page.get_by_label("Name", exact=True).fill("Café Marigold")
    desk.press(page.get_by_label("Customer", exact=True))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Café Marigold")
    page.goto(desk.address + "/set-up/items")
    desk.access()
    desk.press(page.get_by_role("link", name="Add one by hand"))
    page.get_by_label("Name", exact=True).fill("Barista course")
    page.get_by_label("SKU", exact=True).fill("COURSE")
    page.get_by_label("Kind", exact=True).select_option("service")
    page.get_by_label("Sales price").fill("120")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Barista course")
    page.goto(desk.address + "/set-up/stock")
    desk.access()
    desk.press(page.get_by_role("button", name="Skip for now"))
    page.wait_for_url("**/set-up/done")
    desk.access()


def _invoice(desk: Desk, page: Page) -> None:
    desk.press(page.get_by_role("link", name="New invoice"))
    page.locator("[name='h.party']").focus()
    pick(page, "Marigold")
    page.locator("[name^='l.'][name$='.item']").first.focus()
    pick(page, "Barista")
    page.locator("[name^='l.'][name$='.quantity']").first.fill("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"INV-\d{4}-00001"))
    expect(page.locator(".entry").first).to_contain_text("285.60")
    desk.access()
    paper = page.request.get(page.url.replace("/invoicing/invoices/", "/papers/invoices/") + ".pdf")
    assert paper.body().startswith(b"%PDF")


def _here(page: Page, path: str) -> None:
    page.wait_for_url(re.compile(re.escape(path) + r"(\?.*)?$"))


def test_every_key_of_the_map(desk: Desk, world: World) -> None:
    """What the map says, the keys do: everywhere, in lists and on documents. (Keys of forms: test_order_to_cash.)"""
    with world.work() as ctx:
        world.order(ctx, {"A": 1})
        world.order(ctx, {"SRV": 1})
    page = desk.go("/")
    named = set(re.findall(r"[A-Z]|\?|/", " ".join(desk.go("/keys").locator("kbd").all_inner_texts())))
    assert {"?", "G", "J", "K", "X", "C", "F", "E", "M", "P"} <= named
    for key, path in (("o", "/sales/orders"), ("i", "/invoicing/invoices"), ("b", "/banking/reconcile"), ("p", "/purchasing/orders"),
                      ("c", "/parties/parties"), ("s", "/catalog/items"), ("r", "/reports/trial-balance"), ("h", "/")):  # fmt: skip
        page.keyboard.press("g")
        page.keyboard.press(key)
        _here(page, path)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard map")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#pal")).to_be_focused()
    page.keyboard.press("Escape")
    _list_keys(desk, page)
    _document_keys(desk, page)


def _list_keys(desk: Desk, page: Page) -> None:
    desk.go("/sales/orders?all=1")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr.is-cursor")).to_have_count(1)
    second = page.locator("tbody tr.is-cursor a").first.inner_text()
    page.keyboard.press("k")
    assert page.locator("tbody tr.is-cursor a").first.inner_text() != second
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("1")
    page.keyboard.press("x")
    page.keyboard.press("/")
    expect(page.locator("[data-live]")).to_be_focused()
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    expect(page.locator("[data-menu=f]")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    expect(page.locator(".views [aria-current]")).to_have_text(page.locator(".views a").nth(1).inner_text())
    page.keyboard.press("c")
    _here(page, "/sales/orders/new")
    desk.go("/sales/orders?all=1")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sales/orders/\d+$"))


def _document_keys(desk: Desk, page: Page) -> None:
    there = page.url
    page.keyboard.press("m")
    expect(page.locator("[data-key-focus=m]")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    expect(page.locator("[data-key=Enter]")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    page.wait_for_url(there + "/edit")
