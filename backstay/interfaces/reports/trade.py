"""Sales, purchases and margin by party, item and month; tax by code."""

from __future__ import annotations

from collections.abc import Sequence
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
from backstay.domains.inventory.queries import costs
from backstay.domains.invoicing.queries import Traded, traded
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

GROUPS = {
    "party": gettext_noop("By party"),
    "item": gettext_noop("By item"),
    "month": gettext_noop("By month"),
    "document": gettext_noop("By document"),
}
SIDES = {"sales": ("invoice", "invoicing/invoices"), "purchases": ("bill", "invoicing/bills")}


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
)
def purchases(ctx: Ctx, asked: Asked) -> Report:
    """Net of bills; debit notes and reversals count against it on their own day."""
    return _trade(ctx, asked, "purchases", _("Purchases"))


def _trade(ctx: Ctx, asked: Asked, name: str, title: str) -> Report:
    allowed = ("party", "item", "month", "document")
    by = _by(asked, allowed)
    cal = calendar(ctx)
    columns = shown(cal, asked)
    item = _item(ctx, asked)
    inner = "item_documents" if by == "document" and item is not None else by
    found = traded(ctx, SIDES[name][0], inner, [c.span for c in columns], asked.party, item)
    steps: list[dict[int, int]] = [{} for _c in columns]
    told: dict[int, Traded] = {}
    for n, row in enumerate(found):
        key = n + 1 if by == "document" else row.key
        told.setdefault(key, row)
        steps[row.span - 1][key] = row.net
    sheet = Sheet(ctx, asked, cal, columns, steps)
    at = columns.index(sheet.shown_main)
    order = sorted(
        told, key=lambda k: k if by in ("month", "document") else (-steps[at].get(k, 0), told[k].name)
    )  # type: ignore[arg-type, return-value]
    for key in order:
        row = told[key]
        cells: dict[str, Any] = {
            "account": row.code if by == "item" else "",
            "name": _name(row, by),
        } | sheet.cells(sheet.figures([key]))
        if by == "document":
            cells |= {"on": date(1970, 1, 1) + timedelta(days=row.documents), "party": row.name}
        href = _hrefs(asked, name, by, row, columns)
        drill = href["name"] if by != "document" else ""
        sheet.lines.append(Line(cells, "row", 1, href, f"t{key}" if drill else "", drill=drill))
    total = sheet.figures(told)
    made = Report(
        name, title, f"{cal.label(Span(*asked.span))}, {_('net')}, {ctx.currency_code}", _columns(sheet, by), sheet.lines, dict(sheet.cells(total)),
        {"from": asked.since.isoformat(), "to": asked.until.isoformat(), "by": by, "currency": ctx.currency_code, "amount": plain(total[at], ctx.scale)},
    )  # fmt: skip
    made.choices = _choices(name, asked, allowed, by)
    taxes = sum(row.tax for row in found if sheet.several or row.span == at + 1)
    told_sums = ((_("Net"), sheet.whole(total)), (_("Tax"), taxes), (_("Gross"), sheet.whole(total) + taxes))
    made.figures = [Figure(label, from_steps(steps_, ctx.scale)) for label, steps_ in told_sums]
    made.chart = _trade_chart(ctx, made, by, steps[at], order, told)
    made.empty = (
        _("Nothing was invoiced in these days.")
        if name == "sales"
        else _("Nothing was billed in these days.")
    )
    made.notes = [_("Credit notes count against it on their day, reversals on theirs.")]
    return made


def _item(ctx: Ctx, asked: Asked) -> int | None:
    if asked.item in (None, ""):
        return None
    return 0 if asked.item == "-" else by_skus(ctx, [str(asked.item)]).get(str(asked.item), -1)


def _name(row: Traded, by: str) -> str:
    if by == "month":
        return formats.date_format(_month_of(row.key).since, "F Y")
    if by == "document":
        return row.code
    return row.name or _("Without an item")


