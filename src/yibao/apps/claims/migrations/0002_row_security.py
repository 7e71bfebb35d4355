"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import append_only, scope_policy

SCOPED = (
    "claims_visit",
    "claims_settlement",
    "claims_personyear",
    "claims_reply",
)
ADDED_ONLY = (
    "claims_visit",
    "claims_settlement",
)


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
        *map(append_only, ADDED_ONLY),
    ]
