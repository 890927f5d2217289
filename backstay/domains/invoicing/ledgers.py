"""Invoices, bills and allocations as entries; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from backstay.domains.invoicing.rules import AllocationDraft
from backstay.ledger.posting import Entry, Line, Sub


class TaxGroup(NamedTuple):
    """Tax of one code, in steps."""

    code: int
    base: int
    tax: int


def open_item(role: str, currency: int, party: int, item: str, side: int) -> Sub:
    """The subaccount of an open item."""
    return Sub(role, currency, party=party, item=item, side=side)


def _sum(pairs: dict[Sub, tuple[int, int]], sub: Sub, amount: int, value: int) -> None:
    had = pairs.get(sub, (0, 0))
    pairs[sub] = (had[0] + amount, had[1] + value)


def _lines(pairs: dict[Sub, tuple[int, int]]) -> tuple[Line, ...]:
    return tuple(Line(sub, amount, value) for sub, (amount, value) in pairs.items() if amount or value)


def invoice(
    *,
    document: int,
    kind: str,
    party: int,
    on: date,
    currency: int,
    gross: int,
    nets: Sequence[tuple[int | str, int]],
    taxes: Sequence[TaxGroup],
    text: str = "",
    memo: Sequence[Line] = (),
) -> Entry:
    """An invoice: claim against revenue and tax, each tax base as memo; a credit note the other way (POSTINGS 2.2, 9.2).

    ``memo``: what it counts besides, such as hours (29.2)."""
    way = 1 if kind == "invoice" else -1
    pairs: dict[Sub, tuple[int, int]] = {}
    item = open_item("receivable", currency, party, f"invoice:{document}", way)
    _sum(pairs, item, way * gross, way * gross)
    for account, net in nets:
        _sum(pairs, Sub(account, currency), -way * net, -way * net)
    for group in taxes:
        _sum(pairs, Sub("vat_out", currency, item=f"tax:{group.code}"), -way * group.tax, -way * group.tax)
        _sum(pairs, Sub("tax_base", currency, item=f"tax:{group.code}/out"), -way * group.base, 0)
    return Entry("sales", on, f"invoicing.invoice:{document}", "post", (*_lines(pairs), *memo), text)


def bill(
    *,
    document: int,
    kind: str,
    party: int,
    on: date,
    currency: int,
    gross: int,
    postings: Sequence[Line],
    taxes: Sequence[TaxGroup],
    difference: int,
    text: str = "",
) -> Entry:
    """A bill: what it paid for and input tax against the debt; a debit note the other way (POSTINGS 10.2, 11.2)."""
    way = 1 if kind == "bill" else -1
    pairs: dict[Sub, tuple[int, int]] = {}
    _sum(pairs, open_item("payable", currency, party, f"bill:{document}", -way), -way * gross, -way * gross)
    for sub, amount, value in postings:
        _sum(pairs, sub, way * amount, way * value)
    for group in taxes:
        _sum(pairs, Sub("vat_in", currency, item=f"tax:{group.code}"), way * group.tax, way * group.tax)
        _sum(pairs, Sub("tax_base", currency, item=f"tax:{group.code}/in"), way * group.base, 0)
    if difference:
        _sum(pairs, Sub("rounding", currency, item="supplier"), way * difference, way * difference)
    return Entry("purchases", on, f"invoicing.bill:{document}", "post", _lines(pairs), text)


def allocation(draft: AllocationDraft, document: int, currency: int) -> Entry:
    """One open item settles another (POSTINGS 2.4, 9.3, 11.3)."""
    debit = open_item(draft.side, currency, draft.party, draft.debit_item, 1)
    credit = open_item(draft.side, currency, draft.party, draft.credit_item, -1)
    lines = (Line(credit, draft.amount, draft.amount), Line(debit, -draft.amount, -draft.amount))
    return Entry("general", draft.on, f"invoicing.allocation:{document}", "post", lines)
