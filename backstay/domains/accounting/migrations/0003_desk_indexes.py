from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of manual entries at size."""

    dependencies = [("accounting", "0002_founding")]
    operations = [
        Listed("accounting_journalentry", ["text", "entered_on", "kind", "state"]),
    ]
