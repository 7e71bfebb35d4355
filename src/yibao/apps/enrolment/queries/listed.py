"""Ledgers that were imported, and coverages, as lists walk them."""

from yibao.apps.desk.tables import Table
from yibao.apps.registry.writing import NUMBER_FIELD

IMPORTS = Table(
    """
select l.id, l.kind, l.area_no, l.file_name, l.uploaded_at, l.state, l.rows_total, l.rows_good,
       l.rows_bad, l.rows_total - l.rows_good - l.rows_bad as rows_to_decide, l.claimed_fen,
       coalesce(l.undoes_id, 0) as undoes,
       (select o.name from access_operator o where o.id = l.uploaded_by) as uploaded_by,
       (select a.name from access_organisation a where a.area_from = l.area_no
           and a.kind in ('city', 'county', 'township', 'village')
         order by a.area_until limit 1) as area_name
  from enrolment_ledgerimport l where l.year = %(year)s"""
)
COVERAGES = Table(
    """
select c.id, c.person_id, p.name, c.region, c.area_no, c.reason, c.consecutive_years,
       lower(c.period) as insured_from, upper(c.period) as insured_until, c.recorded_at,
       c.suspended_from, c.cancelled_at, coalesce(c.cancelled_because, '') as cancelled_because,
       case when c.cancelled_at is not null then 'cancelled'
            when c.suspended_from is not null and c.suspended_from <= %(day)s
             and (c.suspended_until is null or c.suspended_until > %(day)s) then 'suspended'
            when lower(c.period) > %(on)s then 'later'
            when upper(c.period) <= %(on)s then 'over' else 'now' end as state,
       (select n.number from registry_identitydocument n where n.person_id = c.person_id
         order by n.valid_until is not null, n.id desc limit 1) as number,
       (select v.name from access_organisation v
         where v.division = c.area_no::text and v.kind = 'village') as area_name
  from enrolment_coverage c join registry_person p on p.id = c.person_id
 where c.year = %(year)s""",
    {"number": NUMBER_FIELD},
)
