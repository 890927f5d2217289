from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of parties at size."""

    dependencies = [("parties", "0002_words")]
    operations = [
        Listed("parties_party", ["email", "phone", "payment_days", "credit_limit"]),
    ]
