"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import append_only, scope_policy

SCOPED = (
    "subsidy_roster",
    "subsidy_rosterrow",
    "subsidy_support",
    "subsidy_supportlist",
    "subsidy_supportlistline",
    "subsidy_grant",
    "subsidy_grantreceipt",
)
ADDED_ONLY = ("subsidy_grantreceipt", "subsidy_supportlistline")


class Migration(migrations.Migration):
    dependencies = [("subsidy", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
        *map(append_only, ADDED_ONLY),
    ]
