"""Movements of dues, of money and of cash, as entries of the region's books.

Everything is posted set-wise inside the caller's transaction. A movement of nothing is no entry.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope
from yibao.apps.fund import operations as fund
from yibao.apps.fund import queries as books
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import BookKind
from yibao.core.books import recipes
from yibao.core.books.entry import Entry
from yibao.core.money import Fen

# Contributions are levied by the tax office and reach the treasury first.
PREMIUMS_ARRIVE_AT: recipes.Place = "treasury"

DueRecipe = Callable[..., Entry]


@dataclass(frozen=True, slots=True)
class DueMoved:
    """A movement on a person's due, in fen; nothing is posted for 0."""

    due_id: int
    person_id: int
    area_no: int
    amount_fen: int


def post_dues(*, scope: Scope, recipe: DueRecipe, moved: Iterable[DueMoved], at: datetime) -> int:
    """Post one entry a due into the dues sub-ledger. Returns how many."""
    on, chart = localdate(at), chart_of(BookKind.DUES)
    entries = [
        fund.BookedEntry(
            recipe(chart, on=on, amount_fen=Fen(one.amount_fen), person_id=one.person_id),
            "due",
            one.due_id,
            one.area_no,
        )
        for one in moved
        if one.amount_fen
    ]
    return _post(scope, BookKind.DUES, entries, at)


def post_cash(
    *, scope: Scope, recipe: Callable[..., Entry], held: Iterable["CashMoved"], at: datetime
) -> int:
    """Post cash taken or paid in into the custody sub-ledger. Returns how many."""
    on, chart = localdate(at), chart_of(BookKind.CUSTODY)
    entries = [
        fund.BookedEntry(
            recipe(chart, on=on, amount_fen=Fen(one.amount_fen), operator_id=one.operator_id),
            one.source_kind,
            one.source_id,
            one.area_no,
        )
        for one in held
    ]
    return _post(scope, BookKind.CUSTODY, entries, at)


@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash that an operator took or paid in, in fen."""

    operator_id: int
    amount_fen: int
    source_kind: str
    source_id: int
    area_no: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money of one source (a payment file, a cash deposit, one payment) for the main book.

    `matched_fen` becomes income, `unmatched_fen` a temporary receipt, and `claimed_fen` goes from
    the one to the other.
    """

    source_kind: str
    source_id: int
    area_no: int
    matched_fen: int = 0
    unmatched_fen: int = 0
    claimed_fen: int = 0


def post_money(*, scope: Scope, arrived: Sequence[Arrived], at: datetime) -> int:
    """Post what arrived into the main book: one entry a source and kind. Returns how many."""
    on, book = localdate(at), recipes.Book.of(chart_of(BookKind.MAIN))
    entries = [
        fund.BookedEntry(entry, one.source_kind, one.source_id, one.area_no)
        for one in arrived
        for entry in _money_entries(book, one, on)
    ]
    return _post(scope, BookKind.MAIN, entries, at)


def _money_entries(book: recipes.Book, one: Arrived, on: date) -> list[Entry]:
    into = PREMIUMS_ARRIVE_AT
    made: list[Entry] = []
    if one.matched_fen:
        amount = Fen(one.matched_fen)
        made.append(recipes.premium_received(book, on=on, amount_fen=amount, into=into))
    if one.unmatched_fen:
        amount = Fen(one.unmatched_fen)
        made.append(recipes.unmatched_receipt(book, on=on, amount_fen=amount, into=into))
    if one.claimed_fen:
        amount = Fen(one.claimed_fen)
        made.append(recipes.unmatched_claimed(book, on=on, amount_fen=amount))
    return made


def _post(scope: Scope, kind: BookKind, entries: Sequence[fund.BookedEntry], at: datetime) -> int:
    if not entries:
        return 0
    book = books.book(scope.region, kind)
    return fund.post_many(scope=scope, book_id=book.id, entries=entries, at=at)
