"""Sales as stories: partial at each step, holds, returns, reversals, accruals, the flow of documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import backstay.interfaces.checks  # noqa: F401  documents against the ledger, too
from backstay import ledger
from backstay.base import clock
from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import AccountDraft, create_accounts
from backstay.domains.catalog.processes import ItemDraft, create_categories, create_items
from backstay.domains.inventory.processes import reverse_movements
from backstay.domains.inventory.queries import free, free_at
from backstay.domains.invoicing.processes import reverse_invoices, set_credit_limits
from backstay.domains.invoicing.queries import open_items
from backstay.domains.sales import processes as sales
from backstay.domains.sales import queries
from backstay.platform import rows
from tests.golden import Book
from tests.trade import D, World

PAST = datetime(2026, 1, 1, tzinfo=UTC)


def _confirmed(world: World, lines: dict[str, int], **more: Any) -> int:
    with world.work() as ctx:
        order = world.order(ctx, lines)
        sales.confirm_orders(ctx, [order], **more)
    return order


def _counters(world: World, order: int) -> list[tuple[int, int, int]]:
    with world.work() as ctx:
        return [(x.shipped, x.invoiced, x.returned) for x in queries.open_lines(ctx, [order])]


def _stock(world: World, item: str = "A") -> tuple[int, int]:
    """What is on hand at W1, and what of it is held."""
    sub = ledger.Sub("stock", world.units[item], place=world.places["W1"])
    with world.work() as ctx:
        balance = ledger.lock_balances(ctx, [sub], [D]).balances[sub]
    return balance.amount, balance.held


def _verified(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []


@pytest.fixture(autouse=True)
def _stocked(world: World) -> None:
    with world.work() as ctx:
        world.receive(ctx, "A", 100, 60000)
        world.receive(ctx, "B", 10, 10000)


def test_partial_at_each_step(world: World) -> None:
    """Shipped in 6 and 4, invoiced as shipped: counters, holds and open items at each step."""
    order = _confirmed(world, {"A": 10, "B": 3})
    first, second = world.line("sales", order), world.line("sales", order, 2)
    with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.nothing"):
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((first, 6),))])
        invoice = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
    assert invoice.gross == 72600
    assert _counters(world, order) == [(6, 6, 0), (0, 0, 0)]
    assert _stock(world) == (94, 4)
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D, ((first, 1), (second, 3)))])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
        assert sum(i.amount for i in open_items(ctx, "receivable")) == 13 * 12100
        assert queries.open_orders(ctx) == []
    assert _counters(world, order) == [(10, 10, 0), (3, 3, 0)]
    assert _stock(world) == (90, 0)
    for process, draft in (
        (sales.ship_orders, sales.ShipDraft(order, D)),
        (sales.invoice_orders, sales.OrderInvoiceDraft(order, D)),
    ):
        with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.nothing"):
            process(ctx, [draft])  # type: ignore[operator]
    _verified(world)


def test_more_than_ordered_is_refused_by_process_and_constraint(world: World) -> None:
    """sales.line_shipped, sales.line_invoiced, sales.line_returned."""
    order = _confirmed(world, {"A": 10})
    line = world.line("sales", order)
    with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.line_shipped"):
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((line, 11),))])
    with pytest.raises(Refusal, match=r"sales\.line_shipped"), world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D), sales.ShipDraft(order, D)])
    assert _stock(world) == (100, 10)
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((line, 4),))])
    for column, figure, code in (
        ("shipped", 11, "shipped"),
        ("invoiced", 11, "invoiced"),
        ("returned", 5, "returned"),
    ):
        with pytest.raises(Refusal, match=rf"sales\.line_{code}"), world.work() as ctx:
            rows.execute(f"UPDATE sales_orderline SET {column} = %s WHERE id = %s", [figure, line])
    with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.line_returned"):
        sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 5),))])


def test_a_confirmed_order_is_frozen(world: World) -> None:
    """platform.frozen: neither prices nor lines of a confirmed order change; a quotation's do."""
    with world.work() as ctx:
        order = world.order(ctx, {"A": 10})
        rows.execute("UPDATE sales_orderline SET unit_price = 99 WHERE order_id = %s", [order])
        sales.confirm_orders(ctx, [order])
    for sql in (
        "UPDATE sales_orderline SET unit_price = 1 WHERE order_id = %s",
        "UPDATE sales_orderline SET shipped = 1, quantity = 3 WHERE order_id = %s",
        "DELETE FROM sales_orderline WHERE order_id = %s",
        "UPDATE sales_order SET gross = 1 WHERE id = %s",
    ):
        with pytest.raises(Refusal, match=r"platform\.frozen"), world.work():
            rows.execute(sql, [order])


