"""From typed texts to the draft a process takes; and what it would come to, by doing it and taking it back."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils.translation import gettext as _

from backstay.base.errors import Busy, Refusal, refusal_from
from backstay.base.money import to_steps
from backstay.interfaces.web.drafts import Typed, completed
from backstay.interfaces.web.fields import (
    BadText,
    Field,
    column,
    field_of,
    joined,
    money_text,
    read,
    shown,
    typed,
)
from backstay.interfaces.web.resolving import resolve
from backstay.interfaces.web.words import said
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.resources import Resource, draft_of

TRIAL_LINES = 500  # a larger document is not tried at every keystroke, only worked out


@dataclass(slots=True)
class Bound:
    """A draft for the process, or what is wrong: field → message; line key → column → message."""

    draft: Any = None
    errors: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    line_errors: dict[str, dict[str, str]] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, int] = field(default_factory=dict)  # "field" or "key.field" → id that was found

    @property
    def ok(self) -> bool:
        """Whether it can be done."""
        return not self.errors and not self.line_errors and not self.missing


@dataclass(slots=True)
class Worked:
    """What a draft would come to: totals, cells of lines, warnings of what comes next, entries."""

    totals: list[tuple[str, str, str]] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    prices: list[dict[str, str]] = field(default_factory=list)  # of each line, as a draft would keep them
    refusal: Refusal | None = None
    warnings: list[Refusal] = field(default_factory=list)


class _TakeBack(Exception):
    """Ends a trial."""


def bind(
    ctx: Ctx, resource: Resource, process: Callable[..., Any], what: Typed, of: int | None = None
) -> Bound:
    """Read every text; references are looked up many at once. Whatever is wrong is named beside its field.

    ``of``: the row that is changed: what the actor neither sees nor changes stays as it is there.
    """
    return bind_all(ctx, resource, process, [what], of)[0]


def bind_all(
    ctx: Ctx, resource: Resource, process: Callable[..., Any], every: Sequence[Typed], of: int | None = None
) -> list[Bound]:
    """The same of many, at as many statements as of one."""
    if resource.hidden or resource.fixed:
        every = [completed(ctx, resource, what, of) for what in every]
        resource = resource.whole or resource
    draft_class, _more = draft_of(process)
    if draft_class is None:
        raise TypeError(f"{process.__name__} takes no draft")
    heads = [field_of(resource, n) for n in resource.form]
    grid = (
        [column(resource.child, n) for n in resource.lines.grid] if resource.lines and resource.child else []
    )
    wanted = {
        f"{n}:{place}": told for n, what in enumerate(every) for place, told in _references(heads, grid, what)
    }
    found, wrong = resolve(ctx, list(wanted.values()), list(wanted))
    scales = _scales(grid, every, found)
    made = []
    for n, what in enumerate(every):
        begins = f"{n}:"
        mine = {k.removeprefix(begins): v for k, v in found.items() if k.startswith(begins)}
        bad = {k.removeprefix(begins): v for k, v in wrong.items() if k.startswith(begins)}
        made.append(_bound(ctx, resource, draft_class, (heads, grid), what, mine, bad, scales))
    return made


def _references(
    heads: Sequence[Field], grid: Sequence[Field], what: Typed
) -> Iterator[tuple[str, tuple[Field, str, str]]]:
    """(place, (field, text, id)) of every reference that was typed."""
    for prefix, fields, texts in (("", heads, what.head), *((f"{x['key']}.", grid, x) for x in what.lines)):
        for each in fields:
            if each.kind == "ref":
                yield (
                    f"{prefix}{each.name}",
                    (each, texts.get(each.name, ""), texts.get(f"{each.name}.id", "")),
                )


def _bound(
    ctx: Ctx, resource: Resource, draft_class: type[Any], fields: tuple[list[Field], list[Field]], what: Typed,
    found: Mapping[str, int], wrong: Mapping[str, str], scales: Mapping[int, int],
) -> Bound:  # fmt: skip
    heads, grid = fields
    bound = Bound(refs=dict(found))
    values = _read_all(ctx, heads, what.head, "", found, wrong, bound.errors)
    bound.head = values
    lines: list[Any] = []
    if resource.lines:
        item_type = _line_type(draft_class, resource.lines_name)
        for line in what.lines:
            errors: dict[str, str] = {}
            told = _read_all(ctx, grid, line, f"{line['key']}.", found, wrong, errors)
            _steps(grid, told, scales, errors)
            made, lacking = _build(item_type, told, grid)
            errors |= {name: _("It is needed.") for name in lacking if name not in errors}
            if errors:
                bound.line_errors[line["key"]] = errors
            lines.append(made)
        values = values | {resource.lines_name: tuple(lines)}
    bound.draft, lacking = _build(draft_class, values, heads)
    bound.missing = {name for name in lacking if name not in bound.errors}
    return bound


def _read_all(
    ctx: Ctx, fields: Sequence[Field], texts: Mapping[str, str], prefix: str, found: Mapping[str, int],
    wrong: Mapping[str, str], errors: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    values: dict[str, Any] = {}
    for each in fields:
        if each.kind == "ref":
            values[each.name] = found.get(prefix + each.name)
            if message := wrong.get(prefix + each.name):
                errors[each.name] = message
            continue
        if prefix and each.kind == "yes" and not texts.get(each.name):
            values[each.name] = None  # on a line: the usual
            continue
        try:
            values[each.name] = read(ctx, each, texts.get(each.name, ""), kept=True)
        except (BadText, Refusal) as exc:
            errors[each.name] = said(exc.message if isinstance(exc, Refusal) else str(exc))
    return values


def _scales(grid: Sequence[Field], every: Sequence[Typed], found: Mapping[str, int]) -> dict[int, int]:
    """Decimal places by item, where a column counts in steps."""
    if not any(f.kind == "steps" for f in grid):
        return {}
    places = (f"{n}:{line['key']}.item" for n, what in enumerate(every) for line in what.lines)
    return item_scales({found[place] for place in places if place in found})


def item_scales(items: set[int]) -> dict[int, int]:
    """Decimal places of items' quantities."""
    sql = "SELECT i.id, coalesce(u.scale, 6) FROM catalog_item i LEFT JOIN unit u ON u.id = i.unit_id WHERE i.id = ANY(%s::bigint[])"
    return dict(rows.execute(sql, [sorted(items)]))


