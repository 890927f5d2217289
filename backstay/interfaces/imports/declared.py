"""Kinds of import from declarations: whatever a ``Resource`` lets people make on the screen comes in from a table, too.

The fields are those of its form and its grid; records are made by its ``create`` process, many at once.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from backstay.base.errors import NotFound
from backstay.base.money import to_steps
from backstay.domains.catalog.processes import create_categories
from backstay.interfaces.imports import opening
from backstay.interfaces.imports.kinds import FieldSpec, Kind
from backstay.interfaces.imports.mapping import Map
from backstay.interfaces.imports.reading import Fault
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.binding import item_scales
from backstay.interfaces.web.fields import Field, column, field_of, word_of
from backstay.interfaces.web.resolving import candidates
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource, draft_of
from backstay.platform.seeing import seen

NATURAL = ("code", "sku", "iban")  # fields that tell one record from another in the company
KEY = "key"
LANGUAGES = ("en", "de")
# References that are made when they are missing, by name: little more than a word.
MADE: dict[str, Callable[[Ctx, list[str]], list[int]]] = {
    "catalog.category": lambda ctx, names: create_categories(ctx, names, [{} for _name in names])
}


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """What a draft class takes: the names without a default, and how to make one."""

    cls: Any
    needed: tuple[str, ...]
    names: tuple[str, ...]

    def make(self, values: Mapping[str, Any]) -> Any:
        """The draft of values; what is empty takes its default."""
        if not dataclasses.is_dataclass(self.cls):
            return tuple(values[name] for name in self.names)
        given = {n: v for n, v in values.items() if v is not None and (v != "" or n in self.needed)}
        return self.cls(**given)  # type: ignore[operator]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """How a resource is made from tables."""

    resource: Resource
    heads: tuple[Field, ...]
    grid: tuple[Field, ...]
    head: Shape
    line: Shape | None
    natural: str


def importable(resource: Resource | opening.Brought) -> bool:
    """Whether it is made from a form, and so from a table; or from a table alone."""
    return isinstance(resource, opening.Brought) or ("create" in resource.acts and bool(resource.form))


def brought(path: str) -> Resource | opening.Brought:
    """What an address of an import brings in. NotFound for another word."""
    if path == opening.ITEMS.path:
        return opening.ITEMS
    if path not in RESOURCES:
        raise NotFound("web.not_found", f"there is no {path}", "Choose one at the left.")
    return RESOURCES[path]


def plan_of(resource: Resource) -> Plan:
    """Fields and drafts of a resource's ``create``."""
    draft, _more = draft_of(resource.process("create"))
    if draft is None:
        raise TypeError(f"{resource.path}: create takes no draft")
    heads = tuple(field_of(resource, n) for n in resource.form)
    grid = (
        tuple(column(resource.child, n) for n in resource.lines.grid)
        if resource.lines and resource.child
        else ()
    )  # type: ignore[arg-type]
    line = _shape(_line_type(draft, resource.lines_name), grid) if grid else None
    natural = next((f.name for f in heads if f.name in NATURAL), "")
    return Plan(resource, heads, grid, _shape(draft, heads), line, natural)


def _shape(cls: Any, fields: Sequence[Field]) -> Shape:
    names = tuple(f.name for f in fields)
    if not dataclasses.is_dataclass(cls):
        return Shape(cls, names, names)
    needed = [f.name for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING]  # fmt: skip
    return Shape(cls, tuple(needed), names)


def _line_type(draft: type[Any], name: str) -> Any:
    told = typing.get_type_hints(draft)[name]
    args = [a for a in typing.get_args(told) if a not in (type(None), Ellipsis)]
    return (
        args[0]
        if len(typing.get_args(told)) == 2 and Ellipsis in typing.get_args(told)
        else typing.get_args(args[0])[0]
    )


def kind_of(ctx: Ctx, path: str) -> Kind:
    """The kind of import of a resource."""
    if path == opening.ITEMS.path:
        return opening.kind_of(ctx)
    resource = seen(ctx, RESOURCES[path], typed=True)
    plan = plan_of(resource)
    needs_lines = bool(plan.grid) and resource.lines_name in plan.head.needed
    heads = {f.name: _spec(ctx, resource, f, f.name in plan.head.needed) for f in plan.heads}
    if not plan.natural:
        label = _("Number in the file") if plan.grid else _("Key")
        note = _("Rows with the same number are one document; what was imported under it before is not imported again.") if plan.grid else _("Tells this row from others; what was imported under it before is not imported again.")  # fmt: skip
        heads = {KEY: FieldSpec(required=needs_lines, label=label, help=note)} | heads
    lines = {
        f.name: _spec(ctx, resource, f, plan.line is not None and f.name in plan.line.needed)
        for f in plan.grid
    }
    taken = {s.label for s in heads.values()}
    lines = {
        n: dataclasses.replace(s, label=_("%(label)s (line)") % {"label": s.label}) if s.label in taken else s
        for n, s in lines.items()
    }
    return Kind(
        plan.natural or KEY, heads, lines, (), True, needs_lines,
        make=lambda c, job, records: _make(c, plan, records),
        check=lambda c, mapped, records: _check(c, plan, mapped, records),
        there=lambda c, records: _there(c, plan, records),
    )  # fmt: skip


