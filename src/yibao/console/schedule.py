"""The days that the rulebook sets for the year's work, as the first page lists them."""

import contextlib
from dataclasses import dataclass
from datetime import date, timedelta

from yibao.apps.access.rulebooks import article_of, book_of
from yibao.apps.access.spoken import language
from yibao.core.rules.book import Rulebook
from yibao.core.rules.scalar import Silent
from yibao.rulebook.loader import UnknownRegion

_BACK, _SHOWN = timedelta(days=14), 6


@dataclass(frozen=True)
class Day:
    """A day of the schedule: what it is, how far away, and the article that sets it."""

    on: date
    label: str
    days: int
    cite: str


def schedule(*, region: str, year: int, on: date) -> list[Day]:
    """Return the next days that the region's rulebook sets for the insured year, some past ones."""
    try:
        book = book_of(region)
    except UnknownRegion:
        return []
    first = date(year, 1, 1)
    spoken = language()
    days = [
        Day(
            on=day,
            label=book.parameters[name].label.in_language(spoken),
            days=(day - on).days,
            cite=article_of(region, name, on=first),
        )
        for name, day in _dates(book, first)
        if day >= on - _BACK
    ]
    return sorted(days, key=lambda one: (one.on, one.label))[:_SHOWN]


def _dates(book: Rulebook, first: date) -> list[tuple[str, date]]:
    """Return the parameters that are a single day in the year; windows are not a day's work."""
    found = []
    for name, parameter in book.parameters.items():
        if parameter.type.kind != "date" or parameter.by:
            continue
        with contextlib.suppress(Silent):
            day = book.value_of(name, on=first)
            if isinstance(day, date):
                found.append((name, day))
    return found
