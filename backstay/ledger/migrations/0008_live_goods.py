from django.db import migrations


class Migration(migrations.Migration):
    """Stock is few among many live rows: read without looking each of its subaccounts up. What the index holds never changes, so
    counters go on moving in place."""

    dependencies = [("ledger", "0007_open_documents")]
    operations = [
        migrations.RunSQL("CREATE INDEX live_goods ON live (company_id) WHERE goods", "DROP INDEX live_goods")
    ]
