"""Lines of reports as pages show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backstay.interfaces.reports.shape import Column, Line, Report
from backstay.platform.context import Ctx
from backstay.platform.figures import day_text, number_text


def head(ctx: Ctx, column: Column) -> dict[str, Any]:
    """A column's head."""
    return {"label": column.label, "css": f"{'amt ' if column.figure else ''}{column.css}".strip()}


def text_of(ctx: Ctx, column: Column, value: Any) -> tuple[str, str]:
    """(text, class) of a value as pages show it."""
    if value is None or value == "":
        return ("—" if column.figure else ""), "nil" if column.figure else ""
    if isinstance(value, date):
        return day_text(value, ctx.today.year), "num soft"
    if not isinstance(value, Decimal):
        return str(value), "code" if column.key in ("entry", "document", "number") else ""
    if column.kind == "percent":
        return f"{number_text(value, 1)}%", ""
    if value == 0 and "one-side" in column.css:
        return "", ""
    text = number_text(value) if column.places == 0 else number_text(value, column.places)
    return text, "nil" if value == 0 else ""


def line_of(ctx: Ctx, made: Report, line: Line, columns: list[Column]) -> dict[str, Any]:
    """A line as the template draws it."""
    cells = []
    for column in columns:
        value = line.cells.get(column.key)
        if line.kind == "head" or (line.kind in ("opening", "row-sum") and column.figure and value is None):
            text, css = ("", "") if column.figure else (str(value or ""), "")
        else:
            text, css = text_of(ctx, column, value)
        cells.append({
            "text": text, "css": " ".join(x for x in ("amt" if column.figure else "", column.css, css) if x), "href": line.href.get(column.key, ""), "lead": column.lead,
        })  # fmt: skip
    kind = {
        "head": "lvl-0",
        "subt": "subt",
        "grand": "grand",
        "opening": "pri-line",
        "row-sum": "pri-line",
    }.get(line.kind, f"lvl-{min(line.level, 4)}")
    return {
        "kind": line.kind, "css": kind if any(c.lead for c in columns) or line.kind == "opening" else "", "cells": cells, "code": line.cells.get("account", "") if any(c.key == "account" and not c.screen for c in made.columns) else "",
        "key": line.key, "parent": line.parent, "drill": line.drill, "note": line.note, "name": line.cells.get("name") or line.cells.get("party") or line.cells.get("document") or "",
    }  # fmt: skip


def sums_of(ctx: Ctx, made: Report, columns: list[Column]) -> list[dict[str, str]]:
    """The last line, where the report has not its own."""
    if not made.sums or any(line.kind == "grand" for line in made.lines) or not made.lines:
        return []
    cells = []
    for n, column in enumerate(columns):
        value = made.sums.get(column.key)
        text = (
            (_("Total") if n == 0 else "")
            if value is None
            else text_of(ctx, replace(column, css=""), value)[0]
        )
        css = column.css.replace("p3", "").replace("p1", "")
        cells.append(
            {"text": text, "css": f"{'amt ' if column.figure else 'lab '}{'p1' if n == 0 else css}".strip()}
        )
    return cells


def figure_of(ctx: Ctx, figure: Any) -> dict[str, Any]:
    text = f"{number_text(figure.value, 1)}%" if figure.percent else number_text(figure.value, ctx.scale)
    return {
        "label": figure.label,
        "text": text,
        "note": figure.note,
        "percent": figure.percent,
        "rising": figure.rising,
    }
