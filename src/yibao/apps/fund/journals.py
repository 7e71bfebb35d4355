"""Reads of the books by pages: the day book, the lines of an account or a party, one entry.

A page is a fixed number of statements, whatever its rows. Newest first; what comes after a page
is asked for with the id of its last row (an entry's for the day book, a line's for lines).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import Book, BookMonth, Entry, Leg
from yibao.apps.fund.queries import PAGE_ROWS, EntryRow, LegRow, with_legs
from yibao.core.books.chart import Account


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a book: a half-open time, and an account, a kind, a source if named."""

    from_: date
    until: date
    account: str = ""
    kind: str = ""
    source_kind: str = ""


@dataclass(frozen=True, slots=True)
class DayBookRow:
    """An entry, and the amounts (fen) of everything wanted up to and with it."""

    entry: EntryRow
    running_fen: int


@dataclass(frozen=True, slots=True)
class DayBook:
    """A page of the day book: its rows, all that is wanted, and the id that the next page needs."""

    rows: tuple[DayBookRow, ...]
    entries: int
    amount_fen: int
    after_id: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an account, with its entry and the balance after it (debit minus credit, fen)."""

    leg_id: int
    entry_id: int
    voucher_no: int | None
    on: date
    memo: str
    debit_fen: int
    credit_fen: int
    party_kind: str
    party_id: int | None
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines: opening and closing (debit minus credit) and what moved, in fen."""

    rows: tuple[LineRow, ...]
    lines: int
    opening_fen: int
    debit_fen: int
    credit_fen: int
    after_id: int

    @property
    def closing_fen(self) -> int:
        """The balance at the end of the time asked for."""
        return self.opening_fen + self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with everything that is known of it."""

    entry: EntryRow
    book: Book
    area_no: int
    posted_at: datetime
    posted_by: str
    reversed_by_id: int | None
    month_closed: bool


def day_book_page(
    *, scope: Scope, book_id: int, wanted: Wanted, after_id: int = 0, limit: int = PAGE_ROWS
) -> DayBook:
    """Return the wanted entries, newest first, from the one after `after_id`.

    Raises NotThere for an `after_id` that the book does not show in this scope.
    """
    with scoped(scope):
        entries = _wanted_entries(book_id, wanted)
        page = entries
        if after_id:
            place = Entry.objects.filter(book_id=book_id, id=after_id)
            on = place.values_list("on", flat=True).first()
            if on is None:
                raise NotThere(what=_("这张凭证"))
            page = entries.filter(Q(on__lt=on) | Q(on=on, id__lt=after_id))
        found = with_legs(page.order_by("-on", "-id")[: limit + 1], book_id)
        sums = _sums(entries, found[0] if found else None)
    shown, running, rows = found[:limit], sums["upto"], []
    for one in shown:
        rows.append(DayBookRow(one, running))
        running -= one.amount_fen
    more = shown[-1].entry_id if len(found) > limit else 0
    return DayBook(tuple(rows), sums["entries"], sums["amount"], more)


def _wanted_entries(book_id: int, wanted: Wanted) -> QuerySet[Entry]:
    entries = Entry.objects.filter(book_id=book_id, on__gte=wanted.from_, on__lt=wanted.until)
    if wanted.account:
        touched = Leg.objects.filter(entry=OuterRef("id"), account=wanted.account)
        entries = entries.filter(Exists(touched))
    if wanted.kind:
        entries = entries.filter(kind=wanted.kind)
    if wanted.source_kind:
        entries = entries.filter(source_kind=wanted.source_kind)
    return entries


def _sums(entries: QuerySet[Entry], first: EntryRow | None) -> dict[str, int]:
    """Count and add up what is wanted, and what of it is not newer than the page's first row."""
    upto = Q(pk__isnull=True)
    if first is not None:
        upto = Q(on__lt=first.on) | Q(on=first.on, id__lte=first.entry_id)
    found = entries.aggregate(
        entries=Count("id", distinct=True),
        amount=Sum("legs__debit_fen", default=0),
        upto=Sum("legs__debit_fen", filter=upto, default=0),
    )
    return {name: int(value) for name, value in found.items()}


