from django.db import migrations


class Migration(migrations.Migration):
    """What is open of a document, by its item: subaccounts have no index that begins with it."""

    dependencies = [("ledger", "0003_account_days")]
    operations = [migrations.RunSQL("CREATE INDEX open_item_name ON open_item (company_id, item)")]
