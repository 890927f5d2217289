"""What people see of goods that move."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "moved_on": (_("Date"), ""),
        "place": (_("Place"), _("The warehouse; Main when you have one.")),
        "target": (_("To"), _("Where the goods go.")),
        "value": (_("Value"), ""),
        "counted": (_("Counted"), ""),
        "in_transit": (_("By way of transit"), _("It arrives later, by its own step.")),
        "reference": (_("Reference"), _("A number or word of the other side, to find it again.")),
        "delivery_note": (_("Delivery note"), _("The number on the supplier's paper.")),
        "tracking": (_("Tracking"), _("The parcels' numbers, with commas between.")),
        "carrier": (_("Carrier"), _("Without one a number is any text, and no link.")),
        "inventory.Carrier.address": (
            _("Address"),
            _("Where a parcel is followed, with {number} for its number; it begins with https://."),
        ),
    }
)
MENU = ("Trade", _("Inventory"), "packages")


def _columns(kinds: str) -> tuple[str, ...]:
    return ("number", "party", "moved_on", "place", f"kind:{kinds}", "state", "worth:money", "reference")


VIEWS = {_("This month"): "f=moved_on:within:month", _("Reversed"): "f=state:is:reversed"}

SHIPMENTS = Resource(
    path="inventory/shipments", model="inventory.Shipment", names=(_("Shipment"), _("Shipments")), menu=("Trade", _("Inventory"), "truck"),
    columns=(*_columns("sale,purchase_return,other"), "tracking"), views=VIEWS, lines=Lines("inventory.ShipmentLine", (), ("item", "quantity:steps", "value:money")),
    acts={"track": "track_shipments", "untrack": "untrack_shipments", "reverse": "reverse_shipments"}, search=("party", "reference"), calendar="moved_on",
)  # fmt: skip
RECEIPTS = Resource(
    path="inventory/receipts", model="inventory.Receipt", names=(_("Goods receipt"), _("Goods receipts")), menu=("Trade", _("Inventory"), "package"),
    columns=(*_columns("purchase,return,other"), "delivery_note"), views=VIEWS, lines=Lines("inventory.ReceiptLine", (), ("item", "quantity:steps", "value:money")),
    acts={"reverse": "reverse_receipts"}, search=("party", "reference"), calendar="moved_on",
)  # fmt: skip
TRANSFERS = Resource(
    path="inventory/transfers", model="inventory.Transfer", names=(_("Transfer"), _("Transfers")), menu=("Trade", _("Inventory"), "arrows-exchange"),
    columns=("number", "place", "target", "moved_on", "state", "worth:money"), views=VIEWS | {_("On the way"): "f=state:is:in_transit"},
    form=("on:date", "place", "target", "in_transit:yes", "reference"),
    lines=Lines("inventory.TransferLine", ("item", "quantity:steps"), ("value:money",)),
    acts={"create": "transfer_goods", "arrive": "arrive_transfers", "reverse": "reverse_transfers"},
)  # fmt: skip
COUNTS = Resource(
    path="inventory/counts", model="inventory.Count", names=(_("Stock count"), _("Stock counts")), menu=("Trade", _("Inventory"), "clipboard-check"),
    columns=("number", "place", "moved_on", "reference", "state", "worth:money"), views=VIEWS,
    form=("on:date", "place", "reference"), lines=Lines("inventory.CountLine", ("item", "counted:steps"), ("quantity:steps", "value:money")),
    acts={"create": "count_stock", "reverse": "reverse_counts"},
)  # fmt: skip
WRITE_OFFS = Resource(
    path="inventory/write-offs", model="inventory.WriteOff", names=(_("Write-off"), _("Write-offs")), menu=("Trade", _("Inventory"), "trash"),
    columns=("number", "place", "moved_on", "reason", "state", "worth:money"), views=VIEWS,
    form=("on:date", "place", "reason"), lines=Lines("inventory.WriteOffLine", ("item", "quantity:steps"), ("value:money",)),
    acts={"create": "write_off_goods", "reverse": "reverse_write_offs"},
)  # fmt: skip
CARRIERS = Resource(
    path="inventory/carriers", model="inventory.Carrier", names=(_("Carrier"), _("Carriers")), menu=("Trade", _("Inventory"), "truck-delivery"),
    columns=("name", "address", "archived_on"), form=("name", "address"), search=(),
    acts={"create": "create_carriers", "change": "change_carriers", "archive": "archive_carriers"},
)  # fmt: skip
