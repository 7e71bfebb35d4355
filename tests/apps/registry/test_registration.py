"""Persons are registered once anywhere, set-wise, each under a number of our own."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import AT
from tests.apps.registry.people import CHAQUAN, ELSEWHERE, SHICANG, number, person
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import OutsideScope, scoped
from yibao.apps.registry import operations
from yibao.apps.registry.models import Household, IdentityDocument, Person
from yibao.apps.registry.numbers import household_no, is_number_of_ours, person_no
from yibao.apps.registry.people import (
    DocumentContradictsPerson,
    NewDocument,
    PersonIncomplete,
)
from yibao.core.identity.resident import WrongCheckCharacter


def register(scope, *people):
    return operations.register_many(scope=scope, persons=people, at=AT)


def test_a_person_gets_a_number_of_our_own_and_dated_documents(township):
    found = operations.register_person(
        scope=township, person=person(1, name="查小明", household_no="0001", relation="head"), at=AT
    )
    assert is_number_of_ours(found.person_no)
    assert found.person_no.startswith("430423")
    assert (found.initials, found.given_name) == ("ZXM", "小明")
    with scoped(township):
        document = IdentityDocument.objects.get(person=found)
        assert (document.kind, document.number) == ("resident", number(1))
        assert found.household.head_id == found.pk
        assert is_number_of_ours(found.household.household_no)


def test_a_person_without_hukou_has_no_document(township):
    found = operations.register_person(scope=township, person=person(documents=()), at=AT)
    with scoped(township):
        assert found.documents.count() == 0


def test_members_find_the_household_that_the_village_numbered(township):
    register(township, person(1, household_no="0007", relation="head"))
    register(township, person(2, household_no="0007", relation="spouse"))
    register(township, person(3, household_no="0007", area_no=SHICANG))
    with scoped(township):
        assert Household.objects.filter(area_no=CHAQUAN).count() == 1
        assert Household.objects.get(area_no=CHAQUAN).members.count() == 2
        assert Household.objects.filter(area_no=SHICANG).count() == 1


def test_a_number_is_registered_once_in_an_area(township):
    register(township, person(1))
    with pytest.raises(operations.AlreadyRegistered) as refusal:
        register(township, person(2), person(1))
    assert refusal.value.number == f"430423{'*' * 8}{number(1)[-4:]}"
    with scoped(township):
        assert Person.objects.count() == 1


def test_a_number_that_stands_twice_in_a_list_is_refused(township):
    with pytest.raises(operations.AlreadyRegistered):
        register(township, person(1), person(1, name="王小二"))


def test_a_number_registered_elsewhere_is_told_by_no_more_than_that(county, township):
    register(county, person(1, area_no=ELSEWHERE, name="欧阳华"))
    with pytest.raises(operations.RegisteredElsewhere) as refusal:
        register(township, person(1))
    assert "欧阳" not in refusal.value.sentence()
    assert number(1) not in refusal.value.sentence()
    with scoped(township):
        assert Person.objects.count() == 0


def test_asking_elsewhere_is_logged_with_the_number_masked(county, township):
    register(county, person(1, area_no=ELSEWHERE))
    asked = operations.number_exists_elsewhere
    assert asked(scope=township, number=number(1), at=AT) is True
    assert asked(scope=township, number=number(2), at=AT) is False
    with scoped(county):
        records = AuditRecord.objects.filter(action="registry.elsewhere_asked").order_by("-id")[:2]
        details = [record.detail for record in records]
    assert [detail["found"] for detail in details] == [0, 1]
    assert number(1) not in str(details)
    assert details[1]["number"].count("*") == 8


def test_a_person_of_the_own_area_is_not_elsewhere(township):
    register(township, person(1))
    assert not operations.number_exists_elsewhere(scope=township, number=number(1), at=AT)


def test_the_database_itself_refuses_a_second_person_under_a_number(county, township):
    register(county, person(1, area_no=ELSEWHERE))
    pk = register(township, person(2))[0]
    with pytest.raises(IntegrityError, match="a_number_names_one_person"):
        with transaction.atomic(), scoped(township):
            IdentityDocument.objects.create(
                region="hengshan",
                area_no=CHAQUAN,
                person_id=pk,
                kind="resident",
                number=number(1),
                recorded_at=AT,
            )


def test_nobody_is_registered_outside_the_scope(township):
    with pytest.raises(OutsideScope):
        register(township, person(1, area_no=ELSEWHERE))


@pytest.mark.parametrize(
    ("facts", "refusal", "said"),
    [
        ({"name": "  "}, PersonIncomplete, "姓名未填写"),
        ({"sex": "x", "documents": ()}, PersonIncomplete, "性别未填写"),
        ({"relation": "邻居"}, PersonIncomplete, "“邻居”不在代码表中"),
        (
            {"documents": (NewDocument("resident", number(1, sex="female")),)},
            DocumentContradictsPerson,
            "性别",
        ),
        (
            {"documents": (NewDocument("resident", number(1, born=date(1980, 5, 7))),)},
            DocumentContradictsPerson,
            "出生日期",
        ),
        (
            {"documents": (NewDocument("resident", number(1)[:-1] + "1"),)},
            WrongCheckCharacter,
            "校验码",
        ),
    ],
)
def test_what_is_wrong_with_a_person_is_said(township, facts, refusal, said):
    made = person(1)
    values = {name: getattr(made, name) for name in made.__dataclass_fields__} | facts
    with pytest.raises(refusal, match=said):
        register(township, type(made)(**values))


def test_two_hundred_persons_take_as_many_statements_as_ten(township):
    counts = []
    for first, size in ((0, 10), (100, 200)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            people = [
                person(n, household_no=f"{n // 4:04}", identities=("minimum_living",))
                for n in range(first, first + size)
            ]
            assert len(register(township, *people)) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_ids_come_back_in_the_order_of_the_persons(township):
    ids = register(township, *(person(n, name=f"王{'一二三四五'[n]}") for n in range(5)))
    with scoped(township):
        names = dict(Person.objects.values_list("id", "name"))
    assert [names[pk] for pk in ids] == ["王一", "王二", "王三", "王四", "王五"]


def test_numbers_of_ours_catch_a_wrong_figure():
    made = person_no(area_no=CHAQUAN, counter=17)
    assert made == "4304230000000175" or is_number_of_ours(made)
    wrong = made[:9] + str((int(made[9]) + 1) % 10) + made[10:]
    assert not is_number_of_ours(wrong)
    assert is_number_of_ours(household_no(area_no=CHAQUAN, counter=17))
    assert not is_number_of_ours("43042300000001")
