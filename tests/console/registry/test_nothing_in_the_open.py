"""The test that cannot be forgotten: whole numbers and telephones lie nowhere in the database."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, agent, collect, dues, open_town, take
from tests.apps.enrolment.ledger_files import away, entrant, file_of, line, upload
from tests.apps.registry.people import CHAQUAN, number, person
from tests.apps.subsidy import rosters
from tests.console.signed_in import sign_in_as
from tests.database.in_the_open import columns_looked_at, found_in_the_open
from yibao.apps.access import queries as offices
from yibao.apps.access.scope import scoped
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import INSURED_ELSEWHERE, NEW_ENTRANTS
from yibao.apps.registry import operations as registry
from yibao.apps.registry.models import Person
from yibao.core.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
PHONES = [f"1387340{n:04}" for n in range(1, 60)]
NUMBERS = [number(n) for n in range(1, 60)]
WRONG = number(50)[:-1] + ("0" if number(50)[-1] != "0" else "1")


def test_known_numbers_sent_through_every_door_lie_nowhere_in_the_open():
    county = open_town()
    _register(county)
    _ledgers(county)
    _payments(county)
    _rosters(county)
    _console(county)
    assert columns_looked_at() > 200
    assert found_in_the_open([*NUMBERS, *PHONES, WRONG]) == []
    # The search itself finds what does lie in the open.
    assert found_in_the_open(["查泉村台账.xlsx"]) == [
        "enrolment_ledgerimport.file_name: 查泉村台账.xlsx"
    ]


def _register(county):
    people = [person(n, phone=PHONES[n - 1]) for n in range(1, 11)]
    ids = registry.register_many(scope=county, persons=people, at=AT)
    registry.record_document(
        scope=county,
        person_id=ids[0],
        kind="resident",
        number=NUMBERS[10],
        valid_from=AT.date(),
        source="换证",
        at=AT,
    )
    with pytest.raises(Refusal):
        registry.register_person(scope=county, person=person(2), at=AT)


def _ledgers(county):
    good = [
        entrant(n, number=NUMBERS[n - 1], phone=PHONES[n - 1], household_no=f"9{n}")
        for n in range(20, 26)
    ]
    bad = [
        entrant(26, number=WRONG, phone=PHONES[26]),
        entrant(27, number=NUMBERS[26], phone=f"{PHONES[27]}9"),
        entrant(28, name=NUMBERS[27], number=NUMBERS[27], agent=PHONES[28]),
        entrant(2, number=NUMBERS[1], phone=PHONES[40]),
        entrant(29, number=NUMBERS[28], notice=f"电话 {PHONES[29]}", unpaid_reason=NUMBERS[29]),
    ]
    ledger = upload(county, *good, *bad, kind=NEW_ENTRANTS, at=AT)
    assert ledger.rows_good >= len(good)
    enrolment.decide_warnings(scope=county, import_id=ledger.pk, at=AT)
    enrolment.confirm_ledger(scope=county, import_id=ledger.pk, at=AT)
    assert NUMBERS[27].encode() not in enrolment.error_file(
        scope=county, import_id=ledger.pk, at=AT
    )
    other = away(30, number=NUMBERS[30], phone=PHONES[30])
    upload(county, other, kind=INSURED_ELSEWHERE, at=AT)
    with scoped(county):
        assert Person.objects.filter(name="王建华").count() > len(good)


def _payments(county):
    collection.raise_dues(scope=county, year=2021, at=AT)
    lines = [Line(n=n, voucher=f"V-{n}") for n in (20, 21, 45)]
    take(
        county,
        *lines,
        Line(number=WRONG, voucher="V-90"),
        Line(name=NUMBERS[46], n=47, voucher="V-91"),
    )
    collection.match_payments(scope=county, year=2021, at=AT)
    due = next(one for one in dues(county) if one.paid_fen == 0)
    collect(agent(county), due)


def _rosters(county):
    rosters.upload(
        county,
        (1, "低保"),
        (48, "低保"),
        ["王建华", WRONG, "低保", "", ""],
        ["王建华", NUMBERS[48], "低保", PHONES[48], ""],
    )


def _console(county):
    client, _ = sign_in_as(role="county_clerk", division="430423")
    for text in (NUMBERS[0], PHONES[0], WRONG):
        client.get(reverse("console:search"), {"q": text})
    village = offices.organisation_by_division(str(CHAQUAN)).id
    upload_form = reverse("enrolment:upload")
    wrong = SimpleUploadedFile("空.xlsx", b"no workbook")
    given = {"kind": NEW_ENTRANTS, "area": village, "note": NUMBERS[0]}
    assert client.post(upload_form, given | {"file": wrong}).status_code == 422
    good = SimpleUploadedFile("查泉村台账.xlsx", file_of(line(51)))
    given = {"kind": "payment_ledger", "area": village, "file": good}
    assert client.post(upload_form, given).status_code == 302
    client.get(reverse("collection:payments"), {"q": NUMBERS[20]})
