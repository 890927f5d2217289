"""Decisions about sales, pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.base.errors import Refusal
from backstay.domains.sales import ledgers, rules
from backstay.domains.sales.rules import Claim, Link, Shipped


class Line(NamedTuple):
    goods: bool = True
    stock_quantity: int = 10
    shipped: int = 0
    invoiced: int = 0
    returned: int = 0


@pytest.mark.parametrize(
    ("line", "credited", "ship", "invoice"),
    [
        (Line(), 0, 10, 0),
        (Line(shipped=6), 0, 4, 6),
        (Line(shipped=6, invoiced=6), 0, 4, 0),
        (Line(shipped=6, returned=2), 0, 4, 4),
        (Line(shipped=6, invoiced=6, returned=2), 2, 4, 0),
        (Line(shipped=6, invoiced=6, returned=2), 0, 4, 0),
        (Line(goods=False), 0, 0, 10),
        (Line(goods=False, invoiced=4), 0, 0, 6),
    ],
)
def test_what_is_left(line: Line, credited: int, ship: int, invoice: int) -> None:
    assert (rules.to_ship(line), rules.to_invoice(line, credited)) == (ship, invoice)


@pytest.mark.parametrize("asked", [0, -1, 5])
def test_chosen_is_within_what_is_left(asked: int) -> None:
    """sales.line_shipped, naming what is left."""
    with pytest.raises(Refusal, match=r"sales\.line_shipped: .* 4 are left"):
        rules.chosen(asked, 4, "shipped", "here")
    assert rules.chosen(4, 4, "shipped", "here") == 4


def test_a_part_is_exact_or_refused() -> None:
    """Half of 3 boxes of 12 pieces is 1.5; a third of one dozen-and-one is no figure of 6 places."""
    assert rules.part(Decimal(3), 18, 36) == Decimal("1.5")
    with pytest.raises(Refusal, match=r"sales\.part"):
        rules.part(Decimal(1), 1, 3)


def _shipped(kind: str, shipment: int, quantity: int, net: int = 90000, ordered: int = 9) -> Shipped:
    return Shipped(1, 7, 3, net, ordered, kind, shipment, quantity)


def test_invoices_take_the_oldest_shipments() -> None:
    """4 and 5 shipped, 4 invoiced: the second shipment is not (POSTINGS 2.5); a return lessens its own."""
    rows = [_shipped("invoiced", 0, 4), _shipped("shipped", 1, 4), _shipped("shipped", 2, 5)]
    assert rules.unbilled(rows) == [Claim(2, 7, 3, 50000)]
    assert rules.unbilled([*rows, _shipped("returned", 2, 2)]) == [Claim(2, 7, 3, 30000)]
    assert rules.unbilled([*rows, _shipped("invoiced", 0, 5)]) == []


@given(st.integers(0, 10**7), st.lists(st.integers(1, 50), min_size=1, max_size=8), st.data())
def test_claims_add_up(net: int, sent: list[int], data: st.DataObject) -> None:
    """Whatever is invoiced, what is left to claim is the net of what is left, to the cent."""
    whole = sum(sent)
    billed = data.draw(st.integers(0, whole))
    rows = [_shipped("shipped", n, q, net, whole) for n, q in enumerate(sent, 1)]
    rows.append(_shipped("invoiced", 0, billed, net, whole))
    claims = rules.unbilled(rows)
    left = net - rules.divide(net * billed, whole)
    assert sum(c.net for c in claims) == left


@given(st.integers(0, 10**6), st.integers(1, 60), st.data())
def test_credits_add_up_to_the_line(net: int, quantity: int, data: st.DataObject) -> None:
    """Credited in any parts, all of a line gives exactly its net and never a cent more."""
    left, given_back, steps = net, 0, quantity
    while steps:
        links = [
            Link(1, "invoiced", None, 5, quantity, 9, left),
            Link(1, "credited", None, 6, quantity - steps, 8),
        ]
        mine = rules.uncredited(links)[1][0]
        assert mine.steps == steps
        take = data.draw(st.integers(1, steps))
        worth = mine.worth(take)
        assert 0 <= worth <= left
        left, given_back, steps = left - worth, given_back + worth, steps - take
    assert given_back == net


def test_credits_took_the_newest_invoice_first() -> None:
    links = [
        Link(1, "invoiced", None, 10, 4, 100, 400),
        Link(1, "invoiced", None, 11, 6, 101, 300),
        Link(1, "credited", None, 12, 3, 102),
    ]
    assert [(u.invoice_line, u.steps) for u in rules.uncredited(links)[1]] == [(10, 4), (11, 3)]


def test_accrual_entries_balance() -> None:
    """One entry per shipment; accrued income against each revenue account."""
    claims = [Claim(2, 7, 3, 50000), Claim(2, 7, 4, 100), Claim(1, 8, 3, 7)]
    entries = ledgers.accruals(claims, {3: "sales", 4: 99}, date(2026, 3, 31), 1)
    assert [e.source for e in entries] == ["inventory.shipment:1", "inventory.shipment:2"]
    assert [sum(line.value for line in e.lines) for e in entries] == [0, 0]
    assert {line.sub.account: line.value for line in entries[1].lines} == {
        "accrued_income": 50100,
        "sales": -50000,
        99: -100,
    }


def test_a_quotation_lapses_after_its_day() -> None:
    rules.check_valid(1, None, date(2026, 5, 1))
    rules.check_valid(1, date(2026, 5, 1), date(2026, 5, 1))
    with pytest.raises(Refusal, match=r"sales\.valid_until"):
        rules.check_valid(1, date(2026, 4, 30), date(2026, 5, 1))
