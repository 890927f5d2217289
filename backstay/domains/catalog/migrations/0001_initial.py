import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
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
                ("name", models.CharField(max_length=100)),
                ("costing", models.CharField(default="average", max_length=10)),
                ("tax_class", models.CharField(default="standard", max_length=10)),
                (
                    "cogs_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        to="catalog.category",
                    ),
                ),
                (
                    "sales_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "stock_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
            },
        ),
        migrations.CreateModel(
            name="Item",
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
                ("sku", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(default="goods", max_length=10)),
                ("sales_price", models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ("purchase_price", models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ("tax_class", models.CharField(default="standard", max_length=10)),
                ("barcode", models.CharField(blank=True, max_length=14, null=True)),
                ("weight", models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                ("archived_on", models.DateField(blank=True, null=True)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        to="catalog.category",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Uom",
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
                ("code", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=40)),
                ("kind", models.CharField(default="count", max_length=12)),
                ("numerator", models.BigIntegerField(default=1)),
                ("denominator", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "code"), name="catalog.uom_once"),
                    models.CheckConstraint(
                        condition=models.Q(("denominator__gt", 0), ("numerator__gt", 0)),
                        name="catalog.uom_factor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemUom",
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
                ("numerator", models.BigIntegerField()),
                ("denominator", models.BigIntegerField(default=1)),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="uoms", to="catalog.item"
                    ),
                ),
                ("uom", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="catalog.uom")),
            ],
        ),
        migrations.AddField(
            model_name="item",
            name="uom",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="catalog.uom"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("company_id", "name"), name="catalog.category_once"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("costing", "average")), name="catalog.costing"
            ),
        ),
        migrations.AddConstraint(
            model_name="itemuom",
            constraint=models.UniqueConstraint(
                fields=("company_id", "item", "uom"), name="catalog.item_uom_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="itemuom",
            constraint=models.CheckConstraint(
                condition=models.Q(("denominator__gt", 0), ("numerator__gt", 0)),
                name="catalog.item_uom_factor",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("company_id", "sku"), name="catalog.sku_once"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("company_id", "barcode"), name="catalog.barcode_once"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["goods", "service"])), name="catalog.kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "service"), ("unit", None)),
                    models.Q(("kind", "goods"), ("unit__isnull", False)),
                    _connector="OR",
                ),
                name="catalog.goods_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_class__in", ["standard", "reduced", "zero", "exempt"])),
                name="catalog.tax_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("purchase_price__gte", 0), ("sales_price__gte", 0)), name="catalog.price"
            ),
        ),
        Protect("catalog_uom", history=True),
        Protect(
            "catalog_category",
            refs={
                "parent_id": "catalog_category",
                "sales_account_id": "account",
                "cogs_account_id": "account",
                "stock_account_id": "account",
            },
            history=True,
        ),
        Protect(
            "catalog_item", refs={"category_id": "catalog_category", "uom_id": "catalog_uom"}, history=True
        ),
        Protect("catalog_itemuom", refs={"item_id": "catalog_item", "uom_id": "catalog_uom"}, history=True),
    ]
