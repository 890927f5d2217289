from pathlib import Path

import django.db.models.functions
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):
    """Messages have what they are about and may be given up; webhooks tell others of events."""

    dependencies = [
        ('platform', '0014_revisions'),
    ]

    operations = [
        migrations.AddField(model_name='outbox', name='about', field=models.CharField(db_default='', default='', max_length=120)),
        migrations.AddField(model_name='outbox', name='dead_at', field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('dead_at', None), ('delivered_at', None)), fields=['company_id', 'topic', 'about', 'id'], name='outbox_waiting'),
        ),
        migrations.AddIndex(model_name='outbox', index=models.Index(fields=['company_id', 'topic', 'id'], name='outbox_topic')),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('name', models.CharField(max_length=100)),
                ('address', models.CharField(max_length=2000)),
                ('events', models.JSONField(default=list)),
                ('active', models.BooleanField(default=True)),
                ('off_reason', models.CharField(db_default='', default='', max_length=300)),
                ('secret', models.TextField()),
                ('old_secret', models.TextField(db_default='', default='')),
                ('old_until', models.DateTimeField(null=True)),
                ('made_by', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.Now())),
                ('failures', models.IntegerField(db_default=0, default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('rest_until', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'name'), name='webhook.name_once')],
            },
        ),
        Protect('platform_webhook', may='SELECT, INSERT, UPDATE, DELETE'),
        Run(Path(__file__).resolve().parent.parent / "sql" / "webhooks.sql"),
        Grant('EXECUTE', 'FUNCTION webhooks_due(timestamptz)'),
        Grant('EXECUTE', 'FUNCTION forget_messages(timestamptz)'),
    ]
