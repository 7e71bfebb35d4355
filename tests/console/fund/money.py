"""A county's books with a little money in them, posted by the product's own operations."""

import re
from dataclasses import dataclass
from datetime import date

from tests.apps.access.offices import open_office
from tests.apps.books import moment, open_books
from yibao.apps.access.scope import Scope
from yibao.apps.fund import operations
from yibao.apps.fund.charts import chart_of
from yibao.apps.fund.models import Book
from yibao.core.books import recipes, subledgers
from yibao.core.money import Fen

TOWN = 430423105000
AT = moment("2020-12-18 09:00")
NOVEMBER, DECEMBER = date(2020, 11, 9), date(2020, 12, 4)


@dataclass(frozen=True)
class Money:
    """The whole county's scope and its books by kind."""

    scope: Scope
    books: dict[str, Book]

    def address(self, kind="main", rest=""):
        return f"/fund/books/{self.books[kind].id}/{rest}"

    def post(self, kind, entry, *, source="payment_file", source_id=1, area_no=TOWN):
        return operations.post(
            scope=self.scope,
            book_id=self.books[kind].id,
            entry=entry,
            source_kind=source,
            source_id=source_id,
            area_no=area_no,
            at=AT,
        )


def open_money() -> Money:
    """Open the county's office and books, still empty."""
    open_office("hengshan")
    scope, books = open_books("hengshan", on=date(2020, 1, 1), at="2020-01-02 09:00")
    return Money(scope, books)


def premium(fen, on=DECEMBER):
    book = recipes.Book.of(chart_of("main"))
    return recipes.premium_received(book, on=on, amount_fen=Fen(fen), into="treasury")


def unknown(fen, on=DECEMBER):
    book = recipes.Book.of(chart_of("main"))
    return recipes.unmatched_receipt(book, on=on, amount_fen=Fen(fen), into="treasury")


def due(fen, person_id, on=DECEMBER):
    return subledgers.due_raised(chart_of("dues"), on=on, amount_fen=Fen(fen), person_id=person_id)


def taken(fen, operator_id, on=DECEMBER):
    return subledgers.cash_taken(
        chart_of("custody"), on=on, amount_fen=Fen(fen), operator_id=operator_id
    )


def owed(fen, institution_id, on=DECEMBER):
    return subledgers.benefit_owed(
        chart_of("institutions"), on=on, amount_fen=Fen(fen), institution_id=institution_id
    )


def words(answer):
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
