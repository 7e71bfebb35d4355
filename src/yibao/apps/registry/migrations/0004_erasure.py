"""Erasure of a person's identifiers: asked by one, decided by another."""

import django.db.models.deletion
from django.db import migrations, models

from yibao.database.four_eyes import four_eyes
from yibao.database.policies import scope_policy


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_sealed_numbers"),
        ("access", "0005_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_no", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.BigIntegerField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.BigIntegerField(null=True)),
                ("approved", models.BooleanField(default=False)),
                ("answer", models.CharField(blank=True, max_length=200)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="registry.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["area_no", "-id"], name="erasures_of_an_area")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("person",),
                        name="one_open_erasure_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="who_asks_for_an_erasure_does_not_decide",
                    ),
                ],
            },
        ),
        scope_policy("registry_erasure"),
        four_eyes(
            "registry_erasure",
            "an_erasure_takes_two_persons",
            first="new.asked_by",
            second="new.decided_by",
            when="new.decided_at is not null",
            keeps="asked_by",
        ),
    ]
