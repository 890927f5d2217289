from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0002_place_name'),
        ('parties', '0002_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='receipt',
            name='delivery_note',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(
                condition=models.Q(('delivery_note', ''), _negated=True),
                fields=['company_id', 'party', 'delivery_note'],
                name='receipt_delivery_note',
            ),
        ),
    ]
