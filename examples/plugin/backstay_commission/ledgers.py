"""Commission as the ledger counts it: an expense that is owed."""

from datetime import date
from decimal import Decimal

from backstay.base.rounding import whole
from backstay.ledger.posting import Entry, Line, Sub


def share_of(net: int, percent: Decimal) -> int:
    """``percent`` of ``net``, both sides of nothing alike, half up (commercial rounding); in the currency's steps."""
    return whole(Decimal(net) * percent / 100)


def earned(document: int, on: date, currency: int, amount: int) -> Entry:
    """The expense against what is accrued."""
    lines = (Line(Sub("expense", currency), amount, amount), Line(Sub("accrued", currency), -amount, -amount))
    return Entry("general", on, f"commission.commission:{document}", "post", lines)
