"""Kinds of import from declarations: whatever a ``Resource`` lets people make on the screen comes in from a table, too.

The fields are those of its form and its grid; records are made by its ``create`` process, many at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from backstay.base.errors import NotFound, Refusal
from backstay.base.money import to_steps
from backstay.interfaces.imports import changing as changing_
from backstay.interfaces.imports import opening
from backstay.interfaces.imports.kinds import FieldSpec, Kind
from backstay.interfaces.imports.plans import (
    KEY,
    Plan,
    Refs,
    check,
    made_of,
    plan_of,
    refs_of,
    value_of,
    wrong_of,
)
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.binding import item_scales
from backstay.interfaces.web.fields import Field, word_of
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.records import Record as Kept
from backstay.platform.resources import RESOURCES, Resource
from backstay.platform.seeing import seen

LANGUAGES = ("en", "de")


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


def changeable(resource: Resource | opening.Brought) -> bool:
    """Whether rows of a table may change what is here: records, by the process that their form uses."""
    return isinstance(resource, Resource) and importable(resource) and "change" in resource.acts and issubclass(resource.of, Kept)  # fmt: skip


def ways(ctx: Ctx, resource: Resource | opening.Brought) -> tuple[str, ...]:
    """What an import may do to what is here, the usual first: ``leave`` it, ``change`` it."""
    told = ("leave",) if access.may(ctx, f"{resource.kind}.create") else ()
    if isinstance(resource, Resource) and changeable(seen(ctx, resource)) and access.may(ctx, f"{resource.kind}.change"):  # fmt: skip
        told += ("change",)
    return told if importable(resource) else ()


def kind_of(ctx: Ctx, path: str, changing: bool = False) -> Kind:
    """The kind of import of a resource; ``changing``: rows of what is here change it, and need say no more than that.
    Refusal (``import.change``) for what is not changed so, Denied for who may not."""
    if path == opening.ITEMS.path and not changing:
        return opening.kind_of(ctx)
    if changing:
        _changes(ctx, path)
    resource = seen(ctx, RESOURCES[path], typed=not changing)
    plan = plan_of(resource)
    needs_lines = bool(plan.grid) and resource.lines_name in plan.head.needed
    needed = {plan.natural} if changing else set(plan.head.needed)
    heads = {f.name: _spec(ctx, resource, f, f.name in needed & set(plan.head.needed)) for f in plan.heads}
    if plan.natural and plan.marked:
        note = _("Known by it is what has no number of its own; leave it as it was exported.")
        heads |= {KEY: FieldSpec(label=_("Key"), help=note)}
    if not plan.natural:
        label = _("Number in the file") if plan.grid else _("Key")
        note = _("Rows with the same number are one document; what was imported under it before is not imported again.") if plan.grid else _("Tells this row from others; what was imported under it before is not imported again.")  # fmt: skip
        heads = {KEY: FieldSpec(required=needs_lines, label=label, help=note)} | heads
    lines = {
        f.name: _spec(ctx, resource, f, not changing and plan.line is not None and f.name in plan.line.needed)
        for f in plan.grid
    }
    taken = {s.label for s in heads.values()}
    lines = {
        n: dataclasses.replace(s, label=_("%(label)s (line)") % {"label": s.label}) if s.label in taken else s
        for n, s in lines.items()
    }
    return Kind(
        plan.natural or KEY, heads, lines, (), True, needs_lines,
        make=lambda c, job, records: make(c, plan, records),
        check=None if changing else lambda c, mapped, records: check(c, plan, mapped, _new(c, plan, records)),
        there=lambda c, records: {*changing_.here(c, plan, records)},
        same=(lambda c, job, pairs: changing_.same(c, plan, job, pairs)) if changeable(resource) else None,
        change=(lambda c, job, records, lock=True: changing_.turn(c, plan, job, records, lock)) if changing else None,
        plan=plan,
    )  # fmt: skip


def _new(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> list[Record]:
    """What is here stays as it is, whatever its row refers to."""
    known = changing_.here(ctx, plan, records)
    return [r for r in records if r.key not in known]


def _changes(ctx: Ctx, path: str) -> None:
    """Refusal where an import changes nothing that is here, Denied where the actor may not."""
    resource = brought(path)
    if not changeable(resource):
        names = _(resource.names[1])
        raise Refusal("import.change", _("%(names)s that are here are not changed by an import") % {"names": names}, _("Change them on the screen."))  # fmt: skip
    access.require(ctx, f"{resource.kind}.change")
    if "change" not in seen(ctx, RESOURCES[path]).acts:
        raise access.denied(ctx, f"{resource.kind}.change")


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


def make(ctx: Ctx, plan: Plan, records: Sequence[Record]) -> list[int]:
    """Make what records say; ids in order."""
    refs = refs_of(ctx, plan, records)
    made_of(ctx, refs)
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
            if said := wrong_of(f, value, refs[f.model, value]):  # type: ignore[index]
                raise NotFound(
                    "import.reference", f"{said}: {value}", _("Import it first, or correct the row.")
                )
            told[f.name] = refs[f.model, value][0]  # type: ignore[index]
        else:
            told[f.name] = value_of(ctx, f, value)
    for f in fields:
        if f.kind == "steps" and told.get(f.name) is not None:
            told[f.name] = to_steps(told[f.name], scales.get(told.get("item") or 0, 6))
    return told
