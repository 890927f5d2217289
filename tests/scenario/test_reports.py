"""Reports: golden figures of a small world, figures against the ledger, every figure against what it is made of,
files read again, pages at a constant number of statements, periods closed and opened."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.domains.accounting.processes import (
    ManualDraft,
    close_fiscal_year,
    enter_journal,
    reverse_journal,
)
from backstay.domains.accounting.queries import trial_balance
from backstay.domains.accounting.rules import ManualLineDraft
from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.invoicing.processes import BillDraft, BillLineDraft, enter_bills, reverse_invoices
from backstay.domains.sales import processes as sales
from backstay.interfaces import reports
from backstay.interfaces.reports.files import as_csv
from backstay.interfaces.reports.shape import REPORTS, Asked, Report
from backstay.interfaces.reports.spans import Calendar, Span, calendar
from backstay.platform import context, rows
from backstay.platform.models import Membership, User
from tests.scenario.test_web import PASSWORD
from tests.trade import D, World

M = Decimal
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
BOOKS_REPORTS = ("income-statement", "balance-sheet", "trial-balance", "cash-flow", "tax")


def asked(since: date = YEAR[0], until: date = YEAR[1], **more: Any) -> Asked:
    return Asked(until, since, until, **more)


def sold(world: World, ctx: Ctx, on: date, quantity: int = 2, item: str = "A", customer: str = "C1") -> Any:
    """An order that is shipped and invoiced on its day."""
    order = world.order(ctx, {item: quantity}, customer, on=on)
    sales.confirm_orders(ctx, [order])
    sales.ship_orders(ctx, [sales.ShipDraft(order, on)])
    return sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, on)])[0]


@pytest.fixture
def traded(world: World) -> World:
    """March: 2 A for C1 (paid), April: 3 A for C2 (open); goods at 6.00, sold at 100.00 and 21 % tax."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        first = sold(world, ctx, D)
        world.pay(ctx, first.gross, f"invoice:{first.id}", on=date(2026, 3, 20))
        sold(world, ctx, date(2026, 4, 7), 3, customer="C2")
    return world


def figures(made: Report, column: str = "amount", kinds: tuple[str, ...] = ("row",)) -> dict[str, Any]:
    return {
        line.cells.get("account") or line.cells["name"]: line.cells.get(column)
        for line in made.lines
        if line.kind in kinds
    }


def test_golden_figures(traded: World) -> None:
    """Known by heart: 5 A at 100.00 make 500.00, cost 30.00; tax is 105.00; C2 owes 363.00, cash came in at 242.00."""
    with traded.work() as ctx:
        earned = reports.make(ctx, "income-statement", asked())
        assert figures(earned) == {"4010": M("500.00"), "5010": M("-30.00")}
        assert earned.facts["result"] == "470.00"
        assert figures(earned, kinds=("subt", "grand")) == {
            "Total income": M("500.00"), "Gross profit": M("470.00"), "Result": M("470.00")
        }  # fmt: skip
        owned = reports.make(ctx, "balance-sheet", asked())
        assert figures(owned) == {
            "1010": M("242.00"), "1110": M("363.00"), "1210": M("30.00"), "2020": M("60.00"), "2110": M("105.00"), "Result not yet closed": M("470.00"),
        }  # fmt: skip
        assert owned.facts["asset"] == owned.facts["liabilities_and_equity"] == "635.00"
        flow = reports.make(ctx, "cash-flow", asked())
        assert figures(flow) == {"1110": M("242.00")}
        assert flow.facts["closing"] == "242.00"
        owed = reports.make(ctx, "tax", asked())
        assert [(r["type"], r["base"], r["amount"]) for r in owed.rows] == [("out", "500.00", "105.00")]
        open_ = reports.make(ctx, "receivables", asked(until=date(2026, 4, 30)))
        assert [(r["party"], r["amount"], r["ageing"]) for r in open_.rows] == [("C2", "363.00", "not due")]
        margin = reports.make(ctx, "margin", asked(by="party"))
        assert [(r["name"], r["income"], r["cost"], r["amount"], r["percent"]) for r in margin.rows] == [
            ("C2", "300.00", "18.00", "282.00", "94.0"), ("C1", "200.00", "12.00", "188.00", "94.0")
        ]  # fmt: skip
        stock = reports.make(ctx, "stock", asked())
        assert stock.facts["value"] == stock.facts["ledger_value"] == "30.00"
        for by, told in (
            ("party", ["300.00", "200.00"]),
            ("item", ["500.00"]),
            ("month", ["200.00", "300.00"]),
            ("document", ["200.00", "300.00"]),
        ):
            made = reports.make(ctx, "sales", asked(by=by))
            assert [r["amount"] for r in made.rows] == told, by


