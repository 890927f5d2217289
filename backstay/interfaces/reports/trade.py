"""Sales, purchases and margin by party, item and month; tax by code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.money import from_steps, plain
from backstay.domains.catalog.queries import by_skus
from backstay.domains.invoicing.queries import Named, named
from backstay.domains.tax.queries import tax_moved
from backstay.interfaces.reports.shape import (
    TAX,
    TRADE,
    Asked,
    Chart,
    Column,
    Figure,
    Line,
    Report,
    link,
    report,
)
from backstay.interfaces.reports.spans import Shown, Span, calendar, shown
from backstay.interfaces.reports.tree import Sheet, percent, said
from backstay.platform.turnover import Scope, Turned, turnover

GROUPS = {
    "party": gettext_noop("By party"),
    "item": gettext_noop("By item"),
    "month": gettext_noop("By month"),
    "document": gettext_noop("By document"),
}
SIDES = {
    "sales": ("invoicing.invoice", "invoicing/invoices"),
    "purchases": ("invoicing.bill", "invoicing/bills"),
}
COSTS = ("inventory.shipment", "inventory.receipt")


def _by(asked: Asked, allowed: Sequence[str]) -> str:
    by = asked.by or allowed[0]
    if by not in allowed:
        raise Refusal(
            "report.by",
            _("this report cannot be grouped by %(by)s") % {"by": by[:40]},
            _("One of %(all)s.") % {"all": ", ".join(allowed)},
            "by",
        )
    return by


def _choices(name: str, asked: Asked, allowed: Sequence[str], by: str) -> list[tuple[str, str, bool]]:
    return [
        (_(GROUPS[k]), f"/reports/{name}?" + asked.query(by=k, party=None, item=None), k == by)
        for k in allowed
    ]


@report(
    "sales",
    gettext_noop("Sales"),
    gettext_noop("What was invoiced, net of tax, by customer, item, month or invoice."),
    TRADE,
    compares=True,
    of_rows=True,
)
def sales(ctx: Ctx, asked: Asked) -> Report:
    """Net of invoices; credit notes and reversals count against it on their own day."""
    return _trade(ctx, asked, "sales", _("Sales"))


@report(
    "purchases",
    gettext_noop("Purchases"),
    gettext_noop("What suppliers billed, net of tax, by supplier, item, month or bill."),
    TRADE,
    compares=True,
    made_of=("invoicing.bill",),
    of_rows=True,
)
def purchases(ctx: Ctx, asked: Asked) -> Report:
    """Net of bills; debit notes and reversals count against it on their own day."""
    return _trade(ctx, asked, "purchases", _("Purchases"))


def _trade(ctx: Ctx, asked: Asked, name: str, title: str) -> Report:
    allowed = ("party", "item", "month", "document")
    by = _by(asked, allowed)
    cal = calendar(ctx)
    columns = shown(cal, asked)
    at = next(n for n, c in enumerate(columns) if c.key == "amount")
    scope = Scope(
        (SIDES[name][0],), [c.span for c in columns], main=at + 1, party=asked.party, item=_item(ctx, asked)
    )
    found = turnover(ctx, scope, by, asked.limit, asked.skip)
    names = named(ctx, by if by != "document" else SIDES[name][0], (row.key for row in found.rows))
    keys: dict[tuple[int, date | None], int] = {}  # a document and its reversal are two lines
    steps: list[dict[int, int]] = [{} for _c in columns]
    told: list[Turned] = []
    for row in found.rows:
        n = keys.setdefault((row.key, row.on), len(keys))
        if n == len(told):
            told.append(row)
        steps[row.span - 1][n] = row.value
    sheet = Sheet(ctx, asked, cal, columns, steps)
    for n, row in enumerate(told):
        _trade_line(sheet, name, by, row, names.get(row.key, Named()), n)
    total = [found.sums[n].value if n in found.sums else 0 for n in range(1, len(columns) + 1)]
    made = Report(
        name, title, f"{cal.label(Span(*asked.span))}, {_('net')}, {ctx.currency_code}", _columns(sheet, by), sheet.lines, dict(sheet.cells(total)),
        {"from": asked.since.isoformat(), "to": asked.until.isoformat(), "by": by, "currency": ctx.currency_code, "amount": plain(total[at], ctx.scale)},
    )  # fmt: skip
    made.count = found.count
    made.choices = _choices(name, asked, allowed, by)
    taxes = sum(row.tax for row in found.sums.values() if sheet.several or row.span == at + 1)
    told_sums = ((_("Net"), sheet.whole(total)), (_("Tax"), taxes), (_("Gross"), sheet.whole(total) + taxes))
    made.figures = [Figure(label, from_steps(steps_, ctx.scale)) for label, steps_ in told_sums]
    if by != "document" and not asked.skip:
        labels = [
            (_label(row, by, names), _name(row, by, names), steps[at].get(n, 0)) for n, row in enumerate(told)
        ]
        made.chart = _trade_chart(ctx, made, by, labels, total[at])
    made.empty = (
        _("Nothing was invoiced in these days.")
        if name == "sales"
        else _("Nothing was billed in these days.")
    )
    made.notes = [_("Credit notes count against it on their day, reversals on theirs.")]
    return made


def _trade_line(sheet: Sheet, name: str, by: str, row: Turned, known: Named, n: int) -> None:
    cells: dict[str, Any] = {
        "account": known.code if by == "item" else "",
        "name": _name(row, by, {row.key: known}),
    } | sheet.cells(sheet.figures([n]))
    if by == "document":
        cells |= {"on": row.on, "party": known.name}
    href = _hrefs(sheet.asked, name, by, row, known, sheet.shown)
    drill = href["name"] if by != "document" else ""
    sheet.lines.append(Line(cells, "row", 1, href, f"t{n}" if drill else "", drill=drill))


def _item(ctx: Ctx, asked: Asked) -> int | None:
    if asked.item in (None, ""):
        return None
    return 0 if asked.item == "-" else by_skus(ctx, [str(asked.item)]).get(str(asked.item), -1)


def _name(row: Turned, by: str, names: Mapping[int, Named]) -> str:
    if by == "month":
        return formats.date_format(_month_of(row.key).since, "F Y")
    known = names.get(row.key, Named())
    if by == "document":
        return known.code
    return known.name or _("Without an item")


def _code(row: Turned, by: str, names: Mapping[int, Named]) -> str:
    return names.get(row.key, Named()).code if by == "item" else ""


def _month_of(key: int) -> Span:
    first = date(key // 12, key % 12 + 1, 1)
    after = date((key + 1) // 12, (key + 1) % 12 + 1, 1)
    return Span(first, after - timedelta(days=1))


def _label(row: Turned, by: str, names: Mapping[int, Named]) -> str:
    """What stands under a bar of the chart."""
    if by == "month":
        return formats.date_format(_month_of(row.key).since, "M")
    return _code(row, by, names) or _name(row, by, names)


def _hrefs(
    asked: Asked, name: str, by: str, row: Turned, known: Named, columns: Sequence[Shown]
) -> dict[str, str]:
    """A name, and each of its figures, leads to the documents behind it."""
    if by == "document":
        href = f"/{SIDES[name][1]}/{row.key}"
        return {"name": href, "amount": href}
    made = {}
    for c in columns:
        span = c.span
        if by == "month":
            month = _month_of(row.key)
            span = Span(max(month.since, span.since), min(month.until, span.until))
            if span.since > span.until:
                continue  # the month lies outside this column: there is nothing behind its figure
        more = {"party": row.key} if by == "party" else {"item": known.code or "-"} if by == "item" else {}
        made[c.key] = link(
            name, by="document", since=span.since, until=span.until, **({"party": asked.party} | more)
        )
    return made | {"name": made.get("amount") or next(iter(made.values()), "")}


def _columns(sheet: Sheet, by: str) -> tuple[Column, ...]:
    heads = {"party": _("Party"), "item": _("Item"), "month": _("Month"), "document": _("Document")}
    columns = sheet.columns(kind=False)
    lead = Column("name", heads[by], css="p1", lead=True)
    more = (
        (Column("on", _("Date"), "day", css="p3"), Column("party", _("Party"), css="p4"))
        if by == "document"
        else ()
    )
    return (columns[0], lead, *more, *columns[2:])


def _trade_chart(
    ctx: Ctx, made: Report, by: str, told: Sequence[tuple[str, str, int]], total: int
) -> Chart | None:
    """``told``: label, name and steps, in order."""
    if len(told) < 2 or total <= 0:
        return None
    if by == "month":
        _l, best, most = max(told, key=lambda each: each[2])
        says = _("%(best)s was the best month with %(sum)s.") % {"best": best, "sum": said(most, ctx)}
        bars = tuple(from_steps(s, ctx.scale) for _l, _n, s in told)
        return Chart(_("By month"), says, tuple(label for label, _n, _s in told), {made.title: bars})
    top = told[:8]
    share = percent(sum(s for _l, _n, s in top), total)
    says = _("The first %(n)s make %(share)s%% of it; %(first)s alone %(sum)s.") % {
        "n": len(top), "share": share, "first": top[0][1], "sum": said(top[0][2], ctx),
    }  # fmt: skip
    bars = tuple(from_steps(s, ctx.scale) for _l, _n, s in top)
    return Chart(_("The largest"), says, tuple(label for label, _n, _s in top), {made.title: bars})


@report(
    "margin",
    gettext_noop("Margin"),
    gettext_noop("What was invoiced against what the goods cost, by customer, item or month."),
    TRADE,
)
def margin(ctx: Ctx, asked: Asked) -> Report:
    """Income at the invoice, cost at the shipment, both in the days asked for."""
    allowed = ("item", "party", "month")
    by = _by(asked, allowed)
    cal = calendar(ctx)
    scope = Scope((SIDES["sales"][0],), [asked.span], COSTS, taxed=False)
    found = turnover(ctx, scope, by, asked.limit, asked.skip)
    names = named(ctx, by, (row.key for row in found.rows))
    lines = [_margin_line(ctx, asked, by, row, names) for row in found.rows]
    total = found.sums.get(1) or Turned(1, 0, None, 0, 0, 0)
    heads = {"party": _("Customer"), "item": _("Item"), "month": _("Month")}
    columns = (
        Column("account", _("Item"), screen=False), Column("name", heads[by], css="p1", lead=True), Column("income", _("Invoiced"), "figure", ctx.scale, css="p3"),
        Column("cost", _("Cost of goods"), "figure", ctx.scale, css="c-c"), Column("amount", _("Margin"), "figure", ctx.scale, css="p2"), Column("percent", "%", "percent", 1, css="p4 pri"),
    )  # fmt: skip
    sums = _margin_cells(ctx, total.value, total.cost)
    made = Report(
        "margin", _("Margin"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", columns, lines, sums,
        {"income": plain(total.value, ctx.scale), "cost": plain(total.cost, ctx.scale), "amount": plain(total.value - total.cost, ctx.scale), "by": by},
    )  # fmt: skip
    made.count = found.count
    made.choices = _choices("margin", asked, allowed, by)
    made.figures = [Figure(_("Invoiced"), sums["income"]), Figure(_("Cost of goods"), sums["cost"]), Figure(_("Margin"), sums["amount"]),
                    Figure(_("Margin"), sums["percent"] or Decimal(0), percent=True)]  # fmt: skip
    made.notes = [
        _(
            "Income counts at the invoice, cost at the shipment: what left and is not invoiced yet lowers the margin until it is."
        )
    ]
    made.empty = _("Nothing was invoiced or shipped in these days.")
    return made


def _margin_line(ctx: Ctx, asked: Asked, by: str, row: Turned, names: Mapping[int, Named]) -> Line:
    code = _code(row, by, names)
    cells = {"account": code, "name": _name(row, by, names)} | _margin_cells(ctx, row.value, row.cost)
    month = _month_of(row.key) if by == "month" else Span(*asked.span)
    more = {"party": row.key} if by == "party" else {"item": code or "-"} if by == "item" else {}
    since, until = max(month.since, asked.since), min(month.until, asked.until)
    href = link("sales", by="document", since=since, until=until, **more)
    return Line(cells, "row", 1, {"name": href, "income": href})


def _margin_cells(ctx: Ctx, income: int, cost: int) -> dict[str, Any]:
    return {
        "income": from_steps(income, ctx.scale), "cost": from_steps(cost, ctx.scale), "amount": from_steps(income - cost, ctx.scale), "percent": percent(income - cost, income)
    }  # fmt: skip


@report(
    "tax",
    gettext_noop("Tax"),
    gettext_noop("Base and tax by code, on what was sold and what was bought, and what is due."),
    TAX,
    compares=True,
    span="quarter",
)
def tax(ctx: Ctx, asked: Asked) -> Report:
    """From the ledger: the tax accounts by code, and the bases kept beside them."""
    cal = calendar(ctx)
    columns = shown(cal, asked)
    found = tax_moved(ctx, [c.span for c in columns])
    steps: list[dict[int, int]] = [{} for _c in columns]
    codes: dict[tuple[str, int], Any] = {}
    base: dict[tuple[str, int], int] = {}
    main = next(n for n, c in enumerate(columns, 1) if c.key == "amount")
    for row in found:
        sign = 1 if row.way == "out" else -1
        codes.setdefault((row.way, row.code), row)
        steps[row.span - 1][sign * row.code] = sign * row.tax
        if row.span == main:
            base[(row.way, row.code)] = row.base
    sheet = Sheet(ctx, asked, cal, columns, steps)
    for way, title, account in (
        ("out", _("On what was sold"), "vat_out"),
        ("in", _("On what was bought"), "vat_in"),
    ):
        mine = [row for (w, _c), row in codes.items() if w == way]
        if mine:
            _tax_lines(ctx, asked, sheet, columns, way, title, account, mine, base)
    due = sheet.figures({k for column in steps for k in column})
    sheet.add("grand", _("Tax due") if due[main - 1] >= 0 else _("Tax to get back"), due)
    inner = sheet.columns()
    figures = (Column("base", _("Base"), "figure", ctx.scale, css="p3"),)
    made = Report(
        "tax", _("Tax"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", (*inner[:3], *figures, *inner[3:]), sheet.lines, {"amount": from_steps(due[main - 1], ctx.scale)},
        {"from": asked.since.isoformat(), "to": asked.until.isoformat(), "currency": ctx.currency_code, "due": plain(due[main - 1], ctx.scale)},
    )  # fmt: skip
    made.notes = [_("Tax on what was bought stands with a minus: it is taken off.")]
    made.empty = _("No tax was posted in these days.")
    return made


def _tax_lines(
    ctx: Ctx, asked: Asked, sheet: Sheet, columns: Sequence[Shown], way: str, title: str, account: str, mine: Sequence[Any], base: dict[tuple[str, int], int]
) -> None:  # fmt: skip
    """A heading, the codes of a side, their sum; figures lead to the cards of tax and base."""
    sign = 1 if way == "out" else -1
    code = _code_of(ctx, account)
    of_base = _code_of(ctx, "tax_base")
    sheet.add("head", title, [])
    for row in mine:
        cells: dict[str, Any] = {
            "type": way,
            "account": row.name,
            "name": row.title,
            "base": from_steps(base.get((way, row.code), 0), ctx.scale),
        }
        cells |= sheet.cells(sheet.figures([sign * row.code]))
        href = {
            c.key: link(
                "general-ledger", account=code, key=f"tax:{row.code}", since=c.span.since, until=c.span.until
            )
            for c in columns
        }
        href["base"] = link(
            "general-ledger",
            account=of_base,
            key=f"tax:{row.code}/{way}",
            since=asked.since,
            until=asked.until,
        )
        sheet.lines.append(Line(cells, "row", 1, href | {"name": href["amount"]}))
    sheet.add(
        "subt",
        _("Output tax") if way == "out" else _("Input tax"),
        sheet.figures({sign * row.code for row in mine}),
    )


def _code_of(ctx: Ctx, role: str) -> str:
    from backstay.domains.accounting.queries import accounts

    return next((a.code for a in accounts(ctx) if a.role == role), "")
