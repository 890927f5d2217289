from pathlib import Path

import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models

from backstay.platform.migration import Protect, Run


class Migration(migrations.Migration):
    """Programs sign in by tokens; the same request again gets the same answer."""

    dependencies = [
        ('platform', '0012_invitations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('name', models.CharField(max_length=60)),
                ('begins', models.CharField(max_length=12)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField()),
                ('created_by', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.Now())),
                ('ends_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(db_default='', default='', max_length=80)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('actor', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=255)),
                ('digest', models.CharField(max_length=64)),
                ('status', models.SmallIntegerField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.TextField(db_default='', default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'actor', 'key'), name='api.key_once')],
                'indexes': [models.Index(fields=['at'], name='answer_at')],
            },
        ),
        Protect('platform_token', may='SELECT, INSERT, UPDATE'),
        Protect('platform_answer', may='SELECT, INSERT, UPDATE'),
        Run(Path(__file__).resolve().parent.parent / "sql" / "tokens.sql"),
    ]
