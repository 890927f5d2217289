"""What commands share: the database answers, Django is set up, a company is chosen, progress is shown."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import click

from backstay.base.errors import Refusal

ACTOR = "system:cli"
SHOW_AFTER = 2.0  # seconds


def ready(*, migrate: bool = False) -> None:
    """Start the database where it is ours, set Django up; refuse to work on an older schema."""
    from backstay.platform import database

    database.prepare()
    import django

    django.setup()
    from backstay.platform.context import ORIGIN

    told = click.get_current_context(silent=True)
    ORIGIN.set(f"cli {told.command_path if told else 'backstay'}")
    if migrate:
        database.migrate()
    elif not database.is_current():
        raise Refusal("database.version", "the database is of another version", "Run `backstay migrate`.")


def companies() -> list[tuple[int, str]]:
    """(id, name) of every company; the console of the machine's owner sees them all."""
    from backstay.platform import rows

    return [(i, n) for i, n in rows.execute("SELECT id, name FROM company ORDER BY id", using="owner")]


def choose_company(wanted: str | None) -> int:
    """The company by id or name, or the only one. Raises Refusal that lists what there is."""
    found = companies()
    if not found:
        raise Refusal(
            "access.company",
            "there is no company yet",
            "Run `backstay init --company NAME` or `backstay demo`.",
        )
    named = [i for i, name in found if wanted in (str(i), name)] if wanted else [i for i, _ in found]
    if len(named) == 1:
        return named[0]
    listing = "; ".join(f"{i} {name}" for i, name in found)
    problem = f"no company is called {wanted}" if wanted and not named else "there are several companies"
    raise Refusal("access.company", problem, f"Choose by --company: {listing}.")


def choose_ready(wanted: str | None) -> int:
    """``ready``, then ``choose_company``."""
    ready()
    return choose_company(wanted)


company_option = click.option(
    "--company",
    envvar="BACKSTAY_COMPANY",
    metavar="ID|NAME",
    help="The company; not needed when there is one.",
)


class Day(click.ParamType):
    """A date as YYYY-MM-DD, or ``today``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if value == "today":
            from backstay.base import clock

            return clock.today()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-12-31", param, ctx)


DAY = Day()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for what takes longer than two seconds; silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty() or "CI" in os.environ,
    )  # fmt: skip
    task = bar.add_task(label, total=None)
    began = time.monotonic()

    def report(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > SHOW_AFTER:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        bar.stop()
