"""The one clock. Tests and simulations set it; nothing else asks the machine for the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_fixed: ContextVar[datetime | None] = ContextVar("backstay_clock", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The date of ``now()``."""
    return now().date()


@contextmanager
def at(instant: datetime | date) -> Iterator[None]:
    """Let the clock stand at ``instant`` (a date: its midnight in UTC) inside the block."""
    if not isinstance(instant, datetime):
        instant = datetime(instant.year, instant.month, instant.day, tzinfo=UTC)
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)
