"""Who is enrolled, and how a coverage stands, are told by indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0006_lists_by_condition")]

    operations = [
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=["year", "person"],
                include=("area_no",),
                name="enrolments_in_order",
            ),
        ),
        migrations.RemoveIndex(model_name="coverage", name="coverages_listed"),
        migrations.AddIndex(
            model_name="coverage",
            index=models.Index(
                fields=["year", "area_no", "id"],
                include=("person", "period", "cancelled_at", "suspended_from", "suspended_until"),
                name="coverages_listed",
            ),
        ),
    ]