def _month_of(key: int) -> Span:
    first = date(key // 12, key % 12 + 1, 1)
    after = date((key + 1) // 12, (key + 1) % 12 + 1, 1)
    return Span(first, after - timedelta(days=1))


def _hrefs(asked: Asked, name: str, by: str, row: Traded, columns: Sequence[Shown]) -> dict[str, str]:
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
        more = {"party": row.key} if by == "party" else {"item": row.code or "-"} if by == "item" else {}
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
    ctx: Ctx, made: Report, by: str, steps: dict[int, int], order: Sequence[int], told: dict[int, Traded]
) -> Chart | None:
    if by == "document" or len(order) < 2 or sum(steps.values()) <= 0:
        return None
    total = sum(steps.values())
    if by == "month":
        best = max(order, key=lambda k: steps.get(k, 0))
        labels = tuple(formats.date_format(_month_of(k).since, "M") for k in order)
        says = _("%(best)s was the best month with %(sum)s.") % {
            "best": _name(told[best], by),
            "sum": said(steps.get(best, 0), ctx),
        }
        return Chart(
            _("By month"),
            says,
            labels,
            {made.title: tuple(from_steps(steps.get(k, 0), ctx.scale) for k in order)},
        )
    top = order[:8]
    share = percent(sum(steps.get(k, 0) for k in top), total)
    says = _("The first %(n)s make %(share)s%% of it; %(first)s alone %(sum)s.") % {
        "n": len(top), "share": share, "first": _name(told[top[0]], by), "sum": said(steps.get(top[0], 0), ctx),
    }  # fmt: skip
    labels = tuple((told[k].code or _name(told[k], by)) for k in top)
    return Chart(
        _("The largest"),
        says,
        labels,
        {made.title: tuple(from_steps(steps.get(k, 0), ctx.scale) for k in top)},
    )


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
    rows = {t.key: t for t in traded(ctx, "invoice", by, [asked.span])}
    spent = {c.key: c.value for c in costs(ctx, by, [asked.span])}
    names = _names(ctx, by, [k for k in spent if k not in rows])
    lines = []
    for key in sorted(
        set(rows) | set(spent),
        key=lambda k: k if by == "month" else -(rows[k].net if k in rows else 0) + spent.get(k, 0),
    ):
        row = rows.get(key) or Traded(1, key, *names.get(key, ("", "")), 0, 0, 0)
        cells = {"account": row.code if by == "item" else "", "name": _name(row, by)} | _margin_cells(
            ctx, row.net, spent.get(key, 0)
        )
        month = _month_of(key) if by == "month" else Span(*asked.span)
        more = {"party": key} if by == "party" else {"item": row.code or "-"} if by == "item" else {}
        href = link(
            "sales",
            by="document",
            since=max(month.since, asked.since),
            until=min(month.until, asked.until),
            **more,
        )
        lines.append(Line(cells, "row", 1, {"name": href, "income": href}))
    income, cost = sum(t.net for t in rows.values()), sum(spent.values())
    heads = {"party": _("Customer"), "item": _("Item"), "month": _("Month")}
    columns = (
        Column("account", _("Item"), screen=False), Column("name", heads[by], css="p1", lead=True), Column("income", _("Invoiced"), "figure", ctx.scale, css="p3"),
        Column("cost", _("Cost of goods"), "figure", ctx.scale, css="c-c"), Column("amount", _("Margin"), "figure", ctx.scale, css="p2"), Column("percent", "%", "percent", 1, css="p4 pri"),
    )  # fmt: skip
    made = Report(
        "margin", _("Margin"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", columns, lines, _margin_cells(ctx, income, cost),
        {"income": plain(income, ctx.scale), "cost": plain(cost, ctx.scale), "amount": plain(income - cost, ctx.scale), "by": by},
    )  # fmt: skip
    made.choices = _choices("margin", asked, allowed, by)
    share = percent(income - cost, income)
    made.figures = [Figure(_("Invoiced"), from_steps(income, ctx.scale)), Figure(_("Cost of goods"), from_steps(cost, ctx.scale)),
                    Figure(_("Margin"), from_steps(income - cost, ctx.scale)), Figure(_("Margin"), share or Decimal(0), percent=True)]  # fmt: skip
    made.notes = [
        _(
            "Income counts at the invoice, cost at the shipment: what left and is not invoiced yet lowers the margin until it is."
        )
    ]
    made.empty = _("Nothing was invoiced or shipped in these days.")
    return made


def _margin_cells(ctx: Ctx, income: int, cost: int) -> dict[str, Any]:
    return {
        "income": from_steps(income, ctx.scale), "cost": from_steps(cost, ctx.scale), "amount": from_steps(income - cost, ctx.scale), "percent": percent(income - cost, income)
    }  # fmt: skip


def _names(ctx: Ctx, by: str, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and name of what was shipped and not invoiced."""
    from backstay.platform import rows

    sql = {
        "item": "SELECT id, sku, name FROM catalog_item",
        "party": "SELECT id, '', name FROM parties_party",
    }.get(by)
    if sql is None or not keys:
        return {}
    return {
        row[0]: (row[1], row[2])
        for row in rows.execute(
            f"{sql} WHERE company_id = %s AND id = ANY(%s::bigint[])", [ctx.company, list(keys)]
        )
    }


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