def test_short_stock_names_item_free_and_held(world: World) -> None:
    """ledger.guard: 91 of 100 with 10 held by another order; nothing of the refused order stays."""
    holder = _confirmed(world, {"A": 10})
    with world.work() as ctx:
        order = world.order(ctx, {"B": 1, "A": 91})
    with pytest.raises(Refusal, match=r"ledger\.guard") as refused, world.work() as ctx:
        sales.confirm_orders(ctx, [order])
    for word in ("A", "90 free", "10 held", f"sales.order:{holder}"):
        assert word in refused.value.message
    assert (_stock(world), _stock(world, "B")) == ((100, 10), (10, 0))
    with world.work() as ctx:
        assert rows.execute("SELECT state, number FROM sales_order WHERE id = %s", [order]) == [
            ("quotation", None)
        ]


def test_many_holders_are_summed_up(world: World) -> None:
    """The refusal names the five largest holders and how many more there are."""
    with world.work() as ctx:
        orders = [world.order(ctx, {"A": n}) for n in range(1, 10)]
        sales.confirm_orders(ctx, orders)
        last = world.order(ctx, {"A": 60})
    with (
        pytest.raises(Refusal, match=r"55 free .*45 held by sales\.order:\d+ 9, .* and 4 more"),
        world.work() as ctx,
    ):
        sales.confirm_orders(ctx, [last])


def test_cancelling_releases_holds_of_stock_and_credit(world: World) -> None:
    """A cancelled order holds nothing; its number stays with it."""
    with world.work() as ctx:
        set_credit_limits(ctx, {world.parties["C1"]: 500_000})
    order = _confirmed(world, {"A": 40})
    with world.work() as ctx:
        other = world.order(ctx, {"A": 2})
    with pytest.raises(Refusal, match=r"ledger\.guard.*limit EUR 5000"), world.work() as ctx:
        sales.confirm_orders(ctx, [other])
    with world.work() as ctx:
        sales.cancel_orders(ctx, [order])
        assert rows.execute("SELECT held, balance FROM guard WHERE company_id = %s", [ctx.company]) == [
            (0, 0)
        ]
        sales.confirm_orders(ctx, [other])
    assert _stock(world) == (100, 2)
    with world.work() as ctx, pytest.raises(Refusal, match=r"platform\.transition"):
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])


def test_lapsed_holds_are_no_promise(world: World) -> None:
    """An order whose hold lapsed ships from what is free, or is refused when another order has it."""
    late = _confirmed(world, {"A": 60}, until=PAST)
    again = _confirmed(world, {"A": 60})  # the lapsed hold gives way
    assert _stock(world) == (100, 60)
    with pytest.raises(Refusal, match=r"ledger\.guard.*40 free"), world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(late, D)])
    with world.work() as ctx:
        sales.cancel_orders(ctx, [again])
        sales.ship_orders(ctx, [sales.ShipDraft(late, D)])
    assert _stock(world) == (40, 0)


def test_a_reservation_follows_its_quotation(world: World) -> None:
    """Reserved again, changed, confirmed, cancelled: each time exactly what the quotation says is held, once."""
    line = sales.OrderLineDraft(world.items["A"], Decimal(30))
    draft = sales.QuotationDraft(world.parties["C1"], D, (line,), world.places["W1"])
    with world.work() as ctx:
        basket, other = sales.create_quotations(ctx, [draft, draft])
        until = sales.reserve_quotations(ctx, [basket, other], 10)
        assert until == [until[0]] * 2 and clock.now() < until[0] <= clock.now() + timedelta(minutes=10)
    assert _stock(world) == (100, 60)
    with world.work() as ctx:
        assert sales.reserve_quotations(ctx, [basket])[0] > until[0], "half an hour unless said"
    assert _stock(world) == (100, 60)
    with world.work() as ctx:
        sales.change_quotations(ctx, {basket: replace(draft, lines=(replace(line, quantity=Decimal(80)),))})
    assert _stock(world) == (100, 30), "what was changed is not reserved any more"
    for minutes in (0, 43_201):
        with pytest.raises(Refusal, match=r"sales\.reserve"), world.work() as ctx:
            sales.reserve_quotations(ctx, [basket], minutes)
    with pytest.raises(Refusal, match=r"ledger\.guard.*70 free"), world.work() as ctx:
        sales.reserve_quotations(ctx, [basket])
    with world.work() as ctx:
        sales.cancel_orders(ctx, [other])
        sales.reserve_quotations(ctx, [basket])
        assert sales.confirm_orders(ctx, [basket])
    assert _stock(world) == (100, 80)
    with pytest.raises(Refusal, match=r"platform\.transition"), world.work() as ctx:
        sales.reserve_quotations(ctx, [basket])
    _verified(world)


