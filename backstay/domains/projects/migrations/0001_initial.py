from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from backstay.platform.migration import Protect, Searchable

# Companies that were there before get the accounts a new one has in its chart.
ACCOUNTS = """
INSERT INTO account (company_id, code, name, type, role, unit_kind, requires, bound, parent_id)
SELECT c.id, CASE WHEN EXISTS (SELECT FROM account a WHERE a.company_id = c.id AND a.code = n.code) THEN 'BS' || n.code ELSE n.code END,
       n.name, 'memo', n.role, 'time', n.requires::text[], n.bound,
       (SELECT a.id FROM account a WHERE a.company_id = c.id AND a.code = '9000' AND a.type = 'memo')
FROM company c, (VALUES
    ('9200', 'Hours worked by people', 'hours_worked', '{party}', 'none'),
    ('9210', 'Hours to invoice', 'hours_to_invoice', '{item}', 'debit'),
    ('9220', 'Hours invoiced to customers', 'hours_invoiced', '{party}', 'none'),
    ('9230', 'Hours spent on projects', 'hours_spent', '{item}', 'none')) n(code, name, role, requires, bound)
WHERE NOT EXISTS (SELECT FROM account a WHERE a.company_id = c.id AND a.role = n.role)
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounting', '0001_initial'),
        ('invoicing', '0002_words'),
        ('ledger', '0001_initial'),
        ('parties', '0002_words'),
        ('platform', '0003_desk'),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('name', models.CharField(max_length=80, verbose_name='Project')),
                ('hour_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='Price per hour')),
                ('budget', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='Budget in hours')),
                ('state', models.CharField(editable=False, max_length=20)),
                ('party', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party', verbose_name='Customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('name', models.CharField(max_length=200, verbose_name='Task')),
                ('due_on', models.DateField(blank=True, null=True)),
                ('state', models.CharField(editable=False, max_length=20)),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party', verbose_name='Done by')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project', verbose_name='Project')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TimeSheet',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('number', models.CharField(editable=False, max_length=40, null=True)),
                ('revision', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.CharField(default='', editable=False, max_length=80)),
                ('posted_at', models.DateTimeField(editable=False, null=True)),
                ('posted_by', models.CharField(db_default='', default='', editable=False, max_length=80)),
                ('note', models.TextField(blank=True, db_default='', default='')),
                ('week_on', models.DateField(verbose_name='Week of')),
                ('state', models.CharField(editable=False, max_length=20)),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party', verbose_name='Person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TimeLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.BigIntegerField(editable=False)),
                ('position', models.IntegerField()),
                ('worked_on', models.DateField(verbose_name='Day')),
                ('text', models.CharField(blank=True, default='', max_length=200)),
                ('billable', models.BooleanField(default=True, verbose_name='To invoice')),
                ('hours', models.DecimalField(decimal_places=2, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='Hours')),
                ('invoice_line', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.invoiceline')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='times', to='projects.project', verbose_name='Project')),
                ('task', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.task', verbose_name='Task')),
                ('sheet', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='projects.timesheet')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'closed'])), name='projects.project_state'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['todo', 'doing', 'review', 'done'])), name='projects.task_state'),
        ),
        migrations.AddConstraint(
            model_name='timesheet',
            constraint=models.UniqueConstraint(fields=('company_id', 'number'), name='projects.timesheet_number_once'),
        ),
        migrations.AddConstraint(
            model_name='timesheet',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'posted', 'reversed'])), name='projects.timesheet_state'),
        ),
        migrations.AddConstraint(
            model_name='timeline',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0)), name='projects.timeline_hours'),
        ),
        Protect("projects_project", refs={"party_id": "parties_party"}, history=True),
        Protect("projects_task", refs={"project_id": "projects_project", "assignee_id": "parties_party"}, history=True),
        Protect("projects_timesheet", refs={"person_id": "parties_party"}, freeze=[]),
        Protect(
            "projects_timeline",
            refs={
                "sheet_id": "projects_timesheet", "project_id": "projects_project", "task_id": "projects_task",
                "invoice_line_id": "invoicing_invoiceline",
            },
            lines_of=("projects_timesheet", "sheet_id", ["invoice_line_id"]),
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE projects_task ADD UNIQUE (project_id, id)",
                'ALTER TABLE projects_timeline ADD CONSTRAINT "projects.task_of_project" FOREIGN KEY (project_id, task_id)'
                " REFERENCES projects_task (project_id, id)",
                "CREATE INDEX projects_task_day ON projects_task (company_id, due_on, id)",
                "CREATE INDEX projects_timesheet_day ON projects_timesheet (company_id, week_on DESC, id DESC)",
                "CREATE INDEX projects_timeline_open ON projects_timeline (project_id) WHERE billable AND invoice_line_id IS NULL",
                "INSERT INTO unit (code, kind, scale) VALUES ('h', 'time', 2) ON CONFLICT DO NOTHING",
                ACCOUNTS,
            ]
        ),
        Searchable("projects_project", "projects.project", ["name"]),
        Searchable("projects_task", "projects.task", ["name"]),
    ]
