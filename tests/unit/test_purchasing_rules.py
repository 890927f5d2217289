"""Decisions about purchases, pure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.domains.inventory.rules import bill_difference
from backstay.domains.purchasing import ledgers, rules
from backstay.domains.purchasing.rules import BillSplit, MatchLine, Tolerances
from backstay.ledger.posting import Sub


def _line(**changes: object) -> MatchLine:
    given: dict[str, object] = {
        "name": "A", "ordered": 10, "received": 10, "billed": 0, "billing": 10,
        "order_price": Decimal(10), "bill_price": Decimal(10),
    }  # fmt: skip
    return MatchLine(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "allowed", "code"),
    [
        ({}, {}, ""),
        ({"billing": 0}, {}, "match_quantity"),
        ({"bill_price": Decimal(9)}, {}, ""),
        ({"bill_price": Decimal("10.01")}, {}, "match_price"),
        ({"bill_price": Decimal("10.50")}, {"price": Decimal(5)}, ""),
        ({"billing": 11, "received": 11}, {}, "match_quantity"),
        ({"billing": 11, "received": 11}, {"quantity": Decimal(10)}, ""),
        ({"billed": 6, "billing": 5}, {}, "match_quantity"),
        ({"received": 9}, {}, "match_receipt"),
        ({"received": 9}, {"receipt": Decimal(12)}, ""),
        ({"received": 0}, {"before_receipt": True}, ""),
    ],
)
def test_match(changes: dict[str, object], allowed: dict[str, object], code: str) -> None:
    """Price, quantity and receipt, each by its own tolerance."""
    wrong = rules.match(_line(**changes), Tolerances(**allowed))  # type: ignore[arg-type]
    assert (wrong.code if wrong else "") == (f"purchasing.{code}" if code else "")


@given(st.integers(0, 10**7), st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_order_value_adds_up(net: int, parts: list[int]) -> None:
    """Received in any parts, all of a line is worth exactly its net."""
    ordered, done, value = sum(parts), 0, 0
    for steps in parts:
        value += rules.order_worth(net, ordered, done, value, steps)
        done += steps
    assert value == net


def test_what_passes_the_order_has_its_price() -> None:
    """12 of 10 ordered for 100.00: the last two at 10.00 each."""
    assert rules.order_worth(10000, 10, 0, 0, 12) == 12000
    assert rules.order_worth(10000, 10, 10, 10000, 2) == 2000
    assert rules.over_delivery(10, Decimal(25)) == 12


@pytest.mark.parametrize(
    ("on_hand", "difference", "expected"),
    [(10, 2000, (2000, 0)), (4, 2000, (800, 1200)), (4, -1000, (-400, -600)), (0, 2000, (0, 2000))],
)
def test_bill_difference(on_hand: int, difference: int, expected: tuple[int, int]) -> None:
    """POSTINGS 10.4, 10.7, 10.10."""
    assert bill_difference(on_hand, 10, difference) == expected


def test_bill_postings() -> None:
    """GRNI at the order's value, the value of stock without quantity, the rest to cost of sales as late."""
    clears, stock = ledgers.grni(1, 5, 9), Sub("stock", 77, place=3, side=1)
    lines = ledgers.bill_postings(BillSplit(10000, 800, 1200), clears, stock, "cogs")
    assert [(line.sub.account, line.amount, line.value) for line in lines] == [
        ("grni", 10000, 10000),
        ("stock", 0, 800),
        ("cogs", 1200, 1200),
    ]
    assert lines[2].sub.item == "late"
    assert len(ledgers.bill_postings(BillSplit(10000, 0, 0), clears, stock, "cogs")) == 1


def test_blocks_shrink_as_goods_come() -> None:
    assert rules.blocked_share(12100, 10, 10) == 12100
    assert rules.blocked_share(12100, 4, 10) == 4840
    assert rules.still_blocked(12100, 10, 4) == 7260
    assert rules.still_blocked(12100, 10, 10) == 0


def test_tolerances_of_a_company() -> None:
    assert rules.tolerances({}) == Tolerances()
    given = {"match_price": "5", "bill_before_receipt": True}
    assert rules.tolerances(given) == Tolerances(price=Decimal(5), before_receipt=True)
