"""What lists ask of accounts, posts, requests, organisations and sessions: one statement each.

`area` bounds of a row are those of its organisation. What a scope is in words is made of the three
columns that `_SCOPE` gives (`words.in_words`).
"""

_SCOPE = """
       o.name as office, o.kind as office_kind, o.region_id as region, o.area_from, o.area_until,
       (select json_build_array(p.kind, p.name) from access_organisation p
         where p.region_id = o.region_id and p.area_from = o.area_from
           and p.area_until = o.area_until and p.division <> '' limit 1)::text as place,
       (select json_object_agg(c.kind, c.n) from (
          select b.kind, count(*) as n from access_organisation b
           where b.region_id = o.region_id and b.area_from >= o.area_from
             and b.area_until <= o.area_until and b.division <> '' and b.id <> o.id
           group by b.kind) c)::text as below"""
OPERATORS = """
select a.id, a.staff_no, a.name, a.is_active, a.password_is_one_time, a.last_signed_in_at,
       a.created_at, o.name as office, o.region_id as region, o.area_from, o.area_until,
       (select json_agg(json_build_array(w.name, p.role, p.valid_until) order by p.id)
          from access_post p join access_organisation w on w.id = p.organisation_id
         where p.operator_id = a.id
           and (p.valid_until is null or p.valid_until > %(day)s))::text as posts,
       (select string_agg(c.number, '；' order by c.id)
          from access_trainingcertificate c where c.operator_id = a.id) as certificates
  from access_operator a
  join access_organisation o on o.id = a.organisation_id"""
POSTS = f"""
select t.id, t.operator_id, a.name, a.staff_no, t.role, t.valid_from, t.valid_until,
       t.ended_at, t.ended_because, {_SCOPE},
       coalesce(t.valid_until > %(day)s, true) as lasts,
       t.valid_from <= %(day)s and coalesce(t.valid_until > %(day)s, true) as is_in_force,
       (select d.name from access_grantrequest r join access_operator d on d.id = r.drafted_by_id
         where r.id = t.request_id) as drafter,
       (select g.name from access_operator g where g.id = t.granted_by_id) as granter,
       (select e.name from access_operator e where e.id = t.ended_by_id) as ender
  from access_post t
  join access_operator a on a.id = t.operator_id
  join access_organisation o on o.id = t.organisation_id"""  # noqa: S608 - fixed texts
REQUESTS = f"""
select r.id, r.operator_id, a.name, a.staff_no, r.role, r.valid_from, r.valid_until, r.reason,
       r.state, r.drafted_at, r.decided_at, {_SCOPE},
       (select d.name from access_operator d where d.id = r.drafted_by_id) as drafter,
       (select d.name from access_operator d where d.id = r.decided_by_id) as decider
  from access_grantrequest r
  join access_operator a on a.id = r.operator_id
  join access_organisation o on o.id = r.organisation_id"""  # noqa: S608 - fixed texts
# Who holds a post on the day: for conditions on accounts.
HOLDS = """select from access_post h where h.operator_id = t.id and h.valid_from <= %(day)s
             and (h.valid_until is null or h.valid_until > %(day)s)"""
# Places come from the table of divisions, offices stand after their place.
ORGANISATIONS = """
select o.id, o.name, o.kind, o.division, o.valid_from, o.region_id as region, o.area_from,
       o.area_until,
       coalesce(array_position(array['city', 'county', 'township', 'village'], o.kind), 9) as level,
       (select p.name from access_organisation p where p.id = o.parent_id) as parent,
       (select count(*) from access_operator a
         where a.organisation_id = o.id and a.is_active) as accounts
  from access_organisation o"""
# Sessions that nobody ended; whether one is still open is a matter of limits. One's own has no
# `other_id`: it is left by signing out.
SESSIONS = """
select s.id, s.operator_id, a.name, a.staff_no, s.started_at, s.seen_at, s.address,
       case when s.post_id = %(own_post)s then null else s.id end as other_id,
       coalesce((select p.role from access_post p where p.id = s.post_id), '') as role,
       (select w.name from access_post p join access_organisation w on w.id = p.organisation_id
         where p.id = s.post_id) as office,
       o.region_id as region, o.area_from, o.area_until
  from access_operatorsession s
  join access_operator a on a.id = s.operator_id
  join access_organisation o on o.id = a.organisation_id
 where s.ended_at is null and a.is_active and s.generation = a.session_generation"""
