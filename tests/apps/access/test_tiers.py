"""Who works at which tier of a region, and whose residents each of them sees."""

from datetime import timedelta

import pytest

from tests.apps.access.offices import AT, ON, Staff, hire, open_office
from tests.apps.registry.people import person
from yibao.apps.access import operations as access
from yibao.apps.access import queries
from yibao.apps.access.models import Organisation, OrganisationKind
from yibao.apps.access.roles import ROLE_ACTIONS
from yibao.apps.access.scope import NotThere, scoped
from yibao.apps.registry import operations
from yibao.apps.registry.models import Person

pytestmark = pytest.mark.django_db

# Who does each of these has handled the matter; a village may take down, collect and hand in.
HANDLING = {
    "enrolment.confirm",
    "enrolment.enrol",
    "registry.register",
    "registry.change",
    "subsidy.upload",
    "collection.refund",
}


def settle(region: str, *villages: str) -> None:
    """Register one person in each of these villages."""
    whole = open_office(region)
    for sequence, village in enumerate(villages, 1):
        operations.register_person(
            scope=whole, person=person(sequence, area_no=int(village)), at=AT
        )


def seen_by(region: str, role: str, division: str) -> list[str]:
    """Return the villages whose people a post at this place sees."""
    staff = hire(role=role, division=division, region=region)
    with scoped(staff.scope):
        return sorted(map(str, Person.objects.values_list("area_no", flat=True)))


def ask_for(admin: Staff, clerk: Staff, division: str) -> None:
    """Ask for a post of the clerk at another place."""
    access.request_post(
        scope=admin.scope,
        operator_id=clerk.operator.id,
        organisation_id=queries.organisation_by_division(division).id,
        role="township_clerk",
        valid_from=ON,
        valid_until=ON + timedelta(days=180),
        reason="接替离岗人员",
        at=AT,
    )


@pytest.mark.requirement("NC-00-2")
def test_nanchang_has_four_tiers_each_of_which_sees_its_own_residents_and_the_village_only_helps():
    liantang, other_liantang, xiaolan, shajing = (
        "360121100001", "360121100002", "360121403001", "360113001002"
    )  # fmt: skip
    settle("nanchang", liantang, other_liantang, xiaolan, shajing)
    county = sorted((liantang, other_liantang, xiaolan))
    assert seen_by("nanchang", "county_reviewer", "3601") == sorted((*county, shajing))
    assert seen_by("nanchang", "county_clerk", "360121") == county
    assert seen_by("nanchang", "township_clerk", "360121100") == sorted((liantang, other_liantang))
    # A development zone and a street stand where a township stands.
    assert seen_by("nanchang", "township_clerk", "360121403") == [xiaolan]
    assert seen_by("nanchang", "township_clerk", "360113001") == [shajing]
    assert seen_by("nanchang", "village_agent", liantang) == [liantang]

    kinds = dict(Organisation.objects.values_list("division", "kind"))
    tiers = [kinds[code] for code in ("3601", "360121", "360121403", "360113001", liantang)]
    assert tiers == [
        OrganisationKind.CITY,
        OrganisationKind.COUNTY,
        OrganisationKind.TOWNSHIP,
        OrganisationKind.TOWNSHIP,
        OrganisationKind.VILLAGE,
    ]
    assert not HANDLING - ROLE_ACTIONS["township_clerk"]
    assert not HANDLING - ROLE_ACTIONS["county_clerk"]
    assert not HANDLING & ROLE_ACTIONS["village_agent"]


@pytest.mark.requirement("SJ-08-0")
def test_a_district_of_shijiazhuang_sees_its_workstations_and_nobody_elses():
    jianbei, qingyuan, changjiang = "130102001001", "130102002001", "130171010001"
    settle("shijiazhuang", jianbei, qingyuan, changjiang)
    assert seen_by("shijiazhuang", "county_clerk", "130102") == sorted((jianbei, qingyuan))
    assert seen_by("shijiazhuang", "county_clerk", "130171") == [changjiang]
    assert seen_by("shijiazhuang", "township_clerk", "130102001") == [jianbei]

    # The district organises its own stations: posts are asked for there, and only there.
    admin = hire(role="security_admin", division="130102", region="shijiazhuang")
    clerk = hire(role="township_clerk", division="130102001", region="shijiazhuang")
    ask_for(admin, clerk, "130102002")
    with pytest.raises(NotThere):
        ask_for(admin, clerk, "130171010")


def test_the_league_sees_all_banners_and_a_banner_handles_its_own():
    ulanhot, arshan = "152201001001", "152202001001"
    settle("xingan", ulanhot, arshan)
    assert seen_by("xingan", "county_reviewer", "1522") == sorted((ulanhot, arshan))
    assert seen_by("xingan", "county_clerk", "152201") == [ulanhot]
    assert seen_by("xingan", "county_clerk", "152202") == [arshan]
