from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """Turnover by account and day, so that a statement of any days reads no postings."""

    dependencies = [("ledger", "0002_open_items")]
    operations = [migrations.RunSQL((SQL / "account_days.sql").read_text(encoding="utf-8"))]
