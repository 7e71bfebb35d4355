"""Reads over whole books: which there are, their months, and the parties of a sub-ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import Book, BookKind
from yibao.core.books import subledgers

# What of a sub-ledger is still to be done: the account whose balance is watched, by its role.
WATCHED = {
    BookKind.DUES: subledgers.OPEN_DUES,
    BookKind.INSTITUTIONS: subledgers.OWED_TO_INSTITUTION,
    BookKind.CUSTODY: subledgers.CASH_HELD,
}


@dataclass(frozen=True, slots=True)
class BookLine:
    """A book of the region: how many entries it holds, both sides (fen), its months."""

    book_id: int
    name: str
    kind: str
    unit: str
    opened_on: date
    entries: int
    last_on: date | None
    debit_fen: int
    credit_fen: int
    open_months: int
    closed_until: date | None

    @property
    def difference_fen(self) -> int:
        """Debit minus credit: 0 where the book balances."""
        return self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of a book: its entries and their amounts, and when and by whom it was closed."""

    month: date
    entries: int
    last_voucher: int
    debit_fen: int
    credit_fen: int
    closed_at: datetime | None
    closed_by: str


def book_of(*, scope: Scope, book_id: int) -> Book:
    """Return a book of the scope's region. Raises NotThere."""
    found = Book.objects.filter(id=book_id, region=scope.region).select_related("unit").first()
    if found is None:
        raise NotThere(what=_("账簿 %(id)s") % {"id": book_id})
    return found


_BOOKS = """
select b.id, b.name, b.kind, o.name, b.opened_on, coalesce(e.entries, 0), e.last_on,
       coalesce(l.debit, 0)::bigint, coalesce(l.credit, 0)::bigint,
       coalesce(m.open_months, 0), m.closed_until
  from fund_book b join access_organisation o on o.id = b.unit_id
  left join (select book_id, count(*) as entries, max("on") as last_on
               from fund_entry group by book_id) e on e.book_id = b.id
  left join (select book_id, sum(debit_fen) as debit, sum(credit_fen) as credit
               from fund_leg group by book_id) l on l.book_id = b.id
  left join (select book_id, count(*) filter (where closed_at is null) as open_months,
                    max(month) filter (where closed_at is not null) as closed_until
               from fund_bookmonth group by book_id) m on m.book_id = b.id
 where b.region = %s
 order by b.unit_id, array_position(%s, b.kind)
"""


def books_overview(*, scope: Scope) -> list[BookLine]:
    """Return the region's books, the main book of each unit first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_BOOKS, [scope.region, list(BookKind.values)])
        return [BookLine(*row) for row in cursor.fetchall()]


_MONTHS = """
select m.month, coalesce(e.entries, 0), m.last_voucher, coalesce(e.debit, 0)::bigint,
       coalesce(e.credit, 0)::bigint, m.closed_at, coalesce(o.name, '')
  from fund_bookmonth m
  left join (select e.month, count(distinct e.id) as entries, sum(l.debit_fen) as debit,
                    sum(l.credit_fen) as credit
               from fund_entry e join fund_leg l on l.entry_id = e.id
              where e.book_id = %(book_id)s group by e.month) e on e.month = m.month
  left join access_operator o on o.id = m.closed_by
 where m.book_id = %(book_id)s
 order by m.month desc
"""


def months_in_full(*, scope: Scope, book_id: int) -> list[MonthLine]:
    """Return the months that a book was written in, newest first."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"book_id": book_id})
        return [MonthLine(*row) for row in cursor.fetchall()]


def watched_account(kind: str) -> str:
    """Return the account of a sub-ledger whose balance is still to be done. Raises NotThere."""
    if kind not in WATCHED:
        raise NotThere(what=_("总账的往来对象"))
    return chart_of(kind).role(WATCHED[BookKind(kind)]).code
