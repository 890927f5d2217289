"""Types of what goes in and out, made from the declarations: pydantic models, which check bodies and write the schema."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from ninja import Schema
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, create_model
from pydantic import Field as Told

from backstay.interfaces.api.values import FIGURES, is_price
from backstay.interfaces.web import binding
from backstay.interfaces.web.fields import Field, column, field_of
from backstay.interfaces.web.filtering import OPERATORS, SPANS
from backstay.platform.resources import RESOURCES, Resource, draft_of

FIGURE = r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$"
TEXT = 10_000
LINES = 5_000
Ident = Annotated[int, Told(ge=1, le=2**63 - 1, strict=True)]
PathIdent = Annotated[int, Told(ge=1, le=2**63 - 1, description="The id of the object.")]
Figure = Annotated[
    str, StringConstraints(pattern=FIGURE), Told(description="A decimal figure as text.", examples=["12.5"])
]


def _day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a day is written as 2026-12-31")
    if not isinstance(value, str):
        raise ValueError("a day is a text")  # no seconds since 1970
    return value


Day = Annotated[date, BeforeValidator(_day)]


class Closed(BaseModel):
    """What takes only the fields it names."""

    model_config = ConfigDict(extra="forbid")


class Money(Closed):
    """An amount of money: a decimal figure as text, and its currency (ISO 4217)."""

    amount: Figure
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Reference(Schema):
    """What another object is referred to by; ``resource``: where it is found, null for a small table without a list."""

    id: int
    title: str
    resource: str | None = None


class Parcel(Schema):
    """A part of a shipment: its tracking number; the carrier, and where it is followed, each null where nobody said."""

    number: str
    carrier: str | None = None
    url: str | None = None


class FieldError(Schema):
    """``pointer``: the field (RFC 6901), or the parameter or header; ``detail``: what is wrong."""

    pointer: str
    detail: str


class ProblemDetails(Schema):
    """An answer that is no success (RFC 9457). ``code``: the rule that refused; ``remedy``: what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str | None = None
    instance: str | None = None
    errors: list[FieldError] | None = None


def name_of(resource: Resource, more: str = "") -> str:
    """The name of a type: ``SalesOrder``, ``SalesOrderNew``."""
    app, model = resource.of._meta.app_label, resource.of.__name__
    return f"{app.title()}{model}{more}"


def camel(name: str) -> str:
    """``record_payment`` → ``RecordPayment``."""
    return "".join(part.title() for part in re.split(r"[_-]", name))


def a(word: str) -> str:
    """With its article: an invoice, a party."""
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


# ---- out ----


def out_type(field: Field) -> Any:
    """The type of a value on its way out."""
    if field.kind == "money" or is_price(field):
        return Money
    if field.kind in FIGURES:
        return str
    plain = {
        "whole": int,
        "yes": bool,
        "date": date,
        "instant": datetime,
        "ref": Reference,
        "choices": list[str],
        "parcels": list[Parcel],
    }
    return plain.get(field.kind, str)


def described(field: Field) -> Any:
    """What the schema says of a field."""
    note = {"percent": "In percent: 10 is 10 %.", "ref": ""}.get(field.kind, "")
    text = " ".join(t for t in (f"{field.label}.", field.help, note) if t)
    return Told(default=None, description=text)


def facts(resource: Resource) -> dict[str, Field]:
    """Every field of the head, by name: of the form and of the list. ``party.name`` is left to the party."""
    names = dict.fromkeys((*resource.form, *resource.columns, *resource.facts(programs=True)))
    made = {}
    for name in names:
        if "." in name and not resource.computed(name.partition(":")[0]):
            continue
        each = field_of(resource, name)
        if each.db or each.compute:
            made[each.name.replace(".", "_")] = each
    for name in ("number", "state"):
        if resource.is_document and name not in made and name not in resource.hidden:
            made[name] = column(resource.of, name)
    for name in ("net", "tax", "gross"):
        if hasattr(resource.of, name) and name not in made and name not in resource.hidden:
            made[name] = column(resource.of, f"{name}:money")
    return made


def line_facts(resource: Resource) -> dict[str, Field]:
    """Every column of a line, by name."""
    if not resource.lines or resource.child is None:
        return {}
    names = dict.fromkeys((*resource.lines.grid, *resource.lines.shown, *resource.facts(True, True)))
    return {each.name.replace(".", "_"): each for each in (binding.line_field(resource, n) for n in names)}


@cache
def row_type(path: str) -> type[BaseModel]:
    """An object in a list. What a role does not see is left out, so nothing but the id is sure to be there."""
    resource = RESOURCES[path]
    fields: dict[str, Any] = {"id": (int, ...)}
    if _has(resource.of, "revision"):
        fields["revision"] = (
            int | None,
            Told(default=None, description="Counts changes; the ETag says the same."),
        )
    for name, each in facts(resource).items():
        fields[name] = (out_type(each) | None, described(each))
    return create_model(name_of(resource), __base__=Schema, __doc__=f"{resource.names[0]}.", **fields)


@cache
def detail_type(path: str) -> type[BaseModel]:
    """An object with its lines."""
    resource = RESOURCES[path]
    if not resource.lines:
        return row_type(path)
    told = {name: (out_type(each) | None, described(each)) for name, each in line_facts(resource).items()}
    line = create_model(name_of(resource, "Line"), __base__=Schema, id=(int, ...), **told)  # type: ignore[call-overload]
    return create_model(
        name_of(resource, "Detail"),
        __base__=row_type(path),
        __doc__=f"{resource.names[0]}, with lines.",
        **{resource.lines_name: (list[line] | None, Told(default=None, description="In their order."))},  # type: ignore[valid-type]
    )


