"""Rows of persons and of money are walled by area; what was written once stays as it was."""

from django.db import migrations

from yibao.database.policies import scope_policy

SCOPED = (
    "enrolment_enrolment",
    "enrolment_coverage",
    "enrolment_othercover",
    "enrolment_ledgerimport",
    "enrolment_ledgerrow",
)


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0001_initial")]

    operations = [
        *map(scope_policy, SCOPED),
    ]