def _spec(ctx: Ctx, resource: Resource, f: Field, needed: bool) -> FieldSpec:
    kinds = {"date": "date", "instant": "date", "yes": "yes", "choice": "choice", "choices": "choices"}
    figures = {"money": ctx.scale, "whole": 0, "number": None, "percent": None, "steps": None}
    if f.kind in figures:
        return FieldSpec("number", needed, places=figures[f.kind], label=f.label, help=f.help)
    kind = kinds.get(f.kind, "text")
    if kind in ("choice", "choices"):
        default = f.choices[0][0] if kind == "choices" and f.choices else ""
        return FieldSpec(kind, needed, words=_words(f), label=f.label, help=f.help, default=default)
    longest = 10_000 if f.kind == "note" else 200
    found = next((x for x in resource.of._meta.concrete_fields if x.name == f.name), None)
    if isinstance(found, models.CharField) and found.max_length:
        longest = found.max_length
    return FieldSpec(kind, needed, longest, label=f.label, help=f.help)


def _words(f: Field) -> dict[str, str]:
    """What may be written for a stored word: the word itself, and how it reads in each language."""
    told = {word.casefold(): word for word, _text in f.choices}
    for language in (translation.get_language() or "en", *LANGUAGES):
        with translation.override(language):
            told |= {word_of(word).casefold(): word for word, _text in f.choices}
    return told


def _fields(plan: Plan, record: Record) -> list[tuple[Field, dict[str, Any], int]]:
    """Every reference of a record that says something: (field, values, row)."""
    found = [
        (f, record.fields, record.row) for f in plan.heads if f.kind == "ref" and record.fields.get(f.name)
    ]
    for line, row in zip(record.lines, record.line_rows):
        found += [(f, line, row) for f in plan.grid if f.kind == "ref" and line.get(f.name)]
    return found


Refs = dict[tuple[type[models.Model], str], list[int]]


def _refs(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> Refs:
    """Ids by what references say: code, number or name, exactly. One statement a model."""
    wanted: dict[type[models.Model], set[str]] = {}
    for record in records:
        for f, values, _row in _fields(plan, record):
            wanted.setdefault(f.model, set()).add(values[f.name])  # type: ignore[arg-type]
    found: Refs = {}
    for model, texts in wanted.items():
        _known, by_text = candidates(ctx, model, texts, set())
        found |= {(model, text): by_text.get(text.casefold(), []) for text in texts}
    return found


def _made(ctx: Ctx, refs: Refs) -> None:
    for label, make in MADE.items():
        new = sorted(
            {text for (model, text), ids in refs.items() if model._meta.label_lower == label and not ids}
        )
        if new:
            model = next(m for m, _text in refs if m._meta.label_lower == label)
            refs.update({(model, text): [i] for text, i in zip(new, make(ctx, new), strict=True)})


def _wrong(f: Field, text: str, ids: Sequence[int]) -> str:
    if len(ids) == 1:
        return ""
    told = _("%(field)s: there are several of this name") if ids else _("%(field)s: there is no such one")
    return told % {"field": f.label}


def _check(ctx: Ctx, plan: Plan, mapped: Map, records: Sequence[Record]) -> list[Fault]:
    """All references that lead nowhere, by row and column."""
    refs = _refs(ctx, plan, records)
    faults = []
    for record in records:
        for f, values, row in _fields(plan, record):
            if f.model is not None and f.model._meta.label_lower in MADE:
                continue
            if said := _wrong(f, values[f.name], refs[f.model, values[f.name]]):  # type: ignore[index]
                part = mapped.header if values is record.fields else mapped.lines
                cell = part.cells.get(f.name) if part else None
                name = ", ".join(cell.columns) if cell else f.name
                faults.append(Fault(record.file, row, name or f.name, values[f.name], said))
    return faults


def _there(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> set[str]:
    """Keys of records that exist already, whoever made them: they stay as they are."""
    if not plan.natural:
        return set()
    keys = [r.key for r in records if r.fields.get(plan.natural)]
    return {
        str(getattr(row, plan.natural)) for row in rows.of(plan.resource.of, plan.natural, keys, plan.natural)
    }


def _make(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> list[int]:
    refs = _refs(ctx, plan, records)
    _made(ctx, refs)
    scales = {}
    if any(f.kind == "steps" for f in plan.grid):
        scales = item_scales({i for (_m, _t), ids in refs.items() for i in ids})
    drafts = []
    for record in records:
        values = _values(ctx, plan.heads, record.fields, refs, {})
        if plan.line is not None:
            lines = tuple(
                plan.line.make(_values(ctx, plan.grid, line, refs, scales)) for line in record.lines
            )
            values[plan.resource.lines_name] = lines
        drafts.append(plan.head.make(values))
    made = plan.resource.process("create")(ctx, drafts)
    return [int(getattr(m, "id", m)) for m in made]


def _values(
    ctx: Ctx, fields: Sequence[Field], given: Mapping[str, Any], refs: Refs, scales: Mapping[int, int]
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for f in fields:
        value = given.get(f.name)
        if value is None:
            told[f.name] = None
        elif f.kind == "ref":
            if said := _wrong(f, value, refs[f.model, value]):  # type: ignore[index]
                raise NotFound(
                    "import.reference", f"{said}: {value}", _("Import it first, or correct the row.")
                )
            told[f.name] = refs[f.model, value][0]  # type: ignore[index]
        elif f.kind == "money":
            told[f.name] = to_steps(value, ctx.scale)
        elif f.kind == "whole":
            told[f.name] = int(value)
        elif f.kind == "percent":
            told[f.name] = Decimal(value) / 100
        else:
            told[f.name] = value
    for f in fields:
        if f.kind == "steps" and told.get(f.name) is not None:
            told[f.name] = to_steps(told[f.name], scales.get(told.get("item") or 0, 6))
    return told
