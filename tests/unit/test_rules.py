"""Decisions of the domains without a database."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from backstay.base.errors import Refusal
from backstay.domains.accounting.rules import add_months, default_chart, fiscal_periods
from backstay.domains.banking.rules import PaymentDraft, PaymentLineDraft, check_iban, unallocated
from backstay.domains.catalog.rules import check_barcode, to_steps
from backstay.domains.inventory.rules import bill_difference, shortage_difference
from backstay.domains.purchasing.rules import MatchLine, Tolerances, match, over_delivery
from backstay.domains.tax.rules import TaxLine, line_net, totals

D = date(2026, 3, 2)


def test_the_default_chart_is_whole() -> None:
    drafts = default_chart()
    codes = [d.code for d in drafts]
    assert len(codes) == len(set(codes))
    roles = [d.role for d in drafts if d.role]
    assert len(roles) == len(set(roles))
    assert all(d.parent in codes for d in drafts if d.parent)
    assert {
        "receivable",
        "payable",
        "stock",
        "vat_in",
        "vat_out",
        "grni",
        "opening_balance",
        "retained",
    } <= set(roles)


def test_fiscal_years_have_no_gap() -> None:
    periods = fiscal_periods(date(2024, 4, 1), 2)
    months = [p for p in periods if p[2] == "regular"]
    assert len(months) == 24
    assert all((b[0] - a[1]).days == 1 for a, b in itertools.pairwise(months))
    assert periods[0] == (date(2024, 3, 31), date(2024, 3, 31), "opening")
    assert [p[1] for p in periods if p[2] == "closing"] == [date(2025, 3, 31), date(2026, 3, 31)]
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_units() -> None:
    assert to_steps(Decimal("2.5"), Fraction(12), 0, "EGG") == 30
    assert to_steps(Decimal("0.125"), Fraction(1), 3, "TEA") == 125
    with pytest.raises(Refusal, match=r"catalog\.uom_exact"):
        to_steps(Decimal("0.1"), Fraction(12), 0, "EGG")


@pytest.mark.parametrize(
    ("barcode", "good"),
    [
        ("4006381333931", True),
        ("96385074", True),
        ("4006381333932", False),
        ("123", False),
        ("٤006381333931", False),
    ],
)
def test_barcodes(barcode: str, good: bool) -> None:
    if good:
        check_barcode(barcode)
    else:
        with pytest.raises(Refusal, match=r"catalog\.barcode"):
            check_barcode(barcode)


@pytest.mark.parametrize(
    ("iban", "good"),
    [("DE89 3704 0044 0532 0130 00", True), ("", True), ("DE88370400440532013000", False), ("XX", False)],
)
def test_ibans(iban: str, good: bool) -> None:
    if good:
        assert " " not in check_iban(iban)
    else:
        with pytest.raises(Refusal, match=r"banking\.iban"):
            check_iban(iban)


def test_what_a_payment_leaves_over() -> None:
    def draft(amount: int, *lines: PaymentLineDraft, fee: int = 0, way: str = "in") -> PaymentDraft:
        return PaymentDraft(way, 1, 1, amount, D, lines, fee)

    line = PaymentLineDraft("invoice:1", 121_000)
    assert unallocated(draft(125_000, line), 100) == 4_000
    assert unallocated(draft(120_500, line, fee=500), 100) == 0
    assert unallocated(draft(120_970, PaymentLineDraft("invoice:1", 121_000, 30)), 100) == 0
    assert unallocated(draft(121_500, line, fee=500, way="out"), 100) == 0
    for bad, code in (
        (draft(0), "amount"), (draft(1, PaymentLineDraft("x", 0)), "amount"), (draft(1, line), "allocated"),
        (draft(1, PaymentLineDraft("x", 200, 199)), "difference"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=rf"banking\.{code}"):
            unallocated(bad, 100)


def test_where_a_price_difference_goes() -> None:
    """POSTINGS 10.4–10.10."""
    assert bill_difference(10, 10, 2000) == (2000, 0)
    assert bill_difference(4, 10, 2000) == (800, 1200)
    assert bill_difference(4, 10, -1000) == (-400, -600)
    assert bill_difference(0, 10, 2000) == (0, 2000)
    assert shortage_difference(-3, -3000, 10, 12000) == 600
    assert shortage_difference(3, 3000, 10, 12000) == 0


@pytest.mark.parametrize(
    ("billing", "price", "received", "code"),
    [
        (10, "10", 10, None),
        (10, "10.50", 10, None),
        (10, "10.51", 10, "price"),
        (12, "10", 12, "quantity"),
        (10, "10", 9, "receipt"),
        (0, "10", 9, "quantity"),
    ],
)
def test_three_way_match(billing: int, price: str, received: int, code: str | None) -> None:
    """Tolerances: price 5 %, quantity 10 %, receipt none."""
    line = MatchLine("Tea", 10, received, 0, billing, Decimal(10), Decimal(price))
    wrong = match(line, Tolerances(Decimal(5), Decimal(10), Decimal(0)))
    assert (wrong.code if wrong else None) == (f"purchasing.match_{code}" if code else None)
    assert over_delivery(10, Decimal(15)) == 11


def test_tax_per_code() -> None:
    """Two rates on one invoice; each group's tax is its base times its rate, rounded once."""
    lines = [
        TaxLine(Decimal("33.335"), 1, Decimal(21)),
        TaxLine(Decimal("33.335"), 1, Decimal(21)),
        TaxLine(Decimal("10.004"), 2, Decimal(9)),
        TaxLine(Decimal("5"), 0, Decimal(0)),
    ]
    worked = totals(lines, 2)
    assert [(g.code, g.base, g.tax) for g in worked.groups] == [(1, 6667, 1400), (2, 1000, 90)]
    assert worked.nets == (3334, 3333, 1000, 500)
    assert (worked.net, worked.tax, worked.gross) == (8167, 1490, 9657)
    assert sum(worked.taxes) == worked.tax


@pytest.mark.parametrize(("scale", "total"), [(0, 201), (2, 20100), (3, 201000)])
def test_shown_lines_add_up_in_every_currency(scale: int, total: int) -> None:
    """FAILURES 28: 2 x 100.5 in yen is 101 + 100, total 201."""
    worked = totals([TaxLine(Decimal("100.5"), 0, Decimal(0))] * 2, scale)
    assert sum(worked.nets) == worked.net == total


def test_line_net_is_exact() -> None:
    assert line_net(Decimal("3"), Decimal("0.333333"), Decimal("0.1")) == Fraction("0.8999991")
