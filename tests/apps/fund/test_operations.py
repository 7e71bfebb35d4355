"""The books: entries are numbered, only added, reversed by others, and months close."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests.apps.books import moment, open_books
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import NotAllowed, Scope, scoped
from yibao.apps.fund import operations, queries
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import BookMonth, Entry, Leg
from yibao.core.books import recipes, subledgers
from yibao.core.books.entry import ReversalTooEarly
from yibao.core.money import Fen

pytestmark = pytest.mark.django_db

AREA = 430423105000
AT = moment("2020-10-20 10:00")


@pytest.fixture
def main():
    scope, books = open_books("hengshan")
    return scope, books["main"]


def premium(fen, on=date(2020, 10, 9)):
    book = recipes.Book.of(chart_of("main"))
    return recipes.premium_received(book, on=on, amount_fen=Fen(fen), into="treasury")


def post(scope, book, entry, source_id=1):
    return operations.post(
        scope=scope,
        book_id=book.id,
        entry=entry,
        source_kind="payment",
        source_id=source_id,
        area_no=AREA,
        at=AT,
    )


def booked(entry, source_id=1):
    return operations.BookedEntry(entry, "payment", source_id, AREA)


def test_a_unit_opens_each_kind_of_book_once():
    scope, books = open_books("hengshan")
    again = open_books("hengshan")[1]
    assert {kind: book.id for kind, book in books.items()} == {
        kind: book.id for kind, book in again.items()
    }
    assert list(books) == ["main", "dues", "institutions", "custody"]
    assert queries.book("hengshan", "dues").id == books["dues"].id
    with scoped(scope):
        record = AuditRecord.objects.get(action="fund.open_books")
    assert record.detail == {"books": {kind: book.id for kind, book in books.items()}}


def test_a_region_without_books_says_so():
    with pytest.raises(queries.BooksNotOpened, match="hengshan"):
        queries.book("hengshan", "main")


def test_vouchers_count_without_gaps_in_each_month(main):
    scope, book = main
    october = [premium(100), premium(200), premium(300)]
    november = premium(400, date(2020, 11, 2))
    ids = [post(scope, book, entry) for entry in [october[0], november, *october[1:]]]
    with scoped(scope):
        numbers = dict(Entry.objects.values_list("id", "voucher_no"))
    assert [numbers[one] for one in ids] == [1, 1, 2, 3]


def test_many_entries_take_as_many_statements_as_one(main, django_assert_num_queries):
    scope, book = main
    post(scope, book, premium(1))

    def statements(count):
        with connection.execute_wrapper(counter := Counter()):
            operations.post_many(
                scope=scope,
                book_id=book.id,
                entries=[booked(premium(5 + n), n) for n in range(count)],
                at=AT,
            )
        return counter.calls

    assert statements(1) == statements(300)
    with scoped(scope):
        assert Entry.objects.count() == 302
        assert Leg.objects.count() == 604
        numbers = sorted(Entry.objects.values_list("voucher_no", flat=True))
    assert numbers == list(range(1, 303))


class Counter:
    def __init__(self):
        self.calls = 0

    def __call__(self, execute, sql, params, many, context):
        self.calls += 1
        return execute(sql, params, many, context)


def test_nothing_to_post_posts_nothing(main):
    scope, book = main
    assert operations.post_many(scope=scope, book_id=book.id, entries=[], at=AT) == 0


def test_the_trial_balance_shows_opening_movement_and_closing_and_balances(main):
    scope, book = main
    post(scope, book, premium(28000))
    post(scope, book, premium(14000, date(2020, 11, 2)))
    rows = queries.trial_balance(
        scope=scope, book_id=book.id, from_=date(2020, 11, 1), until=date(2020, 12, 1)
    )
    by_role = {row.account: row for row in rows}
    treasury = by_role[chart_of("main").role("treasury").code]
    assert (
        treasury.opening_debit_fen,
        treasury.debit_fen,
        treasury.credit_fen,
        treasury.closing_debit_fen,
    ) == (28000, 14000, 0, 42000)
    assert queries.difference_fen(rows) == 0
    assert len(rows) == len(chart_of("main"))


def test_an_entry_is_reversed_by_its_mirror_once_and_never_edited(main):
    scope, book = main
    one = post(scope, book, premium(28000))
    made = operations.reverse_entry(scope=scope, entry_id=one, reason="重复入账", at=AT)
    row, _ = queries.entry_page(scope=scope, entry_id=made)
    assert row.reverses_id == one
    assert "重复入账" in row.memo
    assert [(leg.debit_fen, leg.credit_fen) for leg in row.legs] == [(0, 28000), (28000, 0)]
    assert queries.reversed_by(scope=scope, entry_id=one) == made
    with pytest.raises(operations.AlreadyReversed):
        operations.reverse_entry(scope=scope, entry_id=one, reason="again", at=AT)
    with pytest.raises(queries.EntryUnknown):
        operations.reverse_entry(scope=scope, entry_id=one + 999, reason="x", at=AT)


def test_a_reversal_is_not_dated_before_its_entry(main):
    scope, book = main
    one = post(scope, book, premium(28000, date(2020, 12, 1)))
    with pytest.raises(ReversalTooEarly):
        operations.reverse_entry(scope=scope, entry_id=one, reason="x", at=AT)


def test_a_closed_month_takes_no_more_entries(main):
    scope, book = main
    post(scope, book, premium(1))
    at = moment("2020-11-03 09:00")
    operations.close_month(scope=scope, book_id=book.id, month=date(2020, 10, 15), at=at)
    with pytest.raises(operations.PeriodClosed, match="2020-10"):
        post(scope, book, premium(1))
    post(scope, book, premium(1, date(2020, 11, 1)))
    again = operations.close_month(scope=scope, book_id=book.id, month=date(2020, 10, 1), at=at)
    assert again.closed_at == at


def test_months_close_in_their_order_and_only_when_over(main):
    scope, book = main
    post(scope, book, premium(1, date(2020, 9, 1)))
    post(scope, book, premium(1))
    with pytest.raises(operations.MonthNotOver):
        operations.close_month(scope=scope, book_id=book.id, month=date(2020, 10, 1), at=AT)
    with pytest.raises(operations.MonthsCloseInOrder, match="2020-09"):
        operations.close_month(
            scope=scope, book_id=book.id, month=date(2020, 10, 1), at=moment("2020-11-01 00:00")
        )


def test_the_database_itself_refuses_an_entry_in_a_closed_month(main):
    scope, book = main
    post(scope, book, premium(1))
    with scoped(scope):
        row = dict(Entry.objects.values().get())
        row.pop("id")
        row["voucher_no"] = 2
        BookMonth.objects.update(closed_at=AT)
        with pytest.raises(DatabaseError, match="is closed for"), transaction.atomic():
            Entry.objects.create(**row)


@pytest.mark.parametrize("change", ["update {} set memo='x'", "delete from {}"])
def test_the_application_may_not_change_or_remove_entries(main, change):
    scope, book = main
    post(scope, book, premium(1))
    for table in ("fund_entry", "fund_leg"):
        words = change.format(table).replace("memo", "memo" if "entry" in table else "account")
        with pytest.raises(DatabaseError, match="permission denied"), scoped(scope):
            connection.cursor().execute(words)


def test_only_who_may_close_closes(main):
    scope, book = main
    clerk = Scope(**{**scope.__dict__, "actions": frozenset(), "role": "county_clerk"})
    with pytest.raises(NotAllowed):
        operations.close_month(scope=clerk, book_id=book.id, month=date(2020, 9, 1), at=AT)


def test_the_day_book_goes_on_after_a_row_newest_first(main):
    scope, book = main
    for day in (9, 10, 10, 11):
        post(scope, book, premium(day, date(2020, 10, day)))
    when = {"from_": date(2020, 10, 1), "until": date(2020, 11, 1)}
    first = queries.day_book(scope=scope, book_id=book.id, limit=2, **when)
    rest = queries.day_book(
        scope=scope, book_id=book.id, after_id=first[-1].entry_id, limit=9, **when
    )
    assert [row.amount_fen for row in first + rest] == [11, 10, 10, 9]
    assert len({row.entry_id for row in first + rest}) == 4
    found = queries.day_book(scope=scope, book_id=book.id, text="4", **when)
    assert [row.voucher_no for row in found] == [4]


def test_the_account_of_a_person_shows_what_is_open_borne_and_paid():
    scope, books = open_books("hengshan")
    chart, on = chart_of("dues"), date(2020, 10, 9)
    steps = [
        subledgers.due_raised(chart, on=on, amount_fen=Fen(28000), person_id=7),
        subledgers.due_subsidised(chart, on=on, amount_fen=Fen(14000), person_id=7),
        subledgers.due_paid(chart, on=on, amount_fen=Fen(10000), person_id=7),
        subledgers.due_raised(chart, on=on, amount_fen=Fen(28000), person_id=8),
    ]
    operations.post_many(
        scope=scope,
        book_id=books["dues"].id,
        entries=[booked(entry, n) for n, entry in enumerate(steps)],
        at=AT,
    )
    party = {"book_id": books["dues"].id, "party_kind": "person", "party_id": 7}
    rows = queries.balance_of_party(scope=scope, **party)
    assert {row.account: row.balance_fen for row in rows} == {
        "D101": 4000,
        "D102": 14000,
        "D103": 10000,
        "D301": -28000,
    }
    ledger = queries.ledger_of_party(scope=scope, limit=2, **party)
    assert [row.kind for row in ledger] == ["due_paid", "due_subsidised"]
    more = queries.ledger_of_party(scope=scope, after_id=ledger[-1].entry_id, **party)
    assert [row.kind for row in more] == ["due_raised"]
    with scoped(scope):
        assert set(Entry.objects.values_list("voucher_no", flat=True)) == {None}


def test_entries_of_another_area_are_not_seen(main):
    scope, book = main
    one = post(scope, book, premium(28000))
    elsewhere = scope.narrowed(AREA + 1000, AREA + 2000)
    with pytest.raises(queries.EntryUnknown):
        queries.entry_page(scope=elsewhere, entry_id=one)
