from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


def readable(name, table, fields):
    """A model that Django reads but does not make."""
    return migrations.CreateModel(name=name, fields=fields, options={"db_table": table, "managed": False})


KEY = ("id", models.BigAutoField(primary_key=True, serialize=False))
COMPANY = ("company_id", models.BigIntegerField(editable=False))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        *[migrations.RunSQL(path.read_text(encoding="utf-8")) for path in sorted(SQL.glob("[0-9]*.sql"))],
        readable("Unit", "unit", [KEY, ("code", models.TextField())]),
        readable("Account", "account", [KEY, COMPANY, ("code", models.TextField())]),
        readable("Period", "period", [KEY, COMPANY]),
        readable("Entry", "entry", [KEY, COMPANY]),
    ]
