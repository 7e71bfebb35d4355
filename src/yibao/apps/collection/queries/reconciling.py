"""What arrived, document by document, beside what the books say of it.

A document is a payment file or a cash deposit. Each is booked under its own number, so the two
sides are summed apart and laid together: a difference has a document to open. Amounts in fen.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.fund import queries as books
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import BookKind
from yibao.core.books import recipes, subledgers
from yibao.database.scope import merging

PAYMENT_FILE, CASH_DEPOSIT = "payment_file", "cash_deposit"
# A list of documents is cut here; the sums by channel are of all of them.
DOCUMENTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the documents say, and what the main book says under their numbers."""

    amount_fen: int
    income_fen: int
    temporary_fen: int

    @property
    def booked_fen(self) -> int:
        """Income and temporary receipts together."""
        return self.income_fen + self.temporary_fen

    @property
    def difference_fen(self) -> int:
        """What arrived and is not booked; negative where more is booked."""
        return self.amount_fen - self.booked_fen


@dataclass(frozen=True, slots=True)
class ChannelSum(_Sides):
    """The documents of a kind and channel; `differing` of them are booked otherwise."""

    kind: str
    channel: str
    documents: int
    items: int
    differing: int


@dataclass(frozen=True, slots=True)
class Document(_Sides):
    """A payment file or a cash deposit, with the newest entry that was made for it."""

    kind: str
    document_id: int
    channel: str
    title: str
    at: datetime
    by: str
    items: int
    entry_id: int | None
    booked_on: date | None


@dataclass(frozen=True, slots=True)
class CollectorLine:
    """What a collector took, paid in and holds, and what the custody book says is held."""

    collector_id: int
    collector: str
    place: str
    taken: int
    taken_fen: int
    paid_in_fen: int
    held: int
    held_fen: int
    overdue_fen: int
    booked_fen: int

    @property
    def difference_fen(self) -> int:
        """Cash held by the documents, less what the book says."""
        return self.held_fen - self.booked_fen


@dataclass(frozen=True, slots=True)
class TemporaryReceipts:
    """Money whose due nobody knows: the waiting payments, and the account's balance."""

    waiting: int
    waiting_fen: int
    booked_fen: int

    @property
    def difference_fen(self) -> int:
        """What waits, less what the book says."""
        return self.waiting_fen - self.booked_fen


# Each document looks up its own entries: a row by an index, whatever the planner takes them for.
_DOCUMENTS = """
with document as (
    select 'payment_file' as kind, f.id, f.channel, f.file_name as title, f.received_at as at,
           f.received_by as by_id, f.rows_taken::bigint as items, f.amount_fen
      from collection_paymentfile f
     where f.received_at >= %(from_)s and f.received_at < %(until)s
    union all
    select 'cash_deposit', d.id, d.channel, d.voucher_no, d.deposited_at, d.collector_id,
           (select count(*) from collection_cashdepositline l where l.deposit_id = d.id),
           d.amount_fen
      from collection_cashdeposit d
     where d.deposited_at >= %(from_)s and d.deposited_at < %(until)s
), laid as (
    select d.*, b.entry_id, b.booked_on, b.income, b.temporary,
           d.amount_fen <> b.income + b.temporary as differs
      from document d cross join lateral (
           select max(e.id) as entry_id, max(e."on") as booked_on,
                  coalesce(sum(l.credit_fen - l.debit_fen)
                           filter (where l.account = %(income)s), 0)::bigint as income,
                  coalesce(sum(l.credit_fen - l.debit_fen)
                           filter (where l.account = %(temporary)s), 0)::bigint as temporary
             from fund_entry e join fund_leg l on l.entry_id = e.id
            where e.source_kind = d.kind and e.source_id = d.id and e.book_id = %(book_id)s) b
)
"""
# The sums of each channel, and the documents themselves: worked out once for both.
_RECEIVED = """
select 0 as part, sum(amount_fen)::bigint, sum(income)::bigint, sum(temporary)::bigint, kind,
       count(*), channel, '', null::timestamptz, '', sum(items)::bigint,
       count(*) filter (where differs), null::date,
       row_number() over (order by kind desc, sum(amount_fen) desc, channel) as place
  from laid where %(with_sums)s group by kind, channel
 union all
select 1, t.amount_fen, t.income, t.temporary, t.kind,
       t.id, t.channel, t.title, t.at, coalesce(o.name, ''), t.items, t.entry_id, t.booked_on,
       t.place
  from (select *, row_number() over (order by differs desc, at desc, kind, id desc) as place
          from laid where differs or not %(only_differing)s order by place limit %(limit)s) t
  left join access_operator o on o.id = t.by_id
 order by part, place
"""


def received(
    *,
    scope: Scope,
    from_: datetime,
    until: datetime,
    only_differing: bool = False,
    limit: int = DOCUMENTS_SHOWN,
    with_sums: bool = True,
) -> tuple[list[ChannelSum], list[Document]]:
    """Return what came in [from_, until) by kind and channel, and its documents.

    Documents that are booked otherwise come first, then the newest. Raises BooksNotOpened.
    """
    asked = {"only_differing": only_differing, "limit": limit, "with_sums": with_sums}
    sums, found = [], []
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_DOCUMENTS + _RECEIVED, _asked(scope, from_, until) | asked)
        rows = cursor.fetchall()
    for part, *columns, _place in rows:
        if part:
            found.append(Document(*columns))
        else:
            *sides, kind, n, channel, _title, _at, _by, items, differing, _on = columns
            sums.append(ChannelSum(*sides, kind, channel, n, items, differing))
    return sums, found


