"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import scope_policy

SCOPED = (
    "registry_household",
    "registry_person",
    "registry_identitydocument",
    "registry_personidentity",
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
    ]
