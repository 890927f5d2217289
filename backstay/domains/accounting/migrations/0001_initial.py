from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
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
                ("kind", models.CharField(default="manual", max_length=10)),
                ("entered_on", models.DateField()),
                ("text", models.CharField(default="", max_length=200)),
                ("period_kind", models.CharField(default="regular", max_length=10)),
                (
                    "reverses",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        to="accounting.journalentry",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("position", models.IntegerField()),
                ("item", models.CharField(db_default="", default="", max_length=80)),
                ("place", models.BigIntegerField(db_default=0, default=0)),
                ("side", models.SmallIntegerField(db_default=0, default=0)),
                ("amount", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                ("due_on", models.DateField(null=True)),
                ("text", models.CharField(db_default="", default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="accounting.journalentry",
                    ),
                ),
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.unit"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("company_id", "number"), name="accounting.number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "posted", "reversed"])), name="accounting.state"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["manual", "opening"])), name="accounting.kind"
            ),
        ),
        Protect("accounting_journalentry", refs={"reverses_id": "accounting_journalentry"}, freeze=[]),
        Protect(
            "accounting_journalline",
            refs={
                "entry_id": "accounting_journalentry",
                "account_id": "account",
                "party_id": "parties_party",
            },
            lines_of=("accounting_journalentry", "entry_id", []),
        ),
        Run(Path(__file__).parent.parent / "sql" / "create_company.sql"),
        Grant("EXECUTE", "FUNCTION create_company(text, text, smallint, jsonb)"),
    ]
