"""The statements of the settlement path, each sent once a settlement, in this order.

The first claims the key, so that whoever comes with the same one waits for its commit. The year's
row is locked by a statement of its own: what is read after it, by a later statement, is as fresh
as the lock (a join in the locking statement would be as old as its beginning).
"""

CLAIM_KEY = """
insert into claims_reply (region, area_no, client, key, request_hash, at)
select p.region, p.area_no, %s, %s, %s, %s from registry_person p where p.id = %s
    on conflict (client, key) do nothing
returning id
"""

CLAIM_KEY_FOR_SETTLEMENT = """
insert into claims_reply (region, area_no, client, key, request_hash, at)
select s.region, s.area_no, %s, %s, %s, %s from claims_settlement s where s.id = %s
    on conflict (client, key) do nothing
returning id
"""

STORED_REPLY = """
select r.request_hash, r.body, r.settlement_id, s.settlement_no
  from claims_reply r left join claims_settlement s on s.id = r.settlement_id
 where r.client = %s and r.key = %s
"""

OPEN_YEAR = """
insert into claims_personyear (region, area_no, person_id, year, state, used_fen, limit_fen,
                               last_order, sense_hash, fund_paid_fen, settlements)
select p.region, p.area_no, p.id, %s, '{}', '{}', '{}', '[]', '', 0, 0
  from registry_person p
 where p.id = %s
   and not exists (select from claims_personyear y where y.person_id = p.id and y.year = %s)
    on conflict (person_id, year) do nothing
"""

READ_YEAR = """
select id, state, used_fen, limit_fen, last_order::text, sense_hash, fund_paid_fen, settlements
  from claims_personyear where person_id = %s and year = %s
"""

LOCK_YEAR = READ_YEAR + " for update"

# Person, coverage of the year and of the one before, institution on the day of admission, whether
# this number is settled already, and the sub-ledger.
READ = """
select p.region, p.area_no, p.born, p.sex, p.student, p.died_on,
       (select c.witness::text from enrolment_coverage c
         where c.person_id = p.id and c.year = %(year)s and c.cancelled_at is null
         order by c.recorded_at desc, c.id desc limit 1),
       (select c.consecutive_years from enrolment_coverage c
         where c.person_id = p.id and c.year = %(year)s and c.cancelled_at is null
         order by c.recorded_at desc, c.id desc limit 1),
       (select b.consecutive_years from enrolment_coverage b
         where b.person_id = p.id and b.year = %(year)s - 1 and b.cancelled_at is null
         order by b.recorded_at desc, b.id desc limit 1),
       i.level, i.in_region, i.name,
       exists (select from care_designation d
                where d.institution_id = i.id and d.region = p.region
                  and d.designated_from <= %(admitted_on)s
                  and (d.designated_until is null or d.designated_until > %(admitted_on)s)),
       (select s.settlement_no from claims_visit v
          join claims_settlement s on s.visit_id = v.id and s.kind = 'settled'
         where v.institution_id = i.id and v.number = %(number)s and v.person_id = p.id
           and not exists (select from claims_settlement r
                            where r.visit_id = v.id and r.kind = 'reversed')
         limit 1),
       (select b.id from fund_book b
         where b.region = p.region and b.kind = 'institutions' order by b.id limit 1)
  from registry_person p
  join care_institution i on i.id = %(institution)s and i.region = p.region
 where p.id = %(person)s
"""

# Fresh ids, so that no write has to wait for another's answer.
IDS = """
select nextval('claims_visit_id_seq'), nextval('claims_settlement_id_seq'),
       nextval('fund_entry_id_seq'), nextval('claims_settlement_number')
"""

MORE_IDS = """
select nextval('claims_settlement_id_seq'), nextval('fund_entry_id_seq'),
       nextval('claims_settlement_number')
  from generate_series(1, %s)
"""

# The year's visits that stand, with what has been settled for each, corrections included.
STANDING = """
select v.id, v.institution_id, v.number, v.facts::text,
       (array_agg(s.id) filter (where s.kind = 'settled'))[1],
       sum(s.total_fen)::bigint, sum(s.eligible_fen)::bigint, sum(s.deductible_fen)::bigint,
       sum(s.fund_pay_fen)::bigint, sum(s.self_pay_fen)::bigint,
       array_agg(s.result::text order by s.id)
  from claims_visit v join claims_settlement s on s.visit_id = v.id
 where v.person_id = %s and v.year = %s
 group by v.id having not bool_or(s.kind = 'reversed')
 order by v.id
"""

# Sums are added to, not overwritten: the check on the ceilings sees every payment even if nothing
# else kept two writers apart.
STORE_YEAR = """
update claims_personyear
   set state = %s, used_fen = each_plus(used_fen, %s), limit_fen = %s, last_order = %s::jsonb,
       sense_hash = %s, fund_paid_fen = fund_paid_fen + %s, settlements = settlements + %s
 where id = %s
"""

STORE_REPLY = """
update claims_reply set body = %s, settlement_id = %s where id = %s
"""

SETTLEMENT = """
select s.person_id, s.year, s.visit_id, s.kind, s.settlement_no, s.settled_by, s.region, s.area_no,
       (select b.id from fund_book b
         where b.region = s.region and b.kind = 'institutions' order by b.id limit 1)
  from claims_settlement s where s.id = %s
"""

REVERSED_AS = """
select settlement_no from claims_settlement where visit_id = %s and kind = 'reversed'
"""

PERSON_PLACE = """
select p.region, p.area_no,
       (select b.id from fund_book b
         where b.region = p.region and b.kind = 'institutions' order by b.id limit 1)
  from registry_person p where p.id = %s
"""
