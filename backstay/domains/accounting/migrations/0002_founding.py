from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Grant, Run


class Migration(migrations.Migration):
    dependencies = [("accounting", "0001_initial")]

    operations = [
        Run(Path(__file__).parent.parent / "sql" / "founding.sql"),
        Grant("EXECUTE", "FUNCTION may_found(bigint, date)"),
        Grant("EXECUTE", "FUNCTION companies_of_nobody()"),
    ]
