"""Transitions: every act of a document or record, to one or to many, asked for what its process needs."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import BaseModel, create_model
from pydantic import Field as Told

from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.reading import read
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import (
    LINES,
    Closed,
    Figure,
    Ident,
    camel,
    described,
    detail_type,
    in_type,
    name_of,
)
from backstay.interfaces.api.values import texts
from backstay.interfaces.api.writing import MANY, locked
from backstay.interfaces.web import acts, binding, bulk
from backstay.interfaces.web.confirming import ACTS as ASKED_ANEW
from backstay.interfaces.web.fields import word_of
from backstay.interfaces.web.resource import found
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import EXTRA, RESOURCES, Resource, draft_of

OF_LINES = {"line": Ident, "steps": Figure, "quantity": Figure, "price": Figure}


class Effect(Schema):
    """Something that an act made: a shipment, an invoice, a payment."""

    id: int | None = None
    number: str | None = None


class Begun(Schema):
    """Long work: it goes on in the background; `GET /work/{id}` says how far it is."""

    work: int


def acts_of(resource: Resource) -> list[str]:
    """Every act but making and changing, those of higher domains too."""
    return [
        a
        for a in dict.fromkeys((*resource.acts, *EXTRA.get(resource.kind, {})))
        if a not in ("create", "change")
    ]


def register(resource: Resource) -> None:
    """Each act, to one and to many."""
    plain, path, tag = name_of(resource), f"/{resource.path}", resource.menu[1]
    one, many = resource.names[0].lower(), resource.names[1].lower()
    for act in acts_of(resource):
        word, action = word_of(act), f"{resource.kind}.{act}"
        operation(
            "POST", f"{path}/{{int:id}}/{act.replace('_', '-')}", one_, f"{act}{plain}", action, answers={200: done_type(resource.path)},
            body=body_type(resource.path, act), summary=f"{word}: {one}", tag=tag, says="With If-Match, only while it is as it was read.",
            if_match="heeded", explicit=(resource.path, act) in ASKED_ANEW, path_=resource.path, act=act,
        )  # fmt: skip
        if not parts(resource, act) or acts.askable(resource, act):
            operation(
                "POST", f"{path}/bulk/{act.replace('_', '-')}", many_, f"{act}Many{plain}", action, answers={200: DoneMany, 202: Begun},
                body=many_type(resource.path, act), summary=f"{word}: many {many}", tag=tag, explicit=(resource.path, act) in ASKED_ANEW, path_=resource.path, act=act,
                says=f"Up to {MANY} at once, all or none; more of them in the background, each by itself.",
            )  # fmt: skip


class DoneMany(Schema):
    """What an act came to, done to many; ``made``: in their order, where it makes something."""

    ids: list[int]
    made: list[Effect]


@cache
def done_type(path: str) -> type[BaseModel]:
    """The object after the act, and what the act made."""
    resource = RESOURCES[path]
    made = Told(default=[], description="What the act made, e.g. a shipment.")
    return create_model(
        name_of(resource, "Done"),
        __base__=Schema,
        object=(detail_type(path) | None, ...),
        made=(list[Effect], made),
    )


# ---- what an act is asked ----


@cache
def _parts(path: str, act: str) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Parameters that name lines: name → (columns, whether it is needed), read from the type of the draft: a line's id, then a
    whole number (steps of the item's own unit) or a decimal (a quantity of the line, then a price)."""
    draft, _more = draft_of(RESOURCES[path].process(act))
    made: dict[str, tuple[tuple[str, ...], bool]] = {}
    for each in dataclasses.fields(draft)[1:] if draft is not None else ():
        hint = typing.get_type_hints(draft)[each.name]
        inner = next((a for a in _flat(hint) if typing.get_origin(a) is tuple), None)
        row = (
            next((a for a in _flat(typing.get_args(inner)[0]) if typing.get_origin(a) is tuple), None)
            if inner
            else None
        )
        columns = (
            [next(x for x in _flat(c) if x is not type(None)) for c in typing.get_args(row)] if row else []
        )
        if columns[:1] == [int] and set(columns[1:]) <= {int, Decimal}:
            names = [
                "line",
                *(
                    "steps" if c is int else "quantity" if n == 0 else "price"
                    for n, c in enumerate(columns[1:])
                ),
            ]
            needed = each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            made[each.name] = (tuple(names), needed)
    return made


