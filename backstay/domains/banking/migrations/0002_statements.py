from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Grant, Protect, Run


class Migration(migrations.Migration):

    dependencies = [
        ('banking', '0001_initial'),
        ('ledger', '0001_initial'),
        ('parties', '0002_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='bankaccount',
            name='table_map',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.CreateModel(
            name='PaymentRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('number', models.CharField(editable=False, max_length=40, null=True)),
                ('state', models.CharField(editable=False, max_length=20)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.CharField(default='', editable=False, max_length=80)),
                ('posted_at', models.DateTimeField(editable=False, null=True)),
                ('posted_by', models.CharField(db_default='', default='', editable=False, max_length=80)),
                ('note', models.TextField(blank=True, db_default='', default='')),
                ('executed_on', models.DateField()),
                ('count', models.IntegerField()),
                ('total', models.BigIntegerField()),
                ('bank_account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='banking.bankaccount')),
            ],
            options={
                'verbose_name': 'payment run',
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='run',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='banking.paymentrun'),
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('number', models.CharField(default='', max_length=40)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField()),
                ('opening', models.BigIntegerField(null=True)),
                ('closing', models.BigIntegerField(null=True)),
                ('gap', models.BigIntegerField(default=0)),
                ('file_name', models.CharField(default='', max_length=200)),
                ('imported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('imported_by', models.CharField(default='', max_length=80)),
                ('bank_account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='banking.bankaccount')),
            ],
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('key', models.CharField(max_length=40)),
                ('booked_on', models.DateField()),
                ('value_on', models.DateField(null=True)),
                ('amount', models.BigIntegerField()),
                ('text', models.TextField(default='')),
                ('name', models.CharField(default='', max_length=140)),
                ('iban', models.CharField(default='', max_length=40)),
                ('reference', models.CharField(default='', max_length=140)),
                ('bank_reference', models.CharField(default='', max_length=140)),
                ('state', models.CharField(default='open', max_length=8)),
                ('bank_account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='banking.bankaccount')),
                ('statement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='banking.statement')),
            ],
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('source', models.CharField(max_length=80)),
                ('amount', models.BigIntegerField()),
                ('effect', models.CharField(default='made', max_length=7)),
                ('how', models.CharField(default='hand', max_length=9)),
                ('matched_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('matched_by', models.CharField(default='', max_length=80)),
                ('line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='banking.statementline')),
            ],
        ),
        migrations.CreateModel(
            name='MatchRule',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('kind', models.CharField(max_length=4)),
                ('pattern', models.CharField(max_length=140)),
                ('automatic', models.BooleanField(default=False)),
                ('hits', models.IntegerField(db_default=1, default=1)),
                ('account', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('party', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company_id', 'kind', 'pattern', 'party', 'account'), name='banking.rule_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['iban', 'name', 'text']), models.Q(('party', None), ('account', None), _connector='XOR')), name='banking.rule')],
            },
        ),
        migrations.CreateModel(
            name='PartyAccount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('iban', models.CharField(max_length=34)),
                ('bic', models.CharField(blank=True, db_default='', default='', max_length=11)),
                ('holder', models.CharField(blank=True, db_default='', default='', max_length=70)),
                ('archived_on', models.DateField(blank=True, null=True)),
                ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='parties.party')),
            ],
            options={
                'indexes': [models.Index(fields=['company_id', 'iban'], name='party_iban')],
                'constraints': [models.UniqueConstraint(fields=('company_id', 'party', 'iban'), name='banking.party_account_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='paymentrun',
            constraint=models.UniqueConstraint(fields=('company_id', 'number'), name='banking.run_number_once'),
        ),
        migrations.AddConstraint(
            model_name='paymentrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ordered', 'reversed'])), name='banking.run_state'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['company_id', 'bank_account', '-until'], name='statement_until'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['company_id', 'bank_account', 'booked_on', 'id'], name='statementline_day'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['company_id', 'bank_account', 'id'], name='statementline_open'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(fields=('company_id', 'bank_account', 'key'), name='banking.line_once'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'matched', 'ignored'])), name='banking.line_state'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('company_id', 'source'), name='banking.source_once'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('effect__in', ['made', 'settled', 'found'])), name='banking.match_effect'),
        ),
        Protect("banking_paymentrun", refs={"bank_account_id": "banking_bankaccount"}, freeze=[]),
        migrations.RunSQL(
            'ALTER TABLE banking_payment ADD CONSTRAINT "banking_payment_run_id_company" FOREIGN KEY (company_id, run_id)'
            " REFERENCES banking_paymentrun (company_id, id)"
        ),
        Protect("banking_statement", refs={"bank_account_id": "banking_bankaccount"}, may="SELECT, INSERT"),
        Protect(
            "banking_statementline",
            refs={"statement_id": "banking_statement", "bank_account_id": "banking_bankaccount"},
            may="SELECT, INSERT",
        ),
        Grant("UPDATE (state)", "TABLE banking_statementline"),
        Protect("banking_match", refs={"line_id": "banking_statementline"}, may="SELECT, INSERT, DELETE"),
        Protect("banking_matchrule", refs={"party_id": "parties_party", "account_id": "account"}),
        Protect("banking_partyaccount", refs={"party_id": "parties_party"}, history=True),
        Run(Path(__file__).parent.parent / "sql" / "matches.sql"),
    ]
