from django.db import migrations

from backstay.platform.migration import Searchable


class Migration(migrations.Migration):

    dependencies = [
        ("sales", "0001_initial"),
        ("platform", "0003_desk"),
    ]

    operations = [
        Searchable("sales_order", "sales.order", ["reference"]),
    ]
