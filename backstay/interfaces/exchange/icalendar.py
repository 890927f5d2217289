"""Calendars going out: iCalendar (RFC 5545, with the properties of RFC 7986), as programs subscribe to it. Pure.

Every event is a whole day that takes nobody's time. Texts are on one line, without control characters: no reader then takes a part
of one for a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

HOURS = 1  # how often programs may look again
FOLD = 75  # octets of a line (RFC 5545, 3.1)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # the others are white space
_SPECIAL = re.compile(r"([\\;,])")
# A calendar has at least one component (RFC 5545, 3.6): an empty one has the time zone of its stamps.
_NOTHING = (
    "BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "TZNAME:UTC",
    "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A day something falls on. ``uid``: the same whenever it is written; ``version``: how often it was changed."""

    uid: str
    day: date
    summary: str
    categories: tuple[str, ...]
    address: str
    made: datetime
    changed: datetime
    version: int
    cancelled: bool = False


def written(name: str, about: str, address: str, events: Iterable[Event]) -> bytes:
    """A calendar. ``about``: what it shows, in a sentence; ``address``: the page of it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Backstay//Calendar feed//EN", "CALSCALE:GREGORIAN"]
    # What RFC 7986 names is written twice: Google and Outlook know the names from before it alone.
    lines += [f"{n}:{text(name)}" for n in ("NAME", "X-WR-CALNAME")]
    lines += [f"{n}:{text(about)}" for n in ("DESCRIPTION", "X-WR-CALDESC")]
    lines += [f"URL:{_uri(address)}", f"REFRESH-INTERVAL;VALUE=DURATION:PT{HOURS}H", f"X-PUBLISHED-TTL:PT{HOURS}H"]  # fmt: skip
    inside = [line for event in events for line in _event(event)]
    return b"".join(map(folded, [*lines, *(inside or _NOTHING), "END:VCALENDAR"]))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{text(event.uid)}"
    yield f"DTSTAMP:{_instant(event.changed)}"  # without a METHOD: when it was last revised (RFC 5545, 3.8.7.2)
    yield f"CREATED:{_instant(event.made)}"
    yield f"LAST-MODIFIED:{_instant(event.changed)}"
    yield f"SEQUENCE:{event.version}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"  # without an end: that one day (3.6.1)
    yield f"SUMMARY:{text(event.summary)}"
    if told := [known for c in event.categories if (known := text(c))]:
        yield f"CATEGORIES:{','.join(told)}"
    yield f"URL:{_uri(event.address)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def text(value: str) -> str:
    """A text as a value, on one line: white space is one space, controls are left out, what means something is escaped."""
    return _SPECIAL.sub(r"\\\1", plain(value))


def plain(value: str) -> str:
    """A text as it is read again."""
    return " ".join(_CONTROLS.sub("", value).split())


def _uri(value: str) -> str:
    """An address: it holds nothing that ends a line."""
    return "".join(plain(value).split())


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def folded(line: str) -> bytes:
    """A content line: at most 75 octets in one, cut between characters, never within one."""
    rest, parts, room = line.encode(), [], FOLD
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut])
        rest, room = rest[cut:], FOLD - 1  # the space it begins with counts
    return b"\r\n ".join([*parts, rest]) + b"\r\n"
