"""Under row security a whole number and a telephone are found by their index, not by a walk."""

from datetime import date, timedelta

import pytest
from django.db import connection, connections

from tests.apps.access.offices import AT
from tests.apps.registry.people import number, person
from yibao.apps.access.scope import scoped
from yibao.apps.registry.operations import register_many
from yibao.apps.registry.queries.search import _BY_NUMBER, _BY_VALUE
from yibao.database.sealing import NUMBER, PHONE, PHONE_TAIL, index_of

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = [date(1980, 5, 6) + timedelta(days=n) for n in range(1200)]


@pytest.fixture
def crowd(county):
    """A village of people whom the planner has counted.

    What it chooses for a table of few rows depends on when that one was last analysed.
    """
    people = [person(3, born=day, phone=f"1380000{n:04}") for n, day in enumerate(DAYS)]
    register_many(scope=county, persons=people, at=AT)
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze registry_person, registry_identitydocument")
    return county


def test_the_index_serves_the_walled_question(crowd):
    asked = [
        (_BY_NUMBER, index_of(number(3, born=DAYS[7]), of=NUMBER), "documents_by_number"),
        (_BY_VALUE["phone_index"], index_of("13800001134", of=PHONE), "persons_by_phone"),
        (
            _BY_VALUE["phone_tail_index"],
            index_of("1134", of=PHONE_TAIL),
            "persons_by_phone_tail",
        ),
    ]
    for sql, value, index in asked:
        with scoped(crowd), connection.cursor() as cursor:
            cursor.execute(sql, [value, 0, 20])
            assert len(cursor.fetchall()) == 1, index
            cursor.execute(f"explain {sql}", [value, 0, 20])
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert f"{index} " in plan or f"using {index}\n" in plan, plan
        assert "Index Cond" in plan, plan
        assert "_index = " in plan.split("Index Cond")[1].split("\n")[0], plan
