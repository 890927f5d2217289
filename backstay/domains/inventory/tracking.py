"""Tracking numbers of shipments: with the goods or later, corrected as often as need be; what is posted stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.inventory.models import Carrier, Parcel, Shipment
from backstay.domains.inventory.rules import ParcelDraft, TrackDraft, UntrackDraft, parcels_of
from backstay.platform import access, audit, events, rows
from backstay.platform.documents import REGISTRY
from backstay.platform.keeping import begin, kept

KIND = "inventory.shipment"
events.declare(KIND, "tracked")
register(
    {
        "inventory.carrier_once": ("another carrier has this name", "Choose another name."),
        "inventory.carrier_address": (
            "this is no address with {number} in it that begins with https://",
            "Write it as https://carrier.example/track?id={number}.",
        ),
        "inventory.parcel_once": ("the shipment has this tracking number", "Look at the shipment."),
    }
)
create_carriers, change_carriers = kept(Carrier)


def archive_carriers(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take carriers out of use from today on; what they carried is still followed."""
    begin(ctx, Carrier, "archive", ids)
    rows.update(Carrier, ids, {"archived_on": [ctx.today] * len(ids)})


def track_shipments(ctx: Ctx, drafts: Sequence[TrackDraft]) -> None:
    """Give posted shipments tracking numbers, besides those they have; a number that is there already takes the carrier
    named now. What changes nothing does nothing."""
    numbers = _begin(ctx, "track", drafts)
    there = _there(numbers)
    fresh: dict[tuple[int, str], int | None] = {}
    other: dict[int, int] = {}
    told: dict[int, list[str]] = {}
    for draft in drafts:
        for parcel in parcels_of(draft.tracking, draft.carrier):
            key = (draft.shipment, parcel.number)
            ident, carrier = there.get(key, (0, None))
            if ident and (parcel.carrier is None or parcel.carrier == carrier):
                continue
            if ident and parcel.carrier is not None:
                other[ident] = parcel.carrier
            else:
                fresh[key] = parcel.carrier
            told.setdefault(draft.shipment, []).append(parcel.number)
    insert_parcels([(s, ParcelDraft(n, c)) for (s, n), c in fresh.items()])
    rows.update(Parcel, list(other), {"carrier_id": list(other.values())})
    _tell(ctx, "track", told)


def untrack_shipments(ctx: Ctx, drafts: Sequence[UntrackDraft]) -> None:
    """Take wrong tracking numbers away; the trail keeps them. Raises Refusal (``inventory.tracking``) for one it has not."""
    numbers = _begin(ctx, "untrack", drafts)
    there = _there(numbers)
    told: dict[int, list[str]] = {}
    gone: list[int] = []
    for draft in drafts:
        for number in (parcel.number for parcel in parcels_of(draft.tracking)):
            plain = number if (draft.shipment, number) in there else number.replace(" ", "")
            if (draft.shipment, plain) not in there:
                name = numbers[draft.shipment]
                raise Refusal("inventory.tracking", f"shipment {name} has no tracking number {number}", "Look at the shipment.", "tracking")  # fmt: skip
            gone.append(there[draft.shipment, plain][0])
            told.setdefault(draft.shipment, []).append(plain)
    rows.delete(Parcel, "id", gone)
    _tell(ctx, "untrack", told)


def insert_parcels(parcels: Sequence[tuple[int, ParcelDraft]]) -> None:
    """Write parcels of shipments (id, parcel), in one statement; none costs none."""
    if parcels:
        columns: dict[str, Sequence[Any]] = {
            "shipment_id": [ident for ident, _ in parcels],
            "carrier_id": [parcel.carrier for _, parcel in parcels],
            "number": [parcel.number for _, parcel in parcels],
        }
        rows.insert(Parcel, columns)


def _begin(ctx: Ctx, act: str, drafts: Sequence[TrackDraft] | Sequence[UntrackDraft]) -> dict[int, str]:
    """Numbers of the shipments by id, locked, all of which allow the act."""
    ids = list(dict.fromkeys(d.shipment for d in drafts))
    access.require(ctx, f"{KIND}.{act}", ids)
    found = rows.lock(Shipment, ids, "state", "number")
    REGISTRY[KIND].check(act, found)
    return {row.id: row.number for row in found}


def _there(shipments: Iterable[int]) -> dict[tuple[int, str], tuple[int, int | None]]:
    """(shipment, number) → (parcel, its carrier)."""
    found = rows.of(Parcel, "shipment_id", shipments, "shipment_id", "number", "carrier_id")
    return {(row.shipment_id, row.number): (row.id, row.carrier_id) for row in found}


def _tell(ctx: Ctx, act: str, told: Mapping[int, Sequence[str]]) -> None:
    if told:
        audit.record(
            ctx, KIND, list(told), act, [{"tracking": ", ".join(numbers)} for numbers in told.values()]
        )
        events.emit(ctx, f"{KIND}_tracked", list(told))
