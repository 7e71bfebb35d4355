"""Indexes that lead to the rows that a condition of a list leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0005_lists"),
        ("registry", "0006_lists_by_condition"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True)),
                fields=["person", "year"],
                include=("area_no", "settled_at", "owed_fen", "subsidised_fen", "paid_fen"),
                name="dues_that_stand",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True), ("settled_at__isnull", True)),
                fields=["year", "area_no", "id"],
                name="dues_open",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("cancelled_at__isnull", True), ("settled_at__isnull", False)),
                fields=["settled_at", "year", "area_no", "person"],
                name="dues_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(
                    ("cancelled_at__isnull", True), ("paid_fen", 0), ("subsidised_fen__gt", 0)
                ),
                fields=["year", "area_no", "person"],
                name="dues_supported",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["channel", "year", "paid_at", "id"], name="payments_by_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["name", "year"], name="payments_by_name"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["voucher_no"], name="payments_by_voucher"),
        ),
    ]
