import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect

# Code and day share one range, so no extension is needed.
RATES_DO_NOT_OVERLAP = """
    ALTER TABLE tax_taxrate ADD CONSTRAINT "tax.rate_overlap" EXCLUDE USING gist (
        int8range(tax_code_id * 10000000 + (valid_from - date '1000-01-01'),
                  tax_code_id * 10000000 + (coalesce(valid_to, date '9999-12-31') - date '1000-01-01'), '[]') WITH &&)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxCode",
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
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=100)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("category", models.CharField(default="S", max_length=2)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "code"), name="tax.code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["S", "Z", "E", "AE", "K", "G", "O"])),
                        name="tax.category",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
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
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                (
                    "tax_code",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="rates", to="tax.taxcode"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="tax.percent"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
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
                ("tax_class", models.CharField(max_length=10)),
                ("treatment", models.CharField(max_length=12)),
                ("way", models.CharField(max_length=3)),
                (
                    "tax_code",
                    models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="tax.taxcode"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "tax_class", "treatment", "way"), name="tax.rule_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("way__in", ["in", "out"])), name="tax.way"),
                ],
            },
        ),
        Protect("tax_taxcode", history=True),
        Protect("tax_taxrate", refs={"tax_code_id": "tax_taxcode"}, history=True),
        Protect("tax_taxrule", refs={"tax_code_id": "tax_taxcode"}, history=True),
        migrations.RunSQL(RATES_DO_NOT_OVERLAP),
    ]
