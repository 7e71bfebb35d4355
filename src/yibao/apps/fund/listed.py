"""Entries of a book as its day book walks them."""

from yibao.apps.desk.tables import Table

_ENTRY = """
select e.id, e."on" as posted_on, e.voucher_no, e.kind, e.memo, e.source_kind, e.source_id,
       e.posted_at, coalesce(e.reverses_id, 0) as reverses,
       (select b.kind from fund_book b where b.id = e.book_id) as book_kind,
       exists (select from fund_entry r where r.reverses_id = e.id) as is_reversed,
       coalesce((select o.name from access_operator o where o.id = e.posted_by), '') as posted_by,
       array(select l.account from fund_leg l where l.entry_id = e.id and l.debit_fen > 0
              order by l.id) as debited,
       array(select l.account from fund_leg l where l.entry_id = e.id and l.credit_fen > 0
              order by l.id) as credited,
       coalesce((select sum(l.debit_fen) from fund_leg l where l.entry_id = e.id), 0)::bigint
         as amount_fen"""
_WANTED = """
  from fund_entry e
 where e.book_id = %(book_id)s and e."on" >= %(from_)s and e."on" < %(until)s
   and (%(kind)s = '' or e.kind = %(kind)s)
   and (%(source)s = '' or e.source_kind = %(source)s)
   and (%(account)s = '' or exists (select from fund_leg l
                                     where l.entry_id = e.id and l.account = %(account)s))"""
ENTRIES = Table(_ENTRY + _WANTED)
# With what all wanted entries come to, up to and with each: this reads every one of them.
ENTRIES_WITH_RUNNING = Table(
    f"""
select w.*, (sum(w.amount_fen) over (order by w.posted_on, w.id))::bigint as running_fen
  from ({_ENTRY}{_WANTED}) w"""  # noqa: S608 - fixed texts
)
