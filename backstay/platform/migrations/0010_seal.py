from pathlib import Path

from django.db import migrations, models

from backstay.platform.migration import Run


class Migration(migrations.Migration):
    """The queue of what is not sealed, the blocks, their leaves."""

    dependencies = [("platform", "0009_audit"), ("ledger", "0004_open_items_by_name")]
    operations = [
        *[
            migrations.AddIndex("auditevent", models.Index(fields=["company_id", *fields, "at", "id"], name=f"audit_{name}"))
            for name, fields in (("at", []), ("actor", ["actor"]), ("kind", ["kind"]), ("event", ["event"]))
        ],
        Run(Path(__file__).parent.parent / "sql" / "seal.sql"),
    ]
