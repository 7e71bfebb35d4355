"""Counts of several moments are kept: they are found by year and moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_tallies")]

    operations = [
        migrations.RemoveIndex(model_name="tally", name="tallies_of_an_area"),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                fields=["year", "taken_at", "area_no"], name="tallies_of_a_moment"
            ),
        ),
    ]
