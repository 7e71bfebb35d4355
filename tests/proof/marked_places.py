"""Two regions, three places in one and two in the other; everybody of a place bears its own sign.

The sign is the first character of each name, which no mask hides: wherever a name of a place is
shown, whole or masked, in a page or in a file, its sign is there.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connections

from tests.apps.access.offices import AT, hire
from tests.apps.claims import insured
from tests.apps.collection.town import Agent, Line, collect, dues, open_town, settle_in, take
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import CHAQUAN, SHICANG, number
from tests.apps.subsidy import rosters
from yibao.apps.access import queries
from yibao.apps.access.scope import scoped
from yibao.apps.claims import operations as claims
from yibao.apps.collection import operations as collection
from yibao.apps.enrolment import operations as enrolment
from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, filled
from yibao.apps.registry.models import Person
from yibao.apps.subsidy import operations as subsidy

YEAR = 2021
# A village of another township of the county.
FAR = 430423100003
BANNER, OTHER_BANNER = 152221101000, 152224100000


@dataclass(frozen=True)
class Place:
    """A place with its sign, and the divisions whose posts lie in it or around it."""

    sign: str
    area_no: int
    divisions: tuple[str, ...]


PLACES = (
    Place("龘", CHAQUAN, (str(CHAQUAN),)),
    Place("靐", SHICANG, (str(SHICANG), "430423105")),
    Place("齉", FAR, ("430423100", "430423")),
    Place("爩", BANNER, ("152221",)),
    Place("麤", OTHER_BANNER, ("152224", "1522")),
)
ROLES = {
    12: ("village_agent",),
    9: ("township_clerk", "village_agent"),
    6: ("county_clerk", "county_reviewer", "medical_clerk", "auditor", "fund_accountant"),
    4: ("policy_officer", "county_reviewer", "fund_accountant"),
}


def make() -> None:
    """Make both regions."""
    _hengshan()
    _hinggan()


def clerks() -> list:
    """Hire somebody in each post that sees persons, in and around each place."""
    return [
        hire(
            role=role,
            division=division,
            at=AT if division.startswith("43") else insured.AT,
            name=f"员{len(division)}{role[:3]}",
        )
        for place in PLACES
        for division in place.divisions
        for role in ROLES[len(division)]
    ]


def foreign(scope) -> set[str]:
    """The signs that an answer to this scope may not show."""
    return {
        place.sign for place in PLACES if not scope.area_from <= place.area_no < scope.area_until
    }


def own(scope) -> set[str]:
    """The signs that this scope may see."""
    return {place.sign for place in PLACES} - foreign(scope)


def _hengshan() -> None:
    county = open_town()
    signed = [(place.sign, place.area_no, 100 * n) for n, place in enumerate(PLACES[:3])]
    for sign, area_no, first in signed:
        settle_in(
            county,
            6,
            first=first + 1,
            name=f"{sign}建华",
            area_no=area_no,
            phone=f"1380000{first:04}",
        )
    collection.raise_dues(scope=county, year=YEAR, at=AT)
    owed = {due.person_id: due for due in dues(county)}
    department = rosters.office(county)
    for sign, area_no, first in signed:
        paid = [Line(number=number(first + n), name=f"{sign}建华") for n in (1, 2)]
        strange = Line(number=number(first + 3), name=f"{sign}建华", place="耒阳")
        take(county, *paid, strange, name=f"缴费{first}.xlsx")
        lines = [line(first + n, name=f"{sign}小{'一二'[n % 2]}") for n in (60, 61, 62)]
        lines[2]["sex"] = "M"
        for kept in (lines, [line(first + 70, name=f"{sign}大")]):
            made = upload(county, area_no=area_no, at=AT, content=_ledger(area_no, kept))
        enrolment.confirm_ledger(scope=county, import_id=made.id, at=AT)
        holder = _agent(county, area_no, first)
        with scoped(county):
            living = Person.objects.filter(area_no=area_no, name=f"{sign}建华").order_by("-id")
            late = list(living[:2])
        for one in late:
            if one.id in owed:
                collect(holder, owed[one.id])
        cells = [(f"{sign}建华", number(first + n), "低保", "新桥镇", "村") for n in (4, 5)]
        rosters.confirmed(county, *cells, department=department)
    collection.match_payments(scope=county, year=YEAR, at=AT)
    rosters.match(county)
    rosters.fix(county, kind="final")
    subsidy.claim_grants(scope=county, year=YEAR, at=AT)
    for sign, _, first in signed:
        unknown = (f"{sign}某", number(first + 90), "低保", "新桥镇", "村")
        rosters.upload(county, unknown, department=department, kind="addition")


def _agent(county, area_no: int, first: int) -> Agent:
    """Hire a village agent of the place and hand over receipts."""
    staff = hire(role="village_agent", division=str(area_no), name=f"员{first}")
    collection.give_receipt_range(
        scope=county,
        holder_id=staff.operator.id,
        prefix="HS",
        first=first + 1,
        last=first + 50,
        at=AT,
    )
    return Agent(staff.scope, staff.operator.id)


def _ledger(area_no: int, lines: list) -> bytes:
    """Return the file of a village's ledger, with the names of its place at the head."""
    village = queries.organisation_by_division(str(area_no)).name
    township = queries.organisation_by_division(str(area_no)[:9]).name
    place = {"year": YEAR, "region": "衡山县", "township": township, "village": village}
    return filled(PAYMENT_LEDGER, lines, **place)


def _hinggan() -> None:
    from tests.apps.access.offices import open_office as open_region

    open_region("xingan", at=insured.AT)
    office = insured.open_office()
    enrolment.open_year(scope=office.scope, year=2009, on=date(2009, 1, 1), at=insured.AT)
    people = []
    for no in range(1, 9):
        people.append(insured.insure(office.scope, no=no, born=date(1940 + no, 1, 1)))
    with connections["owner"].cursor() as cursor:
        # Half of them live in the other banner.
        for n, person in enumerate(people):
            place = PLACES[3 + n % 2]
            cursor.execute(
                "update registry_person set name = %s, area_no = %s where id = %s",
                [f"{place.sign}吉{n}", place.area_no, person],
            )
            cursor.execute(
                "update enrolment_coverage set area_no = %s where person_id = %s",
                [place.area_no, person],
            )
    for no, person in enumerate(people):
        claims.settle(
            scope=office.scope,
            client="H",
            key=f"k{no}",
            person_id=person,
            institution_id=office.hospitals[1 + no % 3],
            number=f"F{no}",
            facts=insured.stay(),
            at=insured.AT,
        )
