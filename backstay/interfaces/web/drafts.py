"""What people type and have not finished: kept as typed, shared by those who work on it, bound when it is finished.

A draft knows the revision in which each field and each line last changed. A save names the revision it saw: a field
that somebody else changed since, to another text, is a conflict and stays what it is until a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import QueryDict

from backstay.base import clock
from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.web.fields import column, title_of, typed
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.figures import kept
from backstay.platform.models import Draft
from backstay.platform.resources import Resource

LINES = 5_000
TEXT = 10_000


@dataclass(slots=True)
class Typed:
    """Texts as typed. ``head``: field → text (``party.id`` beside ``party``); ``lines``: each with its ``key``."""

    head: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)
    was: dict[str, str] = field(default_factory=dict)  # of a record that is edited: what it was
    base: int = 0  # and its revision then

    def json(self) -> dict[str, Any]:
        """As the draft keeps it."""
        return {"head": self.head, "lines": self.lines, "was": self.was, "base": self.base}


@dataclass(slots=True)
class Saved:
    """A saved draft. ``conflicts``: field or line key → (mine, theirs); ``fresh``: what others changed meanwhile."""

    id: int
    revision: int
    typed: Typed
    conflicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)
    by: str = ""


def from_post(resource: Resource, post: QueryDict) -> Typed:
    """What a form sent: ``h.<field>``, ``l.<key>.<field>``; ``keys`` orders the lines."""
    heads, grid = _kinds(resource)
    made = Typed()
    found: dict[str, dict[str, str]] = {}
    for name in post:
        part, _sep, rest = name.partition(".")
        text = (
            ",".join(post.getlist(name)) if part == "h" and len(post.getlist(name)) > 1 else str(post[name])
        )
        text = text.replace("\0", "")[:TEXT]
        if part == "h" and rest in heads and rest.removesuffix(".id") not in resource.fixed:
            made.head[rest] = kept(heads[rest], text, clock.today())
        elif part == "l":
            key, _sep, column_name = rest.partition(".")
            if column_name in grid and key.isalnum() and len(key) <= 12:
                found.setdefault(key, {})[column_name] = kept(grid[column_name], text, clock.today())
    same = "touched" in post  # a save while typing names the lines that stay as they are by their keys alone
    keys = [k for k in post.get("keys", "").split(",") if k in found or (same and k)] or list(found)
    made.lines = [{"key": k, **found.get(k, {})} for k in dict.fromkeys(keys)]
    made.lines = [x for x in made.lines if _typed(x) or (same and x["key"] not in found)]
    if len(made.lines) > LINES:
        raise Refusal("web.lines", f"{len(made.lines):,} lines", f"At most {LINES:,} fit on one document.")
    return made


def _kinds(resource: Resource) -> tuple[dict[str, str], dict[str, str]]:
    """Kinds of the fields of the form and of a line, by name; ``party.id`` beside ``party``."""
    made = []
    for names, model in (
        (resource.form, resource.of),
        (resource.lines.grid if resource.lines else (), resource.child),
    ):
        kinds = {n.partition(":")[0]: column(model, n).kind for n in names} if model else {}
        made.append(kinds | {f"{n}.id": "text" for n in kinds})
    return made[0], made[1]


def _typed(line: Mapping[str, str]) -> bool:
    """Whether anything stands in a line."""
    return any(text.strip() for name, text in line.items() if name != "key")


def of_object(ctx: Ctx, resource: Resource, row: models.Model) -> Typed:
    """The texts of a row as it stands, for editing it."""
    made = Typed(base=int(getattr(row, "revision", 0)))
    for name in resource.form:
        told = column(resource.of, name)
        if told.kind == "choices":
            values = getattr(row, told.name).values_list(told.name.removesuffix("s"), flat=True)
            made.head[told.name] = ",".join(sorted(values))
        elif told.db:
            _type(ctx, made.head, told, row)
    if resource.lines and resource.child is not None:
        order = (
            "position" if any(f.name == "position" for f in resource.child._meta.concrete_fields) else "id"
        )
        follows, usual = _usual(ctx, resource, row)
        for n, line in enumerate(getattr(row, resource.lines_name).order_by(order), 1):
            texts: dict[str, str] = {"key": f"e{n}"}
            for name in resource.lines.grid:
                told = column(resource.child, name)
                if told.db:
                    _type(ctx, texts, told, line)
                if told.kind == "yes" and not texts[told.name]:
                    texts[told.name] = "0"  # nothing is the usual
            if line.pk in usual:
                texts[follows] = ""
            made.lines.append(texts)
    made.was = dict(made.head)
    return made


def _usual(ctx: Ctx, resource: Resource, row: models.Model) -> tuple[str, set[int]]:
    """(column, lines in which it says what is usual): left empty, it goes on following it."""
    told = resource.told("USUAL").get(resource.kind)
    return (told[0], told[1](ctx, row)) if told else ("", set())


def completed(ctx: Ctx, resource: Resource, what: Typed, of: int | None) -> Typed:
    """What was typed, with what the one who types neither sees nor changes: as the row has it, or the usual."""
    ruled = {f"{n}{more}" for n in resource.hidden | resource.fixed for more in ("", ".id")}
    head = {n: text for n, text in what.head.items() if n not in ruled}
    row = resource.of._default_manager.filter(pk=of).first() if of is not None else None
    if row is not None:
        whole = of_object(ctx, resource.whole or resource, row)
        head |= {n: text for n, text in whole.head.items() if n in ruled}
    return Typed(head, what.lines, what.was, what.base)


def _type(ctx: Ctx, texts: dict[str, str], told: Any, row: Any) -> None:
    value = getattr(row, told.name, None)
    texts[told.name] = typed(ctx, told, value)
    if told.kind == "ref" and value is not None:
        texts[told.name] = title_of(value)
        texts[f"{told.name}.id"] = str(value.pk)


def load(ctx: Ctx, resource: Resource, draft: int) -> tuple[Draft, Typed]:
    """A draft of this resource. NotFound when there is none."""
    found = _mine(ctx, resource).filter(pk=draft).first()
    if found is None:
        raise NotFound("web.draft", f"there is no draft {draft}", "Start a new one.")
    return found, Typed(**found.data)


def start(ctx: Ctx, resource: Resource, what: Typed, of: int | None = None) -> Saved:
    """Keep something new."""
    revisions = dict.fromkeys((*what.head, *(line["key"] for line in what.lines)), 1)
    made = rows.insert(
        Draft,
        {
            "path": [resource.path], "object_id": [of], "data": [what.json()], "changed": [revisions],
            "created_by": [ctx.actor], "updated_by": [ctx.actor],
        },
    )[0]  # fmt: skip
    return Saved(made, 1, what)


def save(
    ctx: Ctx, resource: Resource, draft: int, seen: int, mine: Typed, touched: set[str] | None = None
) -> Saved:
    """Save what somebody typed who last saw revision ``seen``. ``touched``: fields and line keys he changed himself;
    without it, all that are sent. Refusal (``web.draft_done``) for a draft that became a document."""
    locked = _mine(ctx, resource).select_for_update().filter(pk=draft).first()
    if locked is None:
        raise NotFound("web.draft", f"there is no draft {draft}", "Start a new one.")
    if locked.made_id is not None:
        raise Refusal(
            "web.draft_done",
            "this draft is finished",
            "Open what it became.",
            f"/{resource.path}/{locked.made_id}",
        )
    theirs, changed = Typed(**locked.data), dict(locked.changed)
    saved = Saved(draft, locked.revision, theirs, by=locked.updated_by)
    before = json.dumps(theirs.json(), sort_keys=True)
    _merge_head(saved, mine, changed, seen, touched)
    _merge_lines(saved, mine, changed, seen, touched)
    if json.dumps(saved.typed.json(), sort_keys=True) != before:
        saved.revision += 1
        changed = {k: (saved.revision if v == 0 else v) for k, v in changed.items()}
        Draft.objects.filter(pk=draft).update(
            data=saved.typed.json(),
            changed=changed,
            revision=saved.revision,
            updated_by=ctx.actor,
            updated_at=clock.now(),
        )
    return saved


def _merge_head(
    saved: Saved, mine: Typed, changed: dict[str, int], seen: int, touched: set[str] | None
) -> None:
    head = saved.typed.head
    for name, text in mine.head.items():
        plain = name.removesuffix(".id")
        now = head.get(name, "")
        if text == now:
            continue
        newer = changed.get(plain, 0) > seen
        if touched is not None and plain not in touched:
            saved.fresh[name] = now  # he did not touch it: the newer one stands
        elif newer and not name.endswith(".id"):
            saved.conflicts[plain] = (text, now)
        elif not newer:
            head[name] = text
            changed[plain] = 0
    for name, text in head.items():
        if (
            changed.get(name.removesuffix(".id"), 0) > seen
            and mine.head.get(name) != text
            and name not in saved.conflicts
        ):
            saved.fresh[name] = text


def _merge_lines(
    saved: Saved, mine: Typed, changed: dict[str, int], seen: int, touched: set[str] | None
) -> None:
    theirs = {line["key"]: line for line in saved.typed.lines}
    made = []
    for line in mine.lines:
        key = line["key"]
        now = theirs.pop(key, None)
        if now == line:
            made.append(line)
        elif now is not None and touched is not None and key not in touched:
            made.append(now)
        elif now is not None and changed.get(key, 0) > seen:
            saved.conflicts[key] = (_line_text(line), _line_text(now))
            made.append(now)
        elif now is None and (not _typed(line) or changed.get(key, 0) > seen):
            pass  # an empty one, or somebody else took the line out
        else:
            made.append(line)
            changed[key] = 0
    for key, line in theirs.items():  # lines he did not send: dropped by him, or added by others since
        if changed.get(key, 0) > seen:
            made.append(line)
        else:
            changed[key] = 0
    saved.typed.lines = made


def _line_text(line: Mapping[str, str]) -> str:
    return " · ".join(v for k, v in line.items() if v and k != "key" and not k.endswith(".id"))


def keep(saved: Saved) -> None:
    """Remember what a record was when it was last compared with what somebody else made of it."""
    Draft.objects.filter(pk=saved.id).update(data=saved.typed.json())


def finish(ctx: Ctx, draft: int, made: int) -> None:
    """The draft became a document or changed a record; it is kept as what was typed."""
    Draft.objects.filter(pk=draft).update(made_id=made, updated_by=ctx.actor, updated_at=clock.now())


def discard(ctx: Ctx, resource: Resource, draft: int) -> None:
    """Throw a draft away."""
    _mine(ctx, resource).filter(pk=draft, made_id=None).delete()


def open_drafts(ctx: Ctx, resource: Resource) -> list[Draft]:
    """Drafts of a resource nobody has finished, the latest first."""
    return list(_mine(ctx, resource).filter(made_id=None).order_by("-updated_at")[:20])


def _mine(ctx: Ctx, resource: Resource) -> models.QuerySet[Draft]:
    """Drafts of a resource that the actor may see: those of all whose rows he reads, and his own."""
    found, actors = Draft.objects.filter(path=resource.path), access.limit(ctx, resource.kind)
    return found if actors is None else found.filter(created_by__in=[ctx.actor, *actors])
