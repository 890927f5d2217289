"""Cells of reports: figures grouped by thousands with a true minus, texts as they are."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import template

register = template.Library()


@register.filter
def cell(row: dict[str, str], column: Any) -> str:
    """The text of a column in a row."""
    text = row.get(column.key, "")
    if not column.figure:
        return text
    try:
        return f"{Decimal(text):,f}".replace("-", "\N{MINUS SIGN}")
    except InvalidOperation:
        return text