def _asked(scope: Scope, from_: datetime, until: datetime) -> dict[str, object]:
    chart = chart_of(BookKind.MAIN)
    return {
        "book_id": books.book(scope.region, BookKind.MAIN).id,
        "income": chart.role(recipes.PREMIUM_INCOME).code,
        "temporary": chart.role(recipes.TEMPORARY_RECEIPTS).code,
        "from_": from_,
        "until": until,
    }


_HELD = """
select c.collector_id, count(*), sum(c.amount_fen)::bigint,
       coalesce(sum(c.amount_fen) filter (where c.deposit_by < %(on)s), 0)::bigint
  from collection_cashcollection c
 where not exists (select from collection_cashdepositline l where l.collection_id = c.id)
 group by 1
"""
_HELD_COLUMNS = ("ids", "held_n", "held_fen", "overdue_fen")
_COLLECTORS = """
with held as (
    select * from unnest(%(ids)s::bigint[], %(held_n)s::bigint[], %(held_fen)s::bigint[],
                         %(overdue_fen)s::bigint[]) as h (id, held, held_fen, overdue_fen)
), cash as (
    select collector_id as id, count(*) as taken, sum(amount_fen)::bigint as taken_fen
      from collection_cashcollection group by 1
), booked as (
    select party_id as id, sum(debit_fen - credit_fen)::bigint as fen
      from fund_leg
     where book_id = %(book_id)s and party_kind = 'operator' and account = %(held)s
       and party_id is not null
     group by 1
)
select o.id, o.name, coalesce(p.name, ''), coalesce(c.taken, 0), coalesce(c.taken_fen, 0),
       coalesce(c.taken_fen, 0) - coalesce(h.held_fen, 0), coalesce(h.held, 0),
       coalesce(h.held_fen, 0), coalesce(h.overdue_fen, 0), coalesce(b.fen, 0)
  from cash c full join booked b on b.id = c.id
  left join held h on h.id = c.id
  join access_operator o on o.id = coalesce(c.id, b.id)
  left join access_organisation p on p.id = o.organisation_id
 order by coalesce(h.held_fen, 0) <> coalesce(b.fen, 0) desc, 9 desc, 8 desc, 5 desc, o.id
"""


def collector_lines(*, scope: Scope, on: date) -> list[CollectorLine]:
    """Return every collector's cash so far, differences and overdue cash first.

    Raises BooksNotOpened.
    """
    asked = {
        "book_id": books.book(scope.region, BookKind.CUSTODY).id,
        "held": chart_of(BookKind.CUSTODY).role(subledgers.CASH_HELD).code,
    }
    with scoped(scope), connection.cursor() as cursor:
        with merging(cursor):
            cursor.execute(_HELD, {"on": on})
            rows = cursor.fetchall()
        held = {name: [row[n] for row in rows] for n, name in enumerate(_HELD_COLUMNS)}
        cursor.execute(_COLLECTORS, asked | held)
        return [CollectorLine(*row) for row in cursor.fetchall()]


_TEMPORARY = """
select w.waiting, w.fen, b.fen
  from (select count(*) as waiting, coalesce(sum(p.amount_fen), 0)::bigint as fen
          from collection_unmatchedpayment u join collection_payment p on p.id = u.payment_id
         where u.closed_at is null) w,
       (select coalesce(sum(credit_fen - debit_fen), 0)::bigint as fen
          from fund_leg where book_id = %(book_id)s and account = %(account)s) b
"""


def temporary_receipts(*, scope: Scope) -> TemporaryReceipts:
    """Return what waits for its due beside the account that keeps it. Raises BooksNotOpened."""
    asked = {
        "book_id": books.book(scope.region, BookKind.MAIN).id,
        "account": chart_of(BookKind.MAIN).role(recipes.TEMPORARY_RECEIPTS).code,
    }
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_TEMPORARY, asked)
        (row,) = cursor.fetchall()
        return TemporaryReceipts(*row)


@dataclass(frozen=True, slots=True)
class FileFate:
    """What became of a file's payments: they pay a due, wait for one, or were not looked at yet."""

    matched: int
    waiting: int
    new: int


_FATE = """
select count(*) filter (where u.id is null and m.found),
       count(*) filter (where u.id is not null),
       count(*) filter (where u.id is null and not m.found)
  from collection_payment p
  left join collection_unmatchedpayment u on u.payment_id = p.id and u.closed_at is null
  cross join lateral (select exists (select 1 from collection_paymentmatch m
                                      where m.payment_id = p.id) as found) m
 where p.file_id = %(file_id)s
"""


def file_fate(*, scope: Scope, file_id: int) -> FileFate:
    """Return what became of a file's payments, as the list of payments says it of each."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_FATE, {"file_id": file_id})
        (row,) = cursor.fetchall()
        return FileFate(*row)
