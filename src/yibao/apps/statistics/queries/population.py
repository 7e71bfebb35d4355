"""The insured of a region and a year with their visits, as facts: what a simulation is asked over.

Two statements whatever their number. People and visits travel by one COPY, so they are of one
moment; no name, no identity number and no number of our own leaves: a person is a keyed hash.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from yibao.apps.access.scope import Scope
from yibao.apps.claims.request import person_facts
from yibao.database import scope as database_scope

Row = tuple[str, int, Mapping[str, Any]]

# Who is insured in the year, or was treated in it. Parameter: year.
_INSURED = """
insured as (
    select c.person_id from enrolment_coverage c
     where c.year = %(year)s and c.cancelled_at is null and c.reason <> 'unpaid'
    union
    select v.person_id from claims_visit v where v.year = %(year)s
)
"""
_COUNT = f"with {_INSURED} select count(*) from insured"  # noqa: S608 - our own words
# Two kinds of rows. The visits are those that stand, by the facts that they were decided by.
_ROWS = f"""
with {_INSURED}
select json_build_array('persons', p.id, json_build_array(
         p.area_no::text, p.born, p.sex, p.residence, p.hukou, p.hukou_kind, p.origin,
         p.residence_permit, p.resident_since, p.student, p.school_owner, p.employed,
         p.disability_level, p.low_income_family, p.migrant_child),
         c.witness -> 'facts', c.consecutive_years, b.consecutive_years,
         (select json_agg(distinct i.code) from registry_personidentity i
           where i.person_id = p.id and i.valid_from <= make_date(%(year)s, 1, 1)
             and (i.valid_until is null or i.valid_until > make_date(%(year)s, 1, 1))))::text
  from insured n
  join registry_person p on p.id = n.person_id
  left join lateral (select witness, consecutive_years from enrolment_coverage
                      where person_id = p.id and year = %(year)s and cancelled_at is null
                      order by recorded_at desc, id desc limit 1) c on true
  left join lateral (select consecutive_years from enrolment_coverage
                      where person_id = p.id and year = %(year)s - 1 and cancelled_at is null
                      order by recorded_at desc, id desc limit 1) b on true
 union all
select json_build_array('visits', v.person_id, v.institution_id, v.number, v.facts -> 'visit')::text
  from claims_visit v
 where v.year = %(year)s
   and not exists (select from claims_settlement r where r.visit_id = v.id and r.kind = 'reversed')
"""  # noqa: S608 - our own words
_REGISTERED = (
    "district",
    "born",
    "sex",
    "residence",
    "hukou",
    "hukou_kind",
    "origin",
    "residence_permit",
    "resident_since",
    "student",
    "school_owner",
    "employed",
    "disability_level",
    "low_income_family",
    "migrant_child",
)
_PERSONS = "persons"
_KEY_BYTES = 8
_SIGN = 1


@dataclass(frozen=True, slots=True)
class Population:
    """About how many people there are, and the rows of people and visits, to be read once."""

    people: int
    rows: Iterator[Row]


def population(*, scope: Scope, year: int) -> Population:
    """Return the scope's insured of a year and their visits, keyed by a hash.

    To be called, and read to the end, inside `scoped(scope)`: the rows come while they are read.
    """
    assert database_scope.scope_of() == (scope.area_from, scope.area_until), "outside its scope"
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"year": year})
        (people,) = cursor.fetchone()
    return Population(people, _rows(year))


def _rows(year: int) -> Iterator[Row]:
    for part, person_id, *row in _copied(_ROWS, year):
        facts = _person(year, *row) if part == _PERSONS else _visit(*row)
        yield part, key_of(person_id), facts


def _copied(words: str, year: int) -> Iterator[Any]:
    """The rows of a statement, one JSON array each. COPY takes no parameters: the year is a whole
    number of ours and stands in the text."""
    text = words.replace("%(year)s", str(int(year)))
    with connection.cursor() as cursor, cursor.copy(f"copy ({text}) to stdout") as copy:
        copy.set_types(["text"])
        for (row,) in copy.rows():
            yield json.loads(row)


def _person(
    year: int,
    registered: Sequence[Any],
    decided_by: Mapping[str, Any] | None,
    years: int | None,
    before: int | None,
    identities: Sequence[str] | None,
) -> dict[str, Any]:
    person = dict(zip(_REGISTERED, registered))
    coverage = None if decided_by is None else {**decided_by, "consecutive_years": years}
    facts = person_facts(person=person, coverage=coverage, years_before=before, year=year)
    facts.pop("year")
    if identities:
        facts["identities"] = sorted({*facts.get("identities", ()), *identities})
    return facts


def _visit(institution: int, number: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    # Two institutions may use the same number; the order by number stays.
    return {**facts, "number": f"{number}@{institution}"}


def key_of(person_id: int) -> int:
    """A person's key in snapshots: the same each time, not to be had back without the secret."""
    secret = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    digest = hashlib.blake2b(str(person_id).encode(), key=secret, digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest) >> _SIGN
