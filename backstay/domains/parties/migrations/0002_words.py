from django.db import migrations

from backstay.platform.migration import Searchable


class Migration(migrations.Migration):

    dependencies = [
        ("parties", "0001_initial"),
        ("platform", "0003_desk"),
    ]

    operations = [
        Searchable("parties_party", "parties.party", ["name", "legal_name", "code", "email", "phone", "tax_id"]),
    ]
