"""Drafts and decisions about the books; no database."""

from __future__ import annotations

import calendar
import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from backstay.base.errors import Refusal

CHARTS = Path(__file__).parent / "charts"
TYPES = ("asset", "liability", "equity", "income", "expense", "memo")


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account to be, as a row of a chart."""

    code: str
    name: str
    type: str
    role: str | None = None
    unit_kind: str | None = None
    requires: tuple[str, ...] = ()
    bound: str = "none"
    dated: bool = False
    monetary: bool = False
    cash_flow: str = ""
    parent: str | None = None
    postable: bool = True


@dataclass(frozen=True, slots=True)
class JournalLineDraft:
    """A line of a manual entry. ``account`` by id or role; ``amount`` defaults to ``value`` (company currency)."""

    account: int | str
    value: int
    amount: int | None = None
    unit: int | None = None
    party: int | None = None
    item: str = ""
    place: int = 0
    side: int = 0
    text: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class JournalDraft:
    """A manual entry."""

    on: date
    lines: tuple[JournalLineDraft, ...]
    text: str = ""
    period_kind: str = "regular"
    kind: str = "manual"


@dataclass(frozen=True, slots=True)
class ManualLineDraft:
    """A line as a bookkeeper writes it: debit or credit, in steps of the company's currency."""

    account: int
    debit: int = 0
    credit: int = 0
    party: int | None = None
    item: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ManualDraft:
    """A manual entry as a bookkeeper writes it."""

    entered_on: date
    text: str
    lines: tuple[ManualLineDraft, ...]


def journal_of(draft: ManualDraft) -> JournalDraft:
    """The entry of what was written. Refusal (``accounting.line``) for a line with both sides, none, or a minus."""
    lines = []
    for n, line in enumerate(draft.lines, 1):
        if min(line.debit, line.credit) < 0 or (line.debit > 0) == (line.credit > 0):
            raise Refusal("accounting.line", f"line {n} needs a debit or a credit", "Fill in one of the two.")
        value = line.debit - line.credit
        lines.append(JournalLineDraft(line.account, value, party=line.party, item=line.item, text=line.text))
    return JournalDraft(draft.entered_on, tuple(lines), draft.text)


@dataclass(frozen=True, slots=True)
class OpeningDraft:
    """Opening balances as of the day before the first fiscal year. Values in steps, debit +.

    ``items``: open items (side receivable|payable, party, reference, value, and the day it is due where that is known). ``stock``: (stock account or role,
    unit, place, quantity, value). ``balances``: (account, item, value). The rest goes to the opening balance
    account, which must be empty before the first close.
    """

    text: str = "Opening balances"
    balances: tuple[tuple[int | str, str, int], ...] = ()
    items: tuple[tuple[str, int, str, int] | tuple[str, int, str, int, date | None], ...] = ()
    stock: tuple[tuple[int | str, int, int, int, int], ...] = ()
    on: date | None = None
    parties: Mapping[int, str] = field(default_factory=dict)


