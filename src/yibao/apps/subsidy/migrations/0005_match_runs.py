"""Who ran a match is kept, so that the list that follows is fixed by another person."""

from django.db import migrations, models

from yibao.database.four_eyes import four_eyes
from yibao.database.policies import append_only, scope_policy


class Migration(migrations.Migration):
    dependencies = [("access", "0005_rights"), ("subsidy", "0004_sealed_cells")]

    operations = [
        migrations.CreateModel(
            "MatchRun",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("region", models.CharField(max_length=20)),
                ("area_no", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                ("matched_at", models.DateTimeField()),
                ("matched_by", models.BigIntegerField()),
            ],
            options={"abstract": False},
        ),
        scope_policy("subsidy_matchrun"),
        append_only("subsidy_matchrun"),
        four_eyes(
            "subsidy_supportlist",
            "who_matches_does_not_fix_the_list",
            first="select r.matched_by from subsidy_matchrun r where r.region = new.region"
            " and r.year = new.year and r.area_no = new.area_no order by r.id desc limit 1",
            second="new.fixed_by",
            when="tg_op = 'INSERT'",
            keeps="fixed_by",
        ),
    ]
