"""Indexes by which long tables are laid beside each other without reading the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0006_lists_by_condition")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["year", "id"], include=("area_no", "amount_fen"), name="payments_in_order"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentmatch",
            index=models.Index(fields=["payment"], include=("area_no",), name="matches_in_order"),
        ),
        migrations.AddIndex(
            model_name="cashdepositline",
            index=models.Index(fields=["collection"], include=("area_no",), name="cash_paid_in"),
        ),
        migrations.AddIndex(
            model_name="cashdepositline",
            index=models.Index(fields=["deposit"], include=("area_no",), name="lines_of_a_deposit"),
        ),
    ]
