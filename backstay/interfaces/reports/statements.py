"""Income statement and balance sheet, from the ledger's summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.money import from_steps, plain
from backstay.domains.accounting import queries as books
from backstay.domains.accounting.queries import BEFORE_CLOSE, AccountRow
from backstay.interfaces.reports.shape import BOOKS, Asked, Chart, Figure, Line, Report, link, report
from backstay.interfaces.reports.spans import Calendar, Span, calendar, shown
from backstay.interfaces.reports.tree import (
    Node,
    Sheet,
    Steps,
    card_link,
    day_of,
    month_name,
    percent,
    root_of,
    said,
    tree,
)

COST_ROLES = ("cogs", "price_difference", "stock_difference", "write_off", "stock_down")


def _signed(sums: Sequence[books.Sums], kinds: set[int], sign: int) -> list[Steps]:
    return [{i: sign * (d - c) for i, (d, c) in column.items() if i in kinds} for column in sums]


def _parts(chart: Sequence[AccountRow]) -> dict[str, set[int]]:
    """Accounts of profit and loss by part: income, cost of sales, operating, financial."""
    by_id = {a.id: a for a in chart}
    costs = {root_of(by_id, a.id) for a in chart if a.role == "cogs"} | {
        a.id for a in chart if a.role in COST_ROLES
    }
    parts: dict[str, set[int]] = {"income": set(), "costs": set(), "operating": set(), "financial": set()}
    for a in chart:
        if a.type == "income":
            parts["income"].add(a.id)
        elif a.type == "expense":
            of_costs = a.id in costs or root_of(by_id, a.id) in costs
            parts["costs" if of_costs else "financial" if a.cash_flow == "financing" else "operating"].add(
                a.id
            )
    return parts


@report(
    "income-statement", gettext_noop("Income statement"),
    gettext_noop("What was earned and spent in a span of days, and what is left of it."), BOOKS, compares=True, zero=True,
    span="year",
)  # fmt: skip
def income_statement(ctx: Ctx, asked: Asked) -> Report:
    """Income and expense of a span of days; the year-end closing entry is left out."""
    cal, chart = calendar(ctx), books.accounts(ctx)
    columns = shown(cal, asked)
    months, before = _year_of_months(cal, asked)
    every = books.sums_of(ctx, [c.span for c in columns] + months + before, BEFORE_CLOSE)
    result = {a.id for a in chart if a.type in ("income", "expense")}
    steps = _signed(every, result, -1)
    sheet = Sheet(ctx, asked, cal, columns, steps[: len(columns)], account_link=card_link)
    parts, roots = _parts(chart), tree(chart)
    income = sheet.section(_("Revenue and other income"), parts["income"], "income", roots, _("Total income"))
    costs = sheet.section(_("Cost of sales"), parts["costs"], "expense", roots)
    gross = [a + b for a, b in zip(income, costs, strict=True)]
    share = percent(gross[columns.index(sheet.shown_main)], income[columns.index(sheet.shown_main)])
    if parts["costs"] and any(costs):
        sheet.add(
            "subt",
            _("Gross profit"),
            gross,
            note=_("%(share)s%% of income") % {"share": share} if share else "",
        )
    spent = sheet.section(_("Operating expenses"), parts["operating"], "expense", roots)
    operating = [a + b for a, b in zip(gross, spent, strict=True)]
    if any(spent):
        sheet.add("subt", _("Operating profit"), operating)
    financial = sheet.section(_("Financing"), parts["financial"], "expense", roots)
    left = [a + b for a, b in zip(operating, financial, strict=True)]
    sheet.add("grand", _("Result"), left)
    at = columns.index(sheet.shown_main)
    made = Report(
        "income-statement", _("Income statement"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", sheet.columns(), sheet.lines,
        {"amount": from_steps(left[at], ctx.scale)},
        {"from": asked.since.isoformat(), "to": asked.until.isoformat(), "currency": ctx.currency_code, "result": plain(left[at], ctx.scale)},
    )  # fmt: skip
    made.figures = _headline(
        sheet,
        [
            (_("Income"), income),
            (_("Gross margin"), gross),
            (_("Operating profit"), operating),
            (_("Result"), left),
        ],
    )
    made.chart = _result_chart(ctx, cal, months, [sum(c.values()) for c in steps[len(columns) :]])
    made.notes = [_("Costs stand with a minus; a change below zero makes the result worse.")]
    made.empty = _("Nothing was earned or spent in these days.")
    return made


def _year_of_months(cal: Calendar, asked: Asked) -> tuple[list[Span], list[Span]]:
    """The months of the fiscal year of the last day, and the same ones the year before."""
    year = cal.around("year", asked.until)
    first = cal.around("month", year.since)
    months = [cal.shift(first, n) for n in range(12)]
    return months, [cal.year_before(m) for m in months]


def _headline(sheet: Sheet, told: Sequence[tuple[str, Sequence[int]]]) -> list[Figure]:
    """Key figures beside those they are compared with."""
    compared = sheet.asked.compare in ("previous", "year")
    income = told[0][1]
    made = []
    for n, (label, sums) in enumerate(told):
        if n == 1:
            share = percent(sheet.whole(sums), sheet.whole(income))
            before = percent(sums[1], income[1]) if compared else None
            note = (
                _("%(share)s%% in %(span)s") % {"share": before, "span": sheet.shown[1].label}
                if before is not None
                else ""
            )
            made.append(Figure(label, share if share is not None else Decimal(0), note, percent=True))
            continue
        change = percent(sums[0] - sums[1], sums[1]) if compared else None
        word = _("%(share)s%% above %(span)s") if (change or 0) >= 0 else _("%(share)s%% below %(span)s")
        note = word % {"share": abs(change), "span": sheet.shown[1].label} if change is not None else ""
        made.append(
            Figure(
                label,
                from_steps(sheet.whole(sums), sheet.ctx.scale),
                note,
                rising=0 if not change else 1 if change > 0 else -1,
            )
        )
    return made


def _result_chart(ctx: Ctx, cal: Calendar, months: Sequence[Span], results: Sequence[int]) -> Chart | None:
    if not any(results):
        return None
    now, before = results[:12], results[12:]
    year = Span(months[0].since, months[-1].until)
    series = {cal.label(year): tuple(from_steps(v, ctx.scale) for v in now)}
    if any(before):
        series[cal.label(cal.year_before(year))] = tuple(from_steps(v, ctx.scale) for v in before)
    best = max(range(12), key=lambda n: now[n])
    says = _("%(best)s was the best month of %(year)s; the year so far leaves %(sum)s.") % {
        "best": month_name(months[best].since), "year": cal.label(year), "sum": said(sum(now), ctx),
    }  # fmt: skip
    return Chart(_("Result by month"), says, tuple(month_name(m.since, short=True) for m in months), series)


@report(
    "balance-sheet", gettext_noop("Balance sheet"),
    gettext_noop("What the company owns and owes at the end of a day, and what belongs to its owners."), BOOKS, picker="day", compares=True, zero=True,
)  # fmt: skip
def balance_sheet(ctx: Ctx, asked: Asked) -> Report:
    """Assets against liabilities and equity; what profit and loss hold is the result not yet closed."""
    cal, chart = calendar(ctx), books.accounts(ctx)
    columns = shown(cal, asked, days=True)
    balances = books.balances_of(ctx, [c.span.until for c in columns])
    kinds = {
        k: {a.id for a in chart if a.type in k.split()}
        for k in ("asset", "liability", "equity", "income expense")
    }
    steps: list[Steps] = [
        {i: v if i in kinds["asset"] else -v for i, v in column.items()} for column in balances
    ]
    to_card = lambda code, span: card_link(code, _from_year(cal, span))  # noqa: E731
    sheet = Sheet(ctx, asked, cal, columns, steps, account_link=to_card, flows=False)
    roots = tree(chart)
    assets = sheet.section(_("Assets"), kinds["asset"], "asset", roots)
    sheet.add("grand", _("Total assets"), assets)
    debts = sheet.section(_("Liabilities"), kinds["liability"], "liability", roots, _("Total liabilities"))
    result = sheet.figures(kinds["income expense"])
    owned = [a + b for a, b in zip(_equity(sheet, kinds["equity"], roots, result), result, strict=True)]
    sheet.add("subt", _("Total equity"), owned)
    rest = [a + b for a, b in zip(debts, owned, strict=True)]
    sheet.add("grand", _("Total liabilities and equity"), rest)
    at = columns.index(sheet.shown_main)
    parts = {
        "asset": assets[at],
        "liability": debts[at],
        "equity": owned[at],
        "liabilities_and_equity": rest[at],
    }
    made = Report(
        "balance-sheet", _("Balance sheet"), _("at the end of %(day)s, %(currency)s") % {"day": day_of(asked.until), "currency": ctx.currency_code},
        sheet.columns(), sheet.lines, {"amount": from_steps(assets[at], ctx.scale)},
        {"as_of": asked.until.isoformat(), "currency": ctx.currency_code} | {k: plain(v, ctx.scale) for k, v in parts.items()},
    )  # fmt: skip
    made.notes = [
        _("Assets equal liabilities and equity.")
        if assets == rest
        else _("Assets and the rest differ: check the books.")
    ]
    cash = {a.id for a in chart if a.cash_flow == "cash"}
    share = percent(owned[at], assets[at])
    told = ((_("Assets"), assets[at]), (_("Of it cash"), sheet.figures(cash)[at]), (_("Equity"), owned[at]))
    made.figures = [Figure(label, from_steps(value, ctx.scale)) for label, value in told]
    made.figures.append(Figure(_("Equity of assets"), share or Decimal(0), percent=True))
    made.chart = _balance_chart(ctx, cal, asked, kinds, cash)
    return made


def _equity(sheet: Sheet, ids: set[int], roots: Sequence[Node], result: Sequence[int]) -> list[int]:
    before = len(sheet.lines)
    sums = sheet.section(_("Equity"), ids, "equity", roots)
    if len(sheet.lines) == before and any(result):
        sheet.add("head", _("Equity"), sums)
    if any(result):
        cells = {"type": "equity", "account": "", "name": _("Result not yet closed")} | sheet.cells(result)
        since = books.open_result_since(sheet.ctx, sheet.shown_main.span.until)
        href = link("income-statement", since=since, until=sheet.shown_main.span.until)
        sheet.lines.append(Line(cells, "row", 1, {"name": href, "amount": href}))
    return sums


def _from_year(cal: Calendar, span: Span) -> Span:
    return Span(min(cal.around("year", span.until).since, span.since), span.until)


def _balance_chart(
    ctx: Ctx, cal: Calendar, asked: Asked, kinds: Mapping[str, set[int]], cash: set[int]
) -> Chart | None:
    months = [cal.shift(cal.around("month", asked.until), n - 11) for n in range(12)]
    ends = [min(m.until, asked.until) for m in months]
    found = books.balances_of(ctx, ends)
    series = {
        _("Cash"): tuple(from_steps(sum(v for i, v in b.items() if i in cash), ctx.scale) for b in found),
        _("Equity"): tuple(from_steps(-sum(v for i, v in b.items() if i in kinds["equity"] | kinds["income expense"]), ctx.scale) for b in found),
    }  # fmt: skip
    if not any(v for line in series.values() for v in line):
        return None
    cash_now, cash_then = series[_("Cash")][-1], series[_("Cash")][0]
    word = (
        _("Cash rose to %(sum)s within twelve months.")
        if cash_now >= cash_then
        else _("Cash fell to %(sum)s within twelve months.")
    )
    says = word % {"sum": said(int(cash_now.scaleb(ctx.scale)), ctx)}
    return Chart(
        _("Cash and equity by month"),
        says,
        tuple(month_name(m.since, short=True) for m in months),
        series,
        "line",
    )
