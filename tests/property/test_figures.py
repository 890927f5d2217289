"""What is shown can be typed again, in every language: read(format(x)) == x."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from backstay.base.money import to_steps
from backstay.platform import figures
from backstay.platform.figures import (
    BadText,
    day,
    day_text,
    figure,
    from_kept,
    kept,
    local,
    money_text,
    number_text,
)

languages = st.sampled_from(["en", "de"])
TODAY = date(2026, 11, 25)


@given(languages, st.integers(-(10**14), 10**14), st.integers(0, 4))
def test_money_reads_back(language: str, steps: int, scale: int) -> None:
    with override(language):
        assert to_steps(figure(money_text(steps, scale)), scale) == steps


@given(languages, st.decimals(-(10**9), 10**9, allow_nan=False, places=6), st.integers(0, 2))
def test_numbers_read_back(language: str, value: Decimal, least: int) -> None:
    with override(language):
        assert figure(number_text(value, least)) == value


@given(languages, st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_days_read_back(language: str, value: date) -> None:
    with override(language):
        assert day(day_text(value, TODAY.year), TODAY) == value


@given(languages, languages, st.decimals(-(10**9), 10**9, allow_nan=False, places=3))
def test_a_draft_means_the_same_to_colleagues_of_two_languages(
    first: str, second: str, value: Decimal
) -> None:
    with override(first):
        told = kept("money", number_text(value, 2), TODAY)
    with override(second):
        shown = local("money", told)
        assert from_kept(told) == value
        assert from_kept(kept("money", shown, TODAY)) == value


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "1,234.50", "1234.50"), ("en", "1234.5", "1234.5"), ("en", "1,234", "1234"), ("en", "1.234", "1.234"),
        ("en", "1,5", "1.5"), ("en", ".5", "0.5"), ("en", "\N{MINUS SIGN}1 234.50", "-1234.50"), ("en", "1.234,50", "1234.50"),
        ("de", "1.234,50", "1234.50"), ("de", "1234,5", "1234.5"), ("de", "1.234", "1234"), ("de", "1,234", "1.234"),
        ("de", "1.5", "1.5"), ("de", ",5", "0.5"), ("de", "-1'234,50", "-1234.50"), ("de", "1,234.50", "1234.50"),
    ],
)  # fmt: skip
def test_a_figure_is_read_the_readers_way_first(language: str, text: str, expected: str) -> None:
    with override(language):
        assert figure(text) == Decimal(expected)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "text", ["1,23,4", "12,34.5", "1.2.3", "1,234.567,8", "abc", "1-2", "--1", "", ".", "1e5", "½"]
)
def test_what_reads_in_two_ways_or_none_is_refused(language: str, text: str) -> None:
    with override(language):
        with pytest.raises(BadText) as told:
            figure(text)
        assert number_text(Decimal("1234.50"), 2) in str(told.value)
        assert kept("money", text, TODAY) == text  # nothing typed is lost
        with pytest.raises(BadText):
            from_kept(text)


def test_a_day_that_is_two_days_is_refused() -> None:
    with override("en"):
        assert day("19/11/2026", TODAY) == day("11/19/2026", TODAY) == date(2026, 11, 19)
        assert day("4/4", TODAY) == date(2026, 4, 4)
        for text in ("3/4/2026", "3/4", "32/1", "1/2/3/4", "Nov"):
            with pytest.raises(BadText):
                day(text, TODAY)
    with override("de"):
        assert day("3/4/2026", TODAY) == day("03.04.", TODAY) == day("3. April", TODAY) == date(2026, 4, 3)
        assert day("heute", TODAY) == day("today", TODAY) == TODAY
        assert day_text(date(2026, 3, 19), 2026) == "19. Mär"
    assert figures.separators() == (".", ",")
