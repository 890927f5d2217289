"""How a resource is made from tables: its fields, its drafts, and what its references say."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from backstay.base.money import to_steps
from backstay.domains.catalog.processes import create_categories
from backstay.interfaces.imports.mapping import Map
from backstay.interfaces.imports.reading import Fault
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.fields import Field, column, field_of
from backstay.interfaces.web.resolving import candidates
from backstay.platform.context import Ctx
from backstay.platform.records import Record as Kept
from backstay.platform.resources import Resource, draft_of

NATURAL = ("code", "sku", "iban")  # fields that tell one record from another in the company
KEY = "key"
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

    @property
    def marked(self) -> bool:
        """Whether rows of an export are known by a mark, where they have no number of their own."""
        kept = issubclass(self.resource.of, Kept)
        own = next((f for f in self.resource.of._meta.concrete_fields if f.name == self.natural), None)
        return kept and (own is None or own.null)


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


def fields_said(plan: Plan, record: Record) -> list[tuple[Field, dict[str, Any], int]]:
    """Every reference of a record that says something: (field, values, row)."""
    found = [
        (f, record.fields, record.row) for f in plan.heads if f.kind == "ref" and record.fields.get(f.name)
    ]
    for line, row in zip(record.lines, record.line_rows):
        found += [(f, line, row) for f in plan.grid if f.kind == "ref" and line.get(f.name)]
    return found


Refs = dict[tuple[type[models.Model], str], list[int]]


def refs_of(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> Refs:
    """Ids by what references say: code, number or name, exactly. One statement a model."""
    wanted: dict[type[models.Model], set[str]] = {}
    for record in records:
        for f, values, _row in fields_said(plan, record):
            wanted.setdefault(f.model, set()).add(values[f.name])  # type: ignore[arg-type]
    found: Refs = {}
    for model, texts in wanted.items():
        _known, by_text = candidates(ctx, model, texts, set())
        found |= {(model, text): by_text.get(text.casefold(), []) for text in texts}
    return found


def made_of(ctx: Ctx, refs: Refs) -> None:
    """Make the references that are made when they are missing."""
    for label, make in MADE.items():
        new = sorted(
            {text for (model, text), ids in refs.items() if model._meta.label_lower == label and not ids}
        )
        if new:
            model = next(m for m, _text in refs if m._meta.label_lower == label)
            refs.update({(model, text): [i] for text, i in zip(new, make(ctx, new), strict=True)})


def wrong_of(f: Field, text: str, ids: Sequence[int]) -> str:
    """What is wrong with a reference that is one of these; empty where it is one alone."""
    if len(ids) == 1:
        return ""
    told = _("%(field)s: there are several of this name") if ids else _("%(field)s: there is no such one")
    return told % {"field": f.label}


def check(ctx: Ctx, plan: Plan, mapped: Map, records: Sequence[Record]) -> list[Fault]:
    """All references that lead nowhere, by row and column."""
    refs = refs_of(ctx, plan, records)
    faults = []
    for record in records:
        for f, values, row in fields_said(plan, record):
            if f.model is not None and f.model._meta.label_lower in MADE:
                continue
            if said := wrong_of(f, values[f.name], refs[f.model, values[f.name]]):  # type: ignore[index]
                part = mapped.header if values is record.fields else mapped.lines
                cell = part.cells.get(f.name) if part else None
                name = ", ".join(cell.columns) if cell else f.name
                faults.append(Fault(record.file, row, name or f.name, values[f.name], said))
    return faults


def value_of(ctx: Ctx, f: Field, value: Any) -> Any:
    """What a cell that is no reference says, as a draft takes it."""
    if f.kind == "money":
        return to_steps(value, ctx.scale)
    if f.kind == "percent":
        return Decimal(value) / 100
    return int(value) if f.kind == "whole" else value
