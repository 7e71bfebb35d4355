"""Indexes of the orders in which lists are walked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0003_sealed_cells'),
        ('registry', '0005_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='coverage',
            index=models.Index(fields=['year', 'area_no', 'id'], name='coverages_listed'),
        ),
    ]
