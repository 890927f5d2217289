"""Figures as the reader writes them: the short way writes what Django's own does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import formats
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from backstay.platform.figures import MINUS, money_text, number_text

PLACES = st.integers(0, 6)
STEPS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize("language", ["en", "de", "en-gb", "de-ch", "fr", "pl", None])
@given(steps=STEPS, scale=PLACES, least=PLACES)
def test_figures_are_written_as_django_writes_them(
    language: str | None, steps: int, scale: int, least: int
) -> None:
    value = Decimal(steps).scaleb(-scale)

    def slow(places: int) -> str:
        text = formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
        return str(text).replace("-", MINUS)

    with override(language):
        assert money_text(steps, scale) == slow(scale)
        exponent = value.normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        assert number_text(value, least) == slow(max(least, -exponent, 0))


def test_a_language_that_groups_otherwise_keeps_its_way() -> None:
    """Lakhs: 12,34,567.80."""
    from backstay.platform import figures

    figures._marks.cache_clear()
    try:
        with override("en"), pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                formats, "get_format", lambda name, *a, _of=formats.get_format, **k: (3, 2, 0) if name == "NUMBER_GROUPING" else _of(name, *a, **k)
            )  # fmt: skip
            assert money_text(123456780, 2) == "12,34,567.80"
    finally:
        figures._marks.cache_clear()
