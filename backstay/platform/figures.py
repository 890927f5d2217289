"""Figures and days as the reader writes them: shown, typed, and as drafts and addresses keep them (``1234.5``)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import dates, formats
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from backstay.base.money import from_steps

MINUS = "\N{MINUS SIGN}"
KEPT = re.compile(r"^-?\d{1,15}(\.\d{1,12})?$")  # a figure whatever the language
_SPACES = dict.fromkeys(map(ord, " \N{NO-BREAK SPACE}\u202f\u2009'’"))


class BadText(Exception):
    """Typed text that cannot be read; the message says why and what is expected."""


def separators() -> tuple[str, str]:
    """(decimal mark, mark between thousands) of the reader."""
    return str(formats.get_format("DECIMAL_SEPARATOR")), str(formats.get_format("THOUSAND_SEPARATOR"))


# ---- shown ----


def number_text(value: Decimal, least: int = 0) -> str:
    """A figure without needless zeros, in the reader's way of writing."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return _written(plain, max(least, -exponent if isinstance(exponent, int) else 0))


def money_text(steps: int, scale: int) -> str:
    """Money in the reader's way of writing, with a true minus."""
    return _written(from_steps(steps, scale), scale)


@lru_cache(maxsize=64)
def _marks(language: str | None) -> dict[int, str] | None:
    """What Python's ``1,234.5`` becomes in a language, mark by mark; None where thousands are not grouped by three."""
    if formats.get_format("NUMBER_GROUPING", language) != 3:
        return None
    mark, between = (str(formats.get_format(f"{n}_SEPARATOR", language)) for n in ("DECIMAL", "THOUSAND"))
    return {ord("."): mark, ord(","): between, ord("-"): MINUS}


def _written(value: Decimal, places: int) -> str:
    marks = _marks(get_language())  # a page shows hundreds of figures: Django's way takes ten times as long
    if marks is not None:
        return f"{value:,.{places}f}".translate(marks)
    text = formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
    return str(text).replace("-", MINUS)


def day_text(value: date, year: int) -> str:
    """19 Nov, with the year when it is another."""
    if not isinstance(value, datetime):
        return _day(value, year, get_language())
    return _when(value, year)


@lru_cache(maxsize=4096)
def _day(value: date, year: int, language: str | None) -> str:
    return _when(value, year)


def _when(value: date, year: int) -> str:
    told = pgettext("day", "j M") if value.year == year else pgettext("day", "j M Y")
    return str(formats.date_format(value, f"{told}, H:i" if isinstance(value, datetime) else told))


# ---- typed ----


def figure(text: str) -> Decimal:
    """A typed figure, in the reader's way or in another that cannot be mistaken: in German 1.234,50 and 1234.5,
    in English 1,234.50 and 1234,5. BadText for what can be read in two ways or in none."""
    plain = text.strip().replace(MINUS, "-").translate(_SPACES)
    sign, body = ("-", plain[1:]) if plain[:1] == "-" else ("", plain.removeprefix("+"))
    mark, group = separators()
    for between, point in ((group, mark), (mark, group)):
        if (
            re.fullmatch(rf"(\d+|\d{{1,3}}({re.escape(between)}\d{{3}})+)?({re.escape(point)}\d+)?", body)
            and body
        ):
            told = sign + body.replace(between, "").replace(point, ".")
            if KEPT.match(told := re.sub(r"^(-?)\.", r"\g<1>0.", told)):
                return Decimal(told)
    raise BadText(
        _("“%(text)s” cannot be read as one figure for certain: write it as %(example)s.")
        % {"text": text.strip()[:40], "example": number_text(Decimal("1234.50"), 2)}
    )


def day(text: str, today: date) -> date:
    """A typed date: 2026-11-19, 19.11.2026, 19.11., 19 Nov, or “today”. BadText for anything else, and for 3/4, which
    is a day in March or in April."""
    plain = text.strip().lower()
    if plain in ("today", _("Today").lower(), "."):
        return today
    try:
        return date.fromisoformat(plain)
    except ValueError:
        pass
    parts = [p for p in re.split(r"[./ -]+", plain) if p]
    if len(parts) in (2, 3) and all(len(p) <= 4 for p in (parts[0], *parts[2:])):
        d, m, y = parts[0], _month(parts[1]), parts[2] if len(parts) == 3 else str(today.year)
        if d.isdigit() and y.isdigit() and m:
            orders = [(int(m), int(d))]
            if "/" in plain and separators()[0] == ".":  # half of those who write English put the month first
                orders.append((int(d), int(m)))
            found = {made for month, number in orders if (made := _made(int(y), month, number))}
            if len(found) == 1:
                return found.pop()
    raise BadText(
        _("“%(text)s” is no date for certain: write it as %(example)s.")
        % {"text": text.strip()[:40], "example": "2026-12-31"}
    )


def _made(year: int, month: int, number: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, number)
    except ValueError:
        return None


def _month(word: str) -> int:
    """The number of a month by number or name, in the reader's language or in English."""
    if word.isdigit():
        return int(word)
    for names in (dates.MONTHS_3, dates.MONTHS):
        for number, name in names.items():
            with override("en"):
                english = str(name).lower()
            if word in (str(name).lower().strip("."), english):
                return int(number)
    return 0


# ---- kept ----


def kept(kind: str, text: str, today: date) -> str:
    """Typed text as a draft keeps it, so that a colleague of another language reads the same; what cannot be read
    stays as it was typed."""
    try:
        if kind in ("money", "steps", "number", "percent", "whole") and text.strip():
            return format(figure(text), "f")
        if kind == "date" and text.strip():
            return day(text, today).isoformat()
    except BadText:
        pass
    return text


def from_kept(text: str) -> Decimal:
    """The figure of a text that a draft or an address keeps. BadText for one that could not be read when typed."""
    return Decimal(text.strip()) if KEPT.match(text.strip()) else figure(text)


def local(kind: str, text: str) -> str:
    """Kept text for an input: the reader's decimal mark, no marks between thousands. ``price``: two places at least."""
    if kind == "price" and KEPT.match(text):
        whole, _point, rest = text.partition(".")
        text = f"{whole}.{rest.ljust(2, '0')}"
    if kind in ("money", "steps", "number", "percent", "whole", "price") and KEPT.match(text):
        return text.replace(".", separators()[0])
    return text
