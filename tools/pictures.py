"""``./dev pictures``: every screen of ``screens.py`` in two widths and both themes, from a demo company of its own.

./dev pictures                     all of them, into build/pictures
./dev pictures order-new home      only these
./dev pictures --url http://127.0.0.1:8000   from a server that runs already (its demo user's password is read from $BACKSTAY_HOME)
./dev pictures --docs              the few of README and handbook, small, into docs/pictures
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.screens import SCREENS, Screen  # noqa: E402

BUILD = ROOT / "build"
WIDTHS = {390: 844, 1440: 900}
THEMES = ("light", "dark")
DOCS = (("home", 1440, "light"), ("order-new", 1440, "light"), ("order-new", 390, "light"))
SLOW = 15_000


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo company with a server: (address, password). The company is made once and kept in the build folder."""
    home = BUILD / "home"
    env = os.environ | {"BACKSTAY_HOME": str(home)}
    backstay = [sys.executable, "-m", "backstay"]
    if not (home / "secrets.json").exists() or "demo_password" not in (home / "secrets.json").read_text():
        subprocess.run([*backstay, "demo", "--no-serve", "--orders", "300"], env=env, cwd=ROOT, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with subprocess.Popen([*backstay, "up", "--port", str(port)], env=env, cwd=ROOT) as process:
        try:
            for _ in range(120):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}", json.loads((home / "secrets.json").read_text())["demo_password"]
        finally:
            process.terminate()
            process.wait(30)


def context_of(
    browser: Browser, url: str, password: str, width: int, theme: str, language: str, signed: bool
) -> BrowserContext:
    """A browser of this width, theme and language, signed in or not."""
    made = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, locale=language, color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce", has_touch=width < 768, service_workers="block",
        device_scale_factor=2 if width < 768 else 1,
    )  # fmt: skip
    made.set_default_timeout(SLOW)
    if signed:
        page = made.new_page()
        page.goto(url + "/sign-in")
        page.fill("[name=login]", "demo@backstay.example")
        page.fill("[name=password]", password)
        page.click("[type=submit]")
        page.wait_for_url(url + "/")
        page.close()
    return made


def do(page: Page, step: tuple[str, ...]) -> None:
    """One thing a person does."""
    match step:
        case ("open", n):
            page.goto(page.locator("tbody tr td a, .cards a").nth(int(n)).evaluate("a => a.href"))
        case ("press", keys):
            page.keyboard.press(keys)
        case ("type", text):
            page.keyboard.type(text)
        case ("click", selector):
            page.goto(page.locator(selector).first.evaluate("a => a.href"))
        case ("push", selector):
            page.locator(selector).first.click()
        case ("fill", selector, text):
            page.locator(selector).first.focus()
            page.keyboard.type(text)
        case ("wait", selector):
            page.locator(selector).first.wait_for(state="attached")
        case ("rows", n) if page.locator("tbody [name=ids]").first.is_visible():
            for row in range(int(n)):
                page.locator("tbody [name=ids]").nth(row).check()
        case ("rows", _):
            pass  # a phone has no boxes: rows are opened there
        case _:
            raise ValueError(step)


def picture(context: BrowserContext, url: str, screen: Screen, to: Path) -> str:
    """Make one; what went wrong, or ""."""
    page = context.new_page()
    try:
        page.goto(url + screen.path)
        for step in screen.steps:
            do(page, step)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        page.screenshot(path=to)
        return f"{to.stem}: {wide} px too wide" if wide > 0 else ""
    except PlaywrightError as exc:
        page.screenshot(path=to)
        return f"{to.stem}: {str(exc).splitlines()[0]}"
    finally:
        page.close()


def all_of(
    browser: Browser, url: str, password: str, names: list[str], to: Path, only: str = ""
) -> list[str]:
    """Every screen, width and theme; what went wrong."""
    wrong = []
    wanted = [s for s in SCREENS if not names or s.name in names]
    for width in WIDTHS:
        for theme in THEMES:
            if only and only != f"{width}-{theme}":
                continue
            for language, signed in sorted({(s.language, s.signed) for s in wanted}):
                context = context_of(browser, url, password, width, theme, language, signed)
                for screen in wanted:
                    if (screen.language, screen.signed) == (language, signed):
                        told = picture(context, url, screen, to / f"{screen.name}-{width}-{theme}.png")
                        wrong += [told] if told else []
                context.close()
    return wrong


def for_docs(browser: Browser, url: str, password: str) -> list[str]:
    """The few that stand in README and handbook."""
    to = ROOT / "docs/pictures"
    to.mkdir(exist_ok=True)
    wrong = []
    for name, width, theme in DOCS:
        context = context_of(browser, url, password, width, theme, "en", True)
        path = to / f"{name}-{width}-{theme}.png"
        wrong.append(picture(context, url, next(s for s in SCREENS if s.name == name), path))
        context.close()
        if path.stat().st_size > 150_000:
            wrong.append(f"{path.name}: {path.stat().st_size} bytes are too many for the repository")
    return [line for line in wrong if line]


def main() -> None:
    """As the module says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*")
    asked.add_argument("--url", default="")
    asked.add_argument("--only", default="", help="e.g. 390-light")
    asked.add_argument("--docs", action="store_true")
    told = asked.parse_args()
    to = BUILD / "pictures"
    to.mkdir(parents=True, exist_ok=True)

    def make(url: str, password: str) -> list[str]:
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            try:
                return (
                    for_docs(browser, url, password)
                    if told.docs
                    else all_of(browser, url, password, told.names, to, told.only)
                )
            finally:
                browser.close()

    if told.url:
        secrets = Path(os.environ["BACKSTAY_HOME"]) / "secrets.json"
        wrong = make(told.url, json.loads(secrets.read_text())["demo_password"])
    else:
        with demo() as (url, password):
            wrong = make(url, password)
    for line in wrong:
        print(line)
    print(
        f"{len(SCREENS)} screens known, {len(wrong)} with something wrong; they are in {to.relative_to(ROOT)}"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
