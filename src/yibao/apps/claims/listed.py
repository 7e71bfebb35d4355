"""Settlements as a list walks them."""

from yibao.apps.desk.tables import Table

SETTLEMENTS = Table(
    """
select s.id, s.region, s.settlement_no, s.kind, s.settled_at, s.person_id, p.name, s.institution_id,
       s.total_fen, s.eligible_fen, s.fund_pay_fen, s.self_pay_fen, v.discharged_on,
       v.facts -> 'visit' ->> 'kind' as visit_kind,
       (select i.name from care_institution i where i.id = s.institution_id) as institution,
       s.kind <> 'reversed' and exists (select from claims_settlement b
         where b.visit_id = s.visit_id and b.kind = 'reversed') as is_reversed
  from claims_settlement s
  join claims_visit v on v.id = s.visit_id
  join registry_person p on p.id = s.person_id
 where s.year = %(year)s"""
)
