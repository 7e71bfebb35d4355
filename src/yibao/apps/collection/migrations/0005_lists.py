"""Indexes of the orders in which lists are walked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0004_payments_of_the_erased'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['year', 'paid_at', 'id'], name='payments_listed'),
        ),
    ]
