"""A household's members, and how many households a place has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.statistics.queries.standing import STANDING


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, how the person stands in the year, since when, and what is still owed."""

    person_id: int
    name: str
    relation: str
    born: date | None
    kind: str
    since: datetime | None
    reason: str
    open_fen: int | None


@dataclass(frozen=True, slots=True)
class HouseholdStanding:
    """A household with its place and its living members, the head first."""

    household_id: int
    household_no: str
    village_no: str
    area_no: int
    area_name: str
    members: Sequence[MemberRow]


_MEMBERS = f"""
with {STANDING}
select p.id, p.name, p.relation, p.born, s.kind, s.since, coalesce(e.unpaid_reason, ''),
       d.owed_fen - d.subsidised_fen - d.paid_fen,
       coalesce(h.household_no, ''), coalesce(h.village_no, ''), p.area_no, coalesce(v.name, '')
  from standing s
  join registry_person p on p.id = s.person_id
  join registry_household h on h.id = s.household_id
  left join access_organisation v on v.division = p.area_no::text and v.kind = 'village'
  left join enrolment_enrolment e
         on e.person_id = p.id and e.year = %(year)s and e.withdrawn_at is null
  left join collection_due d
         on d.person_id = p.id and d.year = %(year)s and d.cancelled_at is null
 where s.household_id = %(household)s
 order by p.id = h.head_id desc, p.born, p.id
"""  # noqa: S608 - fixed texts


def household_standing(
    *, scope: Scope, year: int, on: datetime, household_id: int
) -> HouseholdStanding:
    """Return how a household's members stand. One query.

    Raises NotThere for a household of another place, or without a living member.
    """
    scope.require("statistics.people")
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            _MEMBERS,
            {"year": year, "on": on, "day": localdate(on), "household": household_id},
        )
        rows = cursor.fetchall()
    if not rows:
        raise NotThere(what=_("家庭 %(id)s") % {"id": household_id})
    *_person, household_no, village_no, area_no, area_name = rows[0]
    return HouseholdStanding(
        household_id=household_id,
        household_no=household_no,
        village_no=village_no,
        area_no=area_no,
        area_name=area_name,
        members=[MemberRow(*row[: len(_person)]) for row in rows],
    )


def household_count(*, scope: Scope, year: int, on: datetime) -> int:
    """Return how many rows `households_of` has: households, and those without one by village."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"with {STANDING} select count(distinct coalesce(household_id, 0)) from standing",  # noqa: S608 - a fixed text
            {"year": year, "on": on, "day": localdate(on)},
        )
        return int(cursor.fetchone()[0])
