from django.db import migrations


class Migration(migrations.Migration):
    """What is there of an item is found by its unit and the account that counts it, not among all that ever moved in the unit."""

    dependencies = [("ledger", "0005_cash_and_amounts")]
    operations = [
        migrations.RunSQL(
            "DROP INDEX subaccount_unit; CREATE INDEX subaccount_unit ON subaccount (unit_id, account_id)",
            "DROP INDEX subaccount_unit; CREATE INDEX subaccount_unit ON subaccount (unit_id)",
        )
    ]
