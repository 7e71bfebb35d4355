"""What happens after registration is dated, sourced and logged; pages show it masked."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT
from tests.apps.registry.people import ELSEWHERE, number, person
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.registry import operations, queries
from yibao.apps.registry.models import IdentityDocument, Person, PersonIdentity
from yibao.apps.registry.operations.changes import (
    DayBeforeBirth,
    Standing,
    StandingRecordedAlready,
)

SEPTEMBER = date(2020, 9, 30)


def register(scope, *people):
    return operations.register_many(scope=scope, persons=people, at=AT)


def standing(scope, person_id, code="minimum_living", since=SEPTEMBER, until=None):
    return operations.record_identity(
        scope=scope,
        person_id=person_id,
        code=code,
        valid_from=since,
        valid_until=until,
        source="县民政局名单",
        at=AT,
    )


def test_a_standing_of_a_code_holds_once_at_a_time(township):
    (pk,) = register(township, person(1))
    standing(township, pk, until=date(2020, 12, 1))
    with pytest.raises(StandingRecordedAlready):
        standing(township, pk, since=date(2020, 11, 30))
    standing(township, pk, since=date(2020, 12, 1))
    standing(township, pk, code="orphan")


def test_many_standings_are_recorded_at_once_and_known_ones_left_out(township):
    first, second = register(township, person(1), person(2))
    standing(township, first)
    standings = [Standing(pk, "minimum_living", SEPTEMBER, source="名单") for pk in (first, second)]
    standings.append(Standing(second, "minimum_living", date(2020, 10, 1)))
    written = operations.record_identities(scope=township, standings=standings, at=AT)
    assert written == 1
    with scoped(township):
        assert PersonIdentity.objects.filter(person_id=second).count() == 1


def test_a_death_is_dated_and_logged_and_never_before_the_birth(county, township):
    (pk,) = register(township, person(1))
    record = {"scope": township, "person_id": pk, "source": "派出所", "at": AT}
    with pytest.raises(DayBeforeBirth):
        operations.record_death(died_on=date(1980, 5, 5), **record)
    operations.record_death(died_on=date(2020, 8, 1), **record)
    operations.record_departure(moved_away_on=date(2020, 7, 1), **record)
    with scoped(county):
        found = Person.objects.get()
        logged = AuditRecord.objects.get(action="registry.died_on")
    assert (found.died_on, found.moved_away_on) == (date(2020, 8, 1), date(2020, 7, 1))
    assert logged.detail == {"day": "2020-08-01", "before": "", "source": "派出所"}


def test_a_new_document_ends_the_one_of_its_kind(county, township):
    (pk,) = register(township, person(1, documents=()))
    (other,) = register(township, person(8))
    register(county, person(9, area_no=ELSEWHERE))
    record = {"scope": township, "person_id": pk, "kind": "resident", "source": "", "at": AT}
    operations.record_document(number=number(1), valid_from=date(2020, 1, 1), **record)
    operations.record_document(number=number(2), valid_from=date(2020, 6, 1), **record)
    with pytest.raises(operations.AlreadyRegistered):
        operations.record_document(number=number(8), valid_from=date(2020, 7, 1), **record)
    with pytest.raises(operations.RegisteredElsewhere):
        operations.record_document(number=number(9), valid_from=date(2020, 7, 1), **record)
    with scoped(township):
        documents = IdentityDocument.objects.filter(person_id=pk).order_by("id")
        assert [one.valid_until for one in documents] == [date(2020, 6, 1), None]
        assert other != pk


def test_a_person_of_another_area_is_not_there(county, township):
    (pk,) = register(county, person(1, area_no=ELSEWHERE))
    with pytest.raises(NotThere):
        standing(township, pk)
    with pytest.raises(NotThere):
        queries.person_page(scope=township, person_id=pk)


def test_the_page_shows_a_person_masked_with_documents_standings_and_household(township):
    head, wife = register(
        township,
        person(1, name="王建华", household_no="0001", relation="head", phone="13812345521"),
        person(2, sex="female", name="陈妍", household_no="0001", relation="spouse"),
    )
    standing(township, head)
    page = queries.person_page(scope=township, person_id=head)
    assert (page.name_masked, page.phone_masked) == ("王*华", "138****5521")
    assert page.documents[0].number_masked == f"430423********{number(1)[-4:]}"
    assert (page.identities[0].code, page.area_name) == ("minimum_living", "查泉村委会")
    household = page.household
    assert (household.village_no, household.head_id) == ("0001", head)
    assert [member.person_id for member in household.members] == [head, wife]
    assert household.members[0].identities == ("minimum_living",)
    assert number(1) not in repr(page) and "王建华" not in repr(page)


def test_a_page_takes_as_many_queries_for_a_large_household_as_for_a_small_one(township):
    counts = []
    for household, first, size in (("0001", 0, 2), ("0002", 10, 20)):
        ids = register(township, *(person(first + n, household_no=household) for n in range(size)))
        with CaptureQueriesContext(connection) as statements:
            queries.person_page(scope=township, person_id=ids[0])
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_facts_are_what_is_recorded_and_nothing_else(township):
    plain, full = register(
        township,
        person(1),
        person(
            2,
            sex="female",
            residence="rural",
            student="primary",
            disability_level=2,
            low_income_family=True,
            resident_since=date(2001, 2, 3),
            identities=("orphan", "minimum_living"),
        ),
    )
    facts = queries.facts_of_persons(scope=township, person_ids=[plain, full], year=2021)
    assert facts[plain] == {"year": 2021, "born": "1980-05-06", "sex": "male"}
    assert facts[full] == {
        "year": 2021,
        "born": "1980-05-06",
        "sex": "female",
        "residence": "rural",
        "student": "primary",
        "disability_level": 2,
        "low_income_family": True,
        "resident_since": "2001-02-03",
        "identities": ["minimum_living", "orphan"],
    }


def test_standings_count_by_their_days(township):
    (pk,) = register(township, person(1))
    standing(township, pk, since=date(2020, 3, 1), until=date(2020, 9, 1))
    ask = {"scope": township, "person_ids": [pk]}
    of = queries.facts_of_persons
    assert of(year=2020, **ask)[pk]["identities"] == ["minimum_living"]
    assert "identities" not in of(year=2021, **ask)[pk]
    assert "identities" not in of(year=2020, on=date(2020, 9, 1), **ask)[pk]
    assert of(year=2020, on=date(2020, 8, 31), **ask)[pk]["identities"] == ["minimum_living"]


def test_facts_of_two_hundred_take_one_query_as_of_ten(township):
    ids = register(township, *(person(n, identities=("orphan",)) for n in range(210)))
    counts = []
    for chosen in (ids[:10], ids):
        with CaptureQueriesContext(connection) as statements:
            queries.facts_of_persons(scope=township, person_ids=chosen, year=2021)
        counts.append(len(statements))
    assert counts[0] == counts[1]
