"""Writes of the books. Entries are only ever added; a month that is closed takes no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.timezone import localdate

from yibao.apps.access import audit
from yibao.apps.access.models import Organisation
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.fund.models import Book, BookKind, BookMonth, Entry, Leg
from yibao.apps.fund.queries import EntryUnknown
from yibao.core.books import entry as core
from yibao.core.books.subledgers import about, party_of
from yibao.core.money import Fen
from yibao.core.refusal import Refusal
from yibao.database.errors import refused


class PeriodClosed(Refusal):
    """Raised by `post` and `post_many` for a day in a month that is closed."""

    code = "E603"
    message = "{book}的 {month} 已经结账，不能再记账"
    remedy = "请把更正记入未结账的月份"
    message_en = "{month} of {book} is closed and takes no more entries"
    remedy_en = "Post the correction in a month that is open"


class AlreadyReversed(Refusal):
    """Raised by `reverse_entry` for an entry that another one reverses already."""

    code = "E604"
    message = "凭证 {entry_id} 已被凭证 {by} 冲销"
    remedy = "请打开冲销凭证核对，不要重复冲销"
    message_en = "Entry {entry_id} is already reversed by entry {by}"
    remedy_en = "Open the reversing entry instead of reversing again"


class SubledgerFollowsBusiness(Refusal):
    """Raised by `reverse_entry` for an entry of a sub-ledger."""

    code = "E609"
    message = "凭证 {entry_id} 属于明细账，明细账随业务记账，不能单独冲销"
    remedy = "请在业务中更正（如撤销缴费匹配、冲正结算），明细账随之更正"
    message_en = "Entry {entry_id} stands in a sub-ledger, which follows the business"
    remedy_en = "Correct the business itself (unmatch, reverse the settlement); the ledger follows"


class MonthsCloseInOrder(Refusal):
    """Raised by `close_month` while an earlier month with entries is open."""

    code = "E605"
    message = "{earlier} 还没有结账，不能先结 {month}"
    remedy = "请按月份先后结账"
    message_en = "{earlier} is still open, so {month} cannot be closed"
    remedy_en = "Close the months in their order"


class MonthNotOver(Refusal):
    """Raised by `close_month` on a day that still lies in the month."""

    code = "E606"
    message = "{month} 还没有结束，不能结账"
    remedy = "请在下月第一天以后结账"
    message_en = "{month} is not over and cannot be closed"
    remedy_en = "Close it from the first day of the next month on"


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry with the row it comes from and the place it belongs to."""

    entry: core.Entry
    source_kind: str
    source_id: int
    area_no: int


def open_books(*, scope: Scope, unit_id: int, on: date, at: datetime) -> dict[str, Book]:
    """Open the main book and the three sub-ledgers of a unit; those already open stay.

    One act, one record: it names every book that was opened.
    """
    scope.require("fund.open_books")
    with scoped(scope):
        unit = Organisation.objects.get(id=unit_id)
        books = {}
        opened: dict[str, int] = {}
        for kind in BookKind:
            book, made = Book.objects.get_or_create(
                fund="resident",
                unit=unit,
                kind=kind.value,
                defaults={
                    "region": unit.region_id,
                    "name": f"{unit.name}居民医保基金{kind.label}",
                    "area_no": unit.area_from,
                    "opened_on": on,
                },
            )
            books[kind.value] = book
            if made:
                opened[kind.value] = book.id
        if opened:
            audit.record(
                scope=scope,
                action="fund.open_books",
                at=at,
                object_kind="book",
                object_id=str(next(iter(opened.values()))),
                area_no=unit.area_from,
                detail={"books": opened},
            )
        return books


def post(
    *,
    scope: Scope,
    book_id: int,
    entry: core.Entry,
    source_kind: str,
    source_id: int,
    area_no: int,
    at: datetime,
) -> int:
    """Post one entry and return its id. Raises PeriodClosed."""
    booked = BookedEntry(entry, source_kind, source_id, area_no)
    with scoped(scope):
        return _write(scope, book_id, [booked], at)[0]


