"""Spans of days: months, quarters and years of the company, what each is called, and which columns a comparison has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.accounting.rules import add_months
from backstay.interfaces.reports.shape import Asked
from backstay.ledger.periods import PeriodRow
from backstay.platform.figures import day_text

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
COMPARE = ("", "previous", "year", "months", "quarters", "years")


class Span(NamedTuple):
    """First and last day."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """The company's calendar: fiscal years begin with month ``first``."""

    first: int
    periods: tuple[PeriodRow, ...]

    def around(self, kind: str, day: date) -> Span:
        """The month, quarter or fiscal year of a day."""
        if kind == "days":
            return Span(day, day)
        back = 0 if kind == "month" else (day.month - self.first) % MONTHS[kind]
        start = add_months(day.replace(day=1), -back)
        return Span(start, add_months(start, MONTHS[kind]) - DAY)

    def kind(self, span: Span) -> str:
        """Whether a span is a month, a quarter, a year, or just days."""
        return next((k for k in MONTHS if self.around(k, span.since) == span), "days")

    def shift(self, span: Span, steps: int) -> Span:
        """The span that many steps later: months by months, days by their number."""
        kind = self.kind(span)
        if kind != "days":
            return self.around(kind, add_months(span.since, steps * MONTHS[kind]))
        if span.since.day == 1 and (whole := self._months(span)):
            start = add_months(span.since, steps * whole)
            return Span(start, add_months(start, whole) - DAY)
        length = (span.until - span.since) + DAY
        return Span(span.since + steps * length, span.until + steps * length)

    def _months(self, span: Span) -> int:
        """How many whole months it is, 0 when it is not."""
        after = span.until + DAY
        months = (after.year - span.since.year) * 12 + after.month - span.since.month
        return months if after.day == 1 and span.since.day == 1 else 0

    def year_before(self, span: Span) -> Span:
        """The same days of the year before; a month's last day stays one."""
        last = (span.until + DAY).day == 1
        until = add_months(span.until + DAY, -12) - DAY if last else add_months(span.until, -12)
        return Span(add_months(span.since, -12), until)

    def label(self, span: Span) -> str:
        """Oct 2026, Q3 2026, 2026, or 3 Oct – 12 Nov 2026."""
        kind = self.kind(span)
        if kind == "month":
            return formats.date_format(span.since, "M Y")
        if kind == "quarter":
            number = ((span.since.month - self.first) % 12) // 3 + 1
            return _("Q%(n)s %(year)s") % {"n": number, "year": self.around("year", span.until).until.year}
        if kind == "year":
            return (
                str(span.until.year) if self.first == 1 else f"{span.since.year}/{span.until.year % 100:02d}"
            )
        if span.since == span.until:
            return day_text(span.until, 0)
        if self._months(span):
            first = "M" if span.since.year == span.until.year else "M Y"
            return f"{formats.date_format(span.since, first)}–{formats.date_format(span.until, 'M Y')}"
        return f"{day_text(span.since, span.until.year)} – {day_text(span.until, 0)}"

    def named(self, today: date) -> list[tuple[str, Span]]:
        """The spans people ask for by name."""
        month, quarter, year = (self.around(kind, today) for kind in MONTHS)
        return [
            (_("This month"), month), (_("Last month"), self.shift(month, -1)), (_("This quarter"), quarter),
            (_("Last quarter"), self.shift(quarter, -1)), (_("This year"), year), (_("Year to date"), Span(year.since, today)),
            (_("Last year"), self.shift(year, -1)),
        ]  # fmt: skip

    def state(self, span: Span) -> str:
        """Whether its months are open, closed or some of each; "" where there are none."""
        found = {
            p.closed
            for p in self.periods
            if p.kind == "regular" and p.starts <= span.until and p.ends >= span.since
        }
        return "" if not found else "part" if len(found) == 2 else "closed" if True in found else "open"


def calendar(ctx: Ctx) -> Calendar:
    """The calendar of a company, by its periods."""
    periods = tuple(ledger.list_periods(ctx))
    regular = [p.starts for p in periods if p.kind == "regular"]
    return Calendar(min(regular).month if regular else 1, periods)


def stands(ctx: Ctx, day: date) -> bool:
    """Whether what is there now is what was there at the end of a day: nothing is posted with a later one. That is asked for
    today and days to come, too: goods may be shipped, and invoices made out, with a day to come."""
    return not ledger.posted_after(ctx, day)


class Shown(NamedTuple):
    """A column of figures: its span, its key and its head."""

    span: Span
    key: str
    label: str


def shown(cal: Calendar, asked: Asked, days: bool = False) -> list[Shown]:
    """The columns of a report: the span asked for, and those beside it. ``days``: only the last day of each counts."""
    main = Span(*asked.span)
    if asked.compare in ("months", "quarters", "years"):
        kind, count = {"months": ("month", 12), "quarters": ("quarter", 4), "years": ("year", 3)}[
            asked.compare
        ]
        last = cal.around(kind, main.until)
        spans = [cal.shift(last, n - count + 1) for n in range(count)]
        spans[-1] = Span(spans[-1].since, main.until)
    elif asked.compare in ("previous", "year"):
        spans = [main, cal.shift(main, -1) if asked.compare == "previous" else cal.year_before(main)]
    else:
        spans = [main]
    several = asked.compare in ("months", "quarters", "years")
    keys = [
        f"amount_{n}" if n > 1 else "amount"
        for n in (range(len(spans), 0, -1) if several else range(1, len(spans) + 1))
    ]
    labels = [
        day_text(s.until, 0)
        if days and not (several and s.until != main.until)
        else cal.label(s if not several else cal.around(kind, s.until))
        for s in spans
    ]
    return [Shown(*each) for each in zip(spans, keys, labels, strict=True)]