def test_columns_that_are_compared(traded: World) -> None:
    """April against March; twelve months that add up to the year; the balance at each month's end."""
    april = (date(2026, 4, 1), date(2026, 4, 30))
    with traded.work() as ctx:
        made = reports.make(ctx, "income-statement", asked(*april, compare="previous"))
        line = next(x for x in made.lines if x.cells.get("account") == "4010")
        assert (line.cells["amount"], line.cells["amount_2"], line.cells["change"], line.cells["percent"]) == (
            M("300.00"), M("200.00"), M("100.00"), M("50.0"),
        )  # fmt: skip
        assert "from=2026-03-01&to=2026-03-31" in line.href["amount_2"]
        year = reports.make(ctx, "income-statement", asked(compare="months"))
        line = next(x for x in year.lines if x.cells.get("account") == "4010")
        assert [line.cells[f"amount_{n}"] for n in (10, 9, 8)] == [M("200.00"), M("300.00"), M("0.00")]
        assert line.cells["total"] == M("500.00")
        held = reports.make(ctx, "balance-sheet", asked(compare="quarters"))
        line = next(x for x in held.lines if x.cells.get("account") == "1010")
        assert [line.cells[k] for k in ("amount_4", "amount_3", "amount_2", "amount")] == [M("242.00")] * 4
        assert "total" not in line.cells
        ago = reports.make(ctx, "income-statement", asked(*april, compare="year"))
        assert next(x for x in ago.lines if x.cells.get("account") == "4010").cells["percent"] is None
        hidden = len(reports.make(ctx, "income-statement", asked()).rows)
        assert len(reports.make(ctx, "income-statement", asked(zero=True)).rows) > hidden + 10


def test_a_reversal_counts_on_its_own_day(traded: World) -> None:
    """An invoice reversed in May stays in April's sales and is taken off May's, as in the ledger."""
    with traded.work() as ctx:
        lost = sold(traded, ctx, date(2026, 4, 9), 1)
        reverse_invoices(ctx, [lost.id], date(2026, 5, 4))
        for month, told in ((4, "400.00"), (5, "-100.00")):
            span = Calendar(1, ()).around("month", date(2026, month, 1))
            for by in ("party", "item", "month", "document"):
                assert reports.make(ctx, "sales", asked(*span, by=by)).facts["amount"] == told
            assert reports.make(ctx, "income-statement", asked(*span)).sums["amount"] <= M(told)
            assert figures(reports.make(ctx, "income-statement", asked(*span)))["4010"] == M(told)


def test_months_quarters_and_years() -> None:
    """Spans have names, neighbours and a year before; a fiscal year may begin in April."""
    cal = Calendar(1, ())
    assert cal.shift(Span(date(2026, 1, 1), date(2026, 1, 31)), 1) == (date(2026, 2, 1), date(2026, 2, 28))
    assert cal.shift(Span(*YEAR), -1) == (date(2025, 1, 1), date(2025, 12, 31))
    assert cal.shift(Span(date(2026, 3, 5), date(2026, 3, 9)), -1) == (date(2026, 2, 28), date(2026, 3, 4))
    assert cal.shift(Span(date(2026, 1, 1), date(2026, 10, 31)), -1) == (date(2025, 3, 1), date(2025, 12, 31))
    assert cal.year_before(Span(date(2024, 2, 1), date(2024, 2, 29))) == (date(2023, 2, 1), date(2023, 2, 28))
    assert cal.year_before(Span(date(2025, 2, 1), date(2025, 2, 28))) == (date(2024, 2, 1), date(2024, 2, 29))
    april = Calendar(4, ())
    assert april.around("year", date(2026, 3, 31)) == (date(2025, 4, 1), date(2026, 3, 31))
    assert april.around("quarter", date(2026, 8, 9)) == (date(2026, 7, 1), date(2026, 9, 30))
    assert april.label(april.around("quarter", date(2026, 8, 9))) == "Q2 2027"
    assert cal.kind(Span(*YEAR)) == "year"
    assert april.kind(Span(*YEAR)) == "days"


