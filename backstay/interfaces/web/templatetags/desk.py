"""Icons, figures and dates as the desk shows them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from html import escape
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from backstay.base import clock
from backstay.platform import access
from backstay.platform.figures import day_text, separators

register = template.Library()
FIGURES = ("number", "steps", "percent", "whole")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; decorative, so what it means stands beside it or in an aria-label."""
    return _icon(str(name), size)


@register.filter
def drawing(svg: str) -> SafeString:
    """A drawing made by our own side, without its XML head, as a part of the page."""
    return SafeString(svg[svg.index("<svg") :])


@cache
def _icon(name: str, size: str = "") -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "", static("backstay/sprite.svg"), name,
    )  # fmt: skip


@register.simple_tag
def list_head(page: Any, sorts: dict[str, dict[str, str]], currency: str) -> SafeString:
    """The heads of a list's columns, with the link that sorts by them."""
    made = []
    for field in page.fields:
        unit = f' <span class="cur m-0">{escape(currency)}</span>' if field.kind == "money" else ""
        text, aria = f"{escape(field.label)}{unit}", ""
        if by := sorts.get(field.name):
            mark = _icon(by["icon"], "sm") if by["aria"] else ""
            aria = f' aria-sort="{by["aria"]}"' if by["aria"] else ""
            text = f'<a class="th" href="{escape(by["href"])}">{text}{mark}</a>'
        made.append(f'<th scope="col" class="{page.places[field.name]}"{aria}>{text}</th>')
    return SafeString("".join(made))


@register.simple_tag
def list_rows(page: Any, document: bool, bulk: bool) -> SafeString:
    """The rows of a list. Made here, not by a template for each: a page has some five hundred cells."""
    told = gettext("Select %(r)s")
    made = []
    for row in page.rows:
        box = ""
        if bulk:
            label = escape(told % {"r": row["title"]})
            box = (
                '<td class="cell-check"><input class="form-check-input" type="checkbox" name="ids" '
                f'value="{row["id"]}" aria-label="{label}"></td>'
            )
        made.append(
            f'<tr data-row="{row["id"]}" data-revision="{row["revision"]}">{box}'
            f"{_cells(row, page.places, document)}</tr>"
        )
    return SafeString("".join(made))


def _cells(row: dict[str, Any], places: dict[str, str], document: bool) -> str:
    day = first_of(row["cells"], "date")
    shown = day and day.get("iso") and document and "p2" not in places[day["name"]]
    on = f'<span class="only-sm"> · {escape(str(day["text"]))}</span>' if shown else ""
    made = []
    for n, cell in enumerate(row["cells"]):
        place = places[cell["name"]] + ("" if n == 0 or cell["kind"] in ("money", "state") else " soft")
        if n and cell["text"] == "—":
            place += " none"  # a phone's card leaves it out
        edit = f' data-edit="{escape(cell["edit"])}"' if cell.get("edit") else ""
        inner = _title(row, cell, document) + on if n == 0 else cell_of(cell)
        made.append(f'<td class="{place.strip()}"{edit}>{inner}</td>')
    return "".join(made)


@register.simple_tag
def filter_of(field: Any, ops: tuple[str, ...]) -> SafeString:
    """What a field can be filtered by: the same for everybody who reads the language, so made once."""
    return _filter_of(field, ops, get_language())


@lru_cache(maxsize=1024)
def _filter_of(field: Any, ops: tuple[str, ...], language: str | None) -> SafeString:
    return render_to_string("backstay/_filter.html", {"field": field, "ops": ops})


def _title(row: dict[str, Any], cell: dict[str, Any], document: bool) -> str:
    look = ' class="code"' if document and cell["kind"] == "text" else ""
    return f'<a{look} href="{escape(row["href"])}">{escape(str(cell["text"]))}</a>'