def test_stock_on_an_account_of_its_category_is_free_too(world: World) -> None:
    """What is free is looked for where the item is counted, at one warehouse and at all; what is held is not free."""
    with world.work() as ctx:
        account = AccountDraft(
            "1215", "Wine", "asset", None, "goods", ("place",), "debit", dated=True, cash_flow="operating"
        )
        category = create_categories(ctx, ["Wine"], [{"stock_account": create_accounts(ctx, [account])[0]}])[
            0
        ]
        item = create_items(ctx, [ItemDraft("V", "Vintage", category=category)])[0]
        world.items["V"] = item
        world.units |= dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [ctx.company]))
        world.receive(ctx, "V", 7, 700)
        world.receive(ctx, "V", 2, 200, place="W2")
    _confirmed(world, {"V": 3})
    here, there = world.places["W1"], world.places["W2"]
    with world.work() as ctx:
        assert free(ctx, [item]) == {item: 6}
        assert free_at(ctx, [(item, here), (item, there)]) == {(item, here): 4, (item, there): 2}
        assert free_at(ctx, [(world.items["A"], here)]) == {(world.items["A"], here): 100}


def test_a_lapsed_quotation_is_not_confirmed(world: World) -> None:
    """sales.valid_until."""
    with world.work() as ctx:
        line = sales.OrderLineDraft(world.items["A"], Decimal(1))
        yesterday = ctx.today - timedelta(days=1)
        drafts = [
            sales.QuotationDraft(world.parties["C1"], D, (line,), world.places["W1"], valid_until=day)
            for day in (ctx.today, yesterday)
        ]
        good, lapsed = sales.create_quotations(ctx, drafts)
        sales.confirm_orders(ctx, [good])
        with pytest.raises(Refusal, match=r"sales\.valid_until"):
            sales.confirm_orders(ctx, [lapsed])


def test_goods_that_came_back_are_not_invoiced(world: World) -> None:
    """Returned before the invoice: the invoice leaves them out; returned after it: credited, never twice."""
    order = _confirmed(world, {"A": 10})
    line = world.line("sales", order)
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        moved, notes = sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 3),))])
        assert (moved[0].values, notes) == ([1800], [])
        invoice = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        assert invoice.gross == 7 * 12100
        with pytest.raises(Refusal, match=r"sales\.nothing"):
            sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
    with world.work() as ctx:
        _, notes = sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 5),), reason="broken box")])
        assert [n.gross for n in notes] == [5 * 12100]
        assert [i.amount for i in open_items(ctx, "receivable")] == [2 * 12100]
    assert _counters(world, order) == [(10, 7, 8)]
    _verified(world)


def test_credit_by_parts_adds_up(world: World) -> None:
    """Net 0.05 over 2 pieces, credited piece by piece: 0.02 and 0.03, never more than is left."""
    with world.work() as ctx:
        item = create_items(ctx, [ItemDraft("P", "Penny", sales_price=Decimal("0.025"), tax_class="zero")])[0]
        world.items["P"] = item
        world.units |= dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [ctx.company]))
        world.receive(ctx, "P", 10, 10)
    order = _confirmed(world, {"P": 2})
    line = world.line("sales", order)
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
    found = []
    for _ in range(2):
        with world.work() as ctx:
            found += [
                n.gross for n in sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 1),))])[1]
            ]
    assert sum(found) == 5
    with world.work() as ctx:
        assert open_items(ctx, "receivable") == []


def test_reversed_documents_are_counted_no_more(world: World) -> None:
    """Invoice, shipment and return reversed: the order can be invoiced, shipped, returned again; books hold."""
    order = _confirmed(world, {"A": 10})
    line = world.line("sales", order)
    with world.work() as ctx:
        shipment = sales.ship_orders(ctx, [sales.ShipDraft(order, D)])[0]
        invoice = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
    with world.work() as ctx:
        reverse_invoices(ctx, [invoice.id], D, "wrong address")
    assert _counters(world, order) == [(10, 0, 0)]
    with world.work() as ctx:
        back, _ = sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 4),))])
    with pytest.raises(Refusal, match=r"sales\.line_returned"), world.work() as ctx:
        reverse_movements(ctx, "inventory.shipment", [shipment.id], D)
    with world.work() as ctx:
        reverse_movements(ctx, "inventory.receipt", [back[0].id], D)
    assert _counters(world, order) == [(10, 0, 0)]
    with world.work() as ctx:
        sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 10),))])
        again = sales.return_goods(ctx, [])
        assert again == ([], [])
    assert _stock(world) == (100, 0)
    other = _confirmed(world, {"A": 10})
    with world.work() as ctx:
        shipment = sales.ship_orders(ctx, [sales.ShipDraft(other, D)])[0]
    with world.work() as ctx:
        reverse_movements(ctx, "inventory.shipment", [shipment.id], D)
    assert _counters(world, other) == [(0, 0, 0)]
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(other, D)])
    assert _stock(world) == (90, 0)
    _verified(world)


