"""Insured people and designated hospitals of Hinggan, made in a moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from psycopg.types.range import TimestamptzRange

from tests.apps.books import moment, open_books
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.care import operations as care
from yibao.apps.enrolment.models import Coverage
from yibao.apps.registry.models import Person

REGION = "xingan"
TOWN = 152221101000
AT = moment("2009-12-20 10:00")


@dataclass(frozen=True)
class Office:
    """The league's agency with its books and a hospital of each level, ids by level."""

    scope: Scope
    hospitals: dict[int, int]


def open_office():
    scope, _ = open_books(REGION)
    hospitals = {
        level: care.register_institution(
            scope=scope,
            code=f"H15222100{level}",
            name=f"科右前旗第{level}医院",
            kind="hospital",
            level=level,
            area_no=152221000000,
            at=AT,
        ).id
        for level in (1, 2, 3)
    }
    for hospital in hospitals.values():
        care.designate(
            scope=scope,
            institution_id=hospital,
            designated_from=date(2008, 1, 1),
            designated_until=None,
            document="协议",
            at=AT,
        )
    return Office(scope, hospitals)


def insure(scope, *, no=1, years=2, born=date(1945, 1, 1), student="", year=2009, **facts):
    """A person covered for a year; with `paid_on=None` only the year before."""
    facts = {"paid_on": f"{year}-01-10", "consecutive_years": years, **facts}
    with scoped(scope):
        person = Person.objects.create(
            region=REGION,
            area_no=TOWN,
            person_no=f"P{no:08d}",
            name=f"乌力吉{no}",
            initials="WLJ",
            sex="male",
            born=born,
            student=student,
            registered_at=AT,
        )
        covered = year if facts["paid_on"] else year - 1
        Coverage.objects.create(
            region=REGION,
            area_no=TOWN,
            person=person,
            year=covered,
            period=TimestamptzRange(
                datetime(covered, 1, 1, tzinfo=UTC), datetime(covered + 1, 1, 1, tzinfo=UTC)
            ),
            reason="in_window",
            consecutive_years=years if facts["paid_on"] else years - 1,
            witness={"facts": {name: value for name, value in facts.items() if value}},
            source_kind="test",
            source_id=1,
            recorded_at=AT,
        )
    return person.id


def stay(eligible="5000.00", total=None, *, since="2009-03-01", until="2009-03-10", **facts):
    """The facts of a stay; the bill is as large as what is eligible unless it is said."""
    return {
        "kind": "inpatient",
        "admitted_on": since,
        "discharged_on": until,
        "eligible_cost": eligible,
        "total_fen": total if total is not None else eligible,
        **facts,
    }
