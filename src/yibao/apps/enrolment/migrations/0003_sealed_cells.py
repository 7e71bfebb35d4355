"""Numbers and telephones of uploaded ledgers are sealed; checks join on the number's index.

Reversible: going back opens every line again, as long as the keys are there.
"""

import json
from typing import Any

from django.db import migrations, models

from yibao.apps.registry.cells import NUMBER_READ, PHONE_READ, sealed, whole
from yibao.core.identity import mask_within
from yibao.database.sealing import NUMBER, PHONE, IndexField, SealedField, index_of, unseal
from yibao.database.sealing_moves import rewrite

_TABLE, _OF = "enrolment_ledgerrow", "enrolment.ledgerrow.secret_cells"


def forward(apps: Any, schema_editor: Any) -> None:
    def moved(row: tuple[Any, ...]) -> tuple[Any, ...]:
        number, cells, name, faults = row[0], _read(row[1]), row[2], _read(row[3])
        for one in faults:
            hidden = any(word in one["column"] for word in ("身份证", "电话"))
            one["value"] = "" if hidden else mask_within(one["value"])
        phone = index_of(cells.get(PHONE_READ, ""), of=PHONE)
        told = json.dumps(faults, ensure_ascii=False)
        return (*sealed(cells, number, of=_OF), phone, mask_within(name), told)

    rewrite(
        schema_editor.connection,
        _TABLE,
        ["number_plain", "cells", "name", "faults"],
        {
            "cells": "jsonb",
            "secret_cells": "bytea",
            "number_index": "bytea",
            "phone_index": "bytea",
            "name": "text",
            "faults": "jsonb",
        },
        moved,
    )


def backward(apps: Any, schema_editor: Any) -> None:
    def moved(row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = whole(_read(row[0]), unseal(row[1], of=_OF))
        number = cells.pop(NUMBER_READ, "")
        return number, json.dumps(cells, ensure_ascii=False)

    columns = ["cells", "secret_cells"]
    types = {"number_plain": "text", "cells": "jsonb"}
    rewrite(schema_editor.connection, _TABLE, columns, types, moved)


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0002_row_security"),
        ("registry", "0003_sealed_numbers"),
    ]

    operations = [
        migrations.RenameField("ledgerrow", "number", "number_plain"),
        migrations.AlterField("ledgerrow", "number_plain", models.CharField(max_length=30, default="")),
        migrations.AddField("ledgerrow", "secret_cells", SealedField()),
        migrations.AddField("ledgerrow", "number_index", IndexField(of=NUMBER)),
        migrations.AddField("ledgerrow", "phone_index", IndexField(of=PHONE)),
        migrations.RunPython(forward, backward),
        migrations.RemoveField("ledgerrow", "number_plain"),
    ]