def post_many(*, scope: Scope, book_id: int, entries: Sequence[BookedEntry], at: datetime) -> int:
    """Post many entries, one insert a table, and return how many. Raises PeriodClosed.

    In a main book the entries are numbered in the order given. May stand in a transaction of
    the caller's.
    """
    if not entries:
        return 0
    with scoped(scope):
        return len(_write(scope, book_id, entries, at))


def reverse_entry(*, scope: Scope, entry_id: int, reason: str, at: datetime) -> int:
    """Post the entry that undoes another of a main book on the day of `at`; return its id.

    Raises EntryUnknown, SubledgerFollowsBusiness, AlreadyReversed, PeriodClosed, and the refusals
    of core's `reversal`.
    """
    scope.require("fund.post")
    with scoped(scope):
        old = Entry.objects.filter(id=entry_id).select_related("book").first()
        if old is None:
            raise EntryUnknown(entry_id=entry_id)
        if old.book.kind != BookKind.MAIN:
            raise SubledgerFollowsBusiness(entry_id=entry_id)
        by = Entry.objects.filter(reverses_id=entry_id).values_list("id", flat=True).first()
        if by is not None:
            raise AlreadyReversed(entry_id=entry_id, by=by)
        legs = Leg.objects.filter(entry_id=entry_id).order_by("id")
        was = core.Entry(old.kind, old.on, old.memo, tuple(_core_leg(leg) for leg in legs))
        undone = core.reversal(was, on=localdate(at), reason=reason)
        booked = BookedEntry(undone, old.source_kind, old.source_id, old.area_no)
        made = _write(scope, old.book_id, [booked], at, reverses=[entry_id])[0]
        audit.record(
            scope=scope,
            action="fund.post",
            at=at,
            object_kind="entry",
            object_id=str(entry_id),
            area_no=old.area_no,
            detail={"by": made, "reason": reason},
        )
        return made


def close_month(*, scope: Scope, book_id: int, month: date, at: datetime) -> BookMonth:
    """Close a month of a book: nothing is posted in it afterwards. A closed one stays closed.

    Raises MonthNotOver, MonthsCloseInOrder.
    """
    scope.require("fund.close")
    month = month.replace(day=1)
    with scoped(scope):
        book = Book.objects.get(id=book_id)
        if localdate(at).replace(day=1) <= month:
            raise MonthNotOver(month=f"{month:%Y-%m}")
        earlier = BookMonth.objects.filter(book=book, month__lt=month, closed_at__isnull=True)
        first = earlier.order_by("month").values_list("month", flat=True).first()
        if first is not None:
            raise MonthsCloseInOrder(earlier=f"{first:%Y-%m}", month=f"{month:%Y-%m}")
        BookMonth.objects.get_or_create(book=book, month=month)
        # The strong lock waits for every posting in this month that has not committed.
        row = BookMonth.objects.select_for_update().get(book=book, month=month)
        if row.closed_at is None:
            row.closed_at, row.closed_by = at, scope.operator_id
            row.save(update_fields=["closed_at", "closed_by"])
            audit.record(
                scope=scope,
                action="fund.close",
                at=at,
                object_kind="book",
                object_id=str(book_id),
                area_no=book.area_no,
                detail={"month": f"{month:%Y-%m}"},
            )
        return row


def _core_leg(leg: Leg) -> core.Leg:
    who = about(leg.party_kind, leg.party_id) if leg.party_id is not None else ""
    return core.Leg(leg.account, Fen(leg.debit_fen), Fen(leg.credit_fen), who)


def _write(
    scope: Scope,
    book_id: int,
    booked: Sequence[BookedEntry],
    at: datetime,
    reverses: Sequence[int | None] | None = None,
) -> list[int]:
    book = Book.objects.get(id=book_id)
    numbers = _voucher_numbers(book, booked)
    closed = PeriodClosed(book=book.name, month=f"{booked[0].entry.on:%Y-%m}")
    with refused({"a_closed_month_is_closed": closed}), connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence('fund_entry', 'id'))"
            " from generate_series(1, %s)",
            [len(booked)],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            _INSERT_ENTRIES,
            _entry_columns(scope, book, booked, ids, numbers, at, reverses or [None] * len(booked)),
        )
        cursor.execute(_INSERT_LEGS, _leg_columns(book, booked, ids))
    return ids