def default_chart() -> list[AccountDraft]:
    """Our own small chart by the terms of IFRS."""
    with (CHARTS / "default.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    parents = {row["parent"] for row in rows}
    return [
        AccountDraft(
            code=row["code"],
            name=row["name"],
            type=row["type"],
            role=row["role"] or None,
            unit_kind=row["unit_kind"] or None,
            requires=tuple(row["requires"].split()),
            bound=row["bound"] or "none",
            dated=row["dated"] == "1",
            monetary=row["monetary"] == "1",
            cash_flow=row["cash_flow"],
            parent=row["parent"] or None,
            postable=row["code"] not in parents,
        )
        for row in rows
    ]


_ROOTS = {
    "Asset": "asset",
    "Liability": "liability",
    "Equity": "equity",
    "Income": "income",
    "Expense": "expense",
}


def nested_chart(path: Path) -> list[AccountDraft]:
    """A chart from nested JSON (``tree`` of names; keys ``account_number``, ``root_type``, ``is_group``).

    Its accounts stand beside the ones of ours that carry a role, so every process finds its accounts. Raises
    Refusal (``accounting.chart``) that says where the file is wrong.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        tree = content["tree"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise Refusal(
            "accounting.chart", f"{path.name} is no nested chart of accounts: {exc}", where=str(path)
        ) from None
    if not isinstance(tree, dict) or not tree:
        raise Refusal("accounting.chart", f"{path.name}: its tree has no accounts", where=str(path))
    found: list[AccountDraft] = []
    codes: set[str] = set()
    for name, node in tree.items():
        kind = _ROOTS.get(node.get("root_type", "")) if isinstance(node, dict) else None
        if kind is None:
            raise Refusal(
                "accounting.chart",
                f"{path.name}: {name} does not say whether it is asset, liability, equity, income or expense",
                "Give each heading of the first level its root_type.",
                str(path),
            )
        found.extend(_walk(name, node, kind, None, codes))
    return found


def _walk(
    name: str, node: Mapping[str, Any], kind: str, parent: str | None, codes: set[str]
) -> Iterator[AccountDraft]:
    children = {k: v for k, v in node.items() if isinstance(v, dict)}
    code = str(node.get("account_number") or "") or f"{parent or kind[:1].upper()}.{len(codes) + 1}"
    while code in codes:
        code += "'"
    codes.add(code)
    yield AccountDraft(
        code, name[:200], kind, parent=parent, postable=not children and not node.get("is_group")
    )
    for child, below in children.items():
        yield from _walk(child, below, _ROOTS.get(below.get("root_type", ""), kind), code, codes)


def fiscal_periods(first_day: date, years: int) -> list[tuple[date, date, str]]:
    """Months of fiscal years that begin on ``first_day``, an adjusting and a closing period at each year's end.

    Before the first year stands the opening period, a single day.
    """
    eve = first_day - timedelta(days=1)
    periods = [(eve, eve, "opening")]
    start = first_day
    for _ in range(years):
        for _ in range(12):
            last = add_months(start, 1) - timedelta(days=1)
            periods.append((start, last, "regular"))
            start = last + timedelta(days=1)
        end = start - timedelta(days=1)
        periods += [(end, end, "adjusting"), (end, end, "closing")]
    return periods


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# ---- companies ----


class Country(NamedTuple):
    """A country by ISO 3166-1: what is usual there, as a proposal. ``first_month``: of the fiscal year."""

    code: str
    name: str
    name_de: str
    currency: str
    language: str
    first_month: int

    @property
    def paper(self) -> str:
        """The usual sheet: letter in North America and where its standard is followed, A4 elsewhere."""
        return "us-letter" if self.code in LETTER else "a4"


LETTER = {"US", "CA", "MX", "PH", "CL", "CO", "CR", "SV", "GT", "HN", "NI", "PA", "DO", "PR", "VE"}
# Smallest steps other than hundredths (ISO 4217, minor units).
SCALES = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Every country by its code, in the order of the codes."""
    with (CHARTS / "countries.csv").open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source)
        found = [
            Country(r["code"], r["name"], r["name_de"], r["currency"], r["language"], int(r["first_month"]))
            for r in rows
        ]
    return {country.code: country for country in found}


def country_of(code: str) -> Country:
    """The country of a code; one nobody knows gets the euro, English and the calendar year."""
    plain = code.strip().upper()
    return countries().get(plain) or Country(plain, plain, plain, "EUR", "en", 1)


def fiscal_start(today: date, first_month: int) -> date:
    """The first day of the fiscal year that ``today`` lies in."""
    return date(today.year - (today.month < first_month), first_month, 1)


