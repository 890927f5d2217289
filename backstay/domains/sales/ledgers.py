"""Sales as entries; pure. What is shipped and not invoiced is income all the same (POSTINGS 2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from backstay.domains.sales.rules import Claim
from backstay.ledger.posting import Entry, Line, Sub

ACCRUE = "accrue"


def accruals(
    claims: Iterable[Claim], revenue: Mapping[int, int | str], on: date, currency: int
) -> list[Entry]:
    """One entry per shipment: accrued income of the customer against the revenue accounts of its items."""
    by_shipment: dict[tuple[int, int], dict[int | str, int]] = {}
    for claim in claims:
        sums = by_shipment.setdefault((claim.shipment, claim.party), {})
        account = revenue[claim.item]
        sums[account] = sums.get(account, 0) + claim.net
    entries = []
    for (shipment, party), sums in sorted(by_shipment.items()):
        total = sum(sums.values())
        income = Sub("accrued_income", currency, party=party, item=f"shipment:{shipment}")
        lines = [Line(income, total, total)]
        lines += [Line(Sub(account, currency), -net, -net) for account, net in sums.items()]
        text = "Shipped, not invoiced"
        entries.append(
            Entry("general", on, f"inventory.shipment:{shipment}", f"{ACCRUE}.{on}", tuple(lines), text)
        )
    return entries
