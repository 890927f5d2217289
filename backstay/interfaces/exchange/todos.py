"""Tasks come in from iCalendar: to-dos and events become tasks of a project, by the day they are due or begin."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.projects import processes as projects
from backstay.interfaces.exchange.contentlines import Block, Line, blocks, decoded
from backstay.interfaces.exchange.plaintext import Left
from backstay.platform import access, rows
from backstay.platform.models import ImportedRow

KIND = "icalendar"
MOST = 20 * 1024 * 1024  # bytes of a file
REPEATS = ("RRULE", "RDATE", "EXRULE", "RECURRENCE-ID")


@dataclass(frozen=True, slots=True)
class Todo:
    """A to-do or event, read."""

    line: int
    name: str
    due_on: date | None
    key: str


@dataclass(slots=True)
class Taken:
    """What came of a file."""

    made: list[str] = field(default_factory=list)
    unchanged: int = 0
    left: list[Left] = field(default_factory=list)


def read(content: bytes) -> tuple[list[Todo], list[Left]]:
    """To-dos and events of a file. Pure. Of what repeats the first time is taken, and that is told."""
    found, lost = blocks(decoded(content), ("VTODO", "VEVENT"))
    left = [Left(at, text, _("this is no line of a calendar")) for at, text in lost]
    made = []
    for each in found:
        summary = each.first("SUMMARY")
        name = summary.text().replace("\n", " ") if summary else ""
        if not name:
            left.append(Left(each.at, each.kind.lower(), _("it says nothing: it has no summary")))
            continue
        if repeats := next((x for x in each.lines if x.name in REPEATS), None):
            left.append(
                Left(repeats.at, name[:80], _("it repeats: the first time is taken, the others are not"))
            )
        if (done := each.first("STATUS")) and done.text().upper() in ("COMPLETED", "CANCELLED"):
            left.append(
                Left(
                    each.at,
                    name[:80],
                    _("it is cancelled") if done.text().upper() == "CANCELLED" else _("it is completed"),
                )
            )
            continue
        day = _day(each, name, left)
        uid = each.first("UID")
        known = f"{uid.text() if uid else ''}\0{'' if uid else name}\0{'' if uid else day}"
        made.append(Todo(each.at, name[:200], day, hashlib.sha256(known.encode()).hexdigest()))
    return made, left


def _day(each: Block, name: str, left: list[Left]) -> date | None:
    """When a to-do is due, or when an event begins."""
    line = each.first("DUE") or each.first("DTSTART")
    if line is None:
        return None
    if (day := _date(line)) is None:
        left.append(
            Left(
                line.at, name[:80], _("“%(text)s” is no day: it is taken without") % {"text": line.value[:40]}
            )
        )
        return None
    length = each.first("DURATION")
    if each.kind == "VTODO" and line.name == "DTSTART" and length:
        days = re.fullmatch(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?.*", length.text())
        return day + timedelta(days=int(days[1] or 0) * 7 + int(days[2] or 0)) if days else day
    return day


def _date(line: Line) -> date | None:
    found = re.match(r"\s*(\d{4})-?(\d\d)-?(\d\d)", line.value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def take(ctx: Ctx, name: str, content: bytes, project: int) -> Taken:
    """Make tasks of a project; the same again changes nothing. To look at it first, do it and take it back. Raises Refusal (``import.file``)."""
    access.require(ctx, "projects.task.create")
    access.require(ctx, "projects.project.read", [project])
    if len(content) > MOST:
        raise Refusal("import.file", f"{name} has {len(content):,} bytes", f"At most {MOST:,} are taken.")
    found, left = read(content)
    if not found and not left:
        raise Refusal(
            "import.file", f"{name} has no event and no to-do", "A calendar begins with BEGIN:VCALENDAR."
        )
    told = Taken(left=left)
    known = {
        r.key for r in rows.of(ImportedRow, "key", [t.key for t in found], "key", "kind") if r.kind == KIND
    }
    fresh = list({t.key: t for t in reversed(found) if t.key not in known}.values())[::-1]
    told.unchanged = len(found) - len(fresh)
    if fresh:
        draft = projects.create_tasks.draft  # type: ignore[attr-defined]
        ids = projects.create_tasks(
            ctx, [draft(name=t.name, project=project, due_on=t.due_on) for t in fresh]
        )
        rows.insert(ImportedRow, {"kind": [KIND] * len(ids), "key": [t.key for t in fresh], "digest": [t.key for t in fresh], "object_id": ids})  # fmt: skip
        told.made = [t.name for t in fresh]
    return told
