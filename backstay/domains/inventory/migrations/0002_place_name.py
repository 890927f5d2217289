from django.db import migrations

# A refusal names the warehouse as people call it.
NAME = """
CREATE OR REPLACE FUNCTION place_name(place bigint) RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS
$$ SELECT coalesce((SELECT name FROM inventory_place WHERE id = place), 'place ' || place) $$
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
