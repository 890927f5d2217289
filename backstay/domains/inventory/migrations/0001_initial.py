import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("catalog", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(default="warehouse", max_length=10)),
                ("archived_on", models.DateField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        to="inventory.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Count",
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
                ("moved_on", models.DateField()),
                ("kind", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
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
            name="Receipt",
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
                ("moved_on", models.DateField()),
                ("kind", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
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
            name="ReceiptLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shipment",
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
                ("moved_on", models.DateField()),
                ("kind", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
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
            name="ShipmentLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                ("returned", models.BigIntegerField(db_default=0, default=0)),
                ("returned_value", models.BigIntegerField(db_default=0, default=0)),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.shipment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
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
                ("moved_on", models.DateField()),
                ("kind", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                ("arrived_on", models.DateField(null=True)),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.place"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.place"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.transfer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WriteOff",
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
                ("moved_on", models.DateField()),
                ("kind", models.CharField(default="other", max_length=16)),
                ("reference", models.CharField(db_default="", default="", max_length=80)),
                ("reason", models.CharField(db_default="", default="", max_length=200)),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
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
            name="WriteOffLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
                (
                    "write_off",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.writeoff",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                ("counted", models.BigIntegerField()),
                (
                    "count",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="inventory.count",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("counted__gte", 0)), name="inventory.counted")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(fields=("company_id", "code"), name="inventory.place_once"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["warehouse", "transit"]), ("parent", None)),
                    models.Q(("kind", "bin"), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="inventory.place_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="count",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="inventory.count_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="count",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed", "in_transit"])),
                name="inventory.count_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="inventory.receipt_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed", "in_transit"])),
                name="inventory.receipt_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory.receipt_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="inventory.shipment_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed", "in_transit"])),
                name="inventory.shipment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory.shipment_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("quantity"))),
                name="inventory.returned",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="inventory.transfer_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed", "in_transit"])),
                name="inventory.transfer_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("place", models.F("target")), _negated=True),
                name="inventory.transfer_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory.transfer_quantity"
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="inventory.write_off_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed", "in_transit"])),
                name="inventory.write_off_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoffline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inventory.write_off_quantity"
            ),
        ),
        Protect("inventory_place", refs={"parent_id": "inventory_place"}, history=True),
        Protect(
            "inventory_receipt", refs={"place_id": "inventory_place", "party_id": "parties_party"}, freeze=[]
        ),
        Protect(
            "inventory_receiptline",
            refs={"item_id": "catalog_item", "receipt_id": "inventory_receipt"},
            lines_of=("inventory_receipt", "receipt_id", []),
        ),
        Protect(
            "inventory_shipment", refs={"place_id": "inventory_place", "party_id": "parties_party"}, freeze=[]
        ),
        Protect(
            "inventory_shipmentline",
            refs={"item_id": "catalog_item", "shipment_id": "inventory_shipment"},
            lines_of=("inventory_shipment", "shipment_id", ["returned", "returned_value"]),
        ),
        Protect(
            "inventory_transfer",
            refs={"place_id": "inventory_place", "party_id": "parties_party", "target_id": "inventory_place"},
            freeze=["arrived_on"],
        ),
        Protect(
            "inventory_transferline",
            refs={"item_id": "catalog_item", "transfer_id": "inventory_transfer"},
            lines_of=("inventory_transfer", "transfer_id", []),
        ),
        Protect(
            "inventory_count", refs={"place_id": "inventory_place", "party_id": "parties_party"}, freeze=[]
        ),
        Protect(
            "inventory_countline",
            refs={"item_id": "catalog_item", "count_id": "inventory_count"},
            lines_of=("inventory_count", "count_id", []),
        ),
        Protect(
            "inventory_writeoff", refs={"place_id": "inventory_place", "party_id": "parties_party"}, freeze=[]
        ),
        Protect(
            "inventory_writeoffline",
            refs={"item_id": "catalog_item", "write_off_id": "inventory_writeoff"},
            lines_of=("inventory_writeoff", "write_off_id", []),
        ),
    ]