# ---- every figure is what it is made of ----


@pytest.fixture(scope="module")
def simulated(database: str) -> Iterator[Any]:
    """A company that bought, sold, took back and was paid for two months."""
    from backstay.interfaces.simulation.run import simulate

    made = simulate(
        orders=60, seed=5, days=60, items=30, customers=12, suppliers=4, name="Reported", settle=False
    )
    yield lambda: context.work(made.company, "system:test")


def followed(ctx: Ctx, href: str) -> Report:
    """The report an address asks for, whole."""
    from django.test import RequestFactory

    from backstay.interfaces.web.reporting import asked_of

    path = urlsplit(href).path.rpartition("/")[2]
    request = RequestFactory().get(href)
    made = asked_of(ctx, request, REPORTS[path], calendar(ctx))
    return reports.make(ctx, path, replace(made, limit=None))


def total_of(made: Report, figure: Decimal) -> set[Decimal]:
    """What a drilled report comes to, line by line: its movement, or what it holds at the end."""
    if made.name == "general-ledger":
        lines = [x for x in made.lines if x.kind == "row"]
        moved = sum((x.cells["debit"] - x.cells["credit"] for x in lines), M(0))
        opening = M(made.facts["opening"])
        debit = sum((x.cells["debit"] for x in lines), M(0))
        credit = sum((x.cells["credit"] for x in lines), M(0))
        return {moved, -moved, opening + moved, -opening - moved, debit, credit}
    if made.name == "stock-card":
        last = [x for x in made.lines if x.kind == "row"][-1]
        return {last.cells["value_after"], last.cells["quantity_after"]}
    if made.name == "income-statement":
        return {M(made.facts["result"])}
    return {sum((x.cells["amount"] for x in made.lines if x.kind == "row"), M(0))}


@pytest.mark.parametrize(
    "name",
    [
        "income-statement",
        "balance-sheet",
        "trial-balance",
        "cash-flow",
        "tax",
        "sales",
        "purchases",
        "receivables",
        "payables",
        "stock",
    ],
)
def test_every_figure_is_what_it_is_made_of(simulated: Any, name: str) -> None:
    """Each figure of each report, opened: the lines behind it add up to it."""
    with simulated() as ctx:
        last = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
        what = asked(
            date(last.year, 1, 1),
            last,
            by="party" if name in ("receivables", "payables", "sales", "purchases") else "",
            limit=100,
        )
        compare = "quarters" if REPORTS[name].compares else ""
        made = reports.make(ctx, name, replace(what, compare=compare))
        opened = 0
        for line in [x for x in made.lines if x.kind == "row"][:40]:
            for column in made.columns:
                href, figure = line.href.get(column.key, ""), line.cells.get(column.key)
                if not href.startswith("/reports/") or not isinstance(figure, Decimal):
                    continue
                found = total_of(followed(ctx, href), figure)
                assert figure in found, (line.cells, column.key, href, found)
                opened += 1
        assert opened >= 4


