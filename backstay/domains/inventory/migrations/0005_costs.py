from django.db import migrations

from backstay.platform.migration import Turnover


class Migration(migrations.Migration):
    """What goods that left for customers cost, less what came back."""

    dependencies = [("inventory", "0004_desk_indexes"), ("platform", "0008_turnover")]
    operations = [
        Turnover(
            "inventory_shipment", ("inventory_shipmentline", "shipment_id"), "inventory.shipment", "moved_on", "value", "", {"sale": 1}
        ),
        Turnover(
            "inventory_receipt", ("inventory_receiptline", "receipt_id"), "inventory.receipt", "moved_on", "value", "", {"return": -1}
        ),
    ]  # fmt: skip
