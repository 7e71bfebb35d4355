"""What collection knows of people over time: dues, payments, cash, receipts, what was asked after.

A payment is a person's where it pays the person's due, or bears a number of the person's documents.
"""

from yibao.apps.registry.timeline import Branches

_PAYMENTS = """
payments as (
    select m.payment_id, min(d.person_id) as person_id
      from collection_due d join collection_paymentmatch m on m.due_id = d.id
     where d.person_id = any(%(persons)s) group by 1
    union
    select p.id, n.person_id
      from registry_identitydocument n
      join enrolment_insuredyear y on y.region = n.region
      join collection_payment p on p.year = y.year and p.number_index = n.number_index
     where n.person_id = any(%(persons)s) and octet_length(n.number_index) > 0
       and not exists (select from collection_paymentmatch m where m.payment_id = p.id)
)"""
_DUE = "from collection_due d where d.person_id = any(%(persons)s)"

BRANCHES: Branches = {
    "due": f"""
select d.raised_at as at, d.id, d.person_id,
       jsonb_build_object('year', d.year, 'owed', d.owed_fen) as facts {_DUE}""",
    "due_settled": f"""
select d.settled_at as at, d.id, d.person_id,
       jsonb_build_object('year', d.year, 'paid', d.paid_fen, 'subsidised', d.subsidised_fen)
       as facts {_DUE} and d.settled_at is not null""",
    "due_cancelled": f"""
select d.cancelled_at as at, d.id, d.person_id,
       jsonb_build_object('year', d.year, 'owed', d.owed_fen) as facts
       {_DUE} and d.cancelled_at is not null""",
    "payment": f"""
with {_PAYMENTS}
select p.paid_at as at, p.id, w.person_id,
       jsonb_build_object('year', p.year, 'amount', p.amount_fen, 'channel', p.channel,
                          'voucher_kind', p.voucher_kind, 'voucher', p.voucher_no,
                          'file', f.id, 'row', p.row_no,
                          'waits', u.reason) as facts
  from payments w join collection_payment p on p.id = w.payment_id
  left join collection_paymentfile f on f.id = p.file_id
  left join collection_unmatchedpayment u on u.payment_id = p.id and u.closed_at is null""",  # noqa: S608 - fixed texts
    "taken_back": """
select m.matched_at as at, m.id, d.person_id,
       jsonb_build_object('year', d.year, 'amount', -m.amount_fen, 'payment', m.payment_id,
                          'because', m.reason) as facts
  from collection_due d join collection_paymentmatch m on m.due_id = d.id
 where d.person_id = any(%(persons)s) and m.reverses_id is not null""",
    "cash": """
select c.collected_at as at, c.id, d.person_id,
       jsonb_build_object('year', d.year, 'amount', c.amount_fen, 'receipt', c.receipt_no,
                          'by', a.name) as facts
  from collection_due d join collection_cashcollection c on c.due_id = d.id
  left join access_operator a on a.id = c.collector_id
 where d.person_id = any(%(persons)s)""",
    "handed_in": """
select b.deposited_at as at, l.id, d.person_id,
       jsonb_build_object('amount', c.amount_fen, 'voucher', b.voucher_no, 'channel', b.channel,
                          'payment', l.payment_id, 'receipt', c.receipt_no) as facts
  from collection_due d join collection_cashcollection c on c.due_id = d.id
  join collection_cashdepositline l on l.collection_id = c.id
  join collection_cashdeposit b on b.id = l.deposit_id
 where d.person_id = any(%(persons)s)""",
    "receipt": f"""
with {_PAYMENTS}
select r.issued_at as at, r.id, w.person_id,
       jsonb_build_object('number', r.number, 'kind', r.kind, 'amount', r.amount_fen,
                          'payment', r.payment_id, 'spoilt', r.spoilt_because) as facts
  from payments w join collection_receipt r on r.payment_id = w.payment_id""",  # noqa: S608 - fixed texts
    "request": f"""
with {_PAYMENTS}
select q.asked_at as at, q.id, w.person_id,
       jsonb_build_object('kind', q.kind, 'reason', q.reason, 'decision', q.decision) as facts
  from payments w join collection_refundrequest q on q.payment_id = w.payment_id""",  # noqa: S608 - fixed texts
}