def parts(resource: Resource, act: str) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Parameters of an act that name lines."""
    return _parts(resource.path, act)


def _flat(hint: Any) -> Iterator[Any]:
    """A type, or those it is one of."""
    args = typing.get_args(hint)
    if args and typing.get_origin(hint) is not tuple:
        yield from args
    else:
        yield hint


@cache
def body_type(path: str, act: str) -> type[BaseModel]:
    """What an act is told."""
    resource = RESOURCES[path]
    return create_model(name_of(resource, f"{camel(act)}"), __base__=Closed, **_asked(resource, act))


def _asked(resource: Resource, act: str, lines: bool = True) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for each in acts.asks(resource, act):
        kind = in_type(each, resource.of)
        if each.required and each.kind != "date":  # a day is today unless another is named
            fields[each.name] = (kind, Told(description=described(each).description))
        else:
            fields[each.name] = (kind | None, described(each))
    for name, (columns, needed) in parts(resource, act).items() if lines else ():
        told = {c if c != "steps" else "quantity": _column(c) for c in columns}
        row = create_model(name_of(resource, f"{camel(act)}{camel(name)}"), __base__=Closed, **told)  # type: ignore[call-overload]
        kind = Annotated[list[row], Told(max_length=LINES)]  # type: ignore[valid-type]
        note = "Lines by their id." if needed else "Lines by their id; left out: all that is left."
        fields[name] = (
            (kind, Told(description=note)) if needed else (kind | None, Told(default=None, description=note))
        )
    return fields


def _column(name: str) -> Any:
    says = {
        "steps": "In the item's own unit.",
        "quantity": "Left out: what is left.",
        "price": "Per unit, net; left out: as ordered.",
    }.get(name, "")
    kind = OF_LINES[name]
    return (
        (kind, Told(description=says))
        if name in ("line", "steps")
        else (kind | None, Told(default=None, description=says))
    )


@cache
def many_type(path: str, act: str) -> type[BaseModel]:
    """What an act to many is told: the ids, and what all are told alike."""
    ids = Annotated[list[Ident], Told(min_length=1, max_length=bulk.MOST)]
    return create_model(
        name_of(RESOURCES[path], f"{camel(act)}Many"),
        __base__=Closed,
        ids=(ids, ...),
        **_asked(RESOURCES[path], act, lines=False),
    )


# ---- doing it ----


def one_(ctx: Ctx, request: HttpRequest, path_: str, act: str, id: int, body: BaseModel) -> HttpResponse:
    """An act to one."""
    resource = found(ctx, path_)
    access.require(ctx, f"{resource.kind}.{act}", [id])
    locked(ctx, resource, id, request, needed=False)
    told = _answers(ctx, resource, act, body)
    made = acts.run(ctx, resource, act, [id], told)
    sees = access.may(ctx, f"{resource.kind}.read", [id])
    return respond({"object": read(ctx, resource, id) if sees else None, "made": _effects(made)})


def many_(ctx: Ctx, request: HttpRequest, path_: str, act: str, body: Any) -> HttpResponse:
    """An act to many: at once up to 200, else as long work."""
    resource, ids = found(ctx, path_), list(dict.fromkeys(body.ids))
    access.require(ctx, f"{resource.kind}.{act}", ids)
    told = _answers(ctx, resource, act, body)
    if len(ids) > MANY:
        work = bulk.begin(ctx, resource, act, ids, told)
        return respond({"work": work}, 202, Location=f"/api/v1/work/{work}")
    made = acts.run(ctx, resource, act, ids, told)
    return respond({"ids": ids, "made": _effects(made)})


def _answers(ctx: Ctx, resource: Resource, act: str, body: BaseModel) -> dict[str, Any]:
    """What the body tells the act, bound as the screen binds what is typed. Problem 422 names the field."""
    given = body.model_dump(exclude_unset=True)
    given.pop("ids", None)
    lines = {name: given.pop(name) for name in parts(resource, act) if given.get(name) is not None}
    asked = {each.name: each for each in acts.asks(resource, act)}
    try:
        told = acts.answers(
            ctx, resource, act, texts(ctx, asked, {k: v for k, v in given.items() if k in asked})
        )
    except Refusal as exc:
        if exc.code != "web.answer":
            raise
        raise Problem(422, "api.invalid", exc.message, exc.remedy, [(f"/{exc.where}", exc.message)]) from None
    return told | {name: _lines(resource, act, name, rows) for name, rows in lines.items()}


def _lines(
    resource: Resource, act: str, name: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Any, ...], ...]:
    columns, _needed = parts(resource, act)[name]
    whole = resource.whole or resource
    child: Any = whole.child
    items = dict(child._default_manager.filter(pk__in=[r["line"] for r in rows]).values_list("pk", "item_id"))
    scales = binding.item_scales(set(items.values())) if "steps" in columns else {}
    made, errors = [], []
    for n, row in enumerate(rows):
        cells: list[Any] = [row["line"]]
        if row["line"] not in items:
            errors.append((f"/{name}/{n}/line", "There is no such line."))
            continue
        for column in columns[1:]:
            text = row.get("quantity" if column == "steps" else column)
            try:
                steps = column == "steps"
                cells.append(
                    to_steps(text, scales.get(items[row["line"]], 6))
                    if steps
                    else Decimal(text)
                    if text is not None
                    else None
                )
            except Refusal as exc:
                errors.append((f"/{name}/{n}/quantity", exc.message))
        made.append(tuple(cells))
    if errors:
        raise Problem(
            422,
            "api.invalid",
            f"{errors[0][0]}: {errors[0][1]}",
            "Correct it, and send it again.",
            errors[:100],
        )
    return tuple(made)


def _effects(made: Any) -> list[dict[str, Any]]:
    """What an act made: rows with number and id, numbers alone, or several lists of them."""
    if isinstance(made, tuple) and not hasattr(made, "number"):
        return [effect for each in made for effect in _effects(each)]
    told = []
    for each in made if isinstance(made, list) else ():
        if hasattr(each, "number"):
            told.append({"id": each.id, "number": each.number})
        else:
            told.append(
                {"id": each, "number": None} if isinstance(each, int) else {"id": None, "number": str(each)}
            )
    return told
