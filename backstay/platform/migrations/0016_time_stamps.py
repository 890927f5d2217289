from django.db import migrations, models

from backstay.platform.migration import Protect


class Migration(migrations.Migration):
    """What authorities said of heads of the seal."""

    dependencies = [
        ('platform', '0015_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealStamp',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('block', models.BigIntegerField()),
                ('head', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('authority', models.CharField(max_length=2000)),
                ('roots', models.TextField()),
                ('answer', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['company_id', 'block'], name='sealstamp_block')],
            },
        ),
        Protect('platform_sealstamp', append_only=True),
    ]
