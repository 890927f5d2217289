from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect, Run, Searchable


class Migration(migrations.Migration):
    """Price lists, their prices, and who has which."""

    dependencies = [
        ("catalog", "0003_desk_indexes"),
        ("parties", "0004_legal_hold"),
        ("platform", "0014_revisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("discount", models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ("standard", models.BooleanField(default=False)),
                ("archived_on", models.DateField(editable=False, null=True)),
                ("parent", models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.pricelist", verbose_name="Builds on")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "code"), name="catalog.price_list_once"),
                    models.UniqueConstraint(condition=models.Q(("standard", True)), fields=("company_id", "currency"), name="catalog.standard_list_once"),
                    models.CheckConstraint(condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="catalog.price_list_currency_code"),
                    models.CheckConstraint(condition=models.Q(("discount__gte", 0), ("discount__lte", 1)), name="catalog.price_list_discount"),
                    models.CheckConstraint(condition=models.Q(("archived_on", None), ("standard", False), _connector="OR"), name="catalog.standard_list_in_use"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("from_quantity", models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                ("price", models.DecimalField(decimal_places=6, max_digits=18)),
                ("since_on", models.DateField(blank=True, null=True)),
                ("until_on", models.DateField(blank=True, null=True)),
                ("item", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.item")),
                ("price_list", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="catalog.pricelist")),
            ],
            options={
                "indexes": [models.Index(fields=["price_list", "item"], name="price_of_item")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("from_quantity__gte", 0), ("price__gte", 0)), name="catalog.list_price"),
                    models.CheckConstraint(condition=models.Q(("since_on", None), ("until_on", None), ("until_on__gte", models.F("since_on")), _connector="OR"), name="catalog.price_span"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceAgreement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("revision", models.IntegerField(db_default=1, default=1, editable=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("party", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party", verbose_name="Customer")),
                ("price_list", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.pricelist", verbose_name="Price list")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("until_on", None), ("until_on__gte", models.F("since_on")), _connector="OR"), name="catalog.agreement_span"),
                ],
            },
        ),
        Protect("catalog_pricelist", refs={"parent_id": "catalog_pricelist"}, history=True),
        Protect("catalog_price", refs={"price_list_id": "catalog_pricelist", "item_id": "catalog_item"}, history=True),
        Protect("catalog_priceagreement", refs={"party_id": "parties_party", "price_list_id": "catalog_pricelist"}, history=True),
        Run(Path(__file__).parent.parent / "sql" / "price_lists.sql"),
        Searchable("catalog_pricelist", "catalog.pricelist", ["code", "name"]),
    ]
