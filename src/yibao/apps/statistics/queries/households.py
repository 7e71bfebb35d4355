"""From the village down: households, who is still to be reached, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.queries.search import above
from yibao.apps.statistics.queries.standing import STANDING
from yibao.apps.statistics.queries.tallies import source

PAGE = 100


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household and how its living members stand."""

    household_id: int | None
    household_no: str
    village_no: str
    head: str
    members: int
    own: int
    supported: int
    elsewhere: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How many give a reason; "" where the village wrote none."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons of a place as of a moment, the most frequent first.

    `is_late` says that the counting stands still.
    """

    on: datetime
    is_late: bool
    rows: Sequence[ReasonRow]


def households_of(
    *, scope: Scope, year: int, on: datetime, text: str = "", offset: int = 0, limit: int = PAGE
) -> list[HouseholdRow]:
    """Return the households of the scope, those with somebody to reach first. One query.

    `text` narrows to the household of that number in the village, or with a member whose name or
    given name begins so.
    """
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            f"""
            with {STANDING}
            select s.household_id, coalesce(h.household_no, ''), coalesce(h.village_no, ''),
                   coalesce(p.name, ''), count(*), count(*) filter (where s.kind = 'own'),
                   count(*) filter (where s.kind = 'supported'),
                   count(*) filter (where s.kind = 'elsewhere'),
                   count(*) filter (where s.kind = 'unpaid')
              from standing s
              left join registry_household h on h.id = s.household_id
              left join registry_person p on p.id = h.head_id
             where %(text)s = '' or h.village_no = %(text)s or exists (
                   select from registry_person m where m.household_id = s.household_id
                      and (m.name >= %(text)s and m.name < %(above)s
                           or m.given_name >= %(text)s and m.given_name < %(above)s))
             group by 1, 2, 3, 4
             order by 9 desc, 3, 1 offset %(offset)s limit %(limit)s
            """,  # noqa: S608 - fixed texts
            _values(year, on)
            | {"offset": offset, "limit": limit, "text": text, "above": above(text or " ")},
        )
        return [HouseholdRow(*row) for row in cursor.fetchall()]


def unpaid_reasons(*, scope: Scope, year: int, on: datetime) -> Reasons:
    """Return the reasons of those still to be reached, of a large place as kept. Two queries."""
    with scoped(scope), connection.cursor() as cursor:
        found = source(cursor, year=year, on=on, with_reasons=True)
        cursor.execute(
            f"""
            with {found.words}
            select reason, sum(people) from tallied
             where kind = 'unpaid' group by 1 order by 2 desc, 1
            """,  # noqa: S608 - fixed texts
            found.values,
        )
        rows = [ReasonRow(*row) for row in cursor.fetchall()]
    return Reasons(found.on, found.is_late, rows)


def _values(year: int, on: datetime) -> dict[str, object]:
    return {"year": year, "on": on, "day": localdate(on)}
