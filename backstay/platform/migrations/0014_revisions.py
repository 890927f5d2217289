from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run


class Migration(migrations.Migration):
    """Documents count their changes; the triggers come with those of the trail (kept.py)."""

    dependencies = [
        ('platform', '0013_tokens'),
    ]

    operations = [
        Run(Path(__file__).resolve().parent.parent / "sql" / "revisions.sql"),
    ]
