"""What enrolment knows of people over time: registration by a ledger, lists, coverage, other cover.

A ledger's line is named only to whom it is shown: the scope's wall holds in every join.
"""

from yibao.apps.registry.timeline import Branches, day

_LEDGER = """
  left join enrolment_ledgerrow r on {of}.source_kind = 'ledger_row' and r.id = {of}.source_id
  left join enrolment_ledgerimport i on i.id = r.ledger_id"""

BRANCHES: Branches = {
    "registered": f"""
select p.registered_at as at, p.id, p.id as person_id,
       jsonb_build_object('import', i.id, 'row', r.row_no, 'source', p.source_kind,
                          'household', p.household_id) as facts
  from registry_person p {_LEDGER.format(of="p")}
 where p.id = any(%(persons)s)""",  # noqa: S608 - fixed texts
    "enrolled": f"""
select e.enrolled_at as at, e.id, e.person_id,
       jsonb_build_object('year', e.year, 'event', e.event, 'import', i.id, 'row', r.row_no,
                          'source', e.source_kind) as facts
  from enrolment_enrolment e {_LEDGER.format(of="e")}
 where e.person_id = any(%(persons)s)""",  # noqa: S608 - fixed texts
    "withdrawn": f"""
select e.withdrawn_at as at, e.id, e.person_id,
       jsonb_build_object('year', e.year, 'import', i.id, 'row', r.row_no) as facts
  from enrolment_enrolment e {_LEDGER.format(of="e")}
 where e.person_id = any(%(persons)s) and e.withdrawn_at is not null""",  # noqa: S608 - fixed texts
    "covered": """
select c.recorded_at as at, c.id, c.person_id,
       jsonb_build_object('year', c.year, 'starts', lower(c.period), 'ends', upper(c.period),
                          'reason', c.reason) as facts
  from enrolment_coverage c where c.person_id = any(%(persons)s)""",
    "suspended": f"""
select {day("c.suspended_from")} as at, c.id, c.person_id,
       jsonb_build_object('year', c.year, 'until', c.suspended_until) as facts
  from enrolment_coverage c
 where c.person_id = any(%(persons)s) and c.suspended_from is not null""",  # noqa: S608 - fixed texts
    "uncovered": """
select c.cancelled_at as at, c.id, c.person_id,
       jsonb_build_object('year', c.year, 'because', c.cancelled_because) as facts
  from enrolment_coverage c
 where c.person_id = any(%(persons)s) and c.cancelled_at is not null""",
    "elsewhere": f"""
select o.recorded_at as at, o.id, o.person_id,
       jsonb_build_object('year', o.year, 'kind', o.kind, 'place', o.place,
                          'voucher', o.voucher_no, 'import', i.id, 'row', r.row_no) as facts
  from enrolment_othercover o {_LEDGER.format(of="o")}
 where o.person_id = any(%(persons)s)""",  # noqa: S608 - fixed texts
    "elsewhere_ended": f"""
select o.cancelled_at as at, o.id, o.person_id,
       jsonb_build_object('year', o.year, 'place', o.place, 'import', i.id,
                          'row', r.row_no) as facts
  from enrolment_othercover o {_LEDGER.format(of="o")}
 where o.person_id = any(%(persons)s) and o.cancelled_at is not null""",  # noqa: S608 - fixed texts
}