def test_the_statements_agree_with_the_ledger(simulated: Any) -> None:
    """Trial balance, balance sheet, income statement, cash flow, cards and ages say the same of the same books."""
    with simulated() as ctx:
        last = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
        what = asked(date(last.year, 1, 1), last)
        told = trial_balance(ctx, last)
        made = {name: reports.make(ctx, name, what) for name in BOOKS_REPORTS}
        assert made["trial-balance"].facts["debit"] == made["trial-balance"].facts["credit"]
        assert M(made["trial-balance"].facts["debit"]) == M(told.debit).scaleb(-2)
        by_account = {r["account"]: M(r["debit"]) - M(r["credit"]) for r in made["trial-balance"].rows}
        for line in made["balance-sheet"].lines:
            if line.kind == "row" and line.cells["account"]:
                sign = 1 if line.cells["type"] == "asset" else -1
                assert line.cells["amount"] == sign * by_account[line.cells["account"]]
        held = sum(by_account[a] for a in by_account if a in ("1010", "1020", "1030"))
        assert M(made["cash-flow"].facts["closing"]) == held
        assert M(made["tax"].facts["due"]) == -by_account["2110"] - by_account.get("1310", M(0))
        aged = reports.make(ctx, "receivables", what)
        assert (
            M(aged.facts["amount"])
            == by_account["1110"]
            == M(reports.make(ctx, "receivables", replace(what, by="party", limit=50)).facts["amount"])
        )
        assert M(reports.make(ctx, "stock", what).facts["value"]) == by_account["1210"]
        assert M(reports.make(ctx, "sales", what).facts["amount"]) == -by_account["4010"]


def test_what_has_a_later_day_is_not_there_today(world: World) -> None:
    """Shipped, invoiced, billed and paid with a day to come: it counts from that day on, for stock and open items as for the
    books. What is promised is said today all the same."""
    today, later = date(2026, 4, 10), date(2026, 4, 20)
    with clock.at(today), world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        first = sold(world, ctx, D)
        paper = BillLineDraft("Paper", M(1), M("50"), account="expense")
        enter_bills(ctx, [BillDraft(world.parties["S1"], "P1", D, (paper,))])
        sales.confirm_orders(ctx, [world.order(ctx, {"A": 1}, "C2")])

        def told(day: date) -> list[str]:
            what = asked(until=day)
            made = {name: reports.make(ctx, name, what) for name in ("stock", "receivables", "payables")}
            by_account = {
                r["account"]: M(r["debit"]) - M(r["credit"])
                for r in reports.make(ctx, "trial-balance", what).rows
            }
            assert M(made["stock"].facts["value"]) == M(made["stock"].facts["ledger_value"]) == by_account["1210"]  # fmt: skip
            owes = by_account["1110"], -by_account["2010"]
            assert (M(made["receivables"].facts["amount"]), M(made["payables"].facts["amount"])) == owes
            for n, side in enumerate(("receivables", "payables")):
                assert M(reports.make(ctx, side, replace(what, by="party", limit=50)).facts["amount"]) == owes[n]  # fmt: skip
            between = reports.make(ctx, "party-statement", replace(what, limit=50))
            assert between.sums["balance"] == owes[0] - owes[1]
            [row] = made["stock"].rows
            return [row["quantity"], row["held"], *(made[name].facts["amount"] for name in ("receivables", "payables"))]  # fmt: skip

        before = ["8", "1", "242.00", "60.50"]
        assert told(today) == before
        sold(world, ctx, later, 3, customer="C2")
        world.pay(ctx, first.gross, f"invoice:{first.id}", on=later)
        enter_bills(ctx, [BillDraft(world.parties["S1"], "P2", later, (paper,))])
        assert told(today) == before
        assert told(later) == ["5", "1", "363.00", "121.00"]
        assert told(D)[0] == "8"


@pytest.mark.parametrize("account", ["1110", "1010", "2020"])
def test_a_card_in_pages_is_the_card(simulated: Any, account: str) -> None:
    """Pages of seven lines, one after the other, are the whole card with the same running balance; both ways to read it
    (along the subaccounts, along the days) give the same."""
    from backstay.domains.accounting import cards

    with simulated() as ctx:
        last = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
        what = asked(last.replace(day=1), last, account=account)
        whole = reports.make(ctx, "general-ledger", what).rows
        assert len(whole) > 8
        for few in (cards.FEW, 0):
            patch = pytest.MonkeyPatch()
            patch.setattr(cards, "FEW", few)
            pages, after = [], ""
            while True:
                page = reports.make(ctx, "general-ledger", replace(what, limit=7, after=after))
                pages += page.rows
                after = page.after
                if not after:
                    break
            patch.undo()
            keep = ("on", "entry", "debit", "credit", "balance", "source")
            assert [[r[k] for k in keep] for r in pages] == [[r[k] for k in keep] for r in whole]
        assert M(whole[-1]["balance"]) == page.sums["balance"]


