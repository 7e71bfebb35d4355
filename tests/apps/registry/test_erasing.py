"""Erasing a person: two persons decide, identifiers are gone everywhere, the books still hold."""

import pytest
from django.db import Error as DatabaseError
from django.db import connection, connections

from tests.apps.access.offices import AT, hire
from tests.apps.collection.town import Line, dues, open_town, payments, take
from tests.apps.enrolment.ledger_files import entrant, upload
from tests.apps.registry.people import CHAQUAN, number, person
from tests.apps.subsidy import rosters
from tests.database.in_the_open import found_in_the_open
from yibao import verify
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.roles import SecondPersonNeeded
from yibao.apps.access.scope import NotAllowed, scoped
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import NEW_ENTRANTS
from yibao.apps.registry import operations
from yibao.apps.registry.models import IdentityDocument, Person
from yibao.apps.registry.queries import person_page, search
from yibao.database.conninfo import connection_words
from yibao.database.errors import constraint_of

NAME, PHONE, N = "欧阳雪梅", "13873401234", 7

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return open_town()


@pytest.fixture
def asks(county):
    return hire(role="county_clerk", division="430423", name="罗经办").scope


@pytest.fixture
def decides(county):
    return hire(role="county_reviewer", division="430423", name="刘复核").scope


@pytest.fixture
def whom(county):
    """A person in a ledger, on a roster, with a paid due; somebody else beside."""
    lines = [entrant(n, name=NAME if n == N else "王建华", household_no=f"{n}") for n in (N, 8)]
    lines[0]["phone"] = PHONE
    ledger = upload(county, *lines, kind=NEW_ENTRANTS, at=AT)
    enrolment.confirm_ledger(scope=county, import_id=ledger.pk, at=AT)
    rosters.upload(county, [NAME, number(N), "低保", "新桥镇", "查泉村"])
    collection.raise_dues(scope=county, year=2021, at=AT)
    take(county, Line(n=N, name=NAME, voucher="V-1"), Line(n=8, voucher="V-2"))
    collection.match_payments(scope=county, year=2021, at=AT)
    with scoped(county):
        return Person.objects.get(name=NAME).pk


def erase(asks, decides, person_id):
    asked = operations.ask_erasure(scope=asks, person_id=person_id, reason="继承人书面申请", at=AT)
    return operations.decide_erasure(
        scope=decides, erasure_id=asked.pk, approve=True, answer="", at=AT
    )


def test_after_an_erasure_nobody_finds_the_person_and_the_books_hold(county, asks, decides, whom):
    before = [(one.owed_fen, one.paid_fen) for one in dues(county)]
    erase(asks, decides, whom)
    for text in (number(N), PHONE, PHONE[-4:], NAME, NAME[2:], "OYXM"):
        assert whom not in [one.person_id for one in search(scope=county, text=text)], text
    assert found_in_the_open([NAME, number(N), PHONE]) == []
    with scoped(county):
        assert {one.number for one in IdentityDocument.objects.filter(person_id=whom)} == {""}
        assert Person.objects.get(pk=whom).phone == ""
    assert [(one.owed_fen, one.paid_fen) for one in dues(county)] == before
    paid = {one.voucher_no: (one.name, one.number, one.amount_fen) for one in payments(county)}
    assert paid == {"V-1": ("", "", 28000), "V-2": ("王建华", number(8), 28000)}
    # The other one of the same ledger and file is whole.
    assert len(search(scope=county, text=number(8))) == 1
    page = person_page(scope=county, person_id=whom)
    assert page.documents[0].number_masked == ""
    report = verify.verify(connection_words(connections["default"].settings_dict))
    assert report.ok, report
    with scoped(county):
        told = AuditRecord.objects.get(action="registry.erase")
    assert (told.object_kind, told.object_id) == ("person", str(whom))
    assert told.detail["rows"]["collection_payment"] == 1


def test_who_asked_does_not_decide_and_a_decided_wish_stays_decided(county, asks, decides, whom):
    asked = operations.ask_erasure(scope=asks, person_id=whom, reason="本人申请", at=AT)
    with pytest.raises(NotAllowed):
        operations.decide_erasure(scope=asks, erasure_id=asked.pk, approve=True, answer="", at=AT)
    with pytest.raises(operations.ErasureNotPossible):
        operations.ask_erasure(scope=asks, person_id=whom, reason="再次申请", at=AT)
    with pytest.raises(operations.ErasureReasonMissing):
        operations.decide_erasure(
            scope=decides, erasure_id=asked.pk, approve=False, answer=" ", at=AT
        )
    refused = operations.decide_erasure(
        scope=decides, erasure_id=asked.pk, approve=False, answer="待遇期内须保留", at=AT
    )
    assert (refused.approved, refused.decided_by) == (False, decides.operator_id)
    assert len(search(scope=county, text=number(N))) == 1
    with pytest.raises(operations.ErasureDecided):
        operations.decide_erasure(
            scope=decides, erasure_id=asked.pk, approve=True, answer="", at=AT
        )


def test_the_same_person_is_refused_by_the_operation_and_by_the_database(county, asks, whom):
    import dataclasses

    asked = operations.ask_erasure(scope=asks, person_id=whom, reason="本人申请", at=AT)
    both = dataclasses.replace(asks, actions=asks.actions | {"registry.erase"})
    with pytest.raises(SecondPersonNeeded):
        operations.decide_erasure(scope=both, erasure_id=asked.pk, approve=True, answer="", at=AT)
    with pytest.raises(DatabaseError), scoped(both), connection.cursor() as cursor:
        cursor.execute(
            "update registry_erasure set decided_by = %s, decided_at = now(), approved = true"
            " where id = %s",
            [both.operator_id, asked.pk],
        )


@pytest.mark.parametrize(
    "change",
    [
        "number = '', number_index = '', name = ''",
        "name = '李四'",
        "amount_fen = 1",
        "number = 'x'::bytea",
    ],
)
def test_without_an_approved_erasure_a_payment_stays_as_it_was(county, asks, whom, change):
    operations.ask_erasure(scope=asks, person_id=whom, reason="本人申请", at=AT)
    with pytest.raises(DatabaseError) as caught, scoped(county), connection.cursor() as cursor:
        cursor.execute(f"update collection_payment set {change}")
    assert constraint_of(caught.value)[0] in {"YB002", "P0001", "42501"}
    assert {one.number for one in payments(county)} == {number(N), number(8)}


def test_a_second_erased_person_is_no_double_of_the_first(county, asks, decides, whom):
    others = operations.register_many(
        scope=county, persons=[person(n, area_no=CHAQUAN) for n in (30, 31)], at=AT
    )
    for one in others:
        erase(asks, decides, one)
    with pytest.raises(operations.ErasureNotPossible):
        operations.ask_erasure(scope=asks, person_id=others[0], reason="再次", at=AT)
