"""People and households as lists walk them: by village and household, any number of them.

Every column that a list may order by is never null; what belongs to one row only (a number, a
village's name) is a subquery of the select list, which a count never runs.
"""

from yibao.apps.desk.tables import Table
from yibao.apps.registry.writing import NUMBER_FIELD, PHONE_FIELD
from yibao.apps.statistics.queries.standing import IS_EFFECTIVE, IS_PROVEN, KIND_AND_SINCE, LIVES

BY_HOUSEHOLD = ("area_no", "household_key")
SEALS = {"number": NUMBER_FIELD, "phone": PHONE_FIELD}
NUMBER = """(select n.number from registry_identitydocument n where n.person_id = {person}
          order by n.valid_until is not null, n.id desc limit 1)"""
# What a village wrote, looked up for the rows that are shown: a count does without.
TOLD = """coalesce((select e.{word} from enrolment_enrolment e where e.person_id = p.id
          and e.year = %(year)s and e.withdrawn_at is null), '')"""
VILLAGE = """(select v.name from access_organisation v
          where v.division = {area}::text and v.kind = 'village')"""

# The person, whose own index gives the order, stands in the first place: a page then walks to as
# many rows as it shows. "any" leaves the planner the index by person and year: of several that
# begin with the person it would take that of the periods, which cannot overlap, and look up a row
# in twice the time.
_COVERED = f"c.person_id = any(array[p.id]) and {IS_EFFECTIVE}"
_ELSEWHERE = f"o.person_id = p.id and {IS_PROVEN}"


def _residents(standing: str) -> str:
    """One row a registered resident who lives and has not moved away, as he stands in the year."""
    return f"""
select p.id, p.id as person_id, p.name, p.sex, p.born, p.relation, p.phone, p.area_no,
       p.household_id, coalesce(p.household_id, 0) as household_key, p.student, {standing},
       {TOLD.format(word="unpaid_reason")} as unpaid_reason,
       {TOLD.format(word="notice_method")} as notice_method,
       d.owed_fen - d.subsidised_fen - d.paid_fen as open_fen,
       coalesce(h.village_no, '') as village_no, coalesce(h.household_no, '') as household_no,
       {NUMBER.format(person="p.id")} as number, {VILLAGE.format(area="p.area_no")} as area_name
  from registry_person p
  left join registry_household h on h.id = p.household_id
  left join collection_due d
         on d.person_id = p.id and d.year = %(year)s and d.cancelled_at is null"""  # noqa: S608 - fixed texts


PEOPLE = Table(
    f"""{_residents(KIND_AND_SINCE)}
  left join enrolment_coverage c on {_COVERED}
  left join enrolment_othercover o on {_ELSEWHERE}
 where {LIVES}""",
    SEALS,
    along=BY_HOUSEHOLD,
)
UNPAID = Table(
    f"""{_residents("'unpaid' as kind, null::timestamptz as since")}
 where {LIVES}
   and not exists (select from enrolment_coverage c where {_COVERED})
   and not exists (select from enrolment_othercover o where {_ELSEWHERE})""",  # noqa: S608 - fixed texts
    SEALS,
    along=BY_HOUSEHOLD,
)

HOUSEHOLDS = Table(f"""
select h.id, h.household_no, h.village_no, h.area_no, h.address,
       {VILLAGE.format(area="h.area_no")} as area_name,
       (select p.name from registry_person p where p.id = h.head_id) as head,
       (select count(*) from registry_person p where p.household_id = h.id
           and (p.died_on is null or p.died_on > %(day)s)
           and (p.moved_away_on is null or p.moved_away_on > %(day)s)) as members,
       (select count(*) from registry_person p
          join enrolment_coverage c on c.person_id = p.id and c.year = %(year)s
           and c.cancelled_at is null and c.reason <> 'unpaid'
         where p.household_id = h.id) as insured,
       (select sum(d.owed_fen - d.subsidised_fen - d.paid_fen)::bigint
          from registry_person p
          join collection_due d on d.person_id = p.id and d.year = %(year)s
           and d.cancelled_at is null
         where p.household_id = h.id) as open_fen
  from registry_household h""")  # noqa: S608 - fixed texts
