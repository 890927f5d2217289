"""iCalendar going out: whatever people typed is read again as it was, by our reader and by an independent one, and breaks nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from backstay.interfaces.exchange import icalendar
from backstay.interfaces.exchange.contentlines import Block, blocks, decoded
from backstay.interfaces.exchange.icalendar import Event

AT = datetime(2026, 11, 28, 20, 15, 7, tzinfo=UTC)
HARD = st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00", "\x07", ",", ";", ":", "\\", '"', "\\n", " ", "END:VEVENT", "€", "😀", "ä", "\u200b", "BEGIN:VALARM\r\n"])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.one_of(HARD, st.text(max_size=9)), max_size=40).map("".join))  # fmt: skip
EVENTS = st.builds(
    Event, st.uuids().map(str), st.dates(date(1900, 1, 1), date(2200, 1, 1)), TEXTS, st.tuples(TEXTS, TEXTS), st.just("https://desk.example/projects/tasks/7"),
    st.just(AT), st.just(AT), st.integers(0, 2**31 - 1), st.booleans(),
)  # fmt: skip


@given(TEXTS, TEXTS, st.lists(EVENTS, max_size=4))
@example("x" * 74 + "€", "\\;,:\r\nEND:VCALENDAR", [])
@example("😀" * 40, "", [Event("u", date(2026, 2, 28), "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b", ("x,y", "\\"), "https://desk.example/\r\nX:1", AT, AT, 0)])  # fmt: skip
def test_what_was_typed_is_read_again(name: str, about: str, events: list[Event]) -> None:
    content = icalendar.written(name, about, "https://desk.example/", events)
    lines = content.split(b"\r\n")
    assert lines.pop() == b"" and all(b"\r" not in each and b"\n" not in each for each in lines)
    assert max(map(len, lines)) <= 75
    assert all(each.decode() for each in lines), "a character is cut in two"
    _by_our_reader(content, name, events)
    _by_another(content, name, about, events)


def _by_our_reader(content: bytes, name: str, events: list[Event]) -> None:
    found, lost = blocks(decoded(content), ("VCALENDAR",))
    assert lost == [] and len(found) == 1
    inside = [b for b in found[0].inside if b.kind == "VEVENT"]
    assert _said(found[0], "NAME") == icalendar.plain(name)
    assert [_said(b, "SUMMARY") for b in inside] == [icalendar.plain(e.summary) for e in events]
    assert all(len(b.lines) in (10, 11) and not b.inside for b in inside)


def _said(block: Block, name: str) -> str:
    line = block.first(name)
    assert line is not None
    return line.text()


def _by_another(content: bytes, name: str, about: str, events: list[Event]) -> None:
    read: Any = Calendar.from_ical(content)
    assert read.errors == [] and str(read["NAME"]) == icalendar.text(name)  # it does not know this one
    assert str(read["DESCRIPTION"]) == icalendar.plain(about)
    inside = read.walk("VEVENT")
    assert len(inside) == len(events) and len(read.subcomponents) == max(len(events), 1)
    for event, there in zip(events, inside, strict=True):
        assert there.errors == [] and not there.subcomponents
        assert str(there["SUMMARY"]) == icalendar.plain(event.summary)
        assert there["DTSTART"].dt == event.day and there["DTSTART"].params["VALUE"] == "DATE"
        assert there["DTSTAMP"].dt == there["LAST-MODIFIED"].dt == AT and there["SEQUENCE"] == event.version
        told = [icalendar.plain(c) for c in event.categories if icalendar.plain(c)]
        assert [str(c) for c in (there["CATEGORIES"].cats if told else [])] == told
        assert str(there["TRANSP"]) == "TRANSPARENT" and str(there["UID"]) == event.uid
        assert str(there["STATUS"]) == ("CANCELLED" if event.cancelled else "CONFIRMED")


def test_an_empty_calendar_is_a_calendar() -> None:
    """RFC 5545 asks for one component at least: an empty feed has the time zone of its stamps, and no event."""
    read: Any = Calendar.from_ical(icalendar.written("Tasks", "", "https://desk.example/", []))
    assert [c.name for c in read.subcomponents] == ["VTIMEZONE"] and read.errors == []
