from django.db import migrations

from backstay.platform.migration import Searchable


class Migration(migrations.Migration):

    dependencies = [
        ("invoicing", "0001_initial"),
        ("platform", "0003_desk"),
    ]

    operations = [
        Searchable("invoicing_invoice", "invoicing.invoice", ["reference"]),
        Searchable("invoicing_bill", "invoicing.bill", ["reference", "supplier_number"]),
    ]
