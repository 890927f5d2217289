from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of invoices and bills at size."""

    dependencies = [("invoicing", "0002_words")]
    operations = [
        Listed("invoicing_invoice", ["due_on", "gross", "reference"]),
        Listed("invoicing_bill", ["due_on", "gross", "supplier_number"]),
    ]
