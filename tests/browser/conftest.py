"""A real Chromium before a real server on the tests' database. What a person would notice fails a story by itself:
a console error, a page that answers 500 or 404, a violation of WCAG 2.2 A/AA where ``desk.access()`` looks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.conftest import ROOT
from tests.serving import serving

PASSWORD = "correct horse battery staple"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"  # the same browser without windows of its own: stories take two thirds of the time
COLOURS = ["color-contrast", "link-in-text-block"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Only what is wrong comes back: all that axe looked at takes longer to hand over than to look at.
AXE = """asked => axe.run({runOnly: asked, resultTypes: ['violations'], preload: false}).then((found) => found.violations.flatMap(
(v) => v.nodes.slice(0, 3).map((node) => `${v.id}: ${node.target} ${node.failureSummary}`)))"""
expect.set_options(timeout=10_000)


def chromium() -> str | None:
    """The browser of the machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    if chromium() is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    # Playwright's loop must not make Django believe that it is asked from within asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = shutil.which(SHELL) or chromium()
    with playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as running:
        yield running


@pytest.fixture
def full_browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser as people have it: what is installed as an app lives in it alone."""
    with playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"]) as running:
        yield running


@pytest.fixture(scope="package")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on the tests' database, as ``up`` starts it."""
    with serving(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def worker(database: str, tmp_path: Path) -> Iterator[None]:
    """Somebody who does the background work."""
    with (tmp_path / "log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "backstay", "worker"], stdout=out, stderr=out, cwd=ROOT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def reach(page: Page, target: Locator) -> None:
    """Come to it by the Tab key alone, as one does who has no pointer."""
    handle = target.first.element_handle()
    for _ in range(250):
        if handle is not None and handle.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {target}")


def press(page: Page, target: Locator) -> None:
    """Come to it by keyboard and press Enter (a tick: Space)."""
    reach(page, target)
    page.keyboard.press("Space" if target.first.get_attribute("type") == "checkbox" else "Enter")


@dataclass
class Desk:
    """A person at the desk. ``go`` an address, then the page as Playwright knows it; ``wrong`` is asserted empty at the end."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)  # statuses a story provokes on purpose, e.g. {409}

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def access(self) -> None:
        """No violation of WCAG 2.2 A/AA on the page as it is now, light and dark (where only colours differ)."""
        self.page.wait_for_load_state()  # after a click the next page may only have begun
        before = self.page.evaluate("document.documentElement.dataset.bsTheme")
        self.page.evaluate(Axe().axe_script)
        for theme, asked in (
            ("light", {"type": "tag", "values": WCAG}),
            ("dark", {"type": "rule", "values": COLOURS}),
        ):
            self.page.evaluate("t => { document.documentElement.dataset.bsTheme = t }", theme)
            told = self.page.evaluate(AXE, asked)
            assert told == [], f"{self.page.url}, {theme}:\n" + "\n".join(told)
        self.page.evaluate("t => { document.documentElement.dataset.bsTheme = t }", before)

    def press(self, target: Locator) -> None:
        """Come to it by keyboard and press Enter (a tick: Space)."""
        press(self.page, target)

    def act(self, name: str) -> None:
        """Do an act of the document's page with the answers it proposes: a button, a menu that asks, or a page."""
        item = (
            self.page.locator(".doc-acts")
            .locator("summary, a, button")
            .filter(has_text=re.compile(rf"^\s*{name}"))
        )
        before = self.page.url
        self.page.evaluate("document.documentElement.dataset.before = ''")
        self.press(item)
        menu = self.page.locator(".doc-acts details[open]")
        if menu.count():
            self.press(menu.locator("button").last)
        # A selector, since a condition in JavaScript is evaluated again and again from within the page: its CSP forbids that.
        expect(self.page.locator("html[data-before]")).to_have_count(0)
        self.page.wait_for_load_state()  # the next page has begun: what it asks for is there when it is whole
        if self.page.url != before and self.page.locator("[data-key='ctrl+Enter']").count():
            self.page.keyboard.press("Control+Enter")
            self.page.wait_for_url(before)

    def toast(self, text: str) -> None:
        """What the desk said last."""
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def _console(self, message: ConsoleMessage) -> None:
        told = (f"{how} {s}" for s in self.expected for how in ("status of", "Status Error Code"))
        if message.type == "error" and not any(each in message.text for each in told):
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")

    def listen(self) -> None:
        """Note what goes wrong from now on."""
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))


@pytest.fixture
def desks(browser: Browser, server: str) -> Iterator[Callable[..., Desk]]:
    """``desks(company, …)``: one more person, signed in, with a browser context of his own."""
    opened: list[tuple[BrowserContext, Desk]] = []

    def sit(
        company: int | None, work: Callable[..., Any] | None = None, name: str = "Ann Archer", role: str = "owner",
        width: int = 1440, height: int = 900, within: Browser | None = None, **more: Any,
    ) -> Desk:  # fmt: skip
        context = (within or browser).new_context(
            viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce", **more
        )
        if company is not None and work is not None:
            plain = name.lower().replace(" ", ".")
            user = User.objects.create_user(
                f"{plain}.{len(opened)}.{company}@example.com", PASSWORD, name=name
            )
            with work() as ctx:
                rows.insert(Membership, {"user_id": [user.pk], "role": [role], "since_on": [ctx.today]})
            client = Client()
            client.force_login(user)
            cookie = client.cookies["backstay_session"].value
            context.add_cookies([{"name": "backstay_session", "value": cookie, "url": server}])
        desk = Desk(context.new_page(), server)
        desk.listen()
        opened.append((context, desk))
        return desk

    yield sit
    wrong = [line for _context, desk in opened for line in desk.wrong]
    for context, _desk in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def desk(desks: Callable[..., Desk], world: Any) -> Desk:
    """The owner of the test's small trading company (``world``) at a screen of 1440 by 900."""
    return desks(world.company, world.work)
