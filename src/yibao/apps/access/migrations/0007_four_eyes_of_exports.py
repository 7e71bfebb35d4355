"""A list leaves the house by two persons: told apart by person, not by account."""

from django.db import migrations

from yibao.database.four_eyes import four_eyes


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_audit_of_keys"),
        ("desk", "0001_initial"),
    ]

    operations = [
        four_eyes(
            "desk_export",
            "who_asks_for_an_export_does_not_approve_it",
            first="new.operator_id",
            second="new.decided_by",
            when="new.decided_by is not null and new.state <> 'withdrawn'",
            keeps="operator_id",
        ),
    ]
