"""The register's facts and enrolment's own, together: what the rulebook's rules are asked with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.queries import facts_of_persons

# The event and cover elsewhere of the year, and the last insured year before it.
_OWN = """
    select p.id, e.event, e.event_on, e.first_time, o.kind, c.year, c.consecutive_years,
           not exists (
               select from registry_person m
                where m.household_id = p.household_id
                  and m.died_on is null and m.moved_away_on is null
                  and not exists (select from enrolment_enrolment n
                       where n.person_id = m.id and n.year = %(year)s and n.withdrawn_at is null
                         and (n.claimed_fen is null or n.claimed_fen > 0 or n.unpaid_reason = ''))
                  and not exists (select from enrolment_othercover n
                       where n.person_id = m.id and n.year = %(year)s and n.cancelled_at is null))
           and p.household_id is not null
      from registry_person p
      left join enrolment_enrolment e
        on e.person_id = p.id and e.year = %(year)s and e.withdrawn_at is null
      left join enrolment_othercover o
        on o.person_id = p.id and o.year = %(year)s and o.cancelled_at is null
      left join lateral (
           select l.year, l.consecutive_years from enrolment_coverage l
            where l.person_id = p.id and l.year < %(year)s and l.cancelled_at is null
              and l.reason <> 'unpaid'
            order by l.year desc limit 1) c on true
     where p.id = any(%(ids)s)"""


def facts_for_rules(
    *, scope: Scope, person_ids: Sequence[int], year: int, on: date | None = None
) -> dict[int, dict[str, Any]]:
    """Return all that is recorded of each person for the year, ready for `read_facts`.

    Besides the register's facts: event, event_on, first_time, employee_insured,
    insured_elsewhere, household_all_insured, consecutive_years, gap_years. The payment is the
    caller's to add. Two queries.
    """
    with scoped(scope), connection.cursor() as cursor:
        facts = facts_of_persons(scope=scope, person_ids=person_ids, year=year, on=on)
        cursor.execute(_OWN, {"year": year, "ids": list(person_ids)})
        for person_id, *own in cursor.fetchall():
            facts[person_id] |= _own(year, *own)
    return facts


def _own(
    year: int,
    event: str | None,
    event_on: date | None,
    first_time: bool | None,
    cover_kind: str | None,
    last_year: int | None,
    consecutive_years: int | None,
    household_all_insured: bool,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if event:
        found["event"] = event
    if event_on:
        found["event_on"] = event_on.isoformat()
    if first_time and last_year is None:
        found["first_time"] = True
    if cover_kind:
        found["employee_insured" if cover_kind == "employee" else "insured_elsewhere"] = True
    if household_all_insured:
        found["household_all_insured"] = True
    found["consecutive_years"] = 1
    if last_year is not None and consecutive_years is not None:
        missed = year - 1 - last_year
        found["consecutive_years"] = 1 if missed else consecutive_years + 1
        if missed:
            found["gap_years"] = missed
    return found
