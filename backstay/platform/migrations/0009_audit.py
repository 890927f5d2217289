from pathlib import Path

from django.db import migrations, models

from backstay.platform.migration import Protect, Run


class Migration(migrations.Migration):
    """Before and after, and from where, of every change; personal values beside the trail."""

    dependencies = [("platform", "0008_turnover")]

    operations = [
        Run(Path(__file__).parent.parent / "sql" / "audit_origin.sql"),
        migrations.AddField("auditevent", "changes", models.JSONField(null=True)),
        migrations.AddField(
            "auditevent",
            "origin",
            models.CharField(
                max_length=200,
                db_default=models.Func(function="audit_origin", output_field=models.CharField()),
            ),
        ),
        migrations.AddField(
            "auditevent",
            "login",
            models.CharField(
                max_length=63,
                db_default=models.Func(template="SESSION_USER", output_field=models.CharField()),
            ),
        ),
        # The transaction, for the triggers alone: which events are of the transaction that is open.
        migrations.RunSQL("ALTER TABLE platform_auditevent ADD xact xid8 NOT NULL DEFAULT pg_current_xact_id()"),
        migrations.CreateModel(
            name="AuditValue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField(editable=False)),
                ("event_id", models.BigIntegerField()),
                ("field", models.CharField(max_length=60)),
                ("side", models.SmallIntegerField()),
                ("salt", models.CharField(max_length=36, null=True)),
                ("value", models.TextField(null=True)),
                ("blanked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event_id", "field", "side"), name="audit.value_once")
                ],
            },
        ),
        Protect("platform_auditvalue", may="SELECT, INSERT, UPDATE"),
        Run(Path(__file__).parent.parent / "sql" / "audit.sql"),
    ]
