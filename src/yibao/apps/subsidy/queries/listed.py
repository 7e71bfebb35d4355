"""Rosters and fixed lists, and the lines of both, as lists walk them."""

from yibao.apps.desk.tables import Table
from yibao.apps.registry.writing import NUMBER_FIELD

ROSTERS = Table(
    """
select r.id, r.region, r.department_id, r.kind, r.category, r.as_of, r.file_name, r.uploaded_at,
       r.rows_total, r.rows_good, r.paper_sealed, r.confirmed_at,
       case when r.state in ('confirmed', 'dropped') then r.state else 'open' end as state,
       (select o.name from access_organisation o where o.id = r.department_id) as department,
       (select o.name from access_operator o where o.id = r.uploaded_by) as uploaded_by,
       (select o.name from access_operator o where o.id = r.confirmed_by) as confirmed_by
  from subsidy_roster r where r.year = %(year)s"""
)
LISTS = Table(
    """
select f.id, f.kind, f.fixed_at, f.persons, f.subsidy_fen, f.sent_at,
       f.sent_at is not null as is_sent,
       (select o.name from access_operator o where o.id = f.fixed_by) as fixed_by
  from subsidy_supportlist f
 where f.year = %(year)s
   -- A list that was not sent yet is its own place's business.
   and (f.sent_at is not null
        or f.area_no >= nullif(current_setting('yibao.from', true), '')::bigint)"""
)
CELLS = "subsidy.rosterrow.secret_cells"
_ROW = """
select w.id, w.region, w.roster_id, w.sheet, w.row_no, w.name, w.number_index, w.secret_cells,
       w.category, w.state, w.faults, w.answer, w.person_id,
       (select o.name from access_organisation o where o.id = r.department_id) as department
  from subsidy_rosterrow w join subsidy_roster r on r.id = w.roster_id"""
WAITING = Table(
    f"{_ROW} where r.year = %(year)s and w.state = 'unmatched' and r.state <> 'dropped'",
    {"secret_cells": CELLS},
)
ROSTER_ROWS = Table(f"{_ROW} where w.roster_id = %(roster_id)s", {"secret_cells": CELLS})
LINES = Table(
    """
select l.id, s.person_id, p.name, s.region, s.area_no, l.category, l.subsidy_fen, s.personal_fen,
       s.decided_at,
       (select n.number from registry_identitydocument n where n.person_id = s.person_id
         order by n.valid_until is not null, n.id desc limit 1) as number,
       (select v.name from access_organisation v
         where v.division = s.area_no::text and v.kind = 'village') as area_name,
       (select o.name from access_organisation o where o.id = s.department_id) as department
  from subsidy_supportlistline l
  join subsidy_support s on s.id = l.support_id
  join subsidy_supportlist f on f.id = l.list_id
  join registry_person p on p.id = s.person_id
 where l.list_id = %(list_id)s
   -- A list that was not sent yet is its own place's business.
   and (f.sent_at is not null
        or f.area_no >= nullif(current_setting('yibao.from', true), '')::bigint)""",
    {"number": NUMBER_FIELD},
)
