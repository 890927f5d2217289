"""Purchases as stories: partial at each step, the match, bills before goods, returns, reversals."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import backstay.interfaces.checks  # noqa: F401  documents against the ledger, too
from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.inventory.processes import reverse_movements
from backstay.domains.inventory.queries import ledger_value, stock
from backstay.domains.invoicing.processes import reverse_bills
from backstay.domains.invoicing.queries import open_items
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.purchasing import queries
from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.trade import D, World

Bill, Receive, Return = purchasing.OrderBillDraft, purchasing.ReceiveDraft, purchasing.ReturnDraft


def _bought(world: World, quantity: int = 10, price: str = "10") -> tuple[int, int]:
    with world.work() as ctx:
        order = world.buy(ctx, "A", quantity, price)
    return order, world.line("purchasing", order)


def _grni(world: World) -> int:
    """What is received and not invoiced, in cents (credit is −)."""
    with world.work() as ctx:
        sums = ledger.account_sums(ctx, D)
        return sum(s.amount for s in sums if s.account == ctx.accounts["grni"])


def _counters(world: World, order: int) -> tuple[int, int, int]:
    with world.work() as ctx:
        x = queries.open_lines(ctx, [order])[0]
        return x.received, x.billed, x.returned


def _settings(world: World, **settings: Any) -> None:
    with world.work() as ctx:
        rows.execute(
            "UPDATE company SET settings = settings || %s::jsonb WHERE id = %s",
            [json.dumps(settings), ctx.company],
        )


def _verified(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []
        assert sum(s.value for s in stock(ctx)) == ledger_value(ctx)


def test_partial_at_each_step(world: World) -> None:
    """3 × 3.33 arrive one by one and are billed 2 and 1: what goes through GRNI adds up to nothing left."""
    order, line = _bought(world, 3, "3.333")
    for _ in range(3):
        with world.work() as ctx:
            purchasing.receive_orders(ctx, [Receive(order, D, ((line, 1),))])
    assert _grni(world) == -1000
    with world.work() as ctx:
        assert [o.billing for o in queries.open_orders(ctx)] == ["none"]
        purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 2, None),))])
        assert [(o.delivery, o.billing) for o in queries.open_orders(ctx)] == [("all", "part")]
    with world.work() as ctx:
        purchasing.bill_orders(ctx, [Bill(order, "B2", D)])
        assert queries.open_orders(ctx) == []
        assert sum(i.amount for i in open_items(ctx, "payable")) in range(1208, 1213)
    assert (_grni(world), _counters(world, order)) == (0, (3, 3, 0))
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.nothing"):
        purchasing.bill_orders(ctx, [Bill(order, "B3", D)])
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.nothing"):
        purchasing.receive_orders(ctx, [Receive(order, D)])
    _verified(world)


def test_each_tolerance_by_itself(world: World) -> None:
    """Price 5 %, quantity 10 %, receipt 20 %: inside each accepted, one step over refused by its own code."""
    _settings(world, match_price="5", match_quantity="10", match_receipt="20")
    order, line = _bought(world)
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.line_received"):
        purchasing.receive_orders(ctx, [Receive(order, D, ((line, 13),))])
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D, ((line, 12),))])
    for steps, price, code in ((12, None, "match_quantity"), (5, "10.51", "match_price")):
        wanted = ((line, steps, Decimal(price) if price else None),)
        with world.work() as ctx, pytest.raises(Refusal, match=rf"purchasing\.{code}"):
            purchasing.bill_orders(ctx, [Bill(order, "X", D, wanted)])
    with world.work() as ctx:
        purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 11, Decimal("10.50")),))])
    other, second = _bought(world)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(other, D, ((second, 5),))])
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.match_receipt"):
        purchasing.bill_orders(ctx, [Bill(other, "Y", D, ((second, 7, None),))])
    with world.work() as ctx:
        purchasing.bill_orders(ctx, [Bill(other, "B2", D, ((second, 6, None),))])
    _verified(world)


def test_the_match_sees_the_whole_call(world: World) -> None:
    """Two bills of one order in one call do not bill the same goods twice."""
    order, line = _bought(world)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D)])
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.match_quantity"):
        purchasing.bill_orders(
            ctx, [Bill(order, "B1", D, ((line, 6, None),)), Bill(order, "B2", D, ((line, 5, None),))]
        )
    with world.work() as ctx:
        found = purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 6, None),)), Bill(order, "B2", D)])
        assert [b.gross for b in found] == [7260, 4840]
    assert _grni(world) == 0


def test_a_bill_before_its_goods_is_blocked_for_payment(world: World) -> None:
    """POSTINGS 10.14: pay only what arrived; every piece that comes frees its part."""
    _settings(world, bill_before_receipt=True)
    order, line = _bought(world)
    with world.work() as ctx:
        bill = purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 10, None),))])[0]
    item = f"bill:{bill.id}"
    with pytest.raises(Refusal, match=rf"ledger\.guard.*{item}.*0 free"), world.work() as ctx:
        world.pay(ctx, 100, item, way="out", party="S1")
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D, ((line, 4),))])
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        world.pay(ctx, 4841, item, way="out", party="S1")
    with world.work() as ctx:
        world.pay(ctx, 4840, item, way="out", party="S1")
        purchasing.receive_orders(ctx, [Receive(order, D)])
        world.pay(ctx, 7260, item, way="out", party="S1")
    assert _grni(world) == 0
    _verified(world)


def test_payment_before_goods_needs_a_reason(world: World) -> None:
    """purchasing.reason; with one the block is gone, and the audit knows why."""
    order, line = _bought(world)
    with world.work() as ctx:
        bill = purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 10, None),), accept="prepayment")])[
            0
        ]
        with pytest.raises(Refusal, match=r"purchasing\.reason"):
            purchasing.allow_payment(ctx, [order], " ")
        purchasing.allow_payment(ctx, [order], "pro forma")
        world.pay(ctx, 12100, f"bill:{bill.id}", way="out", party="S1")
        told = rows.execute("SELECT data->>'reason' FROM platform_auditevent WHERE event = 'allow_payment'")
    assert ("pro forma",) in told


def test_a_long_bill_has_its_papers_total(world: World) -> None:
    """FAILURES 25: 40 lines of 0.03: tax once on 1.20 is 0.25, line by line it would be 0.40, far off the paper."""
    line = purchasing.OrderLineDraft(world.items["A"], Decimal(1), Decimal("0.03"))
    with world.work() as ctx:
        draft = purchasing.OrderDraft(world.parties["S1"], D, (line,) * 40, world.places["W1"])
        order = purchasing.create_orders(ctx, [draft])[0]
        purchasing.confirm_orders(ctx, [order])
        purchasing.receive_orders(ctx, [Receive(order, D)])
        assert purchasing.bill_orders(ctx, [Bill(order, "B1", D, total=145)])[0].gross == 145
    assert _grni(world) == 0
    _verified(world)


def test_returns_before_the_bill_undo_the_receipt(world: World) -> None:
    """4 of 10 go back before the bill: 6 are billed, the 4 may come again, GRNI ends at nothing."""
    order, line = _bought(world)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D)])
        back = purchasing.return_goods(ctx, [Return(order, D, ((line, 4),))])[0]
    assert (_counters(world, order), _grni(world)) == ((6, 0, 0), -6000)
    with world.work() as ctx:
        reverse_movements(ctx, "inventory.shipment", [back.id], D)
    assert (_counters(world, order), _grni(world)) == ((10, 0, 0), -10000)
    with world.work() as ctx:
        purchasing.return_goods(ctx, [Return(order, D, ((line, 4),))])
        assert purchasing.bill_orders(ctx, [Bill(order, "B1", D)])[0].gross == 7260
    assert (_counters(world, order), _grni(world)) == ((6, 6, 0), 0)
    with world.work() as ctx:
        purchasing.return_goods(ctx, [Return(order, D, ((line, 1),), "CREDIT 1")])
        assert sum(i.amount for i in open_items(ctx, "payable")) == 7260 - 1210
    assert (_counters(world, order), _grni(world)) == ((6, 6, 1), 0)
    with world.work() as ctx, pytest.raises(Refusal, match=r"purchasing\.line_returned"):
        purchasing.return_goods(ctx, [Return(order, D, ((line, 6),))])
    _verified(world)


def test_a_return_leaves_what_orders_hold(world: World) -> None:
    """Guard of §11: stock ≥ 0, holds respected."""
    order, line = _bought(world)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D)])
        sales.confirm_orders(ctx, [world.order(ctx, {"A": 8})])
    with pytest.raises(Refusal, match=r"ledger\.guard.*2 free"), world.work() as ctx:
        purchasing.return_goods(ctx, [Return(order, D, ((line, 3),))])
    with world.work() as ctx:
        purchasing.return_goods(ctx, [Return(order, D, ((line, 2),))])


def test_reversed_documents_are_counted_no_more(world: World) -> None:
    """Bill, then receipt reversed: the order stands as if nothing had come; a blocked bill can be reversed."""
    order, line = _bought(world)
    with world.work() as ctx:
        receipt = purchasing.receive_orders(ctx, [Receive(order, D)])[0]
        bill = purchasing.bill_orders(ctx, [Bill(order, "B1", D)])[0]
    with world.work() as ctx:
        reverse_bills(ctx, [bill.id], D, "wrong supplier")
        reverse_movements(ctx, "inventory.receipt", [receipt.id], D)
    assert (_counters(world, order), _grni(world)) == ((0, 0, 0), 0)
    with world.work() as ctx:
        early = purchasing.bill_orders(ctx, [Bill(order, "B1", D, ((line, 10, None),), accept="early")])[0]
    with world.work() as ctx:
        reverse_bills(ctx, [early.id], D, "again")
        purchasing.cancel_orders(ctx, [order])
    _verified(world)


def test_what_arrived_cannot_be_cancelled(world: World) -> None:
    """purchasing.started; closing ends what has not come, what came is billed all the same."""
    order, line = _bought(world)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [Receive(order, D, ((line, 4),))])
        with pytest.raises(Refusal, match=r"purchasing\.started"):
            purchasing.cancel_orders(ctx, [order])
        purchasing.close_orders(ctx, [order])
        with pytest.raises(Refusal, match=r"platform\.transition"):
            purchasing.receive_orders(ctx, [Receive(order, D)])
        assert purchasing.bill_orders(ctx, [Bill(order, "B1", D)])[0].gross == 4840
        with pytest.raises(Refusal, match=r"purchasing\.nothing"):
            purchasing.accept_unbilled(ctx, [order], D, "nothing is left")


def _steps(world: World, orders: int, lines: int) -> list[Callable[[Ctx], Any]]:
    drafts = tuple(purchasing.OrderLineDraft(world.items["ABC"[n % 3]], Decimal(2)) for n in range(lines))
    ids: list[int] = []

    def create(ctx: Ctx) -> None:
        ids.extend(
            purchasing.create_orders(ctx, [purchasing.OrderDraft(world.parties["S1"], D, drafts)] * orders)
        )

    return [
        create,
        lambda ctx: purchasing.confirm_orders(ctx, ids),
        lambda ctx: purchasing.receive_orders(ctx, [Receive(i, D) for i in ids]),
        lambda ctx: purchasing.bill_orders(ctx, [Bill(i, f"{lines}/{i}", D) for i in ids]),
    ]


def test_statements_do_not_grow(world: World, count_statements: Callable[[], Any]) -> None:
    """Create, confirm, receive, bill: the same statements for 1 order of 1 line and 20 orders of 5."""
    found = []
    for orders, lines in ((1, 1), (1, 5), (20, 5)):
        counts = []
        for step in _steps(world, orders, lines):
            with count_statements() as n, world.work() as ctx:
                step(ctx)
            counts.append(len(n))
        found.append(counts)
    assert found[0] == found[1] == found[2]
    assert sum(found[0]) <= 41
