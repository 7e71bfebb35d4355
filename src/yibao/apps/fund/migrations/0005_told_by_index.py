"""What a party owes or holds is summed from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fund", "0004_journal_chain")]

    operations = [
        migrations.RemoveIndex(model_name="leg", name="legs_of_a_party"),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("party_id__isnull", False)),
                fields=["book", "party_kind", "party_id"],
                include=("area_no", "account", "debit_fen", "credit_fen"),
                name="legs_of_a_party",
            ),
        ),
    ]
