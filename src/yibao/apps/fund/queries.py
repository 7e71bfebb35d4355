"""Reads of the books: balances, the day book, one entry, one party's account."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.fund.charts import account_name, chart_of
from yibao.apps.fund.models import Book, BookKind, BookMonth, Entry, Leg
from yibao.core.refusal import Refusal


class BooksNotOpened(Refusal):
    """Raised by `book` where no unit of the region has opened its books."""

    code = "E601"
    message = "统筹区 {region} 还没有开设账簿（{kind}）"
    remedy = "请先由基金财务人员为经办机构建账"
    message_en = "The region {region} has no open book of the kind {kind}"
    remedy_en = "Have the fund accountant open the agency's books first"


class EntryUnknown(Refusal):
    """Raised by `entry_page` and `reverse_entry` for an entry that the scope does not see."""

    code = "E602"
    message = "在您的范围内没有编号 {entry_id} 的凭证"
    remedy = "请核对编号，或由有权限的岗位查询"
    message_en = "There is no entry {entry_id} within your scope"
    remedy_en = "Check the number, or have a post with that scope look it up"


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account in a trial balance; amounts in fen, a balance stands on one side only."""

    account: str
    name: str
    kind: str
    opening_debit_fen: int
    opening_credit_fen: int
    debit_fen: int
    credit_fen: int
    closing_debit_fen: int
    closing_credit_fen: int


@dataclass(frozen=True, slots=True)
class LegRow:
    """A line of an entry as it is shown."""

    account: str
    name: str
    debit_fen: int
    credit_fen: int
    party_kind: str
    party_id: int | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the day book with its lines."""

    entry_id: int
    on: date
    voucher_no: int | None
    kind: str
    memo: str
    source_kind: str
    source_id: int
    reverses_id: int | None
    posted_by: int
    legs: tuple[LegRow, ...]

    @property
    def amount_fen(self) -> int:
        """What stands on each side."""
        return sum(leg.debit_fen for leg in self.legs)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """What moved on one account for a party, in fen; `balance_fen` is debit minus credit."""

    account: str
    name: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debit minus credit."""
        return self.debit_fen - self.credit_fen


def book(region: str, kind: str) -> Book:
    """Return the region's book of a kind, of the first unit that opened one.

    Raises BooksNotOpened.
    """
    found = Book.objects.filter(region=region, kind=kind).order_by("id").first()
    if found is None:
        raise BooksNotOpened(region=region, kind=BookKind(kind).label)
    return found


def books_of(region: str) -> list[Book]:
    """Return the region's books, main books first."""
    order = {kind: place for place, kind in enumerate(BookKind.values)}
    found = Book.objects.filter(region=region)
    return sorted(found, key=lambda one: (one.unit_id, order[one.kind]))


def months_of(book_id: int) -> list[BookMonth]:
    """Return the months that a book has been written in, newest first."""
    return list(BookMonth.objects.filter(book_id=book_id).order_by("-month"))


PAGE_ROWS = 50

_BALANCES = """
select account,
       coalesce(sum(debit_fen) filter (where "on" < %(from_)s), 0)::bigint,
       coalesce(sum(credit_fen) filter (where "on" < %(from_)s), 0)::bigint,
       coalesce(sum(debit_fen) filter (where "on" >= %(from_)s), 0)::bigint,
       coalesce(sum(credit_fen) filter (where "on" >= %(from_)s), 0)::bigint
  from fund_leg
 where book_id = %(book_id)s and "on" < %(until)s
 group by account
"""


def trial_balance(*, scope: Scope, book_id: int, from_: date, until: date) -> list[BalanceRow]:
    """Return every account of the chart with opening, movement and closing of [from_, until)."""
    with scoped(scope):
        kind = Book.objects.values_list("kind", flat=True).get(id=book_id)
        with connection.cursor() as cursor:
            cursor.execute(_BALANCES, {"book_id": book_id, "from_": from_, "until": until})
            sums = {row[0]: row[1:] for row in cursor.fetchall()}
    rows = []
    for account in chart_of(kind):
        before_debit, before_credit, debit, credit = sums.get(account.code, (0, 0, 0, 0))
        opening = before_debit - before_credit
        closing = opening + debit - credit
        rows.append(
            BalanceRow(
                account=account.code,
                name=account_name(account),
                kind=account.kind,
                opening_debit_fen=max(opening, 0),
                opening_credit_fen=max(-opening, 0),
                debit_fen=debit,
                credit_fen=credit,
                closing_debit_fen=max(closing, 0),
                closing_credit_fen=max(-closing, 0),
            )
        )
    return rows


