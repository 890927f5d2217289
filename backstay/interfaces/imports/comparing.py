"""What rows of a table would make of what stands here: field by field, the lines too."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.imports.giving import BESIDE
from backstay.interfaces.imports.making import Job
from backstay.interfaces.imports.mapping import Bad, Part
from backstay.interfaces.imports.plans import MADE, Plan, Refs, plan_of, value_of, wrong_of
from backstay.interfaces.imports.reading import Fault
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.fields import Field
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.resources import draft_of


class New(NamedTuple):
    """A reference that is not here and will be made."""

    text: str


class Diff(NamedTuple):
    """A field that a row changes."""

    label: str
    field: Field
    old: Any
    new: Any
    row: int


class Wrong(NamedTuple):
    """Why a row cannot be taken; ``code``: the rule, "" for a cell that cannot be read."""

    fault: Fault
    key: str
    code: str = ""


@dataclass(slots=True)
class Stand:
    """What stands here, as a draft takes it."""

    revision: int
    values: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)


def closed(job: Job, record: Record, f: Field) -> Wrong:
    """A field that the actor may only read."""
    said = _("it is not yours to change")
    value = str(record.fields.get(f.name) or "")
    return Wrong(
        fault_of(job, record, f.name, value, f"access.fields: {f.label}: {said}"), record.key, "access.fields"
    )


def fault_of(job: Job, record: Record, name: str, value: str, said: str, row: int = 0) -> Fault:
    """What is wrong with a row of a record, its first or another, by the column of a field."""
    parts = (
        (job.mapped.lines, job.mapped.header) if row > record.row else (job.mapped.header, job.mapped.lines)
    )
    cell = next((part.cells[name] for part in parts if part is not None and name in part.cells), None)
    return Fault(record.file, row or record.row, ", ".join(cell.columns) if cell else name, value, said)


# A record, what it (or a line of it) says, which of it the row itself says, and what stands here.
Row = tuple[Record, Mapping[str, Any], frozenset[str], Mapping[str, Any]]


@dataclass(slots=True)
class Look:
    """What all rows of a batch are compared with."""

    ctx: Ctx
    job: Job
    refs: Refs
    usual: Mapping[str, Any]  # what an emptied field takes, by name; a name that lacks is needed
    usual_line: Mapping[str, Any]

    def head(
        self, plan: Plan, record: Record, stand: Stand
    ) -> tuple[list[Diff], dict[str, Any], list[Wrong]]:
        """(what differs, its values, what is wrong) of the fields of the form."""
        diffs, wrong = [], []
        row = (record, record.fields, record.said, stand.values)
        for f, new in self._asked(self.job.mapped.header, plan.heads, self.usual, row, wrong, record.row):
            if f.name in plan.resource.fixed:
                wrong.append(closed(self.job, record, f))
            else:
                diffs.append(Diff(f.label, f, stand.values.get(f.name), new, record.row))
        return diffs, {d.field.name: d.new for d in diffs}, wrong

    def lines(
        self, plan: Plan, record: Record, stand: Stand, diffs: list[Diff], wrong: list[Wrong]
    ) -> list[dict[str, Any]]:
        """The lines as they will be: those of the file over those here; what is here and not in the file stays."""
        made = [dict(line) for line in stand.lines]
        part = self.job.mapped.lines
        if part is None:
            return made
        pairs = _Pairs(plan, self.refs, record, stand.lines)
        labels = self.job.mapped.spec.lines
        for n, (line, said) in enumerate(zip(record.lines, record.lines_said, strict=True)):
            row = record.line_rows[n]
            try:
                at = pairs.of(n)
            except Bad as exc:
                wrong.append(Wrong(fault_of(self.job, record, "", "", str(exc), row), record.key))
                continue
            if at is None:
                at = len(made)
                made.append({})
                said = said | {name for name, value in line.items() if value not in (None, "")}
            for f, new in self._asked(
                part, plan.grid, self.usual_line, (record, line, said, made[at]), wrong, row
            ):
                diffs.append(Diff(labels[f.name].label + pairs.which(n), f, made[at].get(f.name), new, row))
                made[at][f.name] = new
        return made

    def _asked(
        self,
        part: Part,
        fields: Sequence[Field],
        usual: Mapping[str, Any],
        row: Row,
        wrong: list[Wrong],
        at: int,
    ) -> Iterator[tuple[Field, Any]]:
        """Fields that are asked to be something else, with what."""
        record, given, said, now = row
        for f in fields:
            cell = part.cells.get(f.name)
            if cell is None or not (f.name in said or (self.job.empties and cell.columns)):
                continue
            try:
                new = self._value(f, given[f.name], now.get(f.name)) if f.name in said else _nothing(f, usual)
            except (Bad, Refusal) as exc:
                text = f"{f.label}: {exc.message}" if isinstance(exc, Refusal) else str(exc)
                wrong.append(
                    Wrong(
                        fault_of(self.job, record, f.name, str(given.get(f.name) or ""), text, at), record.key
                    )
                )
                continue
            if not _alike(now.get(f.name), new):
                yield f, new

    def _value(self, f: Field, given: Any, now: Any) -> Any:
        if f.kind == "choices":
            return tuple(sorted(given))
        if f.kind != "ref":
            return value_of(self.ctx, f, given)
        ids = self.refs[f.model, given]  # type: ignore[index]
        if now in ids:  # several of this name: it is still the one it was
            return now
        if not ids and f.model is not None and f.model._meta.label_lower in MADE:
            return New(given)
        if said := wrong_of(f, given, ids):
            raise Bad(said)
        return ids[0]


class _Pairs:
    """Which line here a line of the file is. Lines that must refer to something (the prices of a list, each of an item) are
    told by it, and among several of one item by what else they say; others (addresses) by their order."""

    def __init__(self, plan: Plan, refs: Refs, record: Record, lines: Sequence[Mapping[str, Any]]) -> None:
        self.grid, self.refs, self.record, self.lines = plan.grid, refs, record, lines
        self.anchors = [f for f in plan.grid if f.kind == "ref" and f.required]
        self.rest: dict[tuple[Any, ...], list[int]] = {}
        for n, line in enumerate(lines):
            self.rest.setdefault(tuple(line.get(f.name) for f in self.anchors), []).append(n)
        self.many = Counter(self._texts(n) for n in range(len(record.lines)))
        self.here = {key: len(found) for key, found in self.rest.items()}

    def _texts(self, n: int) -> tuple[Any, ...]:
        return tuple(self.record.lines[n].get(f.name) for f in self.anchors)

    def which(self, n: int) -> str:
        """How a line is told from its neighbours."""
        if self.anchors:
            return "".join(f" · {text}" for text in self._texts(n) if text)
        return f" {n + 1}" if len(self.record.lines) > 1 else ""

    def of(self, n: int) -> int | None:
        """The line here; None for a new one. Raises Bad where it could be several."""
        if not self.anchors:
            return n if n < len(self.lines) else None
        line, texts = self.record.lines[n], self._texts(n)
        if lacking := next((f for f, text in zip(self.anchors, texts, strict=True) if not text), None):
            raise Bad(_("%(field)s: it is missing") % {"field": lacking.label})
        ids = (self.refs[f.model, text] for f, text in zip(self.anchors, texts, strict=True))  # type: ignore[index]
        key = next((key for key in product(*ids) if self.rest.get(key)), None)
        if key is None:
            return None
        more = [f for f in self.grid if f not in self.anchors and f.name in line]
        alike = {
            at: sum(_alike(self.lines[at].get(f.name), line[f.name]) for f in more) for at in self.rest[key]
        }
        best = [at for at, count in alike.items() if count == max(alike.values())]
        if len(best) > 1 and self.many[texts] != self.here[key]:
            raise Bad(
                _("several lines are of %(text)s: say more columns of it")
                % {"text": " ".join(map(str, texts))}
            )
        self.rest[key].remove(best[0])
        return best[0]


def _nothing(f: Field, usual: Mapping[str, Any]) -> Any:
    """What an emptied field holds: nothing, or the usual where it must hold something."""
    if f.kind in ("choices", "yes", "text", "note") and f.name in usual:
        return {"choices": (), "yes": False}.get(f.kind, "")
    if f.name not in usual or (f.kind == "ref" and usual[f.name] is not None):
        raise Bad(_("%(field)s: it is missing") % {"field": f.label})
    return usual[f.name]


def _alike(now: Any, new: Any) -> bool:
    if isinstance(now, str) and isinstance(new, str):
        return now.strip() == new.strip()
    return now == new or (now in (None, "") and new in (None, ""))


def usual_of(cls: Any) -> dict[str, Any]:
    """Defaults of a draft; what has none is needed."""
    made: dict[str, Any] = {}
    for each in dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ():
        if each.default is not dataclasses.MISSING:
            made[each.name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            made[each.name] = each.default_factory()
    return made


def draft_class(plan: Plan) -> type[Any]:
    """What a change of it takes."""
    draft, _more = draft_of(plan.resource.process("change"))
    if draft is None:
        raise TypeError(f"{plan.resource.path}: change takes no draft")
    return draft


def standing(plan: Plan, ids: Sequence[int], lock: bool) -> dict[int, Stand]:
    """What stands here of everything a draft says, shown to the actor or not: a change leaves it as it is."""
    whole = plan_of(plan.resource.whole or plan.resource)
    model, names = plan.resource.of, [f.name for f in dataclasses.fields(draft_class(plan))]
    columns = _columns(model, names)
    found = (
        rows.lock(model, ids, "revision", *columns)
        if lock
        else rows.of(model, "id", ids, "revision", *columns)
    )
    made = {row.id: Stand(row.revision, {n: getattr(row, n) for n in columns}) for row in found}
    for f in whole.heads:
        if f.kind == "choices":
            for stand in made.values():
                stand.values[f.name] = ()
            for owner, word in _words(model, f.name, ids):
                made[owner].values[f.name] = tuple(sorted({*made[owner].values[f.name], word}))
        elif f.name in names and (beside := BESIDE.get((model._meta.label_lower, f.name))):
            told = beside(set(ids))
            for ident, stand in made.items():
                stand.values[f.name] = told.get(ident)
    if whole.line is not None:
        for owner, line in _lines(whole, ids):
            made[owner].lines.append(line)
    return made


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if f.name in names]


def _words(model: type[models.Model], name: str, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    relation: Any = model._meta.get_field(name)
    owner = relation.field.attname
    found = relation.related_model._default_manager.filter(**{f"{owner}__in": ids})
    yield from found.values_list(owner, name.removesuffix("s"))


def _lines(whole: Plan, ids: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    child, model = whole.resource.child, whole.resource.of
    if child is None or whole.line is None:
        return
    owner = next(f for f in child._meta.concrete_fields if f.related_model is model)
    names = _columns(child, [f.name for f in dataclasses.fields(whole.line.cls)])
    order = "position" if any(f.name == "position" for f in child._meta.concrete_fields) else "id"
    columns = [child._meta.get_field(n).attname for n in names]  # type: ignore[union-attr]
    found = child._default_manager.filter(**{f"{owner.attname}__in": ids}).order_by(order, "id")
    for row in found.values_list(owner.attname, *columns):
        yield row[0], dict(zip(names, row[1:], strict=True))