def test_revenue_is_accrued_and_taken_back(world: World) -> None:
    """POSTINGS 2.5, 2.6: 5 shipped and not invoiced at month-end."""
    order = _confirmed(world, {"A": 9})
    line = world.line("sales", order)
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, date(2026, 3, 2), ((line, 4),))])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, date(2026, 3, 2))])
        second = sales.ship_orders(ctx, [sales.ShipDraft(order, date(2026, 3, 30))])[0]
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, date(2026, 4, 2))])
    book = Book({f"shipment:{second.id}": "SHIP2"})
    with world.work() as ctx:
        assert len(sales.accrue_shipped(ctx, date(2026, 3, 31))) == 1
        book.check(ctx, "2.5", f"inventory.shipment:{second.id}", "accrue.2026-03-31")
        with pytest.raises(Refusal, match=r"sales\.accrued"):
            sales.accrue_shipped(ctx, date(2026, 4, 30))
        with pytest.raises(Refusal, match=r"sales\.accrued"):
            sales.reverse_accruals(ctx, date(2026, 3, 31))
        sales.reverse_accruals(ctx, date(2026, 4, 1))
        book.check(ctx, "2.6", f"inventory.shipment:{second.id}", "reverse.accrue.2026-03-31")
        assert sales.accrue_shipped(ctx, date(2026, 4, 30)) == []
    _verified(world)


def test_a_closed_order_keeps_credit_for_what_is_shipped(world: World) -> None:
    """Closing frees the goods at once, the credit when what was shipped is invoiced; services need naming then."""
    with world.work() as ctx:
        set_credit_limits(ctx, {world.parties["C1"]: 10**9})
        order = world.order(ctx, {"A": 10, "SRV": 1})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((world.line("sales", order), 4),))])
        sales.close_orders(ctx, [order])
        held = "SELECT held, balance FROM guard WHERE company_id = %s"
        assert rows.execute(held, [ctx.company])[0][0] == 181_500
    assert _stock(world) == (96, 0)
    with world.work() as ctx:
        issued = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        assert issued.gross == 4 * 12100
    with world.work() as ctx:
        service = world.line("sales", order, 2)
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D, ((service, 1_000_000),))])
        assert rows.execute(held, [ctx.company]) == [(0, 4 * 12100 + 60500)]


def test_the_flow_of_documents(world: World) -> None:
    """Order → shipment, invoice; shipment → return; invoice → credit note."""
    order = _confirmed(world, {"A": 10})
    with world.work() as ctx:
        shipment = sales.ship_orders(ctx, [sales.ShipDraft(order, D)])[0]
        invoice = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        line = world.line("sales", order)
        back, notes = sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 2),))])
        flow = queries.order_flow(ctx, order)
    me, ship, inv = (
        ("sales.order", order),
        ("inventory.shipment", shipment.id),
        ("invoicing.invoice", invoice.id),
    )
    ret, note = ("inventory.receipt", back[0].id), ("invoicing.invoice", notes[0].id)
    assert {(n.kind, n.id) for n in flow.nodes} == {me, ship, inv, ret, note}
    assert set(flow.edges) == {(me, ship), (me, inv), (ship, ret), (inv, note)}
    assert all(n.number for n in flow.nodes)


def test_nothing_is_left_of_a_failed_creation(world: World) -> None:
    """FAILURES 69: an unknown item in the last line; no row of any table stays."""
    tables = ("sales_order", "sales_orderline", "platform_auditevent")

    def counts() -> list[Any]:
        with world.work():
            return [rows.execute(f"SELECT count(*) FROM {t}") for t in tables]

    before = counts()
    lines = (sales.OrderLineDraft(world.items["A"], Decimal(1)), sales.OrderLineDraft(10**9, Decimal(1)))
    with pytest.raises(Refusal, match=r"catalog\.not_found"), world.work() as ctx:
        sales.create_quotations(ctx, [sales.QuotationDraft(world.parties["C1"], D, lines)])
    with pytest.raises(Refusal, match=r"sales\.line_quantity"), world.work() as ctx:
        wrong = (sales.OrderLineDraft(world.items["A"], Decimal(0)),)
        sales.create_quotations(ctx, [sales.QuotationDraft(world.parties["C1"], D, wrong)])
    assert counts() == before
