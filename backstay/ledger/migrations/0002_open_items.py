from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """Open items apart, so that what is not settled is found without the history."""

    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL((SQL / "open_items.sql").read_text(encoding="utf-8"))]
