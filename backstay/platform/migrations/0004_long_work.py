from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0003_desk'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('path', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=255)),
                ('told', models.JSONField(default=dict)),
                ('profile', models.JSONField(default=dict)),
                ('created_by', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='WorkFault',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('place', models.BigIntegerField(default=0)),
                ('name', models.CharField(max_length=200)),
                ('href', models.CharField(default='', max_length=200)),
                ('field', models.CharField(default='', max_length=200)),
                ('value', models.CharField(default='', max_length=200)),
                ('code', models.CharField(default='', max_length=80)),
                ('reason', models.TextField()),
                ('remedy', models.TextField(default='')),
            ],
        ),
        migrations.AddField(
            model_name='work',
            name='attempts',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='work',
            name='beat_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='work',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='work',
            name='phase',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='work',
            name='reached',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='work',
            name='runner',
            field=models.CharField(db_default='', default='', max_length=32),
        ),
        migrations.AddIndex(
            model_name='work',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['company_id', 'actor'], name='work_going'),
        ),
        migrations.AddIndex(
            model_name='work',
            index=models.Index(fields=['company_id', 'actor', '-id'], name='work_mine'),
        ),
        migrations.AddField(
            model_name='import',
            name='checked',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.work'),
        ),
        migrations.AddField(
            model_name='import',
            name='done',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.work'),
        ),
        migrations.AddField(
            model_name='import',
            name='file',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platform.file'),
        ),
        migrations.AddField(
            model_name='workfault',
            name='work',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='faults', to='platform.work'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['company_id', 'path', '-id'], name='import_of'),
        ),
        migrations.AddIndex(
            model_name='workfault',
            index=models.Index(fields=['company_id', 'work', 'id'], name='fault_work'),
        ),
        Protect("platform_workfault", refs={"work_id": "platform_work"}, append_only=True),
        Protect("platform_import", refs={"file_id": "platform_file", "checked_id": "platform_work", "done_id": "platform_work"}),
        Run(Path(__file__).parent.parent / "sql" / "work.sql"),
        Grant("EXECUTE", "FUNCTION works_due(interval)"),
    ]
