"""What a report is: what it is asked for, its columns, its lines; and the register of all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_noop

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import HIDDEN
from backstay.platform import access

BOOKS, OPEN, STOCK, TRADE, TAX, RIGHTS = (
    gettext_noop("Books"), gettext_noop("Receivables and payables"), gettext_noop("Stock"), gettext_noop("Trade"), gettext_noop("Tax"), gettext_noop("Rights"),
)  # fmt: skip
MADE_OF: dict[str, tuple[str, ...]] = {
    BOOKS: ("accounting.journalentry",), OPEN: ("invoicing.invoice", "invoicing.bill"), STOCK: ("catalog.item",),
    TRADE: ("invoicing.invoice",), TAX: ("invoicing.invoice", "invoicing.bill"),
}  # fmt: skip
PAGE = 100  # lines of a page
SHOWN = 400  # lines of a page of a statement, which knows no pages of its own


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for. ``compare``: "", previous, year, months, quarters or years; ``by``: how it is grouped;
    ``limit``: lines of a page (None: all, as files and the command line want them), ``after``: the key of the last one, or
    ``skip``: how many lines lie before it."""

    as_of: date
    since: date
    until: date
    account: str | None = None
    item: str | None = None
    place: str = "MAIN"
    party: int | None = None
    by: str = ""
    compare: str = ""
    zero: bool = False
    after: str = ""
    limit: int | None = None
    skip: int = 0
    key: str = ""  # what a report's figure was opened for, e.g. the open item of a card

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        return self.since, self.until

    def query(self, **change: Any) -> str:
        """The address of the same report with something changed."""
        told = {
            "from": self.since, "to": self.until, "account": self.account, "item": self.item, "party": self.party, "by": self.by,
            "compare": self.compare, "zero": "1" if self.zero else "", "key": self.key, "place": self.place if self.place != "MAIN" else "",
        } | change  # fmt: skip
        return urlencode([(k, v) for k, v in told.items() if v not in (None, "")])


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``kind``: text, day, figure or percent; ``places``: decimal places; ``screen``: whether pages show it (files
    always do); ``css``: how it behaves when it gets narrow; ``lead``: it names the line."""

    key: str
    label: str
    kind: str = "text"
    places: int = 2
    screen: bool = True
    css: str = ""
    lead: bool = False

    @property
    def figure(self) -> bool:
        """Whether it stands right."""
        return self.kind in ("figure", "percent")


@dataclass(slots=True)
class Line:
    """A line. ``kind``: head, group, row, opening, subt or grand; ``href``: where the figures and texts of columns lead;
    ``key`` and ``parent`` say what folds what; ``drill``: what it is made of, loaded when it is unfolded."""

    cells: Mapping[str, Any]
    kind: str = "row"
    level: int = 1
    href: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    parent: str = ""
    drill: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure above the lines; ``note``: what it is compared with."""

    label: str
    value: Decimal
    note: str = ""
    percent: bool = False
    rising: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures. ``kind``: bars or line; ``series``: name → a figure per label; ``says``: the sentence above."""

    title: str
    says: str
    labels: tuple[str, ...]
    series: Mapping[str, tuple[Decimal, ...]]
    kind: str = "bars"


@dataclass(slots=True)
class Report:
    """A finished report. ``facts``: what machines get beside the rows; ``sums``: the last line, by column."""

    name: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    lines: list[Line]
    sums: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    chart: Chart | None = None
    notes: list[str] = field(default_factory=list)
    after: str = ""  # the key to go on from; "" at the end
    count: int | None = None  # how many lines there are, of a report that holds those of one page
    choices: list[tuple[str, str, bool]] = field(
        default_factory=list
    )  # text, href, here: accounts, groupings
    empty: str = ""

    @property
    def rows(self) -> list[dict[str, str]]:
        """The lines that count, as texts by column; headings and sums left out."""
        return [
            {c.key: plain(line.cells.get(c.key), c) for c in self.columns}
            for line in self.lines
            if line.kind == "row"
        ]

    @property
    def json(self) -> dict[str, Any]:
        """What machines get; decimals are strings."""
        return self.facts | {"rows": self.rows}


def plain(value: Any, column: Column | None = None) -> str:
    """A value as text for machines."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


@dataclass(frozen=True, slots=True)
class Spec:
    """A report there is. ``picker``: span or day; ``compares``: whether several columns make sense."""

    name: str
    title: str
    says: str
    group: str
    make: Callable[[Ctx, Asked], Report]
    picker: str = "span"
    compares: bool = False
    zero: bool = False
    hidden: bool = False
    span: str = "month"  # what is shown when no days are named
    by: str = ""  # how pages group it when nothing is said
    made_of: tuple[str, ...] = ()  # the kinds it is made of; "" of its group's
    of_rows: bool = False  # made over exactly the rows the reader sees; else it needs the whole company

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of rows and documents it tells of."""
        return self.made_of or MADE_OF[self.group]

    @property
    def action(self) -> str:
        """What ``access`` is asked for."""
        return f"report.{self.name}.read"


REPORTS: dict[str, Spec] = {}


def report(name: str, title: str, says: str, group: str, **more: Any) -> Any:
    """Register a report."""

    def register(maker: Callable[[Ctx, Asked], Report]) -> Callable[[Ctx, Asked], Report]:
        REPORTS[name] = Spec(name, title, says, group, maker, **more)
        return maker

    return register


def make(ctx: Ctx, name: str, asked: Asked) -> Report:
    """Make a report by name, for who may read it. NotFound names those there are."""
    if name not in REPORTS:
        raise NotFound(
            "report.unknown",
            f"there is no report {name}",
            f"One of {', '.join(n for n, s in REPORTS.items() if not s.hidden)}.",
        )
    permit(ctx, REPORTS[name])
    if asked.since > asked.until:
        raise Refusal(
            "report.span",
            f"{asked.since} is after {asked.until}",
            "Choose a first day before the last.",
            "from",
        )
    return REPORTS[name].make(ctx, asked)


def permit(ctx: Ctx, spec: Spec) -> None:
    """Raise Denied unless the actor may read a report. One that is made of the rows he sees shows them; any other needs
    the right to all of what it is made of: figures of a part beside figures of the whole would say nothing."""
    access.require(ctx, spec.action)
    reads = [f"{kind}.read" for kind in spec.kinds]
    if not spec.of_rows:
        access.require_whole(ctx, spec.action, *reads)
    for kind, action in zip(spec.kinds, reads, strict=True):
        access.require(ctx, action)
        if HIDDEN in access.fields(ctx, kind).values():
            raise Denied("access.fields", "the report shows what is hidden from you", "Look in the lists.")


def today(ctx: Ctx) -> Asked:
    """What is asked when nothing is said: as of today, this year."""
    day = clock.today()
    return Asked(day, date(day.year, 1, 1), day)


def link(name: str, **told: Any) -> str:
    """The address of a report."""
    pairs = [
        ("from" if k == "since" else "to" if k == "until" else k, v)
        for k, v in told.items()
        if v not in (None, "")
    ]
    return f"/reports/{name}" + (f"?{urlencode(pairs)}" if pairs else "")
