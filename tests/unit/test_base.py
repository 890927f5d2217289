"""Rounding, money, time and errors: figures that every document stands on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from backstay.base import clock
from backstay.base.errors import Busy, Refusal, refusal_from
from backstay.base.money import plain, to_steps
from backstay.base.rounding import apportion, cost_of, cumulative, divide, share, whole


@pytest.mark.parametrize(
    ("numerator", "denominator", "half_even", "half_up"),
    [
        (5, 2, 2, 3),
        (7, 2, 4, 4),
        (-5, 2, -2, -3),
        (1, 3, 0, 0),
        (2, 3, 1, 1),
        (-2, 3, -1, -1),
        (5, -2, -2, -3),
        (0, 9, 0, 0),
    ],
)
def test_divide(numerator: int, denominator: int, half_even: int, half_up: int) -> None:
    assert divide(numerator, denominator) == half_even
    assert divide(numerator, denominator, "half_up") == half_up


def test_shares_add_up() -> None:
    """POSTINGS §12: 50.00 over three equal lines; equal remainders to the lower line."""
    assert share(5000, [1, 1, 1]) == [1667, 1667, 1666]
    assert share(-5000, [1, 1, 1]) == [-1667, -1667, -1666]
    assert share(1002, [33, 33, 34]) == [331, 330, 341]  # FAILURES 58: never 1,003
    assert share(0, [0, 0]) == [0, 0]
    assert share(0, []) == []
    for total, weights in ((1, []), (1, [0, 0]), (1, [1, -1])):
        with pytest.raises(ValueError):
            share(total, weights)


def test_apportion_needs_the_sum_of_its_figures() -> None:
    assert apportion(2101, [Fraction(70035, 100)] * 3) == [701, 700, 700]
    with pytest.raises(ValueError):
        apportion(9, [Fraction(1)] * 3)


def test_schedules_round_by_cumulation() -> None:
    """POSTINGS §23."""
    assert cumulative(100_000, 3) == [33333, 33334, 33333]
    assert sum(cumulative(99_999, 7)) == 99_999


def test_the_last_issue_takes_all() -> None:
    """POSTINGS 13.2–13.4."""
    assert [cost_of(1000, 3, 1), cost_of(667, 2, 1), cost_of(333, 1, 1)] == [333, 334, 333]


def test_whole() -> None:
    assert [whole(Decimal("2.5")), whole(Decimal("-2.5")), whole(Fraction(7, 2), "half_even"), whole(9)] == [
        3,
        -3,
        4,
        9,
    ]


def test_steps_are_exact_or_refused() -> None:
    assert to_steps("12.34", 2) == 1234
    assert to_steps(Decimal("-0.5"), 3) == -500
    assert plain(-1234, 2) == "-12.34"
    for bad, code in (
        ("0.005", "money.step"),
        ("NaN", "money.step"),
        ("Infinity", "money.step"),
        ("1e16", "money.size"),
    ):
        with pytest.raises(Refusal) as caught:
            to_steps(bad, 2)
        assert caught.value.code == code


def test_the_clock_can_stand_still() -> None:
    with clock.at(date(2026, 2, 28)):
        assert clock.today() == date(2026, 2, 28)
        with clock.at(datetime(2027, 1, 1, 12, tzinfo=UTC)):
            assert clock.now().hour == 12
        assert clock.today() == date(2026, 2, 28)
    assert clock.now().tzinfo is UTC


class Diag:
    """What psycopg says of an error."""

    def __init__(self, constraint: str | None, message: str) -> None:
        self.constraint_name, self.message_primary = constraint, message
        self.message_hint = self.message_detail = self.table_name = None


class DatabaseError(Exception):
    """An error with a diagnosis."""

    def __init__(self, constraint: str | None, message: str, state: str = "23514") -> None:
        self.diag, self.sqlstate = Diag(constraint, message), state


def test_database_errors_become_refusals() -> None:
    raw = refusal_from(DatabaseError("ledger.zero_together", 'new row for relation "live" violates'))
    assert isinstance(raw, Refusal)
    assert raw.message == "value would stay where nothing is left"
    ours = refusal_from(DatabaseError("ledger.guard", "Stock A: 5 wanted, 2 free"))
    assert isinstance(ours, Refusal)
    assert "2 free" in ours.message
    assert ours.to_dict()["code"] == "ledger.guard"
    assert isinstance(refusal_from(DatabaseError(None, "deadlock detected", "40P01")), Busy)
    assert refusal_from(DatabaseError("some_key", "duplicate")) is None
    assert refusal_from(ValueError("x")) is None
    outer = RuntimeError("outer")
    outer.__cause__ = DatabaseError("ledger.size", "too large")
    assert isinstance(refusal_from(outer), Refusal)
