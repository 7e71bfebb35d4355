"""A town sees the heads of the county's rosters and lists, whose lines of its own it answers for.

A head names a department, a file, counts and sums, no person; the lines keep their wall. Only
reading: changing a head stays with the place that it belongs to.
"""

from django.db import migrations

from yibao.database.home import APP_ROLE

HEADS = ("subsidy_roster", "subsidy_supportlist")
# A division code of twelve digits is followed by three zeros for a town, six for a county, eight
# for a city: the places above the scope's own.
_FROM = "(select nullif(current_setting('yibao.from', true), '')::bigint)"
_ABOVE = " or ".join(f"area_no = {_FROM} / {10**n} * {10**n}" for n in (3, 6, 8))


def seen_from_below(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f'create policy seen_from_below on "{table}" for select to {APP_ROLE} using ({_ABOVE})',
        f'drop policy seen_from_below on "{table}"',
    )


class Migration(migrations.Migration):
    dependencies = [("subsidy", "0002_row_security")]

    operations = [seen_from_below(table) for table in HEADS]