# What a company may decide: name → (kind, bounds). Kinds: text (longest), lines (how many), choice, percent, money, whole, yes, raw.
SETTINGS: dict[str, tuple[str, Any]] = {
    "address": ("lines", 6), "tax_id": ("text", 40), "registration_id": ("text", 60), "website": ("text", 200),
    "email": ("mail", 254), "phone": ("text", 60), "mail_from": ("mail", 254), "language": ("text", 12), "paper": ("choice", ("a4", "us-letter")),
    "rounding": ("choice", ("total", "line")), "reversals": ("choice", ("plain", "storno")), "match_price": ("percent", 100),
    "match_quantity": ("percent", 100), "match_receipt": ("percent", 100), "bill_before_receipt": ("yes", None),
    "bill_rounding": ("money", 1000), "payment_difference": ("money", 1000), "hold_days": ("whole", 3650), "reserve_minutes": ("whole", 43_200), "retention_years": ("whole", 30),
    "second_factor": ("yes", None), "session_idle_hours": ("whole", 12), "session_days": ("whole", 7),
    "logo": ("raw", None), "setup": ("raw", None), "prefixes": ("prefixes", None), "practice_of": ("raw", None), "practice_company": ("raw", None),
}  # fmt: skip
_MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
_PREFIX = re.compile(r"[A-Z][A-Z0-9/.]{0,9}")


def setting(name: str, value: Any) -> Any:
    """A setting as it is kept; None for empty text. Raises Refusal (``accounting.setting``) that names the field."""
    kind, bound = SETTINGS.get(name, ("", None))
    if not kind:
        raise Refusal("accounting.setting", f"there is no setting {name}", where=name)
    if kind == "raw":
        return value
    if kind == "yes":
        return bool(value)
    if kind == "prefixes":
        return _prefixes(value)
    if kind == "lines":
        return _lines(name, value, bound) or None
    text = str(value).replace("\0", "").strip()
    if not text:
        return None
    if kind in ("text", "mail"):
        if len(text) > bound or "\n" in text:
            raise _bad(name, f"it has {len(text)} characters", f"At most {bound}, on one line.")
        if kind == "mail" and not _MAIL.fullmatch(text):
            raise _bad(name, f"“{text}” is no mail address", "Write it as name@example.com.")
        return text
    if kind == "choice":
        if text not in bound:
            raise _bad(name, f"“{text}” cannot be chosen", f"One of {', '.join(bound)}.")
        return text
    return _figure(name, kind, text, bound)


def _bad(name: str, what: str, remedy: str) -> Refusal:
    return Refusal("accounting.setting", what, remedy, name)


def _lines(name: str, value: Any, most: int) -> list[str]:
    given = value.splitlines() if isinstance(value, str) else list(value)
    found = [line for each in given if (line := str(each).replace("\0", "").strip())]
    if len(found) > most or any(len(line) > 100 for line in found):
        raise _bad(name, "it is too long", f"At most {most} lines of 100 characters.")
    return found


def _figure(name: str, kind: str, text: str, most: int) -> Any:
    try:
        figure = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise _bad(name, f"“{text}” is no figure", "Write it as 2.5.") from None
    if not figure.is_finite() or not 0 <= figure <= most or (kind == "whole" and figure != int(figure)):
        raise _bad(name, f"“{text}” is outside its bounds", f"From 0 to {most}.")
    return int(figure) if kind == "whole" else format(figure.normalize(), "f")


def _prefixes(value: Mapping[str, str]) -> dict[str, str]:
    """Prefixes of numbers by series; two series never share one, so a number names its kind."""
    found: dict[str, str] = {}
    for code, text in value.items():
        plain = text.strip().upper()
        if not _PREFIX.fullmatch(plain):
            raise _bad(f"prefix.{code}", f"“{text}” is no prefix", "A letter, then at most nine letters, digits, dots or slashes.")  # fmt: skip
        if plain in found.values():
            raise _bad(f"prefix.{code}", f"two series would be called {plain}", "Choose another.")
        found[code] = plain
    return found
