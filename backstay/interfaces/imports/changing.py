"""Rows of what is here already: known by its number or its mark, compared with what stands here, and changed by the
process that its form uses.

A row changes what its own cells say; an empty one leaves the field alone, unless the import empties fields. What the actor
may only read, what is not his to change, and what somebody changed since it was checked are faults of their rows.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.imports.comparing import (
    Diff,
    Look,
    New,
    Wrong,
    closed,
    draft_class,
    fault_of,
    standing,
    usual_of,
)
from backstay.interfaces.imports.giving import mark_of
from backstay.interfaces.imports.making import Job
from backstay.interfaces.imports.plans import Plan, Refs, Shape, check, made_of, plan_of, refs_of
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.fields import Field, shown, title_of, typed
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.models import ImportedRow

MARK = re.compile(r"(\d{1,18})-[0-9a-f]{1,16}")
UNNAMED = "row:"  # keys of rows that name none


class Named(Refusal):
    """A refusal that names its row already."""


@dataclass(slots=True)
class Change:
    """What a row makes of what is here."""

    record: Record
    id: int
    name: str
    diffs: list[Diff]
    values: dict[str, Any]
    lines: list[dict[str, Any]]


@dataclass(slots=True)
class Turned:
    """Rows, parted: new ones, those that change something, those that do not, those that cannot be taken."""

    fresh: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    revisions: dict[int, int] = field(default_factory=dict)  # of what is here, by row

    def refusal(self) -> Named:
        """The first that is wrong, for who takes all or nothing."""
        first = self.wrong[0]
        return Named(
            first.code or "import.row", str(first.fault), _("Correct the row, or check the file again.")
        )


# ---- knowing it ----


def here(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> dict[str, int]:
    """Ids of what is here already, whoever made it, by the keys of records; two statements at most."""
    found: dict[str, int] = {}
    model = plan.resource.of
    if plan.natural:
        said = {str(value): r.key for r in records if (value := r.fields.get(plan.natural))}
        for row in rows.of(model, plan.natural, list(said), plan.natural):
            found[said[str(getattr(row, plan.natural))]] = row.id
    if plan.marked:
        marks = {
            r.mark or r.key: r.key for r in records if r.key not in found and MARK.fullmatch(r.mark or r.key)
        }
        for row in rows.of(model, "id", [int(m.partition("-")[0]) for m in marks], "created_at"):
            if (mark := mark_of(row.id, row.created_at)) in marks:
                found[marks[mark]] = row.id
    return found


def same(ctx: Ctx, plan: Plan, job: Job, pairs: Sequence[tuple[Record, int]]) -> set[str]:
    """Keys of records that say what stands here anyway."""
    readable = access.readable(ctx, plan.resource.kind, [i for _r, i in pairs])
    told = Turned()
    _compare(ctx, plan, job, [(r, i) for r, i in pairs if i in readable], set(), told, False)
    differ = {c.record.key for c in told.changes} | {w.key for w in told.wrong}
    return {r.key for r, i in pairs if i in readable} - differ


def turn(ctx: Ctx, plan: Plan, job: Job, records: Sequence[Record], lock: bool = True) -> Turned:
    """Part rows by what they do; what is here is locked, unless it is only looked at."""
    told = Turned()
    known = here(ctx, plan, records)
    rest = [r.key for r in records if r.key not in known]
    imported = {
        r.key: r.object_id for r in rows.of(ImportedRow, "key", rest, "key", "kind", "object_id") if r.kind == job.mapped.kind
    }  # fmt: skip
    pairs: dict[int, Record] = {}
    for r in records:
        ident = known.get(r.key) or imported.get(r.key)
        if ident is None:
            told.fresh.append(r)
        elif r.key.startswith(UNNAMED):
            told.unchanged += 1
        elif ident in pairs:
            said = _("%(key)s stands in row %(n)s already") % {"key": r.key, "n": pairs[ident].row}
            told.wrong.append(Wrong(fault_of(job, r, plan.natural, r.key, said), r.key))
        else:
            pairs[ident] = r
    _compare(ctx, plan, job, _allowed(ctx, plan, job, pairs, told), set(imported), told, lock)
    _fresh(ctx, plan, job, told)
    return told


def _allowed(
    ctx: Ctx, plan: Plan, job: Job, pairs: Mapping[int, Record], told: Turned
) -> list[tuple[Record, int]]:
    """Those that the actor may see and change."""
    kind, ids = plan.resource.kind, set(pairs)
    if access.limit(ctx, kind) is not None or access.limit(ctx, kind, "change") is not None:
        mine = access.rows(ctx, kind) & access.rows(ctx, kind, "change")
        ids = set(plan.resource.of._default_manager.filter(mine, pk__in=ids).values_list("pk", flat=True))
    for ident in pairs.keys() - ids:
        r, said = pairs[ident], _("it is here already, and not yours to change")
        told.wrong.append(
            Wrong(fault_of(job, r, plan.natural, r.key, f"access.denied: {said}"), r.key, "access.denied")
        )
    return [(r, i) for i, r in pairs.items() if i in ids]


def _fresh(ctx: Ctx, plan: Plan, job: Job, told: Turned) -> None:
    """New rows need what the form needs, and the right to make them."""
    may, kept = access.may(ctx, f"{plan.resource.kind}.create"), []
    bad = {f.row: f for f in check(ctx, plan, job.mapped, told.fresh)}
    for r in told.fresh:
        lacking = next(
            (f for f in plan.heads if f.name in plan.head.needed and r.fields.get(f.name) in (None, "")), None
        )
        fixed = next((f for f in plan.heads if f.name in plan.resource.fixed and f.name in r.said), None)
        wrong = next((bad[n] for n in (r.row, *r.line_rows) if n in bad), None)
        if _seen(job, r):
            told.wrong.append(_stale(plan, job, r))
        elif not may:
            said = _("it is not here, and you may not make one")
            told.wrong.append(
                Wrong(fault_of(job, r, plan.natural, r.key, f"access.denied: {said}"), r.key, "access.denied")
            )
        elif wrong is not None:
            told.wrong.append(Wrong(wrong, r.key))
        elif lacking is not None:
            said = _("it is not here yet, and to make it this is needed")
            told.wrong.append(Wrong(fault_of(job, r, lacking.name, "", f"{lacking.label}: {said}"), r.key))
        elif fixed is not None:
            told.wrong.append(closed(job, r, fixed))
        else:
            kept.append(r)
    told.fresh = kept


def _seen(job: Job, record: Record) -> int:
    """The revision that was here when the row was checked; 0 for none."""
    return job.seen[record.row] if job.seen is not None and record.row < len(job.seen) else 0


def _stale(plan: Plan, job: Job, record: Record) -> Wrong:
    said = _("somebody changed it since it was checked")
    return Wrong(
        fault_of(job, record, plan.natural, record.key, f"import.stale: {said}"), record.key, "import.stale"
    )


# ---- comparing it ----


def _compare(
    ctx: Ctx, plan: Plan, job: Job, pairs: Sequence[tuple[Record, int]], imported: set[str], told: Turned, lock: bool
) -> None:  # fmt: skip
    """What rows change of what is here; ``imported``: keys that say under which name it came, not how it is called now."""
    if not pairs:
        return
    found = standing(plan, [i for _r, i in pairs], lock)
    refs = refs_of(ctx, plan, [r for r, _i in pairs])
    look = Look(ctx, job, refs, usual_of(draft_class(plan)), usual_of(plan.line.cls) if plan.line else {})
    for r, ident in pairs:
        stand = found[ident]
        told.revisions[r.row] = stand.revision
        diffs, values, wrong = look.head(plan, r, stand)
        lines = look.lines(plan, r, stand, diffs, wrong)
        moved = next((d for d in diffs if d.field.name == plan.natural), None)
        if moved is not None and r.key in imported:
            said = _("it came in as %(key)s and is called %(now)s now") % {"key": r.key, "now": moved.old}
            wrong = [
                Wrong(
                    fault_of(job, r, plan.natural, r.key, f"import.renamed: {said}"), r.key, "import.renamed"
                )
            ]
        if diffs and not wrong and job.seen is not None and _seen(job, r) != stand.revision:
            wrong = [_stale(plan, job, r)]
        if wrong:
            told.wrong.append(wrong[0])
        elif diffs:
            name = str(stand.values.get(plan.natural) or stand.values.get("name") or r.key)
            told.changes.append(Change(r, ident, name, diffs, stand.values | values, lines))
        else:
            told.unchanged += 1


# ---- doing and telling it ----


def apply(ctx: Ctx, plan: Plan, changes: Sequence[Change]) -> None:
    """Change it, by the process of the form."""
    if not changes:
        return
    new: Refs = {(d.field.model, d.new.text): [] for c in changes for d in c.diffs if isinstance(d.new, New)}  # type: ignore[misc]
    made_of(ctx, new)
    whole, cls = plan_of(plan.resource.whole or plan.resource), draft_class(plan)
    names = {f.name for f in dataclasses.fields(cls)}
    shape = Shape(cls, tuple(n for n in names if n not in usual_of(cls)), ())
    drafts = {}
    for c in changes:
        values = {n: v for n, v in c.values.items() if n in names}
        values |= {d.field.name: new[d.field.model, d.new.text][0] for d in c.diffs if isinstance(d.new, New)}  # type: ignore[index]
        if whole.line is not None:
            values[plan.resource.lines_name] = tuple(whole.line.make(line) for line in c.lines)
        drafts[c.id] = shape.make(values)
    plan.resource.process("change")(ctx, drafts)


def tell(ctx: Ctx, changes: Sequence[Change], plain: bool = False) -> list[list[Any]]:
    """(row, what, field, now, then) of every change; ``plain``: as a table has it, else as people read it."""
    wanted: dict[type[models.Model], set[int]] = {}
    for d in (d for c in changes for d in c.diffs if d.field.kind == "ref" and d.field.model):
        wanted.setdefault(d.field.model, set()).update(v for v in (d.old, d.new) if isinstance(v, int))  # type: ignore[arg-type]
    titles = {
        m: {i: title_of(row) for i, row in m._default_manager.in_bulk(ids).items()}
        for m, ids in wanted.items()
    }

    def text(f: Field, value: Any) -> str:
        if isinstance(value, New):
            return value.text
        if f.kind == "ref" and f.model is not None:
            return titles[f.model].get(value, "") if value else ""
        return typed(ctx, f, value) if plain or value in (None, "", ()) else str(shown(ctx, f, value)["text"])

    return [
        [d.row, c.name, d.label, text(d.field, d.old), text(d.field, d.new)] for c in changes for d in c.diffs
    ]
