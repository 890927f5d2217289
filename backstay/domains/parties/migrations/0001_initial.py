import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("platform", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Party",
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
                    "kind",
                    models.CharField(
                        choices=[("organisation", "organisation"), ("person", "person")],
                        default="organisation",
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40, null=True)),
                ("name", models.CharField(max_length=200)),
                ("legal_name", models.CharField(blank=True, default="", max_length=200)),
                ("tax_id", models.CharField(blank=True, default="", max_length=40)),
                ("registration_id", models.CharField(blank=True, default="", max_length=40)),
                ("language", models.CharField(blank=True, default="", max_length=12)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=60)),
                ("website", models.CharField(blank=True, default="", max_length=200)),
                ("payment_days", models.IntegerField(default=30)),
                ("credit_limit", models.BigIntegerField(blank=True, null=True)),
                (
                    "tax_treatment",
                    models.CharField(
                        choices=[
                            ("domestic", "domestic"),
                            ("exempt", "exempt"),
                            ("eu", "eu"),
                            ("export", "export"),
                        ],
                        default="domestic",
                        max_length=12,
                    ),
                ),
                ("archived_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "parties",
                "indexes": [models.Index(fields=["company_id", "name"], name="party_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "code"), name="parties.code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="parties.name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payment_days__gte", 0)), name="parties.payment_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit_limit", None), ("credit_limit__gte", 0), _connector="OR"),
                        name="parties.credit_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Relation",
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
                ("title", models.CharField(blank=True, default="", max_length=100)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="people", to="parties.party"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("channel", models.CharField(max_length=20)),
                ("purpose", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("source", models.CharField(max_length=200)),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "phone", "post", "sms"])),
                        name="parties.consent_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["granted", "withdrawn"])),
                        name="parties.consent_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
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
                ("kind", models.CharField(default="main", max_length=10)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("street", models.CharField(blank=True, default="", max_length=200)),
                ("street2", models.CharField(blank=True, default="", max_length=200)),
                ("city", models.CharField(blank=True, default="", max_length=100)),
                ("postal_code", models.CharField(blank=True, default="", max_length=20)),
                ("region", models.CharField(blank=True, default="", max_length=100)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="parties.party",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["main", "billing", "delivery"])),
                        name="parties.address_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^([A-Z]{2})?$")), name="parties.country"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartyRole",
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
                ("role", models.CharField(max_length=12)),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "party",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="parties.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "party", "role"), name="parties.role_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["customer", "supplier", "employee", "carrier", "other"])
                        ),
                        name="parties.role",
                    ),
                ],
            },
        ),
        Protect("parties_party", history=True),
        Protect("parties_partyrole", refs={"party_id": "parties_party"}, history=True),
        Protect("parties_address", refs={"party_id": "parties_party"}, history=True),
        Protect(
            "parties_relation",
            refs={"person_id": "parties_party", "organisation_id": "parties_party"},
            history=True,
        ),
        Protect("parties_consent", refs={"party_id": "parties_party"}, history=True),
    ]
