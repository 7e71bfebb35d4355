"""Reads for the match: who is listed by whom, who stands as supported, who is said to be dead."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from yibao.apps.access.scope import Scope, scoped


@dataclass(frozen=True, slots=True)
class Ground:
    """A row of a confirmed roster with its person: a ground for support."""

    person_id: int
    area_no: int
    category: str
    row_id: int
    department_id: int
    department: str
    as_of: date
    died: bool


@dataclass(frozen=True, slots=True)
class ActiveSupport:
    """A support that stands."""

    person_id: int
    category: str
    subsidy_fen: int


def grounds(*, scope: Scope, year: int) -> list[Ground]:
    """Return the matched rows of confirmed rosters, the earliest list first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select p.id, p.area_no, w.category, w.id, r.department_id, o.name, r.as_of,
                   p.died_on is not null and p.died_on <= r.as_of
              from subsidy_rosterrow w
              join subsidy_roster r on r.id = w.roster_id
              join access_organisation o on o.id = r.department_id
              join registry_person p on p.id = w.person_id
             where r.year = %s and r.state = 'confirmed' and r.kind <> 'deceased'
               and w.state = 'matched'
             order by r.as_of, w.id
            """,
            [year],
        )
        return [Ground(*row) for row in cursor.fetchall()]


def deceased_listed(*, scope: Scope, year: int) -> dict[int, date | None]:
    """Return the persons whom confirmed rosters name as deceased.

    With the day of death where a roster gives one and the register has none yet.
    """
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select w.person_id,
                   max(nullif(left(w.cells ->> 'died_on', 10), '')::date)
                       filter (where p.died_on is null)
              from subsidy_rosterrow w join subsidy_roster r on r.id = w.roster_id
              join registry_person p on p.id = w.person_id
             where r.year = %s and r.state = 'confirmed' and r.kind = 'deceased'
               and w.state = 'matched'
             group by 1 order by 1
            """,
            [year],
        )
        return dict(cursor.fetchall())


def active_supports(*, scope: Scope, year: int) -> list[ActiveSupport]:
    """Return the supports that stand in a year."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select person_id, category, subsidy_fen from subsidy_support
             where year = %s and removed_at is null order by person_id
            """,
            [year],
        )
        return [ActiveSupport(*row) for row in cursor.fetchall()]


def unmatched_rows_count(scope: Scope, year: int) -> int:
    """Return how many rows of a year's rosters wait for an answer."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) from subsidy_rosterrow w join subsidy_roster r on r.id = w.roster_id
             where r.year = %s and r.state <> 'dropped' and w.state = 'unmatched'
            """,
            [year],
        )
        return int(cursor.fetchone()[0])
