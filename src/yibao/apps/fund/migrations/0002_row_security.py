"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import append_only, scope_policy

SCOPED = (
    "fund_entry",
    "fund_leg",
)
ADDED_ONLY = (
    "fund_entry",
    "fund_leg",
)


class Migration(migrations.Migration):
    dependencies = [("fund", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
        *map(append_only, ADDED_ONLY),
    ]
