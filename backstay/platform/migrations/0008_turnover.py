from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What documents counted, by day, party and item: reports of trade read no documents."""

    dependencies = [("platform", "0007_sign_in"), ("ledger", "0005_cash_and_amounts")]
    operations = [Run(SQL / "turnover.sql")]
