from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Grant, Listed, Protect, Run

RECORD = [
    ('id', models.BigAutoField(primary_key=True, serialize=False)),
    ('company_id', models.BigIntegerField(editable=False)),
    ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
]


class Migration(migrations.Migration):
    """Parcels of shipments with their tracking numbers, the carriers that bring them; what webhooks were told of stock."""

    dependencies = [
        ('inventory', '0005_costs'),
        ('platform', '0015_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carrier',
            fields=[
                *RECORD,
                ('name', models.CharField(max_length=80)),
                ('address', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('archived_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('company_id', 'name'), name='inventory.carrier_once'),
                    models.CheckConstraint(
                        condition=models.Q(
                            ('address', ''),
                            ('address__regex', '^https://[A-Za-z0-9.-]+(:[0-9]+)?[/?][!-~]*\\{number\\}[!-~]*$'),
                            _connector='OR',
                        ),
                        name='inventory.carrier_address',
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                *RECORD,
                ('number', models.CharField(max_length=80)),
                ('carrier', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.carrier')),
                ('shipment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='inventory.shipment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('company_id', 'shipment', 'number'), name='inventory.parcel_once'),
                    models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='inventory.parcel_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StockTold',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('on_hand', models.BigIntegerField(default=0)),
                ('free', models.BigIntegerField(default=0)),
                ('item', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.item')),
                ('place', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.place')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('company_id', 'item', 'place'), name='inventory.told_once', nulls_distinct=False),
                ],
            },
        ),
        Protect('inventory_carrier', history=True),
        Protect('inventory_parcel', refs={'shipment_id': 'inventory_shipment', 'carrier_id': 'inventory_carrier'}, history=True),
        Protect('inventory_stocktold', refs={'item_id': 'catalog_item', 'place_id': 'inventory_place'}, may='SELECT, INSERT, UPDATE'),
        Listed('inventory_carrier', ['name']),
        Run(Path(__file__).resolve().parent.parent / 'sql' / 'stock_told.sql'),
        Grant('EXECUTE', 'FUNCTION companies_told_stock(text)'),
    ]
