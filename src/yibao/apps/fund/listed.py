"""What lists ask of a book: its entries, the lines of an account, the parties of a sub-ledger."""

from yibao.apps.desk.tables import Table
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import BookKind
from yibao.apps.fund.overview import WATCHED

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

# The lines of an account. Whose they are is named above this app, where persons are known.
LINES = """
select l.id, l.entry_id, l.book_id, l."on" as posted_on, l.debit_fen, l.credit_fen, l.party_kind,
       coalesce(l.party_id, 0) as party_id,
       (select e.voucher_no from fund_entry e where e.id = l.entry_id) as voucher_no,
       (select e.memo from fund_entry e where e.id = l.entry_id) as memo
  from fund_leg l
 where l.book_id = %(book_id)s and l.account = %(account)s::text"""
# With the balance after each, debit minus credit: this reads every line of the time.
LINES_WITH_BALANCE = f"""
select w.*,
       (%(opening)s + sum(w.debit_fen - w.credit_fen) over (order by w.posted_on, w.id))::bigint
         as balance_fen
  from ({LINES} and l."on" >= %(from_)s and l."on" < %(until)s) w"""  # noqa: S608 - fixed texts


def _by_kind(values: dict[BookKind, str]) -> str:
    """Return what the kind of the book asked for gives, as a value that is looked up once."""
    cases = " ".join(f"when '{kind.value}' then {value}" for kind, value in values.items())
    return f"(select case b.kind {cases} end from fund_book b where b.id = %(book_id)s)"  # noqa: S608 - fixed texts


_ACCOUNTS = {kind: chart_of(kind).role(role) for kind, role in WATCHED.items()}
_WATCHED = _by_kind({kind: f"'{one.code}'" for kind, one in _ACCOUNTS.items()})
_SIGN = _by_kind({kind: "1" if one.normal == "debit" else "-1" for kind, one in _ACCOUNTS.items()})
# The parties of a sub-ledger with what moved on its watched account; the balance stands as the
# account does: a liability's credit is plus. Along the index of parties, so that a page is short.
PARTIES = f"""
select p.id, p.id as party_id, p.party_kind, p.book_id, p.debit_fen, p.credit_fen, p.entries,
       p.last_on,
       {_SIGN} * (p.debit_fen - p.credit_fen) as balance_fen
  from (select l.party_id as id, l.party_kind, l.book_id,
               coalesce(sum(l.debit_fen) filter (where l.account = {_WATCHED}), 0)::bigint
                 as debit_fen,
               coalesce(sum(l.credit_fen) filter (where l.account = {_WATCHED}), 0)::bigint
                 as credit_fen,
               count(distinct l.entry_id) as entries, max(l."on") as last_on
          from fund_leg l
         where l.book_id = %(book_id)s and l.party_id is not null
         group by l.book_id, l.party_kind, l.party_id) p"""  # noqa: S608 - fixed texts
