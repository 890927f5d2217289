"""Icons, figures and dates as the desk shows them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from backstay.base import clock
from backstay.platform.figures import day_text, separators

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; decorative, so what it means stands beside it or in an aria-label."""
    return _icon(str(name), size)


@cache
def _icon(name: str, size: str = "") -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "", static("backstay/sprite.svg"), name,
    )  # fmt: skip


@register.simple_tag
def cells(row: dict[str, Any], document: bool) -> SafeString:
    """The cells of a list's row. Made here, not by a template for each: a thousand of them take a hundredth of a second."""
    first, *rest = row["cells"]
    look = ("code" if first["kind"] == "text" else "") + ("" if document else " cell-main")
    day = first_of(row["cells"], "date")
    on = f'<span class="only-sm"> · {escape(str(day["text"]))}</span>' if day and day.get("iso") else ""
    made = [
        f'<td class="p3"><a class="{look}" href="{escape(row["href"])}">{escape(str(first["text"]))}</a>{on}</td>'
    ]
    state = first_of(row["cells"], "state")
    for n, cell in enumerate(rest, 1):
        style = "" if cell["kind"] == "state" and cell is not state else f' class="{_class(cell["kind"], n)}"'
        inner = cell_of(cell)
        made.append(
            f'<td{style}><span class="cell-main">{inner}</span></td>'
            if cell["kind"] == "ref"
            else f"<td{style}>{inner}</td>"
        )
    return SafeString("".join(made))


def _class(kind: str, n: int) -> str:
    """Alignment, and what a narrow screen leaves out (``c-a`` first, then ``c-b``)."""
    far = " c-a" if n >= 6 else ""
    if kind in ("state", "ref"):
        return "p4" if kind == "state" else "p1"
    if kind == "money":
        return f"amt{far} p2"
    if kind in ("number", "whole", "percent", "steps"):
        return f"amt soft{far}"
    return ("num soft" if kind in ("date", "instant") else "soft") + (far or (" c-b" if n >= 4 else ""))


@register.filter("cell")
def cell_of(cell: dict[str, Any]) -> SafeString:
    """What stands in a cell: a state with its icon, a link, nothing in grey, or the text."""
    text = escape(str(cell["text"]))
    if cell["kind"] == "state" and cell["text"] != "—":
        tone = f" state-{cell['tone']}" if cell["tone"] else ""
        text = f'<span class="state{tone}">{_icon(cell["icon"])}{text}</span>'
    elif cell["kind"] == "ref" and cell.get("href"):
        text = f'<a href="{escape(cell["href"])}">{text}</a>'
    elif cell["nil"]:
        text = f'<span class="nil">{text}</span>'
    return SafeString(text)


@register.simple_tag
def decimal_mark() -> str:
    """The reader's decimal mark, for scripts that show a figure."""
    return separators()[0]


@register.filter
def short_day(value: date | None) -> str:
    """19 Nov, with the year only when it is another."""
    return (
        day_text(value.date() if isinstance(value, datetime) else value, clock.today().year) if value else "—"
    )


@register.filter
def moment(value: datetime) -> str:
    """19 Nov, 14:05."""
    return day_text(value, clock.today().year)


@register.filter
def month(value: date) -> str:
    """November 2026."""
    return str(formats.date_format(value, pgettext("day", "F Y")))


@register.filter
def of(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def first_of(cells: Any, kind: str) -> Any:
    """The first cell of a kind in a row."""
    return next((c for c in cells if c["kind"] == kind), None)


@register.filter
def kind_of(model: Any) -> str:
    """The kind of a model, e.g. ``catalog.item``."""
    return str(model._meta.label_lower) if model else ""


@register.filter
def word(text: str) -> str:
    """A stored word as people read it."""
    from backstay.interfaces.web.fields import word_of

    return word_of(str(text))


@register.filter
def inline(name: str) -> str:
    """A name within a sentence: English writes it small, German does not."""
    if (get_language() or "en").startswith("en") and name[1:2].islower():
        return name[:1].lower() + name[1:]
    return name


@register.filter
def grouped(value: int) -> str:
    """A whole number in the reader's way of writing: 12,345."""
    return formats.number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def said(text: str) -> str:
    """What a refusal says, in the reader's language."""
    from backstay.interfaces.web import words

    return words.said(str(text or ""))


@register.filter
def date_form(form: str) -> str:
    """A form of dates by an example: 31.12.2026."""
    return datetime(2026, 12, 31).strftime(form)  # noqa: DTZ001
