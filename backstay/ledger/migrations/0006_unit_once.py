from django.db import migrations


class Migration(migrations.Migration):
    """The constraint that keeps the codes of units apart has the code of its rule, so that breaking it is a refusal."""

    dependencies = [("ledger", "0005_cash_and_amounts")]
    operations = [
        migrations.RunSQL(
            'ALTER TABLE unit RENAME CONSTRAINT unit_company_id_code_key TO "ledger.unit_once"',
            'ALTER TABLE unit RENAME CONSTRAINT "ledger.unit_once" TO unit_company_id_code_key',
        )
    ]
