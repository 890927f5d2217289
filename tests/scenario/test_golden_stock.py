"""Sections 13 (moving average), 14, 15 of the golden table through the real processes, line by line."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.domains.inventory import processes as inventory
from backstay.domains.inventory.queries import ledger_value, stock
from backstay.domains.inventory.rules import Move, issue_cost, late_difference
from backstay.ledger.posting import Sub
from backstay.platform import rows
from tests.golden import Book
from tests.trade import D, World

JAN10, JAN15, JAN20, FEB3 = (date(2026, *md) for md in ((1, 10), (1, 15), (1, 20), (2, 3)))


def _verified(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []
        assert sum(r.value for r in stock(ctx)) == ledger_value(ctx)


def test_uneven_average(world: World) -> None:
    """POSTINGS 13.1–13.4: 3 A for 10.00; half to even; the last one takes what is left."""
    book = Book({"opening": "PO8.1"})
    with world.work() as ctx:
        moved = world.receive(ctx, "A", 3, 1000)
        book.check(ctx, "13.1", f"inventory.receipt:{moved.id}")
    for number in ("13.2", "13.3", "13.4"):
        with world.work() as ctx:
            book.check(ctx, number, f"inventory.shipment:{world.issue(ctx, 'A', 1).id}")
    _verified(world)


def test_average_of_two_receipts(world: World) -> None:
    """POSTINGS 13.5–13.7."""
    with world.work() as ctx:
        first, second = world.receive(ctx, "A", 10, 10000, "W2"), world.receive(ctx, "A", 10, 14000, "W2")
        Book({"opening": "PO9.1"}).check(ctx, "13.5", f"inventory.receipt:{first.id}")
        Book({"opening": "PO9.2"}).check(ctx, "13.6", f"inventory.receipt:{second.id}")
        Book().check(ctx, "13.7", f"inventory.shipment:{world.issue(ctx, 'A', 15, 'W2').id}")


def test_late_receipt(world: World) -> None:
    """POSTINGS 13.11–13.14: typed on 3 Feb, January closed; the difference is posted, nothing is re-posted."""
    with world.work() as ctx:
        Book({"opening": "PO11.1"}).check(
            ctx, "13.11", f"inventory.receipt:{world.receive(ctx, 'A', 10, 10000, 'W4', JAN10).id}"
        )
        Book().check(ctx, "13.12", f"inventory.shipment:{world.issue(ctx, 'A', 5, 'W4', JAN20).id}")
        ledger.close_period(
            ctx,
            next(
                p.id for p in ledger.list_periods(ctx) if p.starts == date(2026, 1, 1) and p.kind == "regular"
            ),
        )
    with world.work() as ctx:
        moved = world.receive(ctx, "A", 10, 13000, "W4", FEB3, JAN15)
        Book({"opening": "PO11.2"}).check(ctx, "13.13", f"inventory.receipt:{moved.id}")
        Book().check(ctx, "13.14", f"inventory.receipt:{moved.id}", "late.0")
    _verified(world)


def test_a_late_receipt_into_an_open_month(world: World) -> None:
    """The same difference where January is still open, and none where nothing was issued since."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 10000, "W4", JAN10)
        world.issue(ctx, "A", 5, "W4", JAN20)
        moved = world.receive(ctx, "A", 10, 13000, "W4", JAN15)
        assert Book().posted(ctx, f"inventory.receipt:{moved.id}", "late.0") == Book().posted(
            ctx, f"inventory.receipt:{moved.id}", "late.0"
        )
        late = rows.execute(
            "SELECT e.posted_on, p.value FROM entry e JOIN posting p ON p.entry_id = e.id WHERE e.source = %s AND e.event = 'late.0' ORDER BY 2",
            [f"inventory.receipt:{moved.id}"],
        )
        assert late == [(JAN20, -750), (JAN20, 750)]
        again = world.receive(ctx, "A", 1, 1150, "W5", JAN15)
        assert rows.execute(
            "SELECT count(*) FROM entry WHERE source = %s", [f"inventory.receipt:{again.id}"]
        ) == [(1,)]
    _verified(world)


def test_negative_stock(world: World) -> None:
    """POSTINGS 13.21–13.23: a place with floor −10; elsewhere an issue of 5 with 2 on hand is refused."""
    sub = Sub("stock", world.units["A"], place=world.places["W7"], side=1)
    with world.work() as ctx:
        world.receive(ctx, "A", 2, 2000, "W7")
    with pytest.raises(Refusal, match=r"ledger\.guard.*5 wanted, 2 free"), world.work() as ctx:
        world.issue(ctx, "A", 5, "W7")
    with world.work() as ctx:
        ledger.set_floor(ctx, sub, -10)
        Book().check(ctx, "13.21", f"inventory.shipment:{world.issue(ctx, 'A', 5, 'W7').id}")
    with world.work() as ctx:
        moved = world.receive(ctx, "A", 10, 12000, "W7")
        Book({"opening": "PO14.1"}).check(ctx, "13.22", f"inventory.receipt:{moved.id}")
        Book().check(ctx, "13.23", f"inventory.receipt:{moved.id}", "late.0")
    _verified(world)


