"""Processes that keep what was typed, made from a model where a domain has nothing of its own to decide.

``create_tasks, change_tasks = kept(Task)``. The draft is the model's own columns (and its lines'), checked by the
model's fields; all go through ``ctx`` and ``access``, take many, and cost a fixed number of statements.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import REGISTRY as LIVES
from backstay.platform.records import Document

Model = type[models.Model]
Create = Callable[[Ctx, Sequence[Any]], list[int]]
Change = Callable[[Ctx, Mapping[int, Any]], None]
Move = Callable[[Ctx, Sequence[int]], None]
TYPES = ((models.ForeignKey, int), (models.DateField, date), (models.DecimalField, Decimal),
         (models.BooleanField, bool), (models.IntegerField, int))  # fmt: skip


def begin(ctx: Ctx, model: Model, act: str, ids: Sequence[int], *fields: str) -> tuple[list[Any], str]:
    """What every act on rows begins with: (the rows, locked; the state they come to).

    Refused without permission (``access.denied``) and from a state that does not allow it (``platform.transition``).
    """
    kind, known = model._meta.label_lower, {f.name for f in model._meta.concrete_fields}
    access.require(ctx, f"{kind}.{act}", ids)
    told = [n for n in ("state", "number", "name") if n in known]  # for the check, and what people call it
    found = rows.lock(model, ids, *dict.fromkeys((*fields, *told)))
    life = LIVES.get(kind)
    return found, life.check(act, found) if life and act in life.transitions else ""


def kept(model: Model, lines: Model | None = None) -> tuple[Create, Change]:
    """(process that makes rows, process that changes them): of a record, or of a document with its lines.

    ``create.draft`` is the dataclass both take, ``create.line`` that of its lines.
    """
    line = draft_of_columns(lines, but=_link(model, lines).name) if lines else None
    kind, draft = model._meta.label_lower, draft_of_columns(model, line, lines)

    def create(ctx: Ctx, drafts: Sequence[Any]) -> list[int]:
        """Make them; ids in order."""
        access.require(ctx, f"{kind}.create")
        begun: dict[str, Sequence[Any]] = {}
        if life := LIVES.get(kind):
            begun["state"] = [life.first] * len(drafts)
        if issubclass(model, Document):
            begun["created_by"] = [ctx.actor] * len(drafts)
        ids = rows.insert(model, _values(model, drafts) | begun)
        _write_lines(model, lines, ids, drafts)
        if issubclass(model, Document):  # records tell by themselves
            audit.record(ctx, kind, ids, "create")
        return ids

    def change(ctx: Ctx, changes: Mapping[int, Any]) -> None:
        """Make them what the drafts say; the old values of a record are kept by the database."""
        ids, drafts = sorted(changes), [changes[i] for i in sorted(changes)]
        found, _ = begin(ctx, model, "change", ids, "revision")
        values = _values(model, drafts)
        if issubclass(model, Document):  # records count their revisions themselves
            values["revision"] = [row.revision + 1 for row in found]
            audit.record(ctx, kind, ids, "change")
        rows.update(model, ids, values)
        if lines is not None:
            rows.delete(lines, _link(model, lines).attname, ids)
        _write_lines(model, lines, ids, drafts)

    create.draft, create.line = draft, line  # type: ignore[attr-defined]
    create.__annotations__["drafts"] = Sequence[draft]
    change.__annotations__["changes"] = Mapping[int, draft]
    return create, change


def moved(model: Model, *acts: str) -> Sequence[Move]:
    """The processes of transitions that only change the state."""
    return [_moving(model, act) for act in acts]


def _moving(model: Model, act: str) -> Move:
    def move(ctx: Ctx, ids: Sequence[int]) -> None:
        """Bring them to another state."""
        _, state = begin(ctx, model, act, ids)
        rows.update(model, ids, {"state": [state] * len(ids)})
        audit.record(ctx, model._meta.label_lower, ids, act)

    return move


def posting(
    model: Model,
    lines: Model,
    series: str,
    entries: Callable[[Any, Sequence[Any]], Sequence[ledger.Entry]],
    day: str,
) -> Callable[[Ctx, Sequence[int]], list[str]]:
    """The process that posts documents: ``entries`` of each with its lines (pure), a number of ``series`` by its day."""
    kind, link = numbering.register(model._meta.label_lower, series), _link(model, lines)
    heads, told = ([f.attname for f in m._meta.concrete_fields if f.attname != "id"] for m in (model, lines))

    def post(ctx: Ctx, ids: Sequence[int]) -> list[str]:
        """Post them; their numbers in order."""
        found, state = begin(ctx, model, "post", ids, *heads)
        mine: dict[int, list[Any]] = {i: [] for i in ids}
        for line in rows.of(lines, link.attname, ids, *told):
            mine[getattr(line, link.attname)].append(line)
        if empty := [i for i in ids if not mine[i]]:
            name = model._meta.verbose_name
            raise Refusal("platform.lines", f"the {name} has no lines", "Enter them.", f"{kind}:{empty[0]}")
        ledger.post(ctx, [entry for row in found for entry in entries(row, mine[row.id])])
        return numbering.bind(ctx, model, kind, ids, kind, [getattr(r, day) for r in found], state=state)

    return post


def reverse(ctx: Ctx, model: Model, ids: Sequence[int], on: date, text: str = "") -> None:
    """Take back what documents posted by its exact negation, dated ``on``; refused where a guard would not hold."""
    kind = model._meta.label_lower
    _, state = begin(ctx, model, "reverse", ids)
    events.emit(ctx, f"{kind}_reversed", ids)  # what counted them counts them no more
    entries = ledger.entries_of(ctx, [f"{kind}:{i}" for i in ids])
    sources = [source for _, source, _ in entries]
    told = ["reverse" if sources.count(s) == 1 else f"reverse.{e}" for _, s, e in entries]
    ledger.reverse(ctx, [i for i, _, _ in entries], on, sources, told, text)
    audit.record(ctx, kind, ids, "reverse")
    rows.update(model, ids, {"state": [state] * len(ids)})


def reversing(model: Model) -> Callable[..., None]:
    """The process that reverses documents of this kind."""

    def reverse_documents(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
        """Take back what they posted; what it made possible must be taken back first."""
        reverse(ctx, model, ids, on, text)

    return reverse_documents


def freed_by(event: str, model: Model, path: str) -> None:
    """When documents that rows led to are reversed, the rows lead there no more and may do so anew.

    ``path``: the link and how it reaches the document, e.g. ``invoice_line__invoice``.
    """
    link = f"{path.partition('__')[0]}_id"

    def free(ctx: Ctx, ids: Sequence[int]) -> None:
        found = list(model._default_manager.filter(**{f"{path}__in": ids}).values_list("pk", flat=True))
        rows.update(model, found, {link: [None] * len(found)})

    events.on(event)(free)


# ---- columns and drafts ----


def draft_of_columns(
    model: Model, line: type[Any] | None = None, lines: Model | None = None, but: str = ""
) -> type[Any]:
    """A frozen dataclass of what a person may say of a row: its editable columns, and ``lines``."""
    needed: list[tuple[Any, ...]] = []
    rest: list[tuple[Any, ...]] = []
    for each in _columns(model, but):
        kind = next((kind for cls, kind in TYPES if isinstance(each, cls)), str)
        if each.null:
            rest.append((each.name, kind | None, dataclasses.field(default=None)))
        elif each.has_default() or (each.blank and kind is str):
            rest.append((each.name, kind, dataclasses.field(default=each.get_default())))
        else:
            needed.append((each.name, kind))
    if lines is not None:
        needed.append((_link(model, lines).related_query_name(), tuple[line, ...]))
    return dataclasses.make_dataclass(f"{model.__name__}Draft", [*needed, *rest], frozen=True, slots=True)


def _columns(model: Model, but: str = "") -> list[Any]:
    return [
        f
        for f in model._meta.concrete_fields
        if f.editable and not f.primary_key and f.name not in ("position", but)
    ]


def _link(model: Model, lines: Model) -> Any:
    return next(f for f in lines._meta.concrete_fields if f.related_model is model)


def _values(model: Model, drafts: Iterable[Any], but: str = "") -> dict[str, Sequence[Any]]:
    told = list(drafts)
    return {f.attname: [_checked(f, getattr(d, f.name)) for d in told] for f in _columns(model, but)}


def fitting(model: Model, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Columns as the model takes them. Refusal (``platform.value``) where one would not fit."""
    return {name: [_checked(model._meta.get_field(name), v) for v in told] for name, told in columns.items()}


def _checked(each: Any, value: Any) -> Any:
    """The value as the column takes it. Refusal (``platform.value``) where it would not fit, so nothing is cut off."""
    if each.is_relation:
        return value
    try:
        return each.clean(value.strip() if isinstance(value, str) else value, None)
    except ValidationError as exc:
        name = str(each.verbose_name)
        raise Refusal(
            "platform.value", f"{name}: {' '.join(exc.messages)}", "Correct it.", each.name
        ) from None


def _write_lines(model: Model, lines: Model | None, ids: Sequence[int], drafts: Sequence[Any]) -> None:
    if lines is None:
        return
    link = _link(model, lines)
    told = [
        (i, n, line)
        for i, d in zip(ids, drafts, strict=True)
        for n, line in enumerate(getattr(d, link.related_query_name()), 1)
    ]
    columns = {link.attname: [i for i, _, _ in told], "position": [n for _, n, _ in told]}
    rows.insert(lines, columns | _values(lines, (line for _, _, line in told), link.name))
