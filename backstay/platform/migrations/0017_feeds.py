from pathlib import Path

import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models

from backstay.platform.migration import Protect, Run


class Migration(migrations.Migration):
    """Calendar programs read by secret addresses."""

    dependencies = [
        ('platform', '0016_time_stamps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('name', models.CharField(max_length=60)),
                ('begins', models.CharField(max_length=12)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_by', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.Now())),
                ('ends_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(db_default='', default='', max_length=80)),
                ('path', models.CharField(db_default='', default='', max_length=80)),
                ('query', models.CharField(db_default='', default='', max_length=2000)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        Protect('platform_feed', may='SELECT, INSERT, UPDATE'),
        Run(Path(__file__).resolve().parent.parent / "sql" / "feeds.sql"),
    ]
