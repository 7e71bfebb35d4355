from django.db import migrations, models

from yibao.database.policies import scope_policy


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_no", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=10)),
                ("since_on", models.DateField(null=True)),
                ("reason", models.CharField(max_length=40)),
                ("people", models.IntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["year", "area_no"], name="tallies_of_an_area")],
            },
        ),
        scope_policy("statistics_tally"),
    ]
