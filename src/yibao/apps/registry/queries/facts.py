"""The facts of persons as the rulebooks name them (design 3.1), for many persons at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.core.calendar import InsuredYear

# Text columns whose blank says: nothing recorded. The fact is then left out.
_WORDS = ("residence", "hukou", "hukou_kind", "origin", "student", "school_owner")
_FLAGS = ("residence_permit", "employed", "low_income_family", "migrant_child")
_MAYBE = ("resident_since", "disability_level")
_NAMES = ("born", "sex", *_WORDS, *_FLAGS, *_MAYBE)

_PERSONS = f"""
    select p.id, {", ".join(f"p.{name}" for name in _NAMES)}, coalesce(i.codes, '{{}}')
      from registry_person p
      left join (select person_id, array_agg(distinct code order by code) as codes
                   from registry_personidentity
                  where person_id = any(%s) and valid_from <= %s
                    and (valid_until is null or valid_until > %s)
                  group by person_id) i on i.person_id = p.id
     where p.id = any(%s)"""  # noqa: S608 - constants of this module


def facts_of_persons(
    *, scope: Scope, person_ids: Sequence[int], year: int, on: date | None = None
) -> dict[int, dict[str, Any]]:
    """Return what the register knows of each person of the scope, ready for `read_facts`.

    Dates are ISO text. A fact that nobody recorded is left out, so that the rulebook's own
    presumption stands. The identities are those of the day `on`, by default all that hold on some
    day of the year. What coverage tells (consecutive years, cover elsewhere) is enrolment's to
    add. One query.
    """
    insured = InsuredYear(year).period
    since, until = (on, on) if on else (insured.start, insured.last)
    with scoped(scope), connection.cursor() as cursor:
        ids = list(person_ids)
        cursor.execute(_PERSONS, [ids, until, since, ids])
        rows = cursor.fetchall()
    return {row[0]: _facts(row[1:-1], row[-1], year) for row in rows}


def _facts(values: Sequence[Any], identities: list[str], year: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"year": year}
    for name, value in zip(_NAMES, values):
        if value:
            facts[name] = value.isoformat() if isinstance(value, date) else value
    if identities:
        facts["identities"] = identities
    return facts
