"""What can be imported: the fields of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: text, date, number, yes, choice or choices; ``least`` is the smallest figure allowed, ``places`` the most
    decimal places; ``words``: what may be written (in lower case) for which stored word."""

    type: str = "text"
    required: bool = False
    longest: int = 200
    least: Decimal | None = None
    places: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    help: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: the fields of its header and of its lines; ``key`` tells one from another, for ever.

    A ``flat`` kind comes in one table, a row for each line, the header's fields in the first row of each document. What
    a declaration gives (``declared.py``) brings its own ways: ``make`` makes records, ``check`` finds all that is wrong
    with references before, ``there`` says which keys exist without having been imported, ``same`` which rows say what
    stands here anyway. One that is ``changing`` has ``change``, which takes rows of what is here as changes of it.
    """

    key: str
    fields: Mapping[str, FieldSpec]
    lines: Mapping[str, FieldSpec] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    flat: bool = False
    needs_lines: bool = False
    make: Callable[..., list[int]] | None = None
    check: Callable[..., Sequence[Any]] | None = None
    there: Callable[..., set[str]] | None = None
    same: Callable[..., set[str]] | None = None
    change: Callable[..., Any] | None = None
    plan: Any = None


_name = FieldSpec(required=True)
_code = FieldSpec(required=True, longest=40)
_text = FieldSpec()
_short = FieldSpec(longest=40)
_day = FieldSpec("date")
_due = FieldSpec("date", required=True)
_money = FieldSpec("number", least=Decimal(0))
_many = FieldSpec("number", required=True, least=Decimal("0.000001"))

KINDS: dict[str, Kind] = {
    "parties": Kind(
        "code",
        {
            "code": _code, "name": _name, "kind": FieldSpec(longest=12), "role": FieldSpec(longest=12), "tax_id": _short,
            "email": FieldSpec(longest=254), "phone": FieldSpec(longest=60), "payment_days": FieldSpec("number", least=Decimal(0)),
            "street": _text, "city": FieldSpec(longest=100), "postal_code": FieldSpec(longest=20), "region": FieldSpec(longest=100),
            "country": FieldSpec(longest=2), "contact": _text,
        },
    ),
    "items": Kind(
        "sku",
        {
            "sku": FieldSpec(required=True, longest=60), "name": _name, "kind": FieldSpec(longest=10), "category": FieldSpec(longest=100),
            "uom": FieldSpec(longest=10), "sales_price": _money, "purchase_price": _money, "tax_class": FieldSpec(longest=10),
            "barcode": FieldSpec(longest=14), "decimals": FieldSpec("number", least=Decimal(0)),
        },
    ),
    "counts": Kind(
        "reference",
        {"reference": _code, "on": _due, "place": _short},
        {"reference": _code, "item": FieldSpec(required=True, longest=60), "quantity": FieldSpec("number", required=True, least=Decimal(0))},
    ),
    "orders": Kind(
        "number",
        {
            "number": _code, "customer": _code, "ordered_on": _due, "required_on": _day, "shipped_on": _day, "invoiced_on": _day,
            "paid_on": _day, "freight": _money, "place": _short,
        },
        {
            "number": _code, "item": FieldSpec(required=True, longest=60), "quantity": _many, "unit_price": _money,
            "discount": _money, "uom": FieldSpec(longest=10),
        },
        ("rounding", "freight_item"),
    ),
}  # fmt: skip
