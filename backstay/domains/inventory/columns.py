"""Worked-out columns of movements."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backstay.base.context import Ctx
from backstay.domains.inventory.queries import parcels
from backstay.platform import rows


def _worth(table: str, key: str) -> Callable[[Ctx, Iterable[int]], dict[int, int]]:
    """Value of all lines by movement, in steps."""
    sql = f"SELECT {key}, sum(value)::bigint FROM {table} WHERE {key} = ANY(%s::bigint[]) GROUP BY 1"
    return lambda ctx, ids: dict(rows.execute(sql, [list(ids)]))


def pointless(ctx: Ctx, ids: Iterable[int]) -> dict[int, set[str]]:
    """A shipment without tracking numbers has none to take away."""
    wanted = list(ids)
    found = parcels(ctx, wanted)
    return {ident: set() if ident in found else {"untrack"} for ident in wanted}


COLUMNS = {
    "inventory.shipment.tracking": ("parcels", parcels),
    "inventory.shipment.worth": ("money", _worth("inventory_shipmentline", "shipment_id")),
    "inventory.receipt.worth": ("money", _worth("inventory_receiptline", "receipt_id")),
    "inventory.transfer.worth": ("money", _worth("inventory_transferline", "transfer_id")),
    "inventory.count.worth": ("money", _worth("inventory_countline", "count_id")),
    "inventory.writeoff.worth": ("money", _worth("inventory_writeoffline", "write_off_id")),
}
READY = {"inventory.shipment": pointless}
