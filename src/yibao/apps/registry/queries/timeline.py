"""What the register itself knows of people over time: documents, departure, death, erasure."""

from yibao.apps.registry.timeline import Branches, day

BRANCHES: Branches = {
    "document": """
select d.recorded_at as at, d.id, d.person_id,
       jsonb_build_object('kind', d.kind, 'source', d.source, 'from', d.valid_from,
                          'until', d.valid_until) as facts
  from registry_identitydocument d where d.person_id = any(%(persons)s)""",
    "departure": f"""
select {day("p.moved_away_on")} as at, p.id, p.id as person_id, '{{}}'::jsonb as facts
  from registry_person p where p.id = any(%(persons)s) and p.moved_away_on is not null""",  # noqa: S608 - fixed texts
    "death": f"""
select {day("p.died_on")} as at, p.id, p.id as person_id, '{{}}'::jsonb as facts
  from registry_person p where p.id = any(%(persons)s) and p.died_on is not null""",  # noqa: S608 - fixed texts
    "erasure": """
select e.asked_at as at, e.id, e.person_id, jsonb_build_object('reason', e.reason) as facts
  from registry_erasure e where e.person_id = any(%(persons)s)""",
    "erased": """
select e.decided_at as at, e.id, e.person_id,
       jsonb_build_object('approved', e.approved, 'answer', e.answer) as facts
  from registry_erasure e
 where e.person_id = any(%(persons)s) and e.decided_at is not null""",
}
