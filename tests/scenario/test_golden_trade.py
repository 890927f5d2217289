"""Sections 2, 4, 9, 10, 11 of the golden table through the real processes, line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, record_payments
from backstay.domains.invoicing.processes import (
    AllocationDraft,
    CreditDraft,
    InvoiceDraft,
    InvoiceLineDraft,
    allocate,
    credit_invoices,
    issue_invoices,
    set_credit_limits,
)
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.golden import Book
from tests.trade import D, World


def _stocked(world: World, quantity: int = 100, value: int = 60000) -> None:
    with world.work() as ctx:
        world.receive(ctx, "A", quantity, value)


def test_sale_of_goods(world: World) -> None:
    """POSTINGS 2.H1–2.4."""
    book = Book()
    _stocked(world)
    with world.work() as ctx:
        set_credit_limits(ctx, {world.parties["C1"]: 200_000})
    with world.work() as ctx:
        order = world.order(ctx, {"A": 10})
    with world.work() as ctx:
        sales.confirm_orders(ctx, [order])
        held = ledger.lock_balances(
            ctx, [ledger.Sub("stock", world.units["A"], place=world.places["W1"])], [D]
        )
        assert next(iter(held.balances.values())).held == 10
        assert rows.execute("SELECT held FROM guard WHERE company_id = %s", [ctx.company]) == [(121_000,)]
    with world.work() as ctx:
        shipped = sales.ship_orders(ctx, [sales.ShipDraft(order, D)])[0]
        book.check(ctx, "2.1", f"inventory.shipment:{shipped.id}")
    with world.work() as ctx:
        issued = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        book.names[f"invoice:{issued.id}"] = "INV1"
        book.check(ctx, "2.2", f"invoicing.invoice:{issued.id}")
        assert rows.execute("SELECT held, balance FROM guard WHERE company_id = %s", [ctx.company]) == [
            (0, 121_000)
        ]
    book.names[f"bank:{world.bank}"] = "B1"
    with world.work() as ctx:
        payment = world.pay(ctx, 121_000)
        book.names[f"payment:{payment.id}"] = "PAY1"
        book.check(ctx, "2.3", f"banking.payment:{payment.id}")
    with world.work() as ctx:
        draft = AllocationDraft(
            world.parties["C1"], "receivable", f"invoice:{issued.id}", f"payment:{payment.id}", 121_000, D
        )  # fmt: skip
        allocated = allocate(ctx, [draft])[0]
        book.check(ctx, "2.4", f"invoicing.allocation:{allocated}")
        assert all(c.ok for c in ledger.verify(ctx))


def test_partial_shipment_consumes_its_part_of_the_hold(world: World) -> None:
    """POSTINGS §2: posts 6, the rest of 4 stays held; cancelling voids what is held."""
    _stocked(world)
    with world.work() as ctx:
        order = world.order(ctx, {"A": 10})
        sales.confirm_orders(ctx, [order])
    stock = ledger.Sub("stock", world.units["A"], place=world.places["W1"])
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((world.line("sales", order), 6),))])
        now = ledger.lock_balances(ctx, [stock], [D]).balances[stock]
        assert (now.amount, now.held) == (94, 4)
    with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.line_shipped"):
        sales.ship_orders(ctx, [sales.ShipDraft(order, D, ((world.line("sales", order), 5),))])
    with world.work() as ctx, pytest.raises(Refusal, match=r"sales\.started"):
        sales.cancel_orders(ctx, [order])
    with world.work() as ctx:
        sales.close_orders(ctx, [order])
        now = ledger.lock_balances(ctx, [stock], [D]).balances[stock]
        assert (now.amount, now.held) == (94, 0)


def test_service(world: World) -> None:
    """POSTINGS 4.1."""
    with world.work() as ctx:
        line = InvoiceLineDraft("Service", Decimal(1), Decimal(500), world.items["SRV"])
        issued = issue_invoices(ctx, [InvoiceDraft(world.parties["C1"], D, (line,))])[0]
        Book({f"invoice:{issued.id}": "INV8"}).check(ctx, "4.1", f"invoicing.invoice:{issued.id}")


def _sold(world: World, quantity: int = 10) -> tuple[int, int]:
    """An order shipped and invoiced; (order, invoice)."""
    with world.work() as ctx:
        order = world.order(ctx, {"A": quantity})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        return order, sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0].id


def test_return_and_credit_note(world: World) -> None:
    """POSTINGS 9.1–9.5: at the cost it left with, though the average has moved since."""
    _stocked(world)
    order, invoice = _sold(world)
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 20000)
    book = Book({f"invoice:{invoice}": "INV1"})
    line = world.line("sales", order)
    with world.work() as ctx:
        moved, notes = sales.return_goods(ctx, [sales.ReturnDraft(order, D, ((line, 2),), reason="RET1")])
        book.names[f"invoice:{notes[0].id}"] = "CN1"
        book.check(ctx, "9.1", f"inventory.receipt:{moved[0].id}")
        book.check(ctx, "9.2", f"invoicing.invoice:{notes[0].id}")
        allocation = rows.execute(
            "SELECT max(id) FROM invoicing_allocation WHERE company_id = %s", [ctx.company]
        )[0][0]
        book.check(ctx, "9.3", f"invoicing.allocation:{allocation}")
    with world.work() as ctx:
        moved, _ = sales.return_goods(
            ctx, [sales.ReturnDraft(order, D, (), broken=((line, 1),), credit=False)]
        )
        book.names[f"receipt:{moved[0].id}"] = "RET2"
        book.check(ctx, "9.4", f"inventory.receipt:{moved[0].id}")
    with world.work() as ctx:
        invoice_line = rows.execute("SELECT id FROM invoicing_invoiceline WHERE invoice_id = %s", [invoice])[
            0
        ][0]
        note = credit_invoices(ctx, [CreditDraft(invoice, D, ((invoice_line, Decimal(1)),))], settle=False)[0]
        book.names[f"invoice:{note.id}"] = "CN2"
        book.check(ctx, "9.5", f"invoicing.invoice:{note.id}")
        assert all(c.ok for c in ledger.verify(ctx))


def test_no_more_is_credited_than_is_left(world: World) -> None:
    """invoicing.credit_left, in the process and as a constraint."""
    _stocked(world)
    _, invoice = _sold(world)
    with world.work() as ctx:
        credit_invoices(ctx, [CreditDraft(invoice, D)])
    with world.work() as ctx, pytest.raises(Refusal, match=r"invoicing\.credit_left"):
        line = rows.execute("SELECT id FROM invoicing_invoiceline WHERE invoice_id = %s", [invoice])[0][0]
        credit_invoices(ctx, [CreditDraft(invoice, D, ((line, Decimal(1)),))])


def _order_line(world: World, order: int) -> int:
    return world.line("purchasing", order)


@pytest.mark.parametrize(
    ("item", "place", "names", "numbers", "sold", "billed", "price"),
    [
        ("A", "W1", ("PO1.1", "BILL4"), ("10.1", "10.2", ""), 0, 10, None),
        ("B", "W1", ("PO2.1", "BILL5"), ("10.3", "10.4", ""), 0, 10, "12"),
        ("A", "W2", ("PO3.1", "BILL6"), ("10.5", "10.7", "10.6"), 6, 10, "12"),
        ("A", "W3", ("PO4.1", "BILL7"), ("10.8", "10.10", "10.9"), 6, 10, "9"),
        ("B", "W3", ("PO5.1", "BILL8"), ("10.11", "10.12", ""), 0, 8, None),
    ],
)
def test_receipt_and_bill(
    world: World, item: str, place: str, names: tuple[str, str], numbers: tuple[str, str, str], sold: int, billed: int, price: str | None
) -> None:  # fmt: skip
    """POSTINGS 10.1–10.13: equal, dearer, dearer with some gone, cheaper, partly billed."""
    with world.work() as ctx:
        order = world.buy(ctx, item, 10, "10", place)
        moved = purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])[0]
        line = _order_line(world, order)
        book = Book({f"purchase_line:{line}": names[0]})
        book.check(ctx, numbers[0], f"inventory.receipt:{moved.id}")
        if sold:
            shipped = world.issue(ctx, item, sold, place)
            book.check(ctx, numbers[2], f"inventory.shipment:{shipped.id}")
    with world.work() as ctx:
        wanted = ((line, billed, Decimal(price) if price else None),)
        draft = purchasing.OrderBillDraft(
            order, names[1], D, wanted, accept="agreed" if price == "12" else ""
        )
        issued = purchasing.bill_orders(ctx, [draft])[0]
        book.names[f"bill:{issued.id}"] = names[1]
        book.check(ctx, numbers[1], f"invoicing.bill:{issued.id}")
    if billed < 10:
        with world.work() as ctx:
            purchasing.accept_unbilled(ctx, [order], D, "no bill will come")
            book.check(ctx, "10.13", f"purchasing.order_line:{line}", "unbilled")
    with world.work() as ctx:
        assert all(c.ok for c in ledger.verify(ctx))


def test_bill_before_receipt(world: World) -> None:
    """POSTINGS 10.14, 10.15: refused by the match unless the company allows it, or it is accepted with a reason."""
    with world.work() as ctx:
        order = world.buy(ctx, "C", 10, "10", "W3")
    line = _order_line(world, order)
    book = Book({f"purchase_line:{line}": "PO6.1"})
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.match_receipt"):
        purchasing.bill_orders(ctx, [purchasing.OrderBillDraft(order, "BILL9", D, ((line, 10, None),))])
    with world.work() as ctx:
        draft = purchasing.OrderBillDraft(order, "BILL9", D, ((line, 10, None),), accept="paid in advance")
        issued = purchasing.bill_orders(ctx, [draft])[0]
        book.names[f"bill:{issued.id}"] = "BILL9"
        book.check(ctx, "10.14", f"invoicing.bill:{issued.id}")
    with world.work() as ctx:
        moved = purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])[0]
        book.check(ctx, "10.15", f"inventory.receipt:{moved.id}")


@pytest.mark.parametrize(
    ("quantity", "price", "code"),
    [(11, None, "match_quantity"), (10, "10.01", "match_price"), (0, None, "match_quantity")],
)
def test_three_way_match(world: World, quantity: int, price: str | None, code: str) -> None:
    """Each tolerance by itself; nothing is stored when one is broken."""
    with world.work() as ctx:
        order = world.buy(ctx, "A", 10, "10")
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])
    wanted = ((_order_line(world, order), quantity, Decimal(price) if price else None),)
    with world.work() as ctx, pytest.raises(Refusal, match=rf"purchasing\.{code}"):
        purchasing.bill_orders(ctx, [purchasing.OrderBillDraft(order, "X", D, wanted)])


def test_purchase_return(world: World) -> None:
    """POSTINGS 11.1–11.3."""
    with world.work() as ctx:
        order = world.buy(ctx, "A", 10, "10")
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])
        bill = purchasing.bill_orders(ctx, [purchasing.OrderBillDraft(order, "BILL4", D)])[0]
        world.receive(ctx, "A", 10, 12000)
    line = _order_line(world, order)
    book = Book({f"purchase_return:{line}": "PRET1", f"bill:{bill.id}": "BILL4"})
    with world.work() as ctx:
        moved = purchasing.return_goods(ctx, [purchasing.ReturnDraft(order, D, ((line, 2),), "DN1")])[0]
        book.check(ctx, "11.1", f"inventory.shipment:{moved.id}")
        note = rows.execute("SELECT max(id) FROM invoicing_bill WHERE company_id = %s", [ctx.company])[0][0]
        book.names[f"bill:{note}"] = "DN1"
        book.check(ctx, "11.2", f"invoicing.bill:{note}")
    with world.work() as ctx:
        draft = AllocationDraft(world.parties["S1"], "payable", f"bill:{note}", f"bill:{bill.id}", 2420, D)
        allocated = allocate(ctx, [draft])[0]
        book.check(ctx, "11.3", f"invoicing.allocation:{allocated}")
        assert all(c.ok for c in ledger.verify(ctx))


def test_a_suppliers_number_is_entered_once(world: World) -> None:
    """invoicing.bill_once: named, and nothing is stored."""
    with world.work() as ctx:
        order = world.buy(ctx, "A", 10, "10")
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])
        purchasing.bill_orders(
            ctx, [purchasing.OrderBillDraft(order, "R-1", D, ((_order_line(world, order), 5, None),))]
        )
    with pytest.raises(Refusal, match=r"invoicing\.bill_once"), world.work() as ctx:
        purchasing.bill_orders(ctx, [purchasing.OrderBillDraft(order, "R-1", D)])


def test_an_item_is_never_paid_twice(world: World) -> None:
    """FAILURES 45: paying 1,210.01 on 1,210.00, and paying again, are refused."""
    _stocked(world)
    _, invoice = _sold(world)
    for amount in (121_001, 242_000):
        with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
            world.pay(ctx, amount, f"invoice:{invoice}")
    with world.work() as ctx:
        world.pay(ctx, 121_000, f"invoice:{invoice}")
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        line = PaymentLineDraft(f"invoice:{invoice}", 1)
        record_payments(ctx, [PaymentDraft("in", world.parties["C1"], world.bank, 1, D, (line,))])
