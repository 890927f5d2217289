from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('object_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['key'], name='imported_key')],
                'constraints': [models.UniqueConstraint(fields=('company_id', 'kind', 'key'), name='import.key_once')],
            },
        ),
        Protect("platform_importedrow", append_only=True),
    ]
