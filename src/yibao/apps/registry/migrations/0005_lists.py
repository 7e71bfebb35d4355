"""Indexes of the orders in which lists are walked."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0004_erasure'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['area_no', 'village_no', 'id'], name='households_listed'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(models.F('area_no'), django.db.models.functions.comparison.Coalesce('household_id', models.Value(0)), models.F('id'), name='persons_listed'),
        ),
    ]
