"""Indexes that lead to the rows that a condition of a list leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0005_enrolments_by_reason"),
        ("registry", "0006_lists_by_condition"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(
                condition=models.Q(
                    ("cancelled_at__isnull", True), models.Q(("reason", "unpaid"), _negated=True)
                ),
                fields=["person", "year"],
                include=("area_no", "recorded_at"),
                name="coverages_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(fields=["recorded_at", "year"], name="coverages_by_day"),
        ),
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", False)),
                fields=["year", "area_no", "id"],
                name="coverages_cancelled",
            ),
        ),
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(
                condition=models.Q(("suspended_from__isnull", False)),
                fields=["year", "area_no", "id"],
                name="coverages_suspended",
            ),
        ),
    ]
