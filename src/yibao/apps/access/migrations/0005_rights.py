from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0004_signing")]
    operations = []
