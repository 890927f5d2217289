import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("catalog", "0001_initial"),
        ("inventory", "0001_initial"),
        ("invoicing", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
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
                ("ordered_on", models.DateField()),
                ("expected_on", models.DateField(null=True)),
                ("net", models.BigIntegerField(default=0)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
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
                (
                    "place",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.place"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("goods", models.BooleanField()),
                ("text", models.CharField(default="", max_length=300)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18)),
                ("unit_price", models.DecimalField(decimal_places=6, max_digits=18)),
                ("discount", models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ("percent", models.DecimalField(decimal_places=4, default=0, max_digits=7)),
                ("net", models.BigIntegerField(default=0)),
                ("stock_quantity", models.BigIntegerField()),
                ("received", models.BigIntegerField(db_default=0, default=0)),
                ("billed", models.BigIntegerField(db_default=0, default=0)),
                ("returned", models.BigIntegerField(db_default=0, default=0)),
                ("received_value", models.BigIntegerField(db_default=0, default=0)),
                ("billed_value", models.BigIntegerField(db_default=0, default=0)),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="purchasing.order",
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
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.uom"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fulfilment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("kind", models.CharField(max_length=8)),
                ("quantity", models.BigIntegerField()),
                (
                    "bill_line",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.billline",
                    ),
                ),
                (
                    "receipt_line",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.receiptline",
                    ),
                ),
                (
                    "shipment_line",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.shipmentline",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="fulfilments",
                        to="purchasing.orderline",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["company_id", "-ordered_on", "-id"], name="purchase_order_day"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="purchasing.number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "confirmed", "closed", "cancelled"])),
                name="purchasing.state",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("stock_quantity__gt", 0)), name="purchasing.line_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__gte", 0)), name="purchasing.line_received"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("billed__gte", 0)), name="purchasing.line_billed"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("received"))),
                name="purchasing.line_returned",
            ),
        ),
        Protect(
            "purchasing_order", refs={"party_id": "parties_party", "place_id": "inventory_place"}, freeze=[]
        ),
        Protect(
            "purchasing_orderline",
            refs={
                "order_id": "purchasing_order",
                "item_id": "catalog_item",
                "uom_id": "catalog_uom",
                "tax_code_id": "tax_taxcode",
            },
            lines_of=(
                "purchasing_order",
                "order_id",
                ["received", "billed", "returned", "received_value", "billed_value"],
            ),
        ),
        Protect(
            "purchasing_fulfilment",
            refs={
                "order_line_id": "purchasing_orderline",
                "receipt_line_id": "inventory_receiptline",
                "bill_line_id": "invoicing_billline",
                "shipment_line_id": "inventory_shipmentline",
            },
            append_only=True,
        ),
    ]
