"""Indexes that lead to the rows that a condition of a list leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_lists"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["village_no", "area_no", "id"], name="households_by_village_no"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name", "area_no", "id"], name="persons_named"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["born", "area_no", "id"], name="persons_born"),
        ),
    ]
