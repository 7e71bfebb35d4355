"""Days: half-open periods, insured years, months, and the working days of a government office.

Nothing here reads a clock. The working calendar is built from published holidays; beyond the last
published year it refuses, because a deadline guessed is worse than none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from yibao.core.refusal import Refusal

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
WORKING_WEEKDAYS = 5
MONTHS = 12


class PeriodEmpty(Refusal):
    """Raised by `Period` where it would hold no day."""

    code = "E140"
    message = "期间从 {start} 到 {until}（不含），没有一天"
    remedy = "请核对起止日期"
    message_en = "The period from {start} until {until} (not included) holds no day"
    remedy_en = "Check its first and last day"


class YearUnusable(Refusal):
    """Raised by `InsuredYear` for a year that a calendar date cannot have."""

    code = "E141"
    message = "没有 {year} 这个年度"
    remedy = "请填写四位数的年度"
    message_en = "There is no year {year}"
    remedy_en = "Enter a year of four figures"


class CalendarUnknown(Refusal):
    """Raised by `WorkingCalendar` for a day whose holidays are not recorded."""

    code = "E142"
    message = "{year} 年的放假安排尚未录入，无法计算工作日"
    remedy = "请先在节假日表中录入国务院办公厅公布的 {year} 年放假安排"
    message_en = "The holidays of {year} are not recorded, so working days cannot be counted"
    remedy_en = "Enter the State Council's holiday notice for {year} in the holiday table first"
    year: int


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` until, but not including, `until`. Never empty (PeriodEmpty)."""

    start: date
    until: date

    def __post_init__(self) -> None:
        if self.start >= self.until:
            raise PeriodEmpty(start=self.start, until=self.until)

    @classmethod
    def through(cls, first: date, last: date) -> Self:
        """Return the period whose last day is `last`, as papers write it."""
        return cls(first, last + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last day in the period, as papers write it."""
        return self.until - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.until - self.start).days

    def contains(self, day: date) -> bool:
        return self.start <= day < self.until

    def covers(self, other: Period) -> bool:
        """Tell whether every day of the other period is in this one."""
        return self.start <= other.start and other.until <= self.until

    def overlaps(self, other: Period) -> bool:
        """Tell whether a day is in both; periods that only touch do not overlap."""
        return self.start < other.until and other.start < self.until

    def intersect(self, other: Period) -> Period | None:
        """Return the days in both, None where there are none."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.until, other.until))

    def __str__(self) -> str:
        return f"{self.start}～{self.last}"


@dataclass(frozen=True, slots=True, order=True)
class InsuredYear:
    """The year of insurance, 1 January to 31 December. Raises YearUnusable."""

    year: int

    def __post_init__(self) -> None:
        if not date.min.year <= self.year < date.max.year:
            raise YearUnusable(year=self.year)

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the insured year that the day is in."""
        return cls(day.year)

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def until(self) -> date:
        return date(self.year + 1, 1, 1)

    @property
    def period(self) -> Period:
        return Period(self.start, self.until)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later (earlier, if negative), or the month's last day.

    31 January and one month is 28 or 29 February.
    """
    year, month0 = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


class WorkingCalendar:
    """Working days from `first` to `last` (both known), by the holidays as published.

    A day is worked on when it is a make-up working day, or Monday to Friday and no holiday. Every
    method raises CalendarUnknown where it would need a day outside the known range.
    """

    def __init__(
        self, *, holidays: Iterable[date], workdays: Iterable[date], first: date, last: date
    ) -> None:
        off, on = frozenset(holidays), frozenset(workdays)
        assert first <= last, "the calendar ends before it starts"
        assert not off & on, "a day is both holiday and working day"
        self.first, self.last = first, last
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self._ordinals = [
            day.toordinal()
            for day in days
            if day in on or (day.weekday() < WORKING_WEEKDAYS and day not in off)
        ]
        self._working = frozenset(self._ordinals)

    @property
    def ordinals(self) -> OrdinalCalendar:
        """This calendar for columns of day numbers, as the rule engine asks for it."""
        return OrdinalCalendar(self)

    def is_working_day(self, day: date) -> bool:
        self._know(day)
        return day.toordinal() in self._working

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`, which itself is not counted.

        Zero returns the day itself; a negative n counts back.
        """
        self._know(day)
        if n == 0:
            return day
        ordinal = day.toordinal()
        if n > 0:
            at = bisect_right(self._ordinals, ordinal) + n - 1
        else:
            at = bisect_left(self._ordinals, ordinal) + n
        if at < 0:
            raise CalendarUnknown(year=self.first.year - 1)
        if at >= len(self._ordinals):
            raise CalendarUnknown(year=self.last.year + 1)
        return date.fromordinal(self._ordinals[at])

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`."""
        return self.add_working_days(day, 1)

    def shifted(self, day: date) -> date:
        """Return the day, or the next working day where a deadline falls on a day off."""
        return day if self.is_working_day(day) else self.next_working_day(day)

    def working_days_between(self, start: date, until: date) -> int:
        """Return how many working days are in the half-open period; none if it is backwards."""
        self._know(start)
        self._know(until - timedelta(days=1))
        at = bisect_left(self._ordinals, start.toordinal())
        return max(0, bisect_left(self._ordinals, until.toordinal()) - at)

    def _know(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise CalendarUnknown(year=day.year)


@dataclass(frozen=True, slots=True)
class OrdinalCalendar:
    """A working calendar that speaks days since 1970-01-01, as rules and columns do."""

    calendar: WorkingCalendar

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        """Return the day number of the n-th working day after it. Raises CalendarUnknown."""
        day = date.fromordinal(EPOCH_ORDINAL + date_ordinal)
        return self.calendar.add_working_days(day, n).toordinal() - EPOCH_ORDINAL
