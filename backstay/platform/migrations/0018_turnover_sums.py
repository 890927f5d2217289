from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Sums of what documents counted: reports of trade over long spans add few figures."""

    dependencies = [("platform", "0017_feeds")]
    operations = [Run(SQL / "turnover_sums.sql")]
