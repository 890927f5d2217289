from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0004_long_work'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='language',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
    ]
