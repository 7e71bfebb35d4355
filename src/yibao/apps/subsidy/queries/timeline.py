"""What subsidy knows of people over time: rosters' lines, standings, support, lists, the money.

Heads of rosters and lists are shown to a town from below; the money of a category stays with the
county, so its grant is named only to whom the wall lets it be read.
"""

from yibao.apps.registry.timeline import Branches, day

_GRANTS = """
  from subsidy_support s
  join subsidy_grant g on g.year = s.year and g.department_id = s.department_id
   and g.category = s.category"""

BRANCHES: Branches = {
    "identity": f"""
select {day("i.valid_from")} as at, i.id, i.person_id,
       jsonb_build_object('code', i.code, 'until', i.valid_until, 'source', i.source,
                          'roster', r.roster_id, 'row', r.id, 'row_no', r.row_no) as facts
  from registry_personidentity i
  left join subsidy_rosterrow r on i.source_kind = 'roster_row' and r.id = i.source_id
 where i.person_id = any(%(persons)s)""",  # noqa: S608 - fixed texts
    "identity_ended": f"""
select {day("i.valid_until")} as at, i.id, i.person_id,
       jsonb_build_object('code', i.code, 'source', i.source) as facts
  from registry_personidentity i
 where i.person_id = any(%(persons)s) and i.valid_until is not null""",  # noqa: S608 - fixed texts
    "roster": """
select coalesce(h.confirmed_at, h.uploaded_at) as at, r.id, r.person_id,
       jsonb_build_object('roster', h.id, 'row', r.id, 'row_no', r.row_no, 'kind', h.kind,
                          'category', r.category, 'department', o.name, 'as_of', h.as_of,
                          'year', h.year) as facts
  from subsidy_rosterrow r
  join subsidy_roster h on h.id = r.roster_id
  left join access_organisation o on o.id = h.department_id
 where r.person_id = any(%(persons)s)""",
    "support": """
select s.decided_at as at, s.id, s.person_id,
       jsonb_build_object('year', s.year, 'category', s.category, 'amount', s.subsidy_fen,
                          'department', o.name, 'roster', r.roster_id, 'row', r.id,
                          'row_no', r.row_no) as facts
  from subsidy_support s
  left join access_organisation o on o.id = s.department_id
  left join subsidy_rosterrow r on r.id = s.row_id
 where s.person_id = any(%(persons)s)""",
    "support_ended": """
select s.removed_at as at, s.id, s.person_id,
       jsonb_build_object('year', s.year, 'category', s.category,
                          'because', s.removed_because) as facts
  from subsidy_support s
 where s.person_id = any(%(persons)s) and s.removed_at is not null""",
    "listed": """
select l.fixed_at as at, n.id, s.person_id,
       jsonb_build_object('list', l.id, 'kind', l.kind, 'year', l.year, 'category', n.category,
                          'amount', n.subsidy_fen,
                          'area', l.area_no, 'sent', l.sent_at is not null) as facts
  from subsidy_support s
  join subsidy_supportlistline n on n.support_id = s.id
  join subsidy_supportlist l on l.id = n.list_id
 where s.person_id = any(%(persons)s)""",
    "grant": f"""
select g.claimed_at as at, g.id, s.person_id,
       jsonb_build_object('grant', g.id, 'year', g.year, 'category', g.category,
                          'amount', s.subsidy_fen) as facts {_GRANTS}
 where s.person_id = any(%(persons)s) and s.removed_at is null""",
    "grant_paid": f"""
select {day("a.received_on")} as at, a.id, s.person_id,
       jsonb_build_object('grant', g.id, 'year', g.year, 'category', g.category,
                          'voucher', a.voucher_no) as facts {_GRANTS}
  join subsidy_grantreceipt a on a.grant_id = g.id
 where s.person_id = any(%(persons)s) and s.removed_at is null""",
}