def _steps(
    grid: Sequence[Field], told: dict[str, Any], scales: Mapping[int, int], errors: dict[str, str]
) -> None:
    for each in grid:
        if each.kind == "steps" and told.get(each.name) is not None:
            try:
                told[each.name] = to_steps(told[each.name], scales.get(told.get("item") or 0, 6))
            except Refusal as exc:
                errors[each.name] = said(exc.message)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _line_type(draft: type[Any], name: str) -> Any:
    told = typing.get_type_hints(draft)[name]
    args = [a for a in typing.get_args(told) if a is not type(None)]
    if isinstance(told, types.UnionType) or typing.get_origin(told) is typing.Union:
        args = typing.get_args(args[0])
    return args[0]


def _build(cls: Any, values: Mapping[str, Any], fields: Sequence[Field]) -> tuple[Any, set[str]]:
    """(object, names that are missing). A tuple type takes the columns in their order."""
    if not dataclasses.is_dataclass(cls):
        ordered = [values.get(f.name) for f in fields]
        return tuple(ordered), {f.name for f, v in zip(fields, ordered, strict=True) if v is None}
    given: dict[str, Any] = {}
    missing: set[str] = set()
    hints = _hints(cls)
    for each in dataclasses.fields(cls):
        value = values.get(each.name)
        has_default = (
            each.default is not dataclasses.MISSING or each.default_factory is not dataclasses.MISSING
        )
        needed = not has_default
        if each.name in values and value is not None and (value != "" or not needed):
            given[each.name] = value
        elif each.name in values and value is None and has_default and _nullable(hints[each.name]):
            given[each.name] = None if each.default is None else each.default
        elif needed:
            missing.add(each.name)
    return (None if missing else cls(**given)), missing


