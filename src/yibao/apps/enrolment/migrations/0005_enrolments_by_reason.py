"""An index of those who give a reason for not paying: the unpaid are listed by reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0004_lists"), ("registry", "0005_lists")]

    operations = [
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                fields=["year", "unpaid_reason", "area_no", "person"],
                name="enrolments_by_reason",
                condition=models.Q(withdrawn_at__isnull=True) & ~models.Q(unpaid_reason=""),
            ),
        ),
    ]
