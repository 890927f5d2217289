from django.db import migrations

from backstay.platform.migration import Searchable


class Migration(migrations.Migration):

    dependencies = [
        ("purchasing", "0001_initial"),
        ("platform", "0003_desk"),
    ]

    operations = [
        Searchable("purchasing_order", "purchasing.order", ["reference"]),
    ]
