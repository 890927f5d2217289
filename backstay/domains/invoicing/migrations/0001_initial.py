import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("catalog", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("number", models.CharField(editable=False, max_length=40, null=True)),
                ("state", models.CharField(editable=False, max_length=20)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("created_by", models.CharField(default="", editable=False, max_length=80)),
                ("posted_at", models.DateTimeField(editable=False, null=True)),
                ("posted_by", models.CharField(db_default="", default="", editable=False, max_length=80)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("kind", models.CharField(default="invoice", max_length=12)),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("rounding", models.CharField(default="total", max_length=5)),
                ("net", models.BigIntegerField(default=0)),
                ("tax", models.BigIntegerField(default=0)),
                ("gross", models.BigIntegerField(default=0)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                ("supplier_number", models.CharField(max_length=60)),
                ("difference", models.BigIntegerField(default=0)),
                (
                    "currency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.unit"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BillLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("text", models.CharField(default="", max_length=300)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("unit_price", models.DecimalField(decimal_places=6, max_digits=18)),
                ("discount", models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ("percent", models.DecimalField(decimal_places=4, default=0, max_digits=7)),
                ("net", models.BigIntegerField()),
                ("tax", models.BigIntegerField(default=0)),
                ("clears", models.CharField(db_default="", default="", max_length=80)),
                ("cleared", models.BigIntegerField(db_default=0, default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account"
                    ),
                ),
                (
                    "bill",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="invoicing.bill"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.item",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tax.taxcode",
                    ),
                ),
                (
                    "uom",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.uom",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BillTax",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                ("base", models.BigIntegerField()),
                ("tax", models.BigIntegerField()),
                (
                    "bill",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="taxes", to="invoicing.bill"
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tax.taxcode"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("number", models.CharField(editable=False, max_length=40, null=True)),
                ("state", models.CharField(editable=False, max_length=20)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("created_by", models.CharField(default="", editable=False, max_length=80)),
                ("posted_at", models.DateTimeField(editable=False, null=True)),
                ("posted_by", models.CharField(db_default="", default="", editable=False, max_length=80)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("kind", models.CharField(default="invoice", max_length=12)),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("rounding", models.CharField(default="total", max_length=5)),
                ("net", models.BigIntegerField(default=0)),
                ("tax", models.BigIntegerField(default=0)),
                ("gross", models.BigIntegerField(default=0)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                (
                    "credits",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="invoicing.invoice",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.unit"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("text", models.CharField(default="", max_length=300)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("unit_price", models.DecimalField(decimal_places=6, max_digits=18)),
                ("discount", models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ("percent", models.DecimalField(decimal_places=4, default=0, max_digits=7)),
                ("net", models.BigIntegerField()),
                ("tax", models.BigIntegerField(default=0)),
                ("credited", models.BigIntegerField(db_default=0, default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account"
                    ),
                ),
                (
                    "credits_line",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.invoiceline",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing.invoice",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.item",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tax.taxcode",
                    ),
                ),
                (
                    "uom",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.uom",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceTax",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                ("base", models.BigIntegerField()),
                ("tax", models.BigIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="invoicing.invoice",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tax.taxcode"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("number", models.CharField(editable=False, max_length=40, null=True)),
                ("state", models.CharField(editable=False, max_length=20)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("created_by", models.CharField(default="", editable=False, max_length=80)),
                ("posted_at", models.DateTimeField(editable=False, null=True)),
                ("posted_by", models.CharField(db_default="", default="", editable=False, max_length=80)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("side", models.CharField(max_length=10)),
                ("allocated_on", models.DateField()),
                ("debit_item", models.CharField(max_length=80)),
                ("credit_item", models.CharField(max_length=80)),
                ("amount", models.BigIntegerField()),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "number"), name="invoicing.allocation_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="invoicing.allocation_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["receivable", "payable"])),
                        name="invoicing.allocation_side",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["company_id", "-issued_on", "-id"], name="bill_day"),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="invoicing.bill_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "posted")),
                fields=("company_id", "party", "supplier_number"),
                name="invoicing.bill_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed"])),
                name="invoicing.bill_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["bill", "debit_note"])), name="invoicing.bill_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("net"), "+", models.F("tax")
                            ),
                            "+",
                            models.F("difference"),
                        ),
                    )
                ),
                name="invoicing.bill_sum",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["company_id", "-issued_on", "-id"], name="invoice_day"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("company_id", "number"), name="invoicing.number_once"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed"])), name="invoicing.state"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["invoice", "credit_note"])), name="invoicing.kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net"), "+", models.F("tax")
                        ),
                    ),
                    ("net__gte", 0),
                ),
                name="invoicing.sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited__gte", 0),
                    models.Q(("credited", 0), ("credited__lte", models.F("net")), _connector="OR"),
                ),
                name="invoicing.credit_left",
            ),
        ),
        Protect(
            "invoicing_invoice",
            refs={"party_id": "parties_party", "credits_id": "invoicing_invoice"},
            freeze=[],
        ),
        Protect(
            "invoicing_invoiceline",
            refs={
                "item_id": "catalog_item",
                "uom_id": "catalog_uom",
                "tax_code_id": "tax_taxcode",
                "account_id": "account",
                "invoice_id": "invoicing_invoice",
                "credits_line_id": "invoicing_invoiceline",
            },
            lines_of=("invoicing_invoice", "invoice_id", ["credited"]),
        ),
        Protect(
            "invoicing_invoicetax",
            refs={"tax_code_id": "tax_taxcode", "invoice_id": "invoicing_invoice"},
            lines_of=("invoicing_invoice", "invoice_id", []),
        ),
        Protect("invoicing_bill", refs={"party_id": "parties_party"}, freeze=[]),
        Protect(
            "invoicing_billline",
            refs={
                "item_id": "catalog_item",
                "uom_id": "catalog_uom",
                "tax_code_id": "tax_taxcode",
                "account_id": "account",
                "bill_id": "invoicing_bill",
            },
            lines_of=("invoicing_bill", "bill_id", []),
        ),
        Protect(
            "invoicing_billtax",
            refs={"tax_code_id": "tax_taxcode", "bill_id": "invoicing_bill"},
            lines_of=("invoicing_bill", "bill_id", []),
        ),
        Protect("invoicing_allocation", refs={"party_id": "parties_party"}, freeze=[]),
    ]
