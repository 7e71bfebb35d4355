"""What the address of a page of the books asks for."""

from dataclasses import dataclass

from yibao.apps.fund import queries
from yibao.apps.fund.models import Book, BookMonth
from yibao.apps.fund.overview import book_of
from yibao.console.fund import period
from yibao.console.fund.period import Period
from yibao.console.page import ConsoleRequest
from yibao.rulebook.regions import region

# Every bigint below has a place in the database.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Opened:
    """A book opened at a month or a year."""

    book: Book
    period: Period
    choices: list[Period]
    months: list[BookMonth]
    whole: bool

    @property
    def closed(self) -> BookMonth | None:
        """The month shown, if it is closed."""
        return next(
            (
                one
                for one in self.months
                if self.period.is_month and one.month == self.period.from_ and one.closed_at
            ),
            None,
        )


def opened(request: ConsoleRequest, book_id: int) -> Opened:
    """Return the book and the time that the address names. Raises NotThere."""
    book = book_of(scope=request.scope, book_id=book_id)
    months = queries.months_of(book.id)
    now = period.chosen(request.GET.get("month", ""), months, request.served_on)
    return Opened(book, now, period.choices(months, now), months, sees_all(request))


def sees_all(request: ConsoleRequest) -> bool:
    """Tell whether the post's area is the whole region: else only a part of a book is seen."""
    whole = region(request.scope.region)
    return (
        request.scope.area_from <= whole.area_from and whole.area_until <= request.scope.area_until
    )


def number(request: ConsoleRequest, name: str) -> int:
    """Return a number of the address; what is none counts as not asked."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS else 0
