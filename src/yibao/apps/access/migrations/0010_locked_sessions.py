"""A session is locked without being ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0009_no_setting_passes_a_trigger")]

    operations = [
        migrations.AddField("operatorsession", "locked_at", models.DateTimeField(null=True)),
    ]
