from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What moves cash by day and entry, and how much is open: reports of both read no postings."""

    dependencies = [("ledger", "0004_open_items_by_name")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text(encoding="utf-8")) for name in ("cash", "open_amounts")
    ]
