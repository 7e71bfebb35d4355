"""Payments, the files they came in, what waits for a due, and dues, as lists walk them."""

from yibao.apps.collection.operations.files import NUMBER_FIELD
from yibao.apps.desk.tables import Table
from yibao.apps.registry.writing import NUMBER_FIELD as DOCUMENT

# "offset 0": a row's matches are looked up for the row; all of them are never read first.
_PAYMENT = """
       p.region, p.channel, p.number, p.number_index, p.name, p.amount_fen, p.paid_at,
       p.voucher_kind, p.voucher_no, p.insured_place, p.file_id"""
PAYMENTS = Table(
    f"""
select p.id, {_PAYMENT}, coalesce(u.reason, '') as reason,
       case when exists (select from collection_paymentmatch m where m.payment_id = p.id offset 0)
            then 'matched' when u.id is not null then 'unmatched' else 'new' end as state
  from collection_payment p
  left join collection_unmatchedpayment u on u.payment_id = p.id and u.closed_at is null
 where p.year = %(year)s""",  # noqa: S608 - fixed texts
    {"number": NUMBER_FIELD},
)
FILES = Table(
    """
select f.id, f.region, f.file_name, f.channel, f.received_at, f.rows_total, f.rows_taken,
       f.rows_known, f.amount_fen, f.faults <> '[]'::jsonb as is_faulty,
       (select count(distinct (x ->> 'sheet', x ->> 'row'))
          from jsonb_array_elements(f.faults) x) as rows_faulty,
       (select o.name from access_operator o where o.id = f.received_by) as received_by
  from collection_paymentfile f"""
)
UNMATCHED = Table(
    f"""
select u.id, u.payment_id, u.reason, u.found_at, {_PAYMENT}
  from collection_unmatchedpayment u join collection_payment p on p.id = u.payment_id
 where p.year = %(year)s and u.closed_at is null""",  # noqa: S608 - fixed texts
    {"number": NUMBER_FIELD},
)
DUES = Table(
    """
select d.id, d.person_id, p.name, d.region, d.area_no, d.price_class, d.owed_fen,
       d.subsidised_fen, d.paid_fen, d.owed_fen - d.subsidised_fen - d.paid_fen as open_fen,
       d.raised_at, d.settled_at, d.settled_at is not null as is_settled,
       (select n.number from registry_identitydocument n where n.person_id = d.person_id
         order by n.valid_until is not null, n.id desc limit 1) as number,
       (select v.name from access_organisation v
         where v.division = d.area_no::text and v.kind = 'village') as area_name,
       coalesce((select r.category from collection_relief r where r.person_id = d.person_id
         and r.year = d.year and r.removed_at is null limit 1), '') as category
  from collection_due d join registry_person p on p.id = d.person_id
 where d.year = %(year)s and d.cancelled_at is null""",
    {"number": DOCUMENT},
)
