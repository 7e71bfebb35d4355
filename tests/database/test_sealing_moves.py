"""An office with rows in the open is brought forward, every value sealed, and back again."""

import json

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, open_town, take
from tests.apps.enrolment.ledger_files import entrant, upload
from tests.apps.registry.people import number
from tests.apps.subsidy import rosters
from tests.database.in_the_open import found_in_the_open
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import NEW_ENTRANTS
from yibao.database.sealing_rotation import faults

OPEN = [
    ("registry", "0002_row_security"),
    ("enrolment", "0002_row_security"),
    ("subsidy", "0003_headers_seen_from_below"),
    ("collection", "0002_row_security"),
]
PHONE = "13873405678"


def turn(targets):
    executor = MigrationExecutor(connections["owner"])
    executor.migrate(targets)


def newest():
    executor = MigrationExecutor(connections["owner"])
    return executor.loader.graph.leaf_nodes()


def rows(query):
    with connections["owner"].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_rows_in_the_open_are_sealed_by_the_migration_and_opened_by_going_back():
    county = open_town()
    ledger = upload(county, entrant(1, phone=PHONE), kind=NEW_ENTRANTS, at=AT)
    enrolment.confirm_ledger(scope=county, import_id=ledger.pk, at=AT)
    take(county, Line(n=1, voucher="V-1"))
    rosters.upload(county, (1, "低保"))
    words = [number(1), PHONE]
    try:
        turn(OPEN)
        assert rows("select number from registry_identitydocument") == [(number(1),)]
        assert rows("select phone from registry_person") == [(PHONE,)]
        assert rows("select number from collection_payment") == [(number(1),)]
        ((read, cells),) = rows("select number, cells from enrolment_ledgerrow")
        cells = json.loads(cells) if isinstance(cells, str) else cells
        assert (read, cells["number"], cells["phone"]) == (number(1), number(1), PHONE)
        assert rows("select number from subsidy_rosterrow") == [(number(1),)]
        assert len(found_in_the_open(words)) >= 6
    finally:
        turn(newest())
    assert found_in_the_open(words) == []
    assert list(faults()) == []
    from yibao.apps.registry.queries import search

    assert len(search(scope=county, text=number(1))) == 1
    assert len(search(scope=county, text=PHONE[-4:])) == 1
