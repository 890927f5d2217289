from django.db import migrations

from backstay.platform.migration import Searchable


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0001_initial"),
        ("platform", "0003_desk"),
    ]

    operations = [
        Searchable("catalog_item", "catalog.item", ["sku", "name", "barcode"]),
    ]
