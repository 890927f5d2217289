from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(default="en", max_length=12)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("name", models.CharField(max_length=255)),
                ("mime", models.CharField(max_length=100)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("created_by", models.CharField(max_length=80)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor", models.CharField(max_length=80)),
                ("request", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("event", models.CharField(max_length=40)),
                ("data", models.JSONField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["company_id", "kind", "object_id"], name="audit_object")],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("topic", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=200)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("error", models.TextField(db_default="", default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivered_at", None)), fields=["due_at"], name="outbox_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "topic", "key"), name="outbox.key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("code", models.CharField(max_length=60)),
                ("year", models.IntegerField(default=0)),
                ("prefix", models.CharField(max_length=20)),
                ("width", models.SmallIntegerField(default=5)),
                ("next", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company_id", "code", "year"), name="numbering.series_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("next__gte", 1)), name="numbering.next"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("kind", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("purpose", models.CharField(default="", max_length=40)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="platform.file",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company_id", "kind", "object_id"], name="attachment_object")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("role", models.CharField(default="owner", max_length=40)),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company_id", "user"), name="access.membership_once")
                ],
            },
        ),
        Run(Path(__file__).parent.parent / "sql" / "platform.sql"),
        Grant("EXECUTE", "FUNCTION draw_numbers(text, text, int[], bigint[])"),
        Grant("EXECUTE", "FUNCTION companies_with_outbox()"),
        Grant("EXECUTE", "FUNCTION companies_of(bigint, date)"),
        Grant("EXECUTE", "FUNCTION role_of(text, date)"),
        Grant("SELECT, INSERT, UPDATE", "TABLE platform_user"),
        Grant("USAGE", "SEQUENCE platform_user_id_seq"),
        Protect("platform_membership"),
        Protect("platform_auditevent", append_only=True),
        Protect("platform_series", may="SELECT, INSERT, UPDATE"),
        Protect("platform_outbox", may="SELECT, INSERT, UPDATE"),
        Protect("platform_file", may="SELECT, INSERT"),
        Protect("platform_attachment", refs={"file_id": "platform_file"}),
    ]