def test_the_journal_in_pages_is_the_journal(simulated: Any) -> None:
    with simulated() as ctx:
        last = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
        what = asked(last.replace(day=1), last)
        whole = [r["entry"] for r in reports.make(ctx, "journal", what).rows]
        found, after = [], ""
        while True:
            page = reports.make(ctx, "journal", replace(what, limit=20, after=after))
            found += [r["entry"] for r in page.rows]
            if not (after := page.after):
                break
        assert found == whole
        assert len(whole) > 20


# ---- on the screen, as files ----


@pytest.fixture
def client(traded: World) -> Client:
    made = User.objects.create_user(f"books{traded.company}@example.com", PASSWORD, name="Bea Books")
    with traded.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    client = Client()
    client.force_login(made)
    return client


DAYS = "from=2026-01-01&to=2026-12-31"


def test_from_a_statement_to_the_document(client: Client, traded: World) -> None:
    """Income statement → account card → entry → invoice, by links alone; figures the same all the way."""
    page = client.get(f"/reports/income-statement?{DAYS}").content.decode()
    card = re.search(r'href="(/reports/general-ledger\?account=4010[^"]*)">500\.00', page)
    assert card
    text = client.get(card[1].replace("&amp;", "&")).content.decode()
    entry = re.search(r'href="(/entries/\d+)"', text)
    assert entry
    assert "200.00" in text
    told = client.get(entry[1]).content.decode()
    assert "242.00" in told
    assert re.search(r"Made by</dt><dd>Backstay<", told)
    invoice = re.search(r'href="(/invoicing/invoices/\d+)"', told)
    assert invoice
    assert client.get(invoice[1]).status_code == 200
    drilled = client.get(card[1].replace("&amp;", "&") + "&drill=1&span=5").content.decode()
    assert "Agrees with the line above" in drilled
    assert "INV-2026-00001" in drilled
    assert "<html" not in drilled


def test_a_chart_says_its_figures(client: Client) -> None:
    """A sentence, the figures for who cannot see it, and the same as a table; no style attribute."""
    page = client.get(f"/reports/income-statement?{DAYS}").content.decode()
    chart = re.search(r"<figure.*?</figure>", page, re.S)
    assert chart
    assert "April was the best month of 2026" in chart[0]
    assert (
        "Mar 188.00, Apr 282.00"
        in re.search(r'aria-label="([^"]*)"', chart[0][chart[0].index('<svg viewBox="0 0 100 100"') :])[1]
    )  # type: ignore[index]
    assert re.search(r'<th scope="row">Apr</th><td class="amt">282\.00</td>', chart[0])
    assert "style=" not in page


@pytest.mark.parametrize("name", [n for n, s in REPORTS.items() if not s.hidden and s.group != "Rights"])
def test_files_are_what_is_seen(client: Client, traded: World, name: str) -> None:
    """CSV and XLSX read again: as many figures, and the same, as the report has; the command line's, too."""
    from python_calamine import CalamineWorkbook

    more = {
        "stock-card": "&item=A&place=W1",
        "party-statement": f"&party={traded.parties['C1']}",
        "general-ledger": "&account=1110",
    }.get(name, "")
    answer = client.get(f"/reports/{name}.csv?{DAYS}{more}")
    assert answer.status_code == 200, answer.content[:300]
    read = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = parse_qs(more.lstrip("&"))
    what = asked(
        item=told.get("item", [None])[0],
        place=told.get("place", ["MAIN"])[0],
        account=told.get("account", [None])[0],
        by=REPORTS[name].by,
    )
    if "party" in told:
        what = replace(what, party=int(told["party"][0]))
    with traded.work() as ctx:
        made = reports.make(ctx, name, what)
    assert read[0] == [c.label for c in made.columns]
    n = [k for k, c in enumerate(made.columns) if c.figure]
    figures_seen = [row[k] for row in read[1:] for k in n if row[k]]
    assert len(read) - 1 - len(made.lines) in (0, 1)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"/reports/{name}.xlsx?{DAYS}{more}").content)
    )
    sheet = book.get_sheet_by_index(0).to_python()
    numbers = [row[k] for row in sheet[1:] for k in n if row[k] != ""]
    assert all(isinstance(x, float | int) for x in numbers), numbers
    assert [round(M(str(x)), 6) for x in numbers] == [round(M(x), 6) for x in figures_seen]
    assert figures_seen
    machine = list(csv.DictReader(io.StringIO(as_csv(made))))
    assert len(machine) == sum(line.kind == "row" for line in made.lines)