def test_transfer_and_bins(world: World) -> None:
    """POSTINGS 14.1–14.4."""
    b1, b2 = [], []
    with world.work() as ctx:
        b1, b2 = (
            [p]
            for p in inventory.create_places(
                ctx, [(c, c, "bin", world.places["W1"]) for c in ("W1/B1", "W1/B2")]
            )
        )
        world.receive(ctx, "A", 10, 6000)
        inventory.put_away(ctx, [(world.items["A"], None, b1[0], 10)], D, "test:0")
    book = Book()
    with world.work() as ctx:
        draft = inventory.TransferDraft(
            D, world.places["W1"], world.places["W2"], ((world.items["A"], 4),), in_transit=True
        )
        moved = inventory.transfer_goods(ctx, [draft])[0]
        actual = book.posted(ctx, f"inventory.transfer:{moved.id}")
        assert sum(actual.values()) == 2
        assert ("Stock", "A", "TRANSIT", 4, 2400) in actual
        assert ("Stock", "A", "W1", -4, -2400) in actual
        inventory.arrive_transfers(ctx, [moved.id], D)
        assert ("Stock", "A", "W2", 4, 2400) in book.posted(ctx, f"inventory.transfer:{moved.id}", "arrive")
        inventory.put_away(ctx, [(world.items["A"], b1[0], None, 4)], D, "test:1")
        book.check(ctx, "14.3", "test:1", "bins.0")
        inventory.put_away(ctx, [(world.items["A"], b1[0], b2[0], 2)], D, "test:2")
        book.check(ctx, "14.4", "test:2", "bins.0")
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        inventory.put_away(ctx, [(world.items["A"], b1[0], b2[0], 5)], D, "test:3")
    _verified(world)


def test_counts_and_write_offs(world: World) -> None:
    """POSTINGS 15.1–15.5; earlier days are frozen by a count."""
    book = Book()
    with world.work() as ctx:
        world.receive(ctx, "A", 100, 60000)
        world.receive(ctx, "A", 10, 6000, "W2")
    with world.work() as ctx:
        counts = [
            inventory.CountDraft(D, world.places[place], ((world.items["A"], found),))
            for place, found in (("W1", 98), ("W2", 11))
        ]
        one, two = inventory.count_stock(ctx, counts)
        book.names |= {f"count:{one.id}": "CNT1", f"count:{two.id}": "CNT2"}
        book.check(ctx, "15.1", f"inventory.count:{one.id}")
        book.check(ctx, "15.2", f"inventory.count:{two.id}")
        gone = inventory.write_off_goods(
            ctx, [inventory.WriteOffDraft(D, world.places["W1"], ((world.items["A"], 3),), "spoiled")]
        )[0]
        book.names[f"write_off:{gone.id}"] = "WO1"
        book.check(ctx, "15.3", f"inventory.writeoff:{gone.id}")
        book.names[f"item:{world.items['A']}"] = "A"
        for number, value in (("15.4", 3000), ("15.5", -1500)):
            entry = inventory.write_down(ctx, [(world.items["A"], value)], D, "prices fell")
            source = rows.execute("SELECT source FROM entry WHERE id = %s", [entry])[0][0]
            book.check(ctx, number, source)
    with pytest.raises(Refusal, match=r"inventory\.allowance"), world.work() as ctx:
        inventory.write_down(ctx, [(world.items["A"], -1501)], D, "too much")
    with pytest.raises(Refusal, match=r"ledger\.frozen_before"), world.work() as ctx:
        world.receive(ctx, "A", 1, 600, "W1", date(2026, 3, 1))
    _verified(world)


def test_a_shortage_into_held_goods_is_refused(world: World) -> None:
    """POSTINGS §15: until a hold is voided by name."""
    from datetime import UTC, datetime, timedelta

    sub = Sub("stock", world.units["A"], place=world.places["W1"], side=1)
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        hold = ledger.reserve(
            ctx, [ledger.Want(9, datetime.now(UTC) + timedelta(hours=1), "sales.order:5", sub)]
        )
    draft = inventory.CountDraft(D, world.places["W1"], ((world.items["A"], 8),))
    with pytest.raises(Refusal, match=r"sales\.order:5"), world.work() as ctx:
        inventory.count_stock(ctx, [draft])
    with world.work() as ctx:
        ledger.release(ctx, hold)
        inventory.count_stock(ctx, [draft])


def test_reversals_of_movements(world: World) -> None:
    """A receipt whose goods are gone is not reversed; the shipment first, then it is."""
    with world.work() as ctx:
        receipt = world.receive(ctx, "A", 10, 6000)
        shipment = world.issue(ctx, "A", 4)
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        inventory.reverse_movements(ctx, "inventory.receipt", [receipt.id], D)
    with world.work() as ctx:
        inventory.reverse_movements(ctx, "inventory.shipment", [shipment.id], D)
        inventory.reverse_movements(ctx, "inventory.receipt", [receipt.id], D)
        assert stock(ctx) == []
    with pytest.raises(Refusal, match=r"platform\.transition"), world.work() as ctx:
        inventory.reverse_movements(ctx, "inventory.receipt", [receipt.id], D)
    _verified(world)


def test_late_difference_is_what_date_order_would_have_made() -> None:
    """Pure: several issues after the late day, one before."""
    day = lambda n: date(2026, 1, n)  # noqa: E731
    moves = [
        Move(day(12), 1, -2, -200, "out"),
        Move(day(20), 2, -5, -500, "out"),
        Move(day(15), 9, 8, 1040, "in"),
    ]
    assert late_difference(10, 1000, moves) == round(5 * Fraction(800 + 1040, 16)) - 500
    assert late_difference(10, 1000, moves[:1]) == 0
    assert issue_cost(2, 2000, 5) == 5000
    assert issue_cost(0, 0, 3, Fraction(700)) == 2100
