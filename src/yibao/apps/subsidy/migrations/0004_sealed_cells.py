"""The numbers on departments' lists are sealed.

Reversible: going back opens every line again, as long as the keys are there.
"""

import json
from typing import Any

from django.db import migrations, models

from yibao.apps.registry.cells import NUMBER_READ, sealed, whole
from yibao.core.identity import mask_number, mask_within
from yibao.database.sealing import NUMBER, IndexField, SealedField, unseal
from yibao.database.sealing_moves import rewrite

_TABLE, _OF = "subsidy_rosterrow", "subsidy.rosterrow.secret_cells"


def forward(apps: Any, schema_editor: Any) -> None:
    def moved(row: tuple[Any, ...]) -> tuple[Any, ...]:
        number, cells, name, faults = row[0], _read(row[1]), row[2], _read(row[3])
        for one in faults:
            if "value" in one:
                hide = mask_number if "身份证" in one["column"] else mask_within
                one["value"] = hide(one["value"])
        told = json.dumps(faults, ensure_ascii=False)
        return (*sealed(cells, number, of=_OF), mask_within(name), told)

    rewrite(
        schema_editor.connection,
        _TABLE,
        ["number_plain", "cells", "name", "faults"],
        {
            "cells": "jsonb",
            "secret_cells": "bytea",
            "number_index": "bytea",
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
        ("subsidy", "0003_headers_seen_from_below"),
        ("registry", "0003_sealed_numbers"),
    ]

    operations = [
        migrations.RenameField("rosterrow", "number", "number_plain"),
        migrations.AlterField("rosterrow", "number_plain", models.CharField(max_length=30, default="")),
        migrations.AddField("rosterrow", "secret_cells", SealedField()),
        migrations.AddField("rosterrow", "number_index", IndexField(of=NUMBER)),
        migrations.RunPython(forward, backward),
        migrations.RemoveField("rosterrow", "number_plain"),
    ]
