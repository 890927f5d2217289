"""What a list shows, as a table that can be imported again: the fields of the form and the grid, a row for each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models

from backstay.base.money import from_steps
from backstay.interfaces.imports.kinds import Kind
from backstay.interfaces.imports.plans import KEY, Plan, plan_of
from backstay.interfaces.web.binding import item_scales
from backstay.interfaces.web.fields import Field, joined, typed
from backstay.platform.context import Ctx
from backstay.platform.resources import Resource

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CODES = ("sku", "code", "number", "name")
# Fields of drafts that a stored line says in another way.
WORKED: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("accounting.journalline", "debit"): lambda line: max(line.value, 0) or None,
    ("accounting.journalline", "credit"): lambda line: max(-line.value, 0) or None,
}

# What stands beside the row and not in it: ids → id → value.
BESIDE: dict[tuple[str, str], Callable[[set[int]], Mapping[int, Any]]] = {
    ("catalog.item", "scale"): item_scales
}


def labels(kind: Kind) -> list[str]:
    """The header row."""
    return [s.label for s in (*kind.fields.values(), *kind.lines.values())]


def explanations(kind: Kind) -> list[str]:
    """What each column takes, for people."""
    from django.utils.translation import gettext as _

    told = []
    for spec in (*kind.fields.values(), *kind.lines.values()):
        form = {
            "date": _("a date, 2026-12-31"), "number": _("a figure, 1234.50"), "yes": _("yes or no"),
            "choice": _("one of: %(words)s"), "choices": _("one or more of: %(words)s"),
        }.get(spec.type, _("text"))  # fmt: skip
        words = ", ".join(dict.fromkeys(spec.words.values()))
        parts = [
            form % {"words": words} if spec.words else form,
            spec.help,
            _("needed") if spec.required else "",
        ]
        told.append("; ".join(p.rstrip(".") for p in parts if p))
    return told


def rows_of(ctx: Ctx, resource: Resource, kind: Kind, found: Sequence[Any]) -> Iterator[list[str]]:
    """The rows of some objects, in their order; lines in one statement."""
    plan = kind.plan or plan_of(resource)
    lines = _lines(resource, plan, found)
    beside = {
        f.name: told({row.pk for row in found})
        for f in plan.heads
        if (told := BESIDE.get((resource.of._meta.label_lower, f.name)))
    }
    scales: Mapping[int, int] = {}
    if any(f.kind == "steps" for f in plan.grid):
        scales = item_scales({line.item_id for each in lines.values() for line in each})
    width = len(plan.grid)
    names = list(kind.fields)
    known = {names.index(n) for n in (kind.key, KEY) if n in names}
    for row in found:
        head = _head(ctx, resource, plan, kind, row, beside)
        mine = [[_text(ctx, f, line, scales) for f in plan.grid] for line in lines.get(row.pk, ())]
        for n, line in enumerate(mine or [[""] * width]):
            # Later rows say which document they belong to, and nothing of it again.
            yield (head if n == 0 else [cell if k in known else "" for k, cell in enumerate(head)]) + line


def _lines(resource: Resource, plan: Plan, found: Sequence[Any]) -> dict[int, list[Any]]:
    if not plan.grid or resource.child is None:
        return {}
    owner = next(f for f in resource.child._meta.concrete_fields if f.related_model is resource.of)
    names = {f.name for f in resource.child._meta.concrete_fields}
    refs = [f.name for f in plan.grid if f.kind == "ref" and f.name in names]
    order = "position" if "position" in names else "id"
    made: dict[int, list[Any]] = {}
    query = resource.child._default_manager.filter(**{f"{owner.name}__in": [r.pk for r in found]})
    for line in joined(query, refs).order_by(order, "id"):
        made.setdefault(getattr(line, owner.attname), []).append(line)
    return made


def _head(
    ctx: Ctx, resource: Resource, plan: Plan, kind: Kind, row: Any, beside: Mapping[str, Mapping[int, Any]]
) -> list[str]:
    texts = {
        f.name: typed(ctx, f, beside[f.name].get(row.pk))
        if f.name in beside
        else _text(ctx, f, row, {}, resource)
        for f in plan.heads
    }
    if not plan.marked:
        texts[KEY] = str(getattr(row, "number", None) or row.pk)
    else:
        texts[KEY] = "" if texts.get(plan.natural) else mark_of(row.pk, row.created_at)
    return [texts[name] for name in kind.fields]


def mark_of(ident: int, made_at: datetime) -> str:
    """What an export marks a row by that has no number: it is known by it here, and nowhere else."""
    return f"{ident}-{(made_at - EPOCH) // timedelta(microseconds=1):x}"


def _text(ctx: Ctx, f: Field, row: Any, scales: Mapping[int, int], resource: Resource | None = None) -> str:
    label = row._meta.label_lower
    if (label, f.name) in WORKED:
        return typed(ctx, f, WORKED[label, f.name](row))
    if f.kind == "choices":
        values = getattr(row, f.name).values_list(f.name.removesuffix("s"), flat=True)
        return ",".join(sorted(values))
    if not hasattr(row, f.name):
        return typed(ctx, f, _day(resource, row)) if f.kind == "date" and resource else ""
    value = getattr(row, f.name)
    if f.kind == "ref":
        return "" if value is None else code_of(value)
    if f.kind == "steps" and value is not None:
        return format(from_steps(value, scales.get(getattr(row, "item_id", 0), 0)), "f")
    return "yes" if f.kind == "yes" and value else typed(ctx, f, value)


def code_of(row: models.Model) -> str:
    """What names a row surely: its code or number, else its name."""
    return next((str(v) for name in CODES if (v := getattr(row, name, None))), str(row))


def _day(resource: Resource | None, row: Any) -> Any:
    """The day of a document, whatever its column is called."""
    for each in row._meta.concrete_fields:
        if (
            isinstance(each, models.DateField)
            and not isinstance(each, models.DateTimeField)
            and not each.null
        ):
            return getattr(row, each.attname)
    return None
