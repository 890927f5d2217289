"""The icons of the installed app, drawn by Chromium from ``mark.svg``: run it after changing the mark."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parents[1] / "backstay/interfaces/web/static/backstay/icons"
SIZES = {
    "app-192": (192, 0),
    "app-512": (512, 0),
    "app-mask-512": (512, 1),
    "app-180": (180, 1),
}  # 1: to the very edge


def main() -> None:
    """Draw each; a mask may cut away a fifth on every side, so the mark stands smaller there."""
    mark = (ICONS / "mark.svg").read_text(encoding="utf-8")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (size, full) in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            inner = round(size * 0.72) if full else size
            page.set_content(
                f"<style>*{{margin:0}}body{{display:grid;place-items:center;height:{size}px;background:{'#0d5f5d' if full else 'none'}}}"
                f"svg{{width:{inner}px;height:{inner}px;display:block}}</style>{mark}"
            )
            page.screenshot(path=ICONS / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