@cache
def page_type(path: str) -> type[BaseModel]:
    """A page of a list."""
    resource = RESOURCES[path]
    after = Told(default=None, description="What to send as `after` for the next page; null at the end.")
    return create_model(
        name_of(resource, "Page"), __base__=Schema, data=(list[row_type(path)], ...), next=(str | None, after)
    )  # type: ignore[misc]


def _has(model: type[models.Model], name: str) -> bool:
    return any(f.name == name for f in model._meta.concrete_fields)


# ---- in ----


def in_type(field: Field, model: type[models.Model] | None = None) -> Any:
    """The type of a value on its way in; the texts are as long as their columns hold."""
    if field.kind == "money" or is_price(field):
        return Money
    if field.kind in FIGURES:
        return Figure
    if field.kind in ("choice", "state") and field.choices:
        return Literal[tuple(word for word, _text in field.choices)]
    if field.kind == "choices" and field.choices:
        return Annotated[list[Literal[tuple(word for word, _text in field.choices)]], Told(max_length=20)]
    if field.kind == "ref":
        return Ident | Annotated[str, StringConstraints(min_length=1, max_length=200)]
    if field.kind == "whole":
        return Annotated[int, Told(ge=-(2**31), le=2**31 - 1, strict=True)]
    if field.kind == "yes":
        return Annotated[bool, Told(strict=True)]
    if field.kind in ("date", "instant"):
        return Day
    return Annotated[str, StringConstraints(max_length=_longest(field, model))]


def _longest(field: Field, model: type[models.Model] | None) -> int:
    try:
        found = model._meta.get_field(field.db or field.name) if model is not None else None
    except FieldDoesNotExist:
        found = None
    return int(getattr(found, "max_length", 0) or TEXT)


def _typed_fields(
    names: dict[str, Field], model: type[models.Model] | None, needed: set[str]
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, each in names.items():
        kind = in_type(each, model)
        told = described(each)
        if name in needed:
            made[name] = (kind, Told(description=told.description))
        else:
            made[name] = (kind | None, told)
    return made


@cache
def new_type(path: str, change: bool = False) -> type[BaseModel]:
    """The body that makes an object, or changes one: what is left out stays, what is null is emptied."""
    resource = RESOURCES[path]
    draft, _more = draft_of(resource.process("change" if change else "create"))
    every = dataclasses.fields(draft) if draft is not None and not change else ()
    required = {f.name for f in every if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}  # fmt: skip
    fields = head_fields(resource)
    usual = {n for n, f in fields.items() if f.kind == "date" and f.required}  # today, as a form begins
    told = _typed_fields(fields, resource.of, required - usual)
    if grid := grid_fields(resource):
        lines = create_model(
            name_of(resource, "LineNew"), __base__=Closed, **_typed_fields(grid, resource.child, set())
        )
        kind = Annotated[list[lines], Told(max_length=LINES)]  # type: ignore[valid-type]
        note = "All of them: what is not sent is taken out." if change else "In their order."
        if resource.lines_name in required:
            told[resource.lines_name] = (
                Annotated[list[lines], Told(max_length=LINES, min_length=1)],
                Told(description=note),
            )  # type: ignore[valid-type]
        else:
            told[resource.lines_name] = (kind | None, Told(default=None, description=note))
    return create_model(name_of(resource, "Change" if change else "New"), __base__=Closed, **told)


def head_fields(resource: Resource) -> dict[str, Field]:
    """What can be typed into the form, by name; what the actor may only read left out."""
    made = (field_of(resource, name) for name in resource.form)
    return {each.name: each for each in made if each.name not in resource.fixed}


def grid_fields(resource: Resource) -> dict[str, Field]:
    """What can be typed on a line, by name."""
    if not resource.lines or resource.child is None:
        return {}
    return {each.name: each for each in (column(resource.child, n) for n in resource.lines.grid)}


# ---- what a list is asked for ----


def filters(resource: Resource) -> dict[str, tuple[str, str, Any, str]]:
    """Parameters that filter a list: name → (field, operator, type, what it says)."""
    made: dict[str, tuple[str, str, Any, str]] = {}
    always = ("number", "state") if resource.is_document else ()
    for name in dict.fromkeys((*resource.columns, *resource.form, *always)):
        each = field_of(resource, name)
        if not each.db or each.kind not in OPERATORS or "." in each.name:
            continue
        for op in OPERATORS[each.kind]:
            told = each.name if op == "is" else f"{each.name}.{op}"
            made[told] = (each.name, op, _filter_type(each, op), f"{each.label}: {_SAYS[op]}.")
    return made


_SAYS = {
    "is": "is this", "not": "is none of these", "has": "contains this", "within": "lies in this span", "from": "on this day or later",
    "to": "on this day or earlier", "min": "at least this", "max": "at most this",
}  # fmt: skip


def _filter_type(field: Field, op: str) -> Any:
    if op == "within":
        return Literal[SPANS]
    if field.kind in ("date", "instant"):
        return Day
    if field.kind in ("money", "number", "whole"):
        return Annotated[str, StringConstraints(pattern=FIGURE)]
    if field.kind == "ref":
        return Annotated[int, Told(ge=1, le=2**63 - 1)]
    if field.kind == "yes":
        return Literal["true", "false"]
    if field.kind in ("state", "choice") and field.choices:
        words = "|".join(re.escape(word) for word, _text in field.choices)
        return Annotated[str, StringConstraints(pattern=f"^({words})([|]({words}))*$")]
    return Annotated[str, StringConstraints(min_length=1, max_length=200)]
