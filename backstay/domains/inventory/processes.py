"""The processes of the warehouse. Each takes many documents at a fixed number of statements; costs are taken in
posting order under the lock of the cost area."""

from backstay.domains.inventory.keeping import (
    arrive_transfers,
    count_stock,
    create_places,
    put_away,
    transfer_goods,
    write_down,
    write_off_goods,
)
from backstay.domains.inventory.movements import (
    Moved,
    reverse_counts,
    reverse_movements,
    reverse_receipts,
    reverse_shipments,
    reverse_transfers,
    reverse_write_offs,
)
from backstay.domains.inventory.receiving import receive_goods
from backstay.domains.inventory.rules import (
    CountDraft,
    ParcelDraft,
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    TrackDraft,
    TransferDraft,
    UntrackDraft,
    WriteOffDraft,
    bill_difference,
    parcels_of,
)
from backstay.domains.inventory.shipping import cancel_returns, return_shipment_lines, ship_goods
from backstay.domains.inventory.tracking import (
    archive_carriers,
    change_carriers,
    create_carriers,
    track_shipments,
    untrack_shipments,
)

__all__ = [
    "CountDraft",
    "Moved",
    "ParcelDraft",
    "ReceiptDraft",
    "ReceiptLineDraft",
    "ShipmentDraft",
    "ShipmentLineDraft",
    "TrackDraft",
    "TransferDraft",
    "UntrackDraft",
    "WriteOffDraft",
    "archive_carriers",
    "arrive_transfers",
    "bill_difference",
    "cancel_returns",
    "change_carriers",
    "count_stock",
    "create_carriers",
    "create_places",
    "parcels_of",
    "put_away",
    "receive_goods",
    "return_shipment_lines",
    "reverse_counts",
    "reverse_movements",
    "reverse_receipts",
    "reverse_shipments",
    "reverse_transfers",
    "reverse_write_offs",
    "ship_goods",
    "track_shipments",
    "transfer_goods",
    "untrack_shipments",
    "write_down",
    "write_off_goods",
]