_LINES = """
select l.id, e.id, e.voucher_no, l."on", e.memo, l.debit_fen, l.credit_fen, l.party_kind,
       l.party_id
  from fund_leg l join fund_entry e on e.id = l.entry_id
 where {where} and l."on" >= %(from_)s
   and (%(after_id)s = 0
        or (l."on", l.id) < (select p."on", p.id from fund_leg p where p.id = %(after_id)s))
 order by l."on" desc, l.id desc
 limit %(limit)s
"""
_LINE_SUMS = """
select count(*) filter (where l."on" >= %(from_)s),
       coalesce(sum(l.debit_fen - l.credit_fen) filter (where l."on" < %(from_)s), 0)::bigint,
       coalesce(sum(l.debit_fen) filter (where l."on" >= %(from_)s), 0)::bigint,
       coalesce(sum(l.credit_fen) filter (where l."on" >= %(from_)s), 0)::bigint,
       coalesce(sum(l.debit_fen - l.credit_fen)
                filter (where (l."on", l.id) <= (%(top_on)s, %(top_id)s)), 0)::bigint
  from fund_leg l
 where {where}
"""
_ACCOUNT = 'l.book_id = %(book_id)s and l."on" < %(until)s and l.account = %(account)s'
_PARTY = " and l.party_kind = %(party_kind)s and l.party_id = %(party_id)s"


def lines_of_account(
    *,
    scope: Scope,
    book_id: int,
    account: str,
    from_: date,
    until: date,
    party: tuple[str, int] | None = None,
    after_id: int = 0,
    limit: int = PAGE_ROWS,
) -> Lines:
    """Return the lines of an account in [from_, until), newest first, each with its balance.

    `party` (kind, id) narrows lines and balances to those that name it.
    """
    where = _ACCOUNT + (_PARTY if party else "")
    asked: dict[str, Any] = {
        "book_id": book_id,
        "account": account,
        "from_": from_,
        "until": until,
        "party_kind": party[0] if party else "",
        "party_id": party[1] if party else 0,
        "after_id": after_id,
        "limit": limit + 1,
    }
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_LINES.format(where=where), asked)
        found = cursor.fetchall()
        top_id, _, _, top_on, *_ = found[0] if found else (0, 0, 0, from_)
        cursor.execute(
            _LINE_SUMS.format(where=where), {**asked, "top_on": top_on, "top_id": top_id}
        )
        row = cursor.fetchone()
    assert row is not None, "sums without rows are one row"
    count, opening, debit, credit, balance = row
    rows = []
    for values in found[:limit]:
        one = LineRow(*values, balance_fen=balance)
        rows.append(one)
        balance -= one.debit_fen - one.credit_fen
    more = rows[-1].leg_id if len(found) > limit else 0
    return Lines(tuple(rows), count, opening, debit, credit, more)


@dataclass(frozen=True, slots=True)
class AccountSums:
    """An account in a time: how many lines, opening (debit minus credit) and what moved, in fen."""

    lines: int
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        """The balance at the end of the time asked for."""
        return self.opening_fen + self.debit_fen - self.credit_fen


def sums_of_account(
    *, scope: Scope, book_id: int, account: str, from_: date, until: date
) -> AccountSums:
    """Return what an account's lines in [from_, until) come to."""
    asked = {"book_id": book_id, "account": account, "from_": from_, "until": until}
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(_LINE_SUMS.format(where=_ACCOUNT), {**asked, "top_on": from_, "top_id": 0})
        count, opening, debit, credit, _balance = cursor.fetchone()
    return AccountSums(count, opening, debit, credit)


def entry_in_full(*, scope: Scope, entry_id: int) -> EntryPage:
    """Return an entry of the scope's region. Raises NotThere."""
    with scoped(scope):
        found = Entry.objects.filter(id=entry_id, region=scope.region)
        one = found.select_related("book").first()
        if one is None:
            raise NotThere(what=_("凭证 %(id)s") % {"id": entry_id})
        row = with_legs(found, one.book_id)[0]
        other = Entry.objects.filter(reverses_id=entry_id).values_list("id", flat=True).first()
        closed = BookMonth.objects.filter(book=one.book_id, month=one.month).exclude(closed_at=None)
        return EntryPage(
            entry=row,
            book=one.book,
            area_no=one.area_no,
            posted_at=one.posted_at,
            posted_by=operator_names([one.posted_by]).get(one.posted_by, ""),
            reversed_by_id=other,
            month_closed=closed.exists(),
        )


def operator_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of operators; tasks that no person starts have none."""
    return dict(Operator.objects.filter(id__in=set(ids)).values_list("id", "name"))


def both_sides(legs: Sequence[LegRow]) -> tuple[list[LegRow], list[LegRow]]:
    """Return the lines that are debited and those that are credited."""
    return [leg for leg in legs if leg.debit_fen], [leg for leg in legs if leg.credit_fen]


def account_of(*, kind: str, account: str) -> Account:
    """Return an account of a book of this kind. Raises NotThere."""
    for one in chart_of(kind):
        if one.code == account:
            return one
    raise NotThere(what=_("科目 %(id)s") % {"id": account})
