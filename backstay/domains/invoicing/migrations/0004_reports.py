from pathlib import Path

from django.db import migrations

from backstay.platform.migration import Run, Turnover

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What was sold and billed, and when open items are due: reports read neither documents nor their lines."""

    dependencies = [("invoicing", "0003_desk_indexes"), ("platform", "0008_turnover")]
    operations = [
        Run(SQL / "due.sql"),
        Turnover(
            "invoicing_invoice", ("invoicing_invoiceline", "invoice_id"), "invoicing.invoice", "issued_on", "net", "tax",
            {"invoice": 1, "credit_note": -1},
        ),
        Turnover(
            "invoicing_bill", ("invoicing_billline", "bill_id"), "invoicing.bill", "issued_on", "net", "tax", {"bill": 1, "debit_note": -1}
        ),
    ]  # fmt: skip
