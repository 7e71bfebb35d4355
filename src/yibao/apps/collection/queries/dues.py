"""Reads of dues: who has none yet, what is owed and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person on a year's list without a due, and what the list says beside the register."""

    area_no: int
    facts: dict[str, Any]


def persons_without_due(
    *, scope: Scope, year: int, person_ids: Sequence[int] | None = None
) -> dict[int, Enrolled]:
    """Return who is on the year's list, has no due, lives, and proved no other cover."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            select e.person_id, e.area_no, e.event, e.event_on, e.first_time
              from enrolment_enrolment e join registry_person p on p.id = e.person_id
             where e.year = %s and e.withdrawn_at is null and p.died_on is null
               and (%s::bigint[] is null or e.person_id = any(%s::bigint[]))
               and not exists (select from collection_due d
                                where d.person_id = e.person_id and d.year = e.year
                                  and d.cancelled_at is null)
               and not exists (select from enrolment_othercover o
                                where o.person_id = e.person_id and o.year = e.year
                                  and o.cancelled_at is null)
             order by e.person_id
            """,
            [year, *[None if person_ids is None else list(person_ids)] * 2],
        )
        return {
            person_id: Enrolled(
                area_no,
                {"first_time": first_time}
                | ({"event": event} if event else {})
                | ({"event_on": event_on} if event_on else {}),
            )
            for person_id, area_no, event, event_on, first_time in cursor.fetchall()
        }
