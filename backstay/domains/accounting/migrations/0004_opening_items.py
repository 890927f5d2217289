from django.db import migrations


class Migration(migrations.Migration):
    """Opening items by their name: open items look for them among all lines."""

    dependencies = [("accounting", "0003_desk_indexes")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX journalline_opening ON accounting_journalline (company_id, item) WHERE item LIKE 'opening:%'"
        )
    ]
