from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of movements at size."""

    dependencies = [("inventory", "0003_delivery_notes")]
    operations = [
        *[
            Listed(f"inventory_{table}", ["moved_on", "state", "kind", "reference"])
            for table in ("shipment", "receipt")
        ],
        Listed("inventory_transfer", ["moved_on", "state"]),
        Listed("inventory_count", ["moved_on", "state", "reference"]),
        Listed("inventory_writeoff", ["moved_on", "state", "reason"]),
    ]
