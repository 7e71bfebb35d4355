"""Under row security a whole number and a telephone are found by their index, not by a walk."""

import pytest
from django.db import connection

from yibao.apps.access.scope import scoped
from yibao.apps.registry.queries.search import _BY_NUMBER, _BY_VALUE
from yibao.database.sealing import NUMBER, PHONE, PHONE_TAIL, index_of


@pytest.mark.parametrize(
    ("sql", "value", "index"),
    [
        (_BY_NUMBER, index_of("430423198005060030", of=NUMBER), "documents_by_number"),
        (_BY_VALUE["phone_index"], index_of("13800001234", of=PHONE), "persons_by_phone"),
        (
            _BY_VALUE["phone_tail_index"],
            index_of("1234", of=PHONE_TAIL),
            "persons_by_phone_tail",
        ),
    ],
    ids=["number", "phone", "phone tail"],
)
def test_the_index_serves_the_walled_question(county, sql, value, index):
    with scoped(county), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {sql}", [value, 0, 20])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"{index} " in plan or f"using {index}\n" in plan, plan
    assert "Index Cond" in plan, plan
    assert "_index = " in plan.split("Index Cond")[1].split("\n")[0], plan
