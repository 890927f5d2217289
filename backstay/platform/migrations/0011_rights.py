from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):
    """Roles as data. Who was an owner stays one: memberships keep their role, a user may have several from now on."""

    dependencies = [
        ('platform', '0010_seal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('rights', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'code'), name='access.role_once')],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('team', models.CharField(max_length=60)),
                ('since_on', models.DateField()),
                ('until_on', models.DateField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'team', 'user', 'since_on'), name='access.team_once')],
            },
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('duty', models.CharField(max_length=40)),
                ('reason', models.TextField()),
                ('until_on', models.DateField()),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='access.membership_once',
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('company_id', 'user', 'role', 'since_on'), name='access.membership_once'),
        ),
        Protect('platform_role', history=True),
        Protect('platform_teammember'),
        Protect('platform_exemption', append_only=True),
        Run(Path(__file__).parent.parent / 'sql' / 'rights.sql'),
        Grant('EXECUTE', 'FUNCTION rights_of(text, date)'),
    ]
