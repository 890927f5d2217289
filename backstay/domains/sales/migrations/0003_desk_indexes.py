from django.db import migrations

from backstay.platform.migration import Listed


class Migration(migrations.Migration):
    """Lists of orders at size: every order of theirs, and what waits."""

    dependencies = [("sales", "0002_words")]
    operations = [
        Listed("sales_order", ["required_on", "state", "gross", "reference"]),
        # Work that waits: few lines of very many. Conditions as columns.py has them, word for word.
        migrations.RunSQL(
            "CREATE INDEX sales_orderline_to_ship ON sales_orderline (company_id, order_id)"
            " WHERE goods AND shipped < stock_quantity;"
            "CREATE INDEX sales_orderline_to_invoice ON sales_orderline (company_id, order_id)"
            " WHERE CASE WHEN goods THEN shipped - returned > invoiced ELSE invoiced < stock_quantity END;"
            "CREATE INDEX sales_orderline_unfinished ON sales_orderline (company_id, order_id)"
            " WHERE invoiced < stock_quantity OR (goods AND shipped < stock_quantity)"
        ),
    ]
