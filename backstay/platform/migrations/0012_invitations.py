from pathlib import Path

import django.db.models.functions
from django.db import migrations, models

from backstay.platform.migration import Protect, Run


class Migration(migrations.Migration):
    """People are let in by invitation."""

    dependencies = [
        ('platform', '0011_rights'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('email', models.EmailField(max_length=254)),
                ('roles', models.JSONField()),
                ('until_on', models.DateField(null=True)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('invited_by', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.Now())),
                ('ends_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
        ),
        Protect('platform_invitation', may='SELECT, INSERT, UPDATE'),
        Run(Path(__file__).resolve().parent.parent / "sql" / "invitations.sql"),
    ]
