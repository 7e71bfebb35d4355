from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0006_audit_of_keys")]
    operations = []
