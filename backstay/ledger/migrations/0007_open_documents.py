from django.db import migrations


class Migration(migrations.Migration):
    """Which document an open item is of, told by its domain as the item appears: what is open is found without reading its name."""

    dependencies = [("ledger", "0006_unit_once")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE open_item ADD COLUMN document_id bigint", "ALTER TABLE open_item DROP COLUMN document_id"
        )
    ]
