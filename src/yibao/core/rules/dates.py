"""Calendar arithmetic on whole numbers: a date is its days from 1970-01-01.

One text for every reader. Adding months ends on the same day or, lacking one, on the last day of
the month (Civil Code 202); the first day is not counted (201). `months_between` is the largest n
with a + n months <= b, so that the two can never disagree. Ages count birthdays reached.
"""

from __future__ import annotations

from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86400


def to_number(day: date) -> int:
    return day.toordinal() - _EPOCH


def to_date(number: int) -> date:
    return date.fromordinal(number + _EPOCH)


def parts(day: int) -> tuple[int, int, int]:
    """Year, month and day of the month, by integer operations alone."""
    shifted = day + 719468  # days from 0000-03-01: a year that ends with February
    era = shifted // 146097
    of_era = shifted - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    day_of_month = of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_month


def number(year: int, month: int, day_of_month: int) -> int:
    """The day number of a calendar date; the inverse of `parts`."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day_of_month - 1
    of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year
    return era * 146097 + of_era - 719468


def _last_of(year: int, month: int) -> int:
    return (number(year + month // 12, month % 12 + 1, 1)) - number(year, month, 1)


def add_months(day: int, months: int) -> int:
    year, month, of_month = parts(day)
    total = year * 12 + month - 1 + months
    year, month = total // 12, total % 12 + 1
    return number(year, month, min(of_month, _last_of(year, month)))


def months_between(start: int, end: int) -> int:
    """The largest n with start + n months <= end; negative if `end` comes first."""
    start_year, start_month, _ = parts(start)
    end_year, end_month, _ = parts(end)
    months = (end_year - start_year) * 12 + end_month - start_month
    return months - (add_months(start, months) > end)


def age(born: int, on: int) -> int:
    """Birthdays reached by the day `on`; 29 February counts from 1 March."""
    born_year, born_month, born_day = parts(born)
    year, month, of_month = parts(on)
    return year - born_year - ((month, of_month) < (born_month, born_day))


def next_month(day: int) -> int:
    """The first day of the month after."""
    year, month, _ = parts(day)
    return number(year + month // 12, month % 12 + 1, 1)


def month_end(day: int) -> int:
    return next_month(day) - 1


def year_start(year: int) -> int:
    return number(year, 1, 1)


def year_end(year: int) -> int:
    return number(year + 1, 1, 1) - 1


def year_of(day: int) -> int:
    return parts(day)[0]


def date_of(moment: int) -> int:
    """The day of a moment given in seconds from 1970-01-01 00:00, local time."""
    return moment // DAY_SECONDS
