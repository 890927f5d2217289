from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0003_desk_indexes"),
        ("parties", "0003_desk_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
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
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="Percent",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                        verbose_name="Agent",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "customer", "agent"), name="commission.agreement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0)), name="commission.agreement_percent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("number", models.CharField(editable=False, max_length=40, null=True)),
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
                ("earned_on", models.DateField(verbose_name="Earned")),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Percent")),
                ("net", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("state", models.CharField(editable=False, max_length=20)),
                (
                    "agent",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                        verbose_name="Agent",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.invoice",
                        verbose_name="Invoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "number"), name="commission.commission_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "posted", "reversed"])),
                        name="commission.commission_state",
                    ),
                ],
            },
        ),
        Protect(
            "commission_agreement",
            refs={"agent_id": "parties_party", "customer_id": "parties_party"},
            history=True,
        ),
        Protect(
            "commission_commission",
            refs={"agent_id": "parties_party", "invoice_id": "invoicing_invoice"},
            freeze=[],
        ),
        migrations.RunSQL(
            [
                "CREATE INDEX commission_day ON commission_commission (company_id, earned_on DESC, id DESC)",
                "CREATE INDEX commission_invoice ON commission_commission (invoice_id)",
            ]
        ),
    ]
