"""What a year has used is added to in the database, so that the check sees every payment."""

from django.db import migrations

# Two concurrent writers who read the same row would otherwise overwrite each other's sum, and the
# check on the ceiling would look at a sum that is too small.
EACH_PLUS = """
create function each_plus(used bigint[], added bigint[]) returns bigint[]
language sql immutable parallel safe
return (select coalesce(array_agg(coalesce(t.used, 0) + coalesce(t.added, 0) order by t.place), '{}')
          from unnest(used, added) with ordinality as t (used, added, place))
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_ceilings_and_answers")]

    operations = [
        migrations.RunSQL(
            EACH_PLUS, "drop function each_plus"
        ),
    ]