_INSERT_ENTRIES = """
insert into fund_entry (id, region, area_no, book_id, voucher_no, kind, "on", month, memo,
                        source_kind, source_id, reverses_id, posted_at, posted_by)
select id, %s, area_no, %s, voucher_no, kind, "on", date_trunc('month', "on"::timestamp)::date,
       memo, source_kind, source_id, reverses_id, %s, %s
  from unnest(%s::bigint[], %s::bigint[], %s::integer[], %s::text[], %s::date[], %s::text[],
              %s::text[], %s::bigint[], %s::bigint[])
    as t (id, area_no, voucher_no, kind, "on", memo, source_kind, source_id, reverses_id)
"""

_INSERT_LEGS = """
insert into fund_leg (region, area_no, entry_id, book_id, account, "on", debit_fen, credit_fen,
                      party_kind, party_id)
select %s, area_no, entry_id, %s, account, "on", debit_fen, credit_fen, party_kind, party_id
  from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::bigint[], %s::bigint[],
              %s::text[], %s::bigint[])
    as t (area_no, entry_id, account, "on", debit_fen, credit_fen, party_kind, party_id)
"""


def _entry_columns(
    scope: Scope,
    book: Book,
    booked: Sequence[BookedEntry],
    ids: Sequence[int],
    numbers: Sequence[int | None],
    at: datetime,
    reverses: Sequence[int | None],
) -> list[object]:
    memo_most = Entry._meta.get_field("memo").max_length
    return [
        book.region,
        book.id,
        at,
        scope.operator_id,
        list(ids),
        [one.area_no for one in booked],
        list(numbers),
        [one.entry.kind for one in booked],
        [one.entry.on for one in booked],
        [one.entry.memo_zh[:memo_most] for one in booked],
        [one.source_kind for one in booked],
        [one.source_id for one in booked],
        list(reverses),
    ]


def _leg_columns(book: Book, booked: Sequence[BookedEntry], ids: Sequence[int]) -> list[object]:
    lines = [
        (
            one.area_no,
            entry_id,
            leg.account,
            one.entry.on,
            int(leg.debit_fen),
            int(leg.credit_fen),
            *(party_of(leg.about) or ("", None)),
        )
        for one, entry_id in zip(booked, ids)
        for leg in one.entry.legs
    ]
    return [book.region, book.id, *(list(column) for column in zip(*lines))]


def _voucher_numbers(book: Book, booked: Sequence[BookedEntry]) -> list[int | None]:
    """Hand out the next numbers of each month in a main book; a sub-ledger has none.

    The month's row is locked to the end of the transaction, so that no number is lost or given
    twice. Raises PeriodClosed.
    """
    main = book.kind == BookKind.MAIN
    months = sorted({one.entry.on.replace(day=1) for one in booked})
    rows = _locked_months(book, months, main=main)
    numbers: list[int | None] = []
    for one in booked:
        row = rows[one.entry.on.replace(day=1)]
        row.last_voucher += main
        numbers.append(row.last_voucher if main else None)
    if main:
        BookMonth.objects.bulk_update(rows.values(), ["last_voucher"])
    return numbers


def _locked_months(book: Book, months: Sequence[date], *, main: bool) -> dict[date, BookMonth]:
    BookMonth.objects.bulk_create(
        [BookMonth(book=book, month=month) for month in months], ignore_conflicts=True
    )
    rows = BookMonth.objects.filter(book=book, month__in=months).order_by("month")
    if main:
        rows = rows.select_for_update(no_key=True)
    found = {row.month: row for row in rows}
    for month, row in found.items():
        if row.closed_at is not None:
            raise PeriodClosed(book=book.name, month=f"{month:%Y-%m}")
    return found
