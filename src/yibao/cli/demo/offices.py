"""The offices of both regions, and who works in them."""

import random
from dataclasses import dataclass
from datetime import date, datetime

from yibao.apps.access import operations as access
from yibao.apps.access.models import Organisation, OrganisationKind, Role
from yibao.apps.access.operations import Certificate
from yibao.apps.access.queries import organisation_by_division, villages_of
from yibao.cli.demo.names import NameMaker
from yibao.cli.demo.rosters import DEPARTMENTS
from yibao.cli.demo.staff import Member, Staff

TOWNSHIP, COUNTY, BANNER = "430423105", "430423", "152221"
XINQIAO, HINGGAN = "hengshan", "xingan"
_OTHER_OFFICES = (
    (OrganisationKind.FINANCE, "衡山县财政局"),
    (OrganisationKind.TAX, "国家税务总局衡山县税务局"),
)
_TOWN_OFFICES = (
    (OrganisationKind.SCHOOL, "新桥镇中心学校"),
    (OrganisationKind.BANK, "衡山农商银行新桥支行"),
    (OrganisationKind.DEPARTMENT, "新桥镇财政所"),
)
_BANNER_OFFICES = (
    (OrganisationKind.TAX, "科尔沁右翼前旗地方税务局"),
    (OrganisationKind.FINANCE, "科尔沁右翼前旗财政局"),
    (OrganisationKind.SCHOOL, "科尔沁右翼前旗第二中学"),
)
_TRAINED = Certificate(
    number="XA-2008-031", issuer="兴安盟劳动保障信息中心", passed_on=date(2008, 8, 1)
)
# Role and key of everybody beside the two administrators; village agents come by village.
_COUNTY_STAFF = (
    ("clerk", Role.COUNTY_CLERK),
    ("second", Role.COUNTY_CLERK),
    ("reviewer", Role.COUNTY_REVIEWER),
    ("accountant", Role.FUND_ACCOUNTANT),
    ("auditor", Role.AUDITOR),
)
_BANNER_STAFF = (
    ("clerk", Role.COUNTY_CLERK),
    ("medical", Role.MEDICAL_CLERK),
    ("reviewer", Role.COUNTY_REVIEWER),
    ("accountant", Role.FUND_ACCOUNTANT),
    ("auditor", Role.AUDITOR),
)
_LEAGUE_STAFF = (("policy", Role.POLICY_OFFICER), ("policy_reviewer", Role.COUNTY_REVIEWER))


@dataclass(frozen=True)
class Office:
    """A region at work: its staff, its agency, its places and departments."""

    region: str
    staff: Staff
    agency: Organisation
    villages: tuple[Organisation, ...]
    departments: dict[str, int]

    def village(self, division: str) -> Organisation:
        """Return the village of a division code."""
        return next(one for one in self.villages if one.division == division)


def open_xinqiao(*, seed: int, at: datetime) -> Office:
    """Open Hengshan with its departments, the county's staff, Xinqiao's clerk and agents."""
    access.open_region(code=XINQIAO, at=at)
    county, town = organisation_by_division(COUNTY), organisation_by_division(TOWNSHIP)
    agency = Organisation.objects.get(region_id=XINQIAO, kind=OrganisationKind.AGENCY)
    staff, names = Staff(XINQIAO), _Names(seed)
    admin = Member("admin", "430001", names.next(), Role.SECURITY_ADMIN, agency.id)
    deputy = Member("deputy", "430002", names.next(), Role.SECURITY_ADMIN, agency.id)
    staff.found(admin, deputy, first=True, at=at)
    by = staff.system
    departments = {
        name: access.add_organisation(
            scope=by, kind=OrganisationKind.DEPARTMENT, name=name, parent_id=county.id, at=at
        ).id
        for name in DEPARTMENTS
    }
    for place, offices in ((county, _OTHER_OFFICES), (town, _TOWN_OFFICES)):
        for kind, name in offices:
            access.add_organisation(scope=by, kind=kind, name=name, parent_id=place.id, at=at)
    for nth, (key, role) in enumerate(_COUNTY_STAFF, start=11):
        staff.hire(Member(key, f"4300{nth:02d}", names.next(), role, agency.id), at=at)
    staff.hire(Member("town", "431051", names.next(), Role.TOWNSHIP_CLERK, town.id), at=at)
    villages = tuple(
        villages_of(by).filter(area_from__gte=town.area_from, area_until__lte=town.area_until)
    )
    for nth, village in enumerate(villages, start=1):
        member = Member(
            village.division, f"4310{50 + nth + 1}", names.next(), Role.VILLAGE_AGENT, village.id
        )
        staff.hire(member, at=at)
    # The county's reviewer is the second person of the policy lab.
    officer = Member("policy", "430021", names.next(), Role.POLICY_OFFICER, agency.id)
    staff.hire(officer, at=at)
    return Office(XINQIAO, staff, agency, villages, departments)


def open_hinggan(*, seed: int, at: datetime) -> Office:
    """Open the league with the banner's staff, everybody with a training certificate (网络 7)."""
    access.open_region(code=HINGGAN, at=at)
    banner = organisation_by_division(BANNER)
    agency = Organisation.objects.get(region_id=HINGGAN, kind=OrganisationKind.AGENCY)
    staff, names = Staff(HINGGAN, certificate=_TRAINED), _Names(seed + 1)
    admin = Member("admin", "152001", names.next(), Role.SECURITY_ADMIN, agency.id)
    deputy = Member("deputy", "152002", names.next(), Role.SECURITY_ADMIN, agency.id)
    staff.found(admin, deputy, first=False, at=at)
    by = staff.system
    for kind, name in _BANNER_OFFICES:
        access.add_organisation(scope=by, kind=kind, name=name, parent_id=banner.id, at=at)
    for nth, (key, role) in enumerate(_BANNER_STAFF, start=11):
        place = agency if role == Role.FUND_ACCOUNTANT else banner
        staff.hire(Member(key, f"1520{nth:02d}", names.next(), role, place.id), at=at)
    # Policy holds for the whole league: both persons of the lab sit in its own agency.
    for nth, (key, role) in enumerate(_LEAGUE_STAFF, start=21):
        staff.hire(Member(key, f"1520{nth:02d}", names.next(), role, agency.id), at=at)
    towns = Organisation.objects.filter(parent=banner, kind=OrganisationKind.TOWNSHIP)
    return Office(HINGGAN, staff, agency, tuple(towns.order_by("division")), {})


class _Names:
    """Names for the staff, apart from the population's source, so that neither moves the other."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(f"staff/{seed}")  # noqa: S311 - made data, no secret
        self._maker = NameMaker(self._source)

    def next(self) -> str:
        """Return the next name."""
        sex = self._source.choice(("male", "female"))
        return self._maker.surname() + self._maker.given(sex, 1985)
