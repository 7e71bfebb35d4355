"""Households and lists of people: what stands in them, and what it takes to take one away."""

from datetime import date

import pytest

from tests.apps.access.offices import AT, hire
from tests.apps.collection.town import YEAR, settle_in
from tests.apps.registry.people import CHAQUAN, SHICANG
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.collection import operations as collection
from yibao.apps.registry.models import Household
from yibao.apps.registry.operations import record_death
from yibao.apps.statistics import queries


@pytest.fixture
def home(county):
    """A household of three in 查泉村, and two people without one in 石仓村."""
    settle_in(county, 3, household_no="0007", relation="head")
    settle_in(county, 2, first=21, area_no=SHICANG)
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    with scoped(county):
        return Household.objects.get().pk


def standing(scope, home):
    return queries.household_standing(scope=scope, year=YEAR, on=AT, household_id=home)


def test_a_household_shows_each_living_member_with_what_is_owed(county, home):
    found = standing(county, home)
    assert (found.village_no, found.area_no, found.area_name) == ("0007", CHAQUAN, "查泉村委会")
    assert [(one.kind, one.open_fen) for one in found.members] == [("unpaid", 280_00)] * 3
    dead = found.members[0].person_id
    record_death(scope=county, person_id=dead, died_on=date(2020, 12, 1), source="死亡证明", at=AT)
    assert dead not in {one.person_id for one in standing(county, home).members}


def test_a_household_of_another_township_is_not_there(county, home):
    other = hire(role="township_clerk", division="430423104").scope
    with pytest.raises(NotThere, match="家庭"):
        standing(other, home)


def test_people_without_a_household_count_as_one_row(county, home):
    asked = {"scope": county, "year": YEAR, "on": AT}
    assert queries.household_count(**asked) == len(queries.households_of(**asked)) == 2
