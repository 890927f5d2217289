from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """The words of many new rows in one statement: an import writes them for a batch, not for each row."""

    dependencies = [("platform", "0005_language_of_the_browser")]
    operations = [Run(SQL / "search.sql"), Run(SQL / "words_in_sets.sql")]
