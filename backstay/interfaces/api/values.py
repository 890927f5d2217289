"""Values on their way out and in: money and quantities are decimal strings, days ISO, references an id; never a float.

What comes in becomes the text that a form would have sent, and is bound by the code that binds forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backstay.base.money import from_steps
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.web.fields import Field, title_of
from backstay.platform.context import Ctx
from backstay.platform.resources import for_model

FIGURES = ("number", "percent", "steps")


def is_price(field: Field) -> bool:
    """Whether a figure is money per piece in the company's currency, with as many places as it has. The ``price`` of a
    price list is in the currency of its list, and stays a figure."""
    return field.kind == "number" and field.name.endswith("_price")


def out(ctx: Ctx, field: Field, value: Any) -> Any:
    """A stored value as JSON."""
    if field.kind == "choices":
        return sorted(str(v) for v in value or ())
    if field.kind == "parcels":
        return [{name: text or None for name, text in each._asdict().items()} for each in value or ()]
    if value is None or (value == "" and field.kind not in ("text", "note")):
        return None
    if field.kind == "money":
        return money(ctx, from_steps(int(value), ctx.scale))
    if is_price(field):
        return money(ctx, Decimal(value))
    if field.kind in FIGURES:
        return figure(Decimal(value) * (100 if field.kind == "percent" else 1))
    if field.kind == "whole":
        return int(value)
    if field.kind == "ref":
        return reference(value)
    if field.kind in ("date", "instant"):
        return value.isoformat()
    return bool(value) if field.kind == "yes" else str(value)


def money(ctx: Ctx, amount: Decimal) -> dict[str, str]:
    """An amount in the company's currency."""
    return {"amount": format(amount, "f"), "currency": ctx.currency_code}


def figure(value: Decimal) -> str:
    """A figure without needless zeros and without an exponent."""
    plain = value.normalize()
    return format(plain if plain else Decimal(0), "f")


def reference(row: Any) -> dict[str, Any]:
    """What a row is referred to by."""
    resource = for_model(type(row))
    return {"id": row.pk, "title": title_of(row), "resource": resource.path if resource else None}


def texts(ctx: Ctx, fields: Mapping[str, Field], given: Mapping[str, Any], where: str = "") -> dict[str, str]:
    """Values as the texts a form would have sent, by field; ``where``: the JSON pointer they stand below. Problem 422 for
    money of another currency."""
    made: dict[str, str] = {}
    for name, value in given.items():
        field = fields[name]
        if isinstance(value, Mapping):  # money
            if value["currency"] != ctx.currency_code:
                wrong = (f"{where}/{name}/currency", f"it is {ctx.currency_code} here")
                raise Problem(422, "api.currency", f"the company counts in {ctx.currency_code}", "Convert it first.", [wrong])  # fmt: skip
            value = value["amount"]
        if field.kind == "ref":
            chosen = isinstance(value, int)
            made[name] = f"#{value}" if chosen else str(value or "")
            made[f"{name}.id"] = str(value) if chosen else ""
        elif value is None:
            made[name] = ""
        elif isinstance(value, bool):
            made[name] = "1" if value else "0"
        elif isinstance(value, list | tuple):
            made[name] = ",".join(str(v) for v in value)
        else:
            made[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return made
