"""A list leaves the house, and a person's numbers are destroyed, by two persons: by person too."""

from django.db import migrations

from yibao.database.four_eyes import four_eyes


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_audit_of_keys"),
        ("desk", "0001_initial"),
        ("registry", "0004_erasure"),
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
        four_eyes(
            "registry_erasure",
            "who_asks_for_an_erasure_does_not_approve_it",
            first="new.asked_by",
            second="new.decided_by",
            when="new.approved",
            keeps="asked_by",
        ),
    ]
