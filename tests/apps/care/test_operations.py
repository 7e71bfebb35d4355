"""Institutions are recorded once, and designated for times that do not overlap."""

from datetime import date

import pytest

from tests.apps.books import moment
from yibao.apps.access.scope import Scope
from yibao.apps.care import operations, queries

pytestmark = pytest.mark.django_db

AT = moment("2009-01-05 09:00")


@pytest.fixture
def hospital():
    scope = Scope.system("xingan")
    made = operations.register_institution(
        scope=scope,
        code="H152201001",
        name="兴安盟人民医院",
        kind="hospital",
        level=3,
        area_no=152201000000,
        at=AT,
    )
    return scope, made


def designate(scope, hospital, from_, until):
    return operations.designate(
        scope=scope,
        institution_id=hospital.id,
        designated_from=from_,
        designated_until=until,
        document="协议 2009-1",
        at=AT,
    )


def test_a_designation_holds_from_its_first_day_until_before_its_end(hospital):
    scope, made = hospital
    designate(scope, made, date(2009, 1, 1), date(2010, 1, 1))
    asked = {
        day: queries.designated_on(institution_id=made.id, region="xingan", day=day)
        for day in (date(2008, 12, 31), date(2009, 1, 1), date(2009, 12, 31), date(2010, 1, 1))
    }
    assert list(asked.values()) == [False, True, True, False]


def test_designations_may_follow_each_other_but_not_overlap(hospital):
    scope, made = hospital
    designate(scope, made, date(2009, 1, 1), date(2010, 1, 1))
    designate(scope, made, date(2010, 1, 1), None)
    with pytest.raises(operations.DesignationOverlaps, match="兴安盟人民医院"):
        designate(scope, made, date(2011, 1, 1), date(2012, 1, 1))
    row, all_of = queries.institution_page(scope=scope, institution_id=made.id, on=date(2010, 6, 1))
    assert (row.designated, row.designated_from, len(all_of)) == (True, date(2010, 1, 1), 2)


def test_a_designation_ends_after_it_begins(hospital):
    scope, made = hospital
    with pytest.raises(operations.DesignationEndsFirst):
        designate(scope, made, date(2009, 1, 1), date(2009, 1, 1))


def test_a_code_names_one_institution(hospital):
    scope, _ = hospital
    with pytest.raises(operations.InstitutionCodeTaken, match="兴安盟人民医院"):
        operations.register_institution(
            scope=scope,
            code="H152201001",
            name="另一家",
            kind="hospital",
            level=1,
            area_no=152201000000,
            at=AT,
        )


def test_a_level_that_the_rules_do_not_know_is_refused():
    with pytest.raises(operations.LevelUnknown):
        operations.register_institution(
            scope=Scope.system("xingan"),
            code="X",
            name="未定级医院",
            kind="hospital",
            level=4,
            area_no=152201000000,
            at=AT,
        )


def test_an_institution_of_another_region_is_unknown(hospital):
    _, made = hospital
    other = Scope.system("hengshan")
    with pytest.raises(queries.InstitutionUnknown):
        queries.institution_page(scope=other, institution_id=made.id, on=date(2009, 1, 1))
    with pytest.raises(queries.InstitutionUnknown):
        designate(other, made, date(2009, 1, 1), None)


def test_the_institutions_of_the_area_come_by_code_with_the_days_designation(hospital):
    scope, made = hospital
    small = operations.register_institution(
        scope=scope,
        code="H152221002",
        name="科右前旗中心卫生院",
        kind="township_hospital",
        level=1,
        area_no=152221000000,
        at=AT,
    )
    designate(scope, small, date(2009, 1, 1), None)
    found = queries.institutions(scope=scope, on=date(2009, 2, 1), limit=50)
    assert [(row.institution_id, row.designated) for row in found] == [
        (made.id, False),
        (small.id, True),
    ]
    first = queries.institutions(scope=scope, on=date(2009, 2, 1), limit=1)
    assert [row.institution_id for row in first] == [made.id]
