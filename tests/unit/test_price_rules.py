"""Which price applies, pure: the most specific line that is valid, of the first list that has one; what more of it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.domains.catalog.rules import ListTerms, PriceLine, breaks_of, chain_of, per_unit, price_of

D = date(2026, 6, 15)
ALWAYS = (None, None)


def terms(ident: int, parent: int | None = None, discount: str = "0") -> ListTerms:
    return ListTerms(ident, f"List {ident}", "EUR", parent, Decimal(discount), False)


def line(quantity: str, price: str, since: date | None = None, until: date | None = None) -> PriceLine:
    return PriceLine(Decimal(quantity), Decimal(price), since, until)


OWN = [
    line("0", "9.00", None, date(2026, 5, 31)),
    line("0", "9.50", date(2026, 6, 1)),
    line("10", "8.00", date(2026, 6, 10), date(2026, 6, 20)),
]
BASE = [line("0", "9.99"), line("5", "8.75")]


@pytest.mark.parametrize(
    ("lists", "quantity", "on", "price", "source", "until"),
    [
        ([terms(1)], "1", D, "9.50", 1, None),
        ([terms(1)], "1", date(2026, 5, 31), "9.00", 1, date(2026, 5, 31)),
        ([terms(1)], "10", D, "8.00", 1, date(2026, 6, 20)),  # from ten on, while it is valid
        ([terms(1)], "10", date(2026, 6, 21), "9.50", 1, None),
        ([terms(1)], "10", date(2026, 6, 2), "9.50", 1, date(2026, 6, 9)),  # a better one begins
        ([terms(2)], "4.999999", D, "9.99", 2, None),
        ([terms(2)], "5", D, "8.75", 2, None),
        ([terms(3, 2), terms(2)], "5", D, "8.75", 2, None),  # says nothing itself
        ([terms(3, 2, "0.1"), terms(2)], "5", D, "7.88", 2, None),  # 7.875, by the cent
        ([terms(1, 2, "0.1"), terms(2)], "10", D, "8.00", 1, date(2026, 6, 20)),  # its own price is what it is
        ([terms(4, 3, "0.5"), terms(3, 2, "0.1"), terms(2)], "1", D, "4.50", 2, None),  # 9.99 × 0.9 × 0.5
        ([terms(5)], "1", D, "12.345", None, None),  # the item's own
        ([terms(5, None, "0.1")], "1", D, "11.111", 5, None),  # as many places as it has
        ([], "1", D, "12.345", None, None),
    ],
)  # fmt: skip
def test_the_price_of_a_line(
    lists: Sequence[ListTerms], quantity: str, on: date, price: str, source: int | None, until: date | None
) -> None:
    found = price_of(lists, {1: OWN, 2: BASE}, Decimal(quantity), on, Decimal("12.345"), 2)
    assert (found.price, found.source and found.source.id, found.until) == (Decimal(price), source, until)


def test_nothing_says_a_price_in_a_foreign_list() -> None:
    assert price_of([terms(7, None, "0.1")], {}, Decimal(1), D, None, 2) == (None, None, None)
    assert breaks_of([terms(7)], {7: [line("10", "5")]}, D, None, 2) == [(Decimal(10), Decimal(5))]


def test_what_more_of_it_costs() -> None:
    """Breaks of a list and of the one below it are one row of steps; a step that changes nothing is none."""
    lines = {1: [line("10", "8.00")], 2: [*BASE, line("20", "1.00"), line("5.5", "8.75")]}
    found = breaks_of([terms(1, 2), terms(2)], lines, D, None, 2)
    assert found == [(0, Decimal("9.99")), (5, Decimal("8.75")), (10, Decimal("8.00"))]


def test_a_price_of_another_unit() -> None:
    assert per_unit(Decimal("1.25"), Fraction(12)) == 15
    assert per_unit(Decimal(10), Fraction(1, 1000)) == Decimal("0.01")
    assert per_unit(Decimal(1), Fraction(1, 3)) == Decimal("0.333333")


def test_lists_build_on_lists() -> None:
    lists = {n: terms(n, n - 1 or None) for n in (1, 2, 3)}
    assert [x.id for x in chain_of(3, lists)] == [3, 2, 1]
    assert chain_of(None, lists) == []


DAYS = [D + timedelta(n) for n in range(-6, 7)]


@st.composite
def lists_of_prices(draw: st.DrawFn) -> dict[int, list[PriceLine]]:
    """Three lists; prices of one quantity never overlap, as the database holds it; every price is another."""
    made: dict[int, list[PriceLine]] = {}
    price = 1
    for ident in (1, 2, 3):
        made[ident] = []
        for quantity in (0, 2, 5):
            cuts = sorted(draw(st.sets(st.sampled_from(DAYS), max_size=4)))
            open_start, open_end = draw(st.booleans()), draw(st.booleans())
            for first, last in zip(cuts[::2], cuts[1::2], strict=False):
                since = None if open_start and first == cuts[0] else first
                until = None if open_end and last == cuts[-1] else last
                made[ident].append(PriceLine(Decimal(quantity), Decimal(price), since, until))
                price += 1
    return made


def by_hand(lines: dict[int, list[PriceLine]], quantity: Decimal, on: date) -> Decimal | None:
    """The same, written down as people say it."""
    for ident in (1, 2, 3):
        for least in (5, 2, 0):
            for x in lines[ident]:
                begun, over = (
                    x.since_on is None or x.since_on <= on,
                    x.until_on is not None and x.until_on < on,
                )
                if x.from_quantity == least and quantity >= least and begun and not over:
                    return x.price
    return None


@given(
    lists_of_prices(),
    st.sampled_from([Decimal(n) for n in ("0", "1.9", "2", "4", "5", "70")]),
    st.sampled_from(DAYS),
)
def test_the_price_is_that_of_the_most_specific_line_valid_that_day(
    lines: dict[int, list[PriceLine]], quantity: Decimal, on: date
) -> None:  # fmt: skip
    chain = [terms(1, 2), terms(2, 3), terms(3)]
    found = price_of(chain, lines, quantity, on, None, 2)
    assert found.price == by_hand(lines, quantity, on)
    end = found.until or DAYS[-1] + timedelta(3)
    day = on
    while day <= end:
        assert by_hand(lines, quantity, day) == found.price, "the same until the day it says"
        day += timedelta(1)
    if found.until is not None:
        assert by_hand(lines, quantity, found.until + timedelta(1)) != found.price, "and another afterwards"
    steps = breaks_of(chain, lines, on, None, 2)
    told = [price for least, price in steps if least <= quantity]
    assert (told[-1] if told else None) == found.price, "what is told by steps is what a line costs"