def difference_fen(rows: Sequence[BalanceRow]) -> int:
    """Return by how much the closing sides differ: 0 where the books balance."""
    return sum(row.closing_debit_fen - row.closing_credit_fen for row in rows)


def day_book(
    *,
    scope: Scope,
    book_id: int,
    from_: date,
    until: date,
    after_id: int = 0,
    limit: int = PAGE_ROWS,
    kind: str = "",
    text: str = "",
) -> list[EntryRow]:
    """Return the entries of [from_, until), newest first, from the one after `after_id`."""
    with scoped(scope):
        entries = Entry.objects.filter(book_id=book_id, on__gte=from_, on__lt=until)
        if kind:
            entries = entries.filter(kind=kind)
        if text.strip().isdigit():
            entries = entries.filter(voucher_no=int(text))
        if after_id:
            on = Entry.objects.values_list("on", flat=True).get(id=after_id)
            entries = entries.filter(Q(on__lt=on) | Q(on=on, id__lt=after_id))
        return with_legs(entries.order_by("-on", "-id")[:limit], book_id)


def entry_page(*, scope: Scope, entry_id: int) -> tuple[EntryRow, Book]:
    """Return an entry with its lines, and its book. Raises EntryUnknown."""
    with scoped(scope):
        found = Entry.objects.filter(id=entry_id)
        place = Book.objects.filter(entries=entry_id).first()
        if place is None:
            raise EntryUnknown(entry_id=entry_id)
        return with_legs(found, place.id)[0], place


def reversed_by(*, scope: Scope, entry_id: int) -> int | None:
    """Return the id of the entry that reverses this one, if there is one."""
    with scoped(scope):
        return Entry.objects.filter(reverses_id=entry_id).values_list("id", flat=True).first()


def balance_of_party(
    *, scope: Scope, book_id: int, party_kind: str, party_id: int
) -> list[PartyRow]:
    """Return what moved for a party on each account of a sub-ledger."""
    with scoped(scope):
        kind = Book.objects.values_list("kind", flat=True).get(id=book_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "select account, sum(debit_fen)::bigint, sum(credit_fen)::bigint from fund_leg"
                " where book_id = %s and party_kind = %s and party_id = %s"
                " group by account order by account",
                [book_id, party_kind, party_id],
            )
            rows = cursor.fetchall()
    chart = chart_of(kind)
    return [
        PartyRow(code, account_name(chart.account(code)), debit, credit)
        for code, debit, credit in rows
    ]


def ledger_of_party(
    *,
    scope: Scope,
    book_id: int,
    party_kind: str,
    party_id: int,
    after_id: int = 0,
    limit: int = PAGE_ROWS,
) -> list[EntryRow]:
    """Return the entries that name a party, newest first."""
    with scoped(scope):
        mine = Leg.objects.filter(book_id=book_id, party_kind=party_kind, party_id=party_id)
        entries = Entry.objects.filter(id__in=mine.values("entry_id"))
        if after_id:
            entries = entries.filter(id__lt=after_id)
        return with_legs(entries.order_by("-id")[:limit], book_id)


def with_legs(entries: QuerySet[Entry], book_id: int) -> list[EntryRow]:
    """Return entries of one book with their lines, in the entries' own order."""
    found = list(entries)
    kind = Book.objects.values_list("kind", flat=True).get(id=book_id)
    chart = chart_of(kind)
    legs: dict[int, list[LegRow]] = defaultdict(list)
    for leg in Leg.objects.filter(entry_id__in=[entry.id for entry in found]).order_by("id"):
        name = account_name(chart.account(leg.account))
        legs[leg.entry_id].append(
            LegRow(leg.account, name, leg.debit_fen, leg.credit_fen, leg.party_kind, leg.party_id)
        )
    return [
        EntryRow(
            entry_id=entry.id,
            on=entry.on,
            voucher_no=entry.voucher_no,
            kind=entry.kind,
            memo=entry.memo,
            source_kind=entry.source_kind,
            source_id=entry.source_id,
            reverses_id=entry.reverses_id,
            posted_by=entry.posted_by,
            legs=tuple(legs[entry.id]),
        )
        for entry in found
    ]