def _nullable(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


# ---- trying ----


def attempt(function: Callable[[], Any]) -> tuple[Any, Refusal | None]:
    """Do something inside the open transaction and take it back: (what it told, or why it was refused)."""
    box: list[Any] = []
    try:
        with transaction.atomic():
            box.append(function())
            raise _TakeBack
    except _TakeBack:
        return box[0], None
    except Refusal as exc:
        return None, exc
    except Busy:
        return None, Refusal("platform.busy", _("others are working on the same rows"), _("Try again."))
    except DatabaseError as exc:
        refusal = refusal_from(exc)
        if isinstance(refusal, Refusal):
            return None, refusal
        if refusal is not None:
            return None, Refusal("platform.busy", _("others are working on the same rows"), _("Try again."))
        raise


def work_out(ctx: Ctx, resource: Resource, draft: Any, lines: int, of: int | None = None) -> Worked:
    """Make it, look, try what comes next, take it all back: the figures are those that posting will have."""
    worked = Worked()

    def made() -> None:
        ident = perform(ctx, resource, draft, of)
        worked.totals = _totals(ctx, resource, ident)
        _look_at_lines(ctx, resource, ident, worked)
        acts = resource.transitions(_state(resource, ident)) if resource.is_document else []
        following = [a for a in acts if a in resource.acts][:1]
        if following and lines <= TRIAL_LINES and _asks_nothing(resource.process(following[0])):
            _told, refusal = attempt(lambda: resource.process(following[0])(ctx, [ident]))
            if refusal is not None:
                worked.warnings.append(refusal)

    _told, worked.refusal = attempt(made)
    return worked


def _asks_nothing(process: Callable[..., Any]) -> bool:
    """Whether an act can be tried as it is: documents in, nothing to be said."""
    needed = [
        p
        for p in inspect.signature(process).parameters.values()
        if p.default is p.empty and p.kind is not p.KEYWORD_ONLY
    ]
    return draft_of(process)[0] is None and len(needed) <= 2


def perform(ctx: Ctx, resource: Resource, draft: Any, of: int | None = None) -> int:
    """Make what the draft says, or change ``of`` to it; its id."""
    if of is not None:
        resource.process("change")(ctx, {of: draft})
        return of
    made = resource.process("create")(ctx, [draft])
    first = made[0] if isinstance(made, list | tuple) else made
    return int(getattr(first, "id", first))


def _state(resource: Resource, ident: int) -> str:
    found = (
        resource.of._default_manager.filter(pk=ident).values_list("state", flat=True)
        if resource.is_document
        else [""]
    )
    return str(found[0])


def _totals(ctx: Ctx, resource: Resource, ident: int) -> list[tuple[str, str, str]]:
    names = [
        n
        for n in ("net", "tax", "gross", "amount")
        if any(f.name == n for f in resource.of._meta.concrete_fields)
    ]
    if not names:
        return []
    values = resource.of._default_manager.values_list(*names).get(pk=ident)
    return [
        (n, str(column(resource.of, n).label), money_text(v, ctx.scale))
        for n, v in zip(names, values, strict=True)
    ]


def _look_at_lines(ctx: Ctx, resource: Resource, ident: int, worked: Worked) -> None:
    """The shown columns and the prices of each line, in order."""
    if not resource.lines or resource.child is None or not resource.lines.shown:
        return
    told = [line_field(resource, n) for n in resource.lines.shown]
    prices = [column(resource.child, n) for n in resource.lines.grid if n.endswith("price")]
    key = next(f.name for f in resource.child._meta.concrete_fields if f.related_model is resource.of)
    refs = [f.db for f in told if f.kind == "ref"]
    found = list(joined(resource.child._default_manager.filter(**{key: ident}), refs).order_by("position"))
    ids = [row.pk for row in found]
    figures = {f.name: f.compute(ctx, ids) for f in told if f.compute}
    for row in found:
        values = [figures[f.name].get(row.pk) if f.compute else getattr(row, f.name) for f in told]
        worked.cells.append([shown(ctx, f, v)["text"] for f, v in zip(told, values, strict=True)])
        worked.prices.append({f.name: typed(ctx, f, getattr(row, f.name)) for f in prices})


def line_field(resource: Resource, name: str) -> Field:
    """A column of the lines; a worked-out one stands in the domain's ``columns.COLUMNS``."""
    plain = name.partition(":")[0]
    child = resource.child or resource.of
    found = resource.told("COLUMNS").get(f"{child._meta.label_lower}.{plain}")
    if found:
        made = column(resource.child, f"{plain}:{found[0]}")
        return dataclasses.replace(made, compute=found[1])
    return column(resource.child, name)
