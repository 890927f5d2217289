import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
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
                ("kind", models.CharField(default="bank", max_length=5)),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=100)),
                ("iban", models.CharField(blank=True, default="", max_length=34)),
                ("bic", models.CharField(blank=True, default="", max_length=11)),
                ("archived_on", models.DateField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account"
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
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
                ("way", models.CharField(max_length=3)),
                ("paid_on", models.DateField()),
                ("method", models.CharField(default="transfer", max_length=12)),
                ("amount", models.BigIntegerField()),
                ("fee", models.BigIntegerField(default=0)),
                ("unallocated", models.BigIntegerField(default=0)),
                ("reference", models.CharField(db_default="", default="", max_length=140)),
                ("settled_on", models.DateField(null=True)),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
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
            name="PaymentLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("item", models.CharField(max_length=80)),
                ("amount", models.BigIntegerField()),
                ("difference", models.BigIntegerField(default=0)),
                ("reason", models.CharField(db_default="", default="", max_length=200)),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="banking.payment",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(fields=("company_id", "code"), name="banking.code_once"),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["bank", "cash"])), name="banking.kind"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["company_id", "-paid_on", "-id"], name="payment_day"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("company_id", "number"), name="banking.number_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["in", "out"])), name="banking.way"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("fee__gte", 0), ("unallocated__gte", 0)),
                name="banking.amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "ordered", "posted", "reversed"])),
                name="banking.state",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="banking.line_amount"
            ),
        ),
        Protect("banking_bankaccount", refs={"account_id": "account"}, history=True),
        Protect(
            "banking_payment",
            refs={"party_id": "parties_party", "bank_account_id": "banking_bankaccount"},
            freeze=["settled_on", "unallocated"],
        ),
        Protect(
            "banking_paymentline",
            refs={"payment_id": "banking_payment"},
            lines_of=("banking_payment", "payment_id", []),
        ),
    ]
