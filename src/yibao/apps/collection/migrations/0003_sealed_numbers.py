"""The identity number that a payment names is sealed, and can be erased with its person.

Reversible: going back opens every value again, as long as the keys are there.
"""

import json
from typing import Any

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from yibao.core.identity import mask_number, mask_within
from yibao.database.sealing import NUMBER, IndexField, SealedField
from yibao.database.sealing_moves import rewrite, seal_column


# Payments are only added: the owner alone may put that aside, for this transaction.
OFF = "alter table collection_payment disable trigger append_only"
ON = "alter table collection_payment enable trigger append_only"


def mask_faults(apps: Any, schema_editor: Any) -> None:
    """Mask the numbers in what is kept of faulty rows; the files themselves have them."""

    def moved(row: tuple[Any, ...]) -> tuple[Any, ...]:
        faults = json.loads(row[0]) if isinstance(row[0], str) else row[0]
        for one in faults:
            if "value" in one:
                number = "身份证" in one.get("column", "") and "E+" not in one["value"]
                one["value"] = (mask_number if number else mask_within)(one["value"])
        return (json.dumps(faults, ensure_ascii=False),)

    rewrite(
        schema_editor.connection, "collection_paymentfile", ["faults"], {"faults": "jsonb"}, moved
    )


class Migration(migrations.Migration):
    dependencies = [("collection", "0002_row_security")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="payment", name="payments_are_only_added"),
        migrations.RemoveIndex("payment", "payments_by_number"),
        migrations.RenameField("payment", "number", "number_plain"),
        migrations.AlterField("payment", "number_plain", models.CharField(max_length=30, default="")),
        migrations.AddField("payment", "number", SealedField()),
        migrations.AddField("payment", "number_index", IndexField(of=NUMBER, source="number")),
        migrations.RunSQL(OFF, ON),
        seal_column(
            "collection_payment",
            plain="number_plain",
            sealed="number",
            of="collection.payment.number",
            indexes={"number_index": NUMBER},
        ),
        migrations.RunSQL(ON, OFF),
        migrations.RunPython(mask_faults, migrations.RunPython.noop),
        migrations.RemoveField("payment", "number_plain"),
        migrations.AddIndex(
            "payment", models.Index(fields=["year", "number_index"], name="payments_by_number")
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='payments_are_not_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount_fen" IS DISTINCT FROM (NEW."amount_fen") OR OLD."area_no" IS DISTINCT FROM (NEW."area_no") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."insured_place" IS DISTINCT FROM (NEW."insured_place") OR OLD."paid_at" IS DISTINCT FROM (NEW."paid_at") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."row_no" IS DISTINCT FROM (NEW."row_no") OR OLD."voucher_kind" IS DISTINCT FROM (NEW."voucher_kind") OR OLD."voucher_no" IS DISTINCT FROM (NEW."voucher_no") OR OLD."year" IS DISTINCT FROM (NEW."year"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3c382887d99e87bbcbda4c01dd64efe30fbc5f95', operation='UPDATE', pgid='pgtrigger_payments_are_not_changed_d8276', table='collection_payment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='who_paid_is_only_erased', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (octet_length(NEW.number) > 0 OR octet_length(NEW.number_index) > 0 OR (NEW.name <> '' AND NEW.name IS DISTINCT FROM OLD.name))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5ca798b6d1e21d260b57b02ffb0c87e5a82e1104', operation='UPDATE', pgid='pgtrigger_who_paid_is_only_erased_bbca7', table='collection_payment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='payments_are_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f98f60f6e3c62fff041623c46445de4ec498760b', operation='DELETE', pgid='pgtrigger_payments_are_only_added_14f61', table='collection_payment', when='BEFORE')),
        ),
    ]
