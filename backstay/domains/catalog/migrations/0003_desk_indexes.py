from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of items at size."""

    dependencies = [("catalog", "0002_words")]
    operations = [
        Listed("catalog_item", ["name", "kind", "sales_price", "purchase_price"]),
    ]
