from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of payments at size; what settles an invoice."""

    dependencies = [("banking", "0002_statements")]
    operations = [
        Listed("banking_payment", ["way", "state", "amount", "unallocated", "reference"]),
        # Flow and matches look for what a payment settles.
        migrations.RunSQL("CREATE INDEX paymentline_item ON banking_paymentline (company_id, item)"),
    ]
