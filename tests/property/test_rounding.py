"""Sums that must hold whatever the figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from backstay.base.money import from_steps, to_steps
from backstay.base.rounding import cumulative, share
from backstay.domains.tax.rules import TaxLine, totals

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


@given(st.integers(-(10**14), 10**14), weights)
def test_shares_sum_to_the_whole_and_stay_within_a_step(total: int, parts: list[int]) -> None:
    shares = share(total, parts)
    assert sum(shares) == total
    for got, weight in zip(shares, parts):
        assert abs(got - Fraction(total * weight, sum(parts))) < 1


@given(st.integers(-(10**12), 10**12), st.integers(1, 240))
def test_schedules_sum_to_the_whole(total: int, count: int) -> None:
    assert sum(cumulative(total, count)) == total


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_steps_round_trip(steps: int, scale: int) -> None:
    assert to_steps(from_steps(steps, scale), scale) == steps


lines = st.lists(
    st.builds(
        TaxLine,
        st.decimals("-9999.999999", "9999.999999", places=6),
        st.integers(0, 3),
        st.sampled_from([Decimal("0"), Decimal("5.5"), Decimal("9"), Decimal("21")]),
    ),
    min_size=1,
    max_size=25,
)


@given(lines, st.sampled_from([0, 2, 3]), st.sampled_from(["total", "line"]))
def test_documents_add_up(drawn: list[TaxLine], scale: int, mode: str) -> None:
    """Shown lines add up to the shown totals, group by group, in both modes (FAILURES 22–29)."""
    worked = totals(drawn, scale, mode)
    assert worked.gross == worked.net + worked.tax
    taxed = [n for n, line in enumerate(drawn) if line.code]
    assert sum(g.base for g in worked.groups) == sum(worked.nets[n] for n in taxed)
    assert sum(g.tax for g in worked.groups) == sum(worked.taxes[n] for n in taxed)
    if mode == "total":
        for group in worked.groups:
            assert abs(group.tax - Fraction(group.base) * Fraction(group.percent) / 100) <= Fraction(1, 2)
    for line, net in zip(drawn, worked.nets):
        assert abs(net - Fraction(line.net) * 10**scale) <= 1
