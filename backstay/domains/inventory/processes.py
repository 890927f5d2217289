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
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    TransferDraft,
    WriteOffDraft,
    bill_difference,
)
from backstay.domains.inventory.shipping import cancel_returns, return_shipment_lines, ship_goods

__all__ = [
    "CountDraft",
    "Moved",
    "ReceiptDraft",
    "ReceiptLineDraft",
    "ShipmentDraft",
    "ShipmentLineDraft",
    "TransferDraft",
    "WriteOffDraft",
    "arrive_transfers",
    "bill_difference",
    "cancel_returns",
    "count_stock",
    "create_places",
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
    "transfer_goods",
    "write_down",
    "write_off_goods",
]
