"""Where files lie that were written for somebody to fetch: in the data folder, for a week, by company and work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from backstay.base import clock
from backstay.platform.home import home

DAYS = 7
_NAME = re.compile(r"(\d+)-(\d+)\.zip")


class Ready(NamedTuple):
    """A file to be fetched: the work that wrote it, where it is, its bytes, hours since."""

    work: int
    path: Path
    size: int
    hours: float


def place(company: int, work: int) -> Path:
    """Where a work's file belongs."""
    folder = home() / "shelf"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / f"{company}-{work}.zip"


def ready(company: int) -> list[Ready]:
    """What a company can fetch, the newest first."""
    now, found = clock.now().timestamp(), []
    for path in (home() / "shelf").glob(f"{company}-*.zip"):
        if named := _NAME.fullmatch(path.name):
            told = path.stat()
            found.append(Ready(int(named[2]), path, told.st_size, (now - told.st_mtime) / 3600))
    return sorted(found, reverse=True)


def clear() -> int:
    """Take away what has lain for a week; how many."""
    now, gone = clock.now().timestamp(), 0
    for path in (home() / "shelf").glob("*.zip"):
        if now - path.stat().st_mtime > DAYS * 86400:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