@register.simple_tag
def line_cells(row: list[dict[str, Any]]) -> SafeString:
    """The cells of a document's line, each with the head it has on a phone."""
    made = []
    for n, cell in enumerate(row):
        kind = cell["kind"]
        look = "amt med" if kind == "money" else "amt" if kind in FIGURES else "cell-main" if n == 0 else ""
        css = f' class="{look}"' if look else ""
        made.append(f'<td data-label="{escape(str(cell["label"]))}"{css}>{cell_of(cell)}</td>')
    return SafeString("".join(made))


@register.simple_tag
def report_line(line: dict[str, Any]) -> SafeString:
    """A row of a report, written here as a list's cells are: its lead names it, a button unfolds what is below or behind it."""
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in (
            ("class", line["css"]),
            ("data-key-of", line["key"]),
            ("data-parent", line["parent"]),
        )
        if value
    )
    made = []
    for n, cell in enumerate(line["cells"]):
        text = escape(cell["text"])
        if cell["href"]:
            text = f'<a href="{escape(cell["href"])}">{text}</a>'
        if cell["lead"]:
            code = f'<span class="code muted">{escape(line["code"])}</span> &nbsp;' if line["code"] else ""
            note = f' <span class="muted sm">{escape(line["note"])}</span>' if line["note"] else ""
            made.append(f'<th scope="row" class="p1">{_twist(line, "twist")}{code}{text}{note}</th>')
        else:
            look = f' class="{cell["css"]}"' if cell["css"] else ""
            button = _twist(line, "twist in-cell") if n == 0 and line["drill"] else ""
            made.append(f"<td{look}>{button}{text}</td>")
    return SafeString(f"<tr{attributes}>{''.join(made)}</tr>")


def _twist(line: dict[str, Any], look: str) -> str:
    """The button that folds what is below a line, or fetches what it is made of."""
    if line["kind"] == "group":
        told, act = gettext("Accounts of %(n)s"), 'aria-expanded="true" data-fold'
    elif line["drill"]:
        told, act = (
            gettext("What %(n)s is made of"),
            f'aria-expanded="false" data-drill="{escape(line["drill"])}"',
        )
    else:
        return ""
    label = escape(told % {"n": line["name"]})
    return f'<button class="{look} js-only" type="button" {act} aria-label="{label}">{_icon("chevron-right")}</button>'


@register.filter("cell")
def cell_of(cell: dict[str, Any]) -> SafeString:
    """What stands in a cell: a state with its icon, a link, nothing in grey, or the text."""
    text = escape(str(cell["text"]))
    if cell["kind"] == "state" and cell["text"] != "—":
        tone = f" state-{cell['tone']}" if cell["tone"] else ""
        text = f'<span class="state{tone}">{_icon(cell["icon"])}{text}</span>'
    elif cell["kind"] == "ref" and cell.get("href"):
        text = f'<a href="{escape(cell["href"])}">{text}</a>'
    elif links := cell.get("links"):
        text = ", ".join(_out(*link) for link in links)
    elif hint := cell.get("hint", {}).get("text"):
        text = f'{text} <span class="due {cell["hint"]["tone"]}">{escape(hint)}</span>'
    elif cell["nil"]:
        text = f'<span class="nil">{text}</span>'
    return SafeString(text)


def _out(text: str, url: str) -> str:
    """A link out of the house; it tells the other side nothing of where it was followed."""
    plain = escape(text)
    return f'<a class="link" href="{escape(url)}" target="_blank" rel="noopener noreferrer">{plain}</a>' if url else plain  # fmt: skip


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
def may(ctx: Any, action: str) -> bool:
    """Whether the reader may do it: no link leads where he is refused."""
    return access.may(ctx, action)


@register.filter
def said(text: str) -> str:
    """What a refusal says, in the reader's language."""
    from backstay.interfaces.web import words

    return words.said(str(text or ""))


@register.filter
def date_form(form: str) -> str:
    """A form of dates by an example: 31.12.2026."""
    return datetime(2026, 12, 31).strftime(form)  # noqa: DTZ001
