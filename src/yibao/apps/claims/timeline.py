"""What settlement knows of people over time: visits, settlements, what took them back."""

from yibao.apps.registry.timeline import Branches, day

BRANCHES: Branches = {
    "visit": f"""
select {day("coalesce(v.admitted_on, v.discharged_on)")} as at, v.id, v.person_id,
       jsonb_build_object('year', v.year, 'institution', i.name, 'number', v.number,
                          'kind', v.facts -> 'visit' ->> 'kind', 'total', v.total_fen,
                          'discharged', v.discharged_on,
                          'settlement', s.id, 'settlement_no', s.settlement_no) as facts
  from claims_visit v
  join care_institution i on i.id = v.institution_id
  left join claims_settlement s on s.visit_id = v.id and s.kind = 'settled'
 where v.person_id = any(%(persons)s)""",  # noqa: S608 - fixed texts
    "settlement": """
select s.settled_at as at, s.id, s.person_id,
       jsonb_build_object('year', s.year, 'institution', i.name, 'kind', s.kind,
                          'number', s.settlement_no, 'fund', s.fund_pay_fen,
                          'because', s.because) as facts
  from claims_settlement s join care_institution i on i.id = s.institution_id
 where s.person_id = any(%(persons)s)""",
}
