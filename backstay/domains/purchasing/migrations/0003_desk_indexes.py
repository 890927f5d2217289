from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of orders at size: every order of theirs, and what waits."""

    dependencies = [("purchasing", "0002_words")]
    operations = [
        Listed("purchasing_order", ["expected_on", "state", "net", "reference"]),
        # Work that waits: few lines of very many. Conditions as columns.py has them, word for word.
        migrations.RunSQL(
            "CREATE INDEX purchasing_orderline_to_receive ON purchasing_orderline (company_id, order_id)"
            " WHERE goods AND received < stock_quantity;"
            "CREATE INDEX purchasing_orderline_to_bill ON purchasing_orderline (company_id, order_id)"
            " WHERE CASE WHEN goods THEN received - returned > billed ELSE billed < stock_quantity END;"
            "CREATE INDEX purchasing_orderline_unfinished ON purchasing_orderline (company_id, order_id)"
            " WHERE billed < stock_quantity OR (goods AND received < stock_quantity)"
        ),
    ]
