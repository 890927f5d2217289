"""Where the parcels of shipments are followed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.domains.inventory.rules import followed_at
from backstay.platform import rows


class Parcel(NamedTuple):
    """A part of a shipment: its tracking number, whose it is, where it is followed; "" where nobody said."""

    number: str
    carrier: str
    url: str


_PARCELS = """
SELECT p.shipment_id, p.number, coalesce(c.name, ''), coalesce(c.address, '') FROM inventory_parcel p
LEFT JOIN inventory_carrier c ON c.id = p.carrier_id WHERE p.shipment_id = ANY(%s::bigint[]) ORDER BY p.id"""


def parcels(ctx: Ctx, shipments: Iterable[int]) -> dict[int, list[Parcel]]:
    """Parcels by shipment, of those that have any."""
    found: dict[int, list[Parcel]] = {}
    for ident, number, carrier, address in rows.execute(_PARCELS, [list(shipments)]):
        found.setdefault(ident, []).append(Parcel(number, carrier, followed_at(address, number)))
    return found