def test_a_name_is_no_formula(traded: World, client: Client) -> None:
    with traded.work() as ctx:
        evil = create_items(
            ctx, [ItemDraft("EVIL", "=HYPERLINK(A1)", sales_price=Decimal(10), purchase_price=Decimal(1))]
        )[0]
        traded.items["EVIL"] = evil
        traded.units["EVIL"] = dict(
            rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [traded.company])
        )["EVIL"]
        traded.receive(ctx, "EVIL", 5, 500)
    text = client.get(f"/reports/stock.csv?{DAYS}").content.decode()
    assert "'=HYPERLINK" in text
    assert not re.search(r"(^|,)=", text, re.M)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/reports/stock.xlsx?{DAYS}").content))
    assert any("=HYPERLINK(A1)" in row for row in book.get_sheet_by_index(0).to_python())


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/reports/nothing", "no report nothing"), ("/reports/sales?from=yesterday", "no date"), ("/reports/sales?from=2026-05-01&to=2026-04-01", "after"),
        ("/reports/sales?by=mood", "grouped by mood"), ("/reports/sales?compare=mood", "compared"), ("/reports/journal?compare=year", "compared"),
        ("/reports/general-ledger?account=99", "no account 99"), ("/reports/general-ledger?after=x", "page"), ("/reports/general-ledger?after=2026-01-01~9~x", "page"),
        ("/reports/party-statement?party=x", "no customer"), ("/reports/party-statement?party=999999", "no such customer"), ("/reports/stock-card?item=none", "none"),
        ("/reports/stock-card?item=SRV", "service"), ("/reports/sales.pdf", "file"), ("/entries/999999999", "no entry"), ("/reports/party-statement.csv", "one party"),
        ("/reports/general-ledger?account=%00", "account"),
    ],
)  # fmt: skip
def test_bad_questions_get_clear_answers(client: Client, path: str, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404, 409) or (says == "account" and answer.status_code == 200)
    assert says in answer.content.decode()


def test_who_may_not_read_may_not_export(traded: World) -> None:
    """The same question as page, file and command asks for the same permission."""
    with context.work(traded.company, "user:999999") as ctx:
        for name in REPORTS:
            with pytest.raises(Denied):
                reports.make(ctx, name, asked())
    with traded.work() as ctx:
        with pytest.raises(NotFound):
            reports.make(ctx, "dreams", asked())
        with pytest.raises(Refusal):
            reports.make(ctx, "sales", asked(date(2026, 5, 1), date(2026, 4, 1)))


@pytest.mark.parametrize(
    "path", [f"/reports/{n}" for n, s in REPORTS.items() if not s.hidden] + ["/accounting/periods"]
)
def test_pages_ask_a_constant_number_of_statements(
    client: Client, traded: World, count_statements: Any, path: str
) -> None:
    """Eight more invoices, nothing more is asked."""
    more = {
        "/reports/stock-card": "&item=A&place=W1",
        "/reports/party-statement": f"&party={traded.parties['C1']}",
    }.get(path, "")
    counts = []
    for _ in range(2):
        client.get(f"{path}?{DAYS}{more}")
        with count_statements() as n:
            answer = client.get(f"{path}?{DAYS}{more}")
        assert answer.status_code == 200, answer.content[:500]
        counts.append(len(n))
        with traded.work() as ctx:
            if len(counts) == 1:
                traded.receive(ctx, "A", 20, 12000)
                for day in range(1, 9):
                    sold(traded, ctx, date(2026, 4, day + 9), 1, customer="C1" if day % 2 else "C2")
    assert counts[0] == counts[1]
    assert counts[1] <= 30


# ---- periods and manual entries ----


