from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """Open items tell their invoice or bill."""

    dependencies = [("invoicing", "0004_reports"), ("ledger", "0007_open_documents")]
    operations = [Run(SQL / "documents.sql")]