def _periods(ctx: Ctx) -> dict[tuple[date, str], int]:
    return {
        (row[1], row[2]): row[0]
        for row in rows.execute("SELECT id, starts, kind FROM period WHERE company_id = %s", [ctx.company])
    }


def once(text: str) -> str:
    return re.search(r'name="once" value="([0-9a-f]+)"', text)[1]  # type: ignore[index]


def test_a_period_is_closed_with_its_checklist(client: Client, traded: World) -> None:
    """What is open inside is named with where to look; closed once however often it is clicked; re-opened with a reason."""
    with traded.work() as ctx:
        ids = _periods(ctx)
        order = traded.order(ctx, {"A": 1}, on=date(2026, 3, 30))
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, date(2026, 3, 31))])
    march = ids[(date(2026, 3, 1), "regular")]
    path = f"/accounting/periods/{march}"
    typed = {
        "do": "save",
        "h.party": "C1",
        "h.ordered_on": "2026-03-15",
        "h.place": "W1",
        "l.a.item": "A",
        "l.a.quantity": "1",
        "keys": "a",
    }
    client.post("/sales/orders/new", typed, HTTP_ACCEPT="application/json")
    page = client.get(path).content.decode()
    for told in (
        "1 document dated inside is not finished",
        "EUR 100.00 of what left by then is not invoiced",
        "EUR 60.00 of what arrived",
        "Every line of the bank",
        "Debits equal credits",
    ):
        assert told in page, told
    assert client.post(path, {"do": "accrue", "once": once(page) + "-a"}).status_code == 302
    assert "Accrued by 1 entry" in client.get(path).content.decode()
    assert client.post(path, {"do": "unaccrue", "once": once(page) + "-b"}).status_code == 302
    assert "Every check holds" in client.post(path, {"do": "verify"}).content.decode()
    for _ in range(2):
        assert client.post(path, {"do": "close", "once": once(page)}).status_code == 302
    with traded.work() as ctx:
        closed = rows.execute(
            "SELECT count(*) FROM period WHERE company_id = %s AND closed_at IS NOT NULL", [ctx.company]
        )[0][0]
        assert closed == 4  # the opening, January, February, March
    with pytest.raises(Refusal, match="closed"), traded.work() as ctx:
        sold(traded, ctx, D, 1)
    page = client.get(path).content.decode()
    assert "Re-open" in page
    assert client.post(path, {"do": "reopen", "reason": " ", "once": "ab"}).status_code == 409
    assert client.post(path, {"do": "reopen", "reason": "A bill came late", "once": "cd"}).status_code == 302
    page = client.get(path).content.decode()
    assert "A bill came late" in page
    assert "Before it closes" in page
    assert client.post(path, {"do": "dance", "once": "ef"}).status_code == 409
    assert client.get("/accounting/periods/999999").status_code == 404


def test_a_year_is_closed_as_it_was_shown(client: Client, traded: World) -> None:
    """The preview posts nothing; the close posts what it showed; statements keep the year, the balance sheet its equity."""
    with traded.work() as ctx:
        ident = _periods(ctx)[(date(2026, 12, 31), "closing")]
        before = rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    path = f"/accounting/years/{ident}"
    page = client.get(path).content.decode()
    assert "Preview" in page
    assert "470.00" in page
    with traded.work() as ctx:
        assert rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0] == before
    assert client.post(path, {"do": "close", "once": once(page)}).status_code == 302
    assert client.post(path, {"do": "close", "once": once(page)}).status_code == 302
    with traded.work() as ctx:
        assert (
            rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
            == before + 1
        )
        assert reports.make(ctx, "income-statement", asked()).facts["result"] == "470.00"
        owned = reports.make(ctx, "balance-sheet", asked())
        assert figures(owned)["3020"] == M("470.00")
        assert "Result not yet closed" not in figures(owned)
        next_year = reports.make(ctx, "balance-sheet", asked(date(2027, 1, 1), date(2027, 1, 31)))
        assert next_year.facts["asset"] == next_year.facts["liabilities_and_equity"]
    page = client.get(path).content.decode()
    assert client.post(path, {"do": "reopen", "reason": "", "once": "ab"}).status_code == 409
    assert (
        client.post(path, {"do": "reopen", "reason": "Depreciation was missing", "once": "cd"}).status_code
        == 302
    )
    with traded.work() as ctx:
        assert "Result not yet closed" in figures(reports.make(ctx, "balance-sheet", asked()))
        close_fiscal_year(ctx, date(2026, 12, 31))


def test_manual_entries_say_what_is_missing(client: Client, traded: World) -> None:
    """Typed line by line: the balance is told before anything may be posted; then posted, then reversed."""
    typed = {
        "do": "save",
        "h.entered_on": "2026-05-04",
        "h.text": "Rent of May",
        "l.a.account": "6020 Rent",
        "l.a.debit": "800",
        "keys": "a,b",
    }
    told = client.post("/accounting/journal/new", typed, HTTP_ACCEPT="application/json").json()
    assert "Credit is missing" in told["totals"]
    assert "800.00" in told["totals"]
    typed |= {"l.b.account": "1010 Bank", "l.b.credit": "800.00"}
    told = client.post("/accounting/journal/new", typed, HTTP_ACCEPT="application/json").json()
    assert "Balanced" in told["totals"]
    answer = client.post("/accounting/journal/new", typed | {"do": "make", "once": "ab"})
    assert answer.status_code == 302
    with traded.work() as ctx:
        assert figures(reports.make(ctx, "income-statement", asked()))["6020"] == M("-800.00")
        ident = int(answer["Location"].rpartition("/")[2])
        reverse_journal(ctx, [ident], date(2026, 5, 5))
        assert "6020" not in figures(reports.make(ctx, "income-statement", asked()))


def test_a_manual_claim_is_an_open_item(traded: World) -> None:
    """A line on receivables opens an item of its own, which ages and is paid like any other; of two banks one must be named."""
    with traded.work() as ctx:
        accounts = {
            row[0]: row[1]
            for row in rows.execute("SELECT code, id FROM account WHERE company_id = %s", [ctx.company])
        }
        lines = (
            ManualLineDraft(accounts["1110"], debit=5000, party=traded.parties["C1"]),
            ManualLineDraft(accounts["4200"], credit=5000),
        )
        enter_journal(ctx, [ManualDraft(date(2026, 4, 1), "Damage paid by C1", lines)])
        found = {
            r["number"]: r["amount"]
            for r in reports.make(ctx, "receivables", asked(until=date(2026, 4, 30))).rows
        }
        assert found["Damage paid by C1"] == "50.00"
        item = rows.execute(
            "SELECT item FROM accounting_journalline WHERE company_id = %s AND item LIKE 'opening:%%'",
            [ctx.company],
        )[0][0]
        traded.pay(ctx, 5000, item, on=date(2026, 4, 2))
        assert "Damage paid by C1" not in {
            r["number"] for r in reports.make(ctx, "receivables", asked(until=date(2026, 4, 30))).rows
        }
        for n in (1, 2):
            named = (
                ManualLineDraft(accounts["1010"], debit=100 * n, item=f"bank:{n + 7}"),
                ManualLineDraft(accounts["4200"], credit=100 * n),
            )
            enter_journal(ctx, [ManualDraft(date(2026, 4, 3), "Found", named)])
        with pytest.raises(Refusal, match="1010"):
            enter_journal(
                ctx,
                [
                    ManualDraft(
                        date(2026, 4, 3),
                        "Found",
                        (
                            ManualLineDraft(accounts["1010"], debit=1),
                            ManualLineDraft(accounts["4200"], credit=1),
                        ),
                    )
                ],
            )


def test_bills_are_in_purchases_and_input_tax(traded: World) -> None:
    with traded.work() as ctx:
        account = rows.execute(
            "SELECT id FROM account WHERE company_id = %s AND code = '6030'", [ctx.company]
        )[0][0]
        line = BillLineDraft(text="Paper", quantity=Decimal(1), unit_price=Decimal(50), account=account)
        enter_bills(ctx, [BillDraft(traded.parties["S1"], "P-1", D, (line,))])
        assert [r["amount"] for r in reports.make(ctx, "purchases", asked()).rows] == ["50.00"]
        owed = reports.make(ctx, "payables", asked())
        assert owed.rows[0]["party"] == "S1"
