"""The operators of the graph over NumPy arrays: calendar, rounding, tables, sets.

The same integer text as `dates`, so that a column and a single case cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.encoding import NO_CODE, Array
from yibao.core.rules.runtime import Calendar
from yibao.core.rules.types import Rounding

SHORT_STAY = 28  # days within which no whole month can pass
FEW = 4  # codes that are compared one by one rather than looked up
FIRST_DAY = dates.number(1990, 1, 1)
_LAST_DAY = dates.number(2110, 12, 31)


def parts(day: Array) -> tuple[Array, Array, Array]:
    """Year, month and day of the month, as `dates.parts`."""
    shifted = day + 719468
    era = shifted // 146097
    of_era = shifted - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    day_of_month = of_year - (153 * shifted_month + 2) // 5 + 1
    month = np.where(shifted_month < 10, shifted_month + 3, shifted_month - 9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_month


def number(year: Array, month: Array, day_of_month: Array | int) -> Array:
    """The day number of a calendar date, as `dates.number`."""
    year = year - (month <= 2)
    era = year // 400
    year_of_era = year - era * 400
    shifted = np.where(month > 2, month - 3, month + 9)
    of_year = (153 * shifted + 2) // 5 + day_of_month - 1
    of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year
    days: Array = of_era + era * 146097 - 719468
    return days


def add_months(day: Array, months: Array | int) -> Array:
    year, month, of_month = parts(day)
    total = year * 12 + month - 1 + months
    year, month = total // 12, total % 12 + 1
    first = number(year, month, 1)
    length = number(year + month // 12, month % 12 + 1, 1) - first
    moved: Array = first + np.minimum(of_month, length) - 1
    return moved


def months_between(start: Array, end: Array) -> Array:
    """Whole months; nearly all stays are short, so only the far rows are worked out."""
    if np.ndim(start) == np.ndim(end) == 0:
        return _whole_months(start, end)
    start, end = np.broadcast_arrays(start, end)
    days: Array = end - start
    found: Array = np.zeros(start.shape, days.dtype)
    far = np.flatnonzero((days < 0) | (days >= SHORT_STAY))
    if far.size:
        found[far] = _whole_months(start[far], end[far])
    return found


def _whole_months(start: Array, end: Array) -> Array:
    start_year, start_month, _ = parts(start)
    end_year, end_month, _ = parts(end)
    months = (end_year - start_year) * 12 + end_month - start_month
    late: Array = months - (add_months(start, months) > end)
    return late


def age(born: Array, on: Array) -> Array:
    born_year, born_month, born_day = parts(born)
    year, month, of_month = parts(on)
    before = (month < born_month) | ((month == born_month) & (of_month < born_day))
    reached: Array = year - born_year - before
    return reached


def next_month(day: Array) -> Array:
    year, month, _ = parts(day)
    return number(year + month // 12, month % 12 + 1, 1)


def month_end(day: Array) -> Array:
    return next_month(day) - 1


def year_start(year: Array) -> Array:
    return number(year, np.ones_like(year), 1)


def year_end(year: Array) -> Array:
    return year_start(year + 1) - 1


def year_of(day: Array) -> Array:
    return parts(day)[0]


def date_of(moment: Array) -> Array:
    return moment // dates.DAY_SECONDS


def chosen(holds: Any, value: Any, other: Any) -> Array:
    """`value` where it holds, else `other`, both of one width: by masks, with no branch a row."""
    found: Array
    if np.ndim(holds) == 0 or value.dtype == np.bool_:
        found = np.where(holds, value, other)
        return found
    mask = np.negative(holds.view(np.int8)).astype(value.dtype)
    found = value ^ other
    found = np.bitwise_and(found, mask)
    found ^= other
    return found


def rounded(amount: Array, rounding: Rounding, unit_parts: int) -> Array:
    """Money from parts of a fen, as `runtime.round_by`."""
    unit = unit_parts * rounding.fen
    if rounding.mode == "up":
        whole = -((-amount) // unit)
    elif rounding.mode == "down":
        whole = amount // unit
    elif rounding.mode == "half_up":
        whole = (amount + unit // 2) // unit if unit % 2 == 0 else (2 * amount + unit) // (2 * unit)
    else:
        whole = amount // unit
        rest = 2 * (amount - whole * unit)
        whole = whole + ((rest > unit) | ((rest == unit) & (whole % 2 == 1)))
    return whole * rounding.fen if rounding.fen != 1 else whole


class WorkingDays:
    """The n-th working day after a day, by look-up. Outside the calendar the answer is unknown."""

    def __init__(self, calendar: Calendar | None) -> None:
        days = np.arange(FIRST_DAY, _LAST_DAY + 1)
        self.known = np.zeros(len(days), np.bool_)
        following = set()
        for at, day in enumerate(days.tolist()):
            found = None if calendar is None else _next_working(calendar, day)
            if found is not None:
                following.add(found)
                self.known[at] = True
        self.days = np.array(sorted(following), np.int64)

    def shifted(self, day: Array, count: Array | int) -> tuple[Array, Array]:
        """The shifted days, and where they are unknown."""
        day, count = np.broadcast_arrays(day.astype(np.int64), np.asarray(count, np.int64))
        at = np.where(
            count > 0,
            np.searchsorted(self.days, day, "right") + count - 1,
            np.searchsorted(self.days, day, "left") + count,
        )
        place = day - FIRST_DAY
        inside = (place >= 0) & (place < len(self.known))
        known = inside & self.known.take(place, mode="clip")
        lost = ~known | (at < 0) | (at >= len(self.days))
        days = self.days if len(self.days) else np.zeros(1, np.int64)
        return np.where(count == 0, day, days.take(at, mode="clip")), lost


def _next_working(calendar: Calendar, day: int) -> int | None:
    try:
        return calendar.add_working_days(day, 1)
    except Refusal:
        return None


_kept: dict[int, tuple[Calendar | None, WorkingDays]] = {}


def working_days(calendar: Calendar | None) -> WorkingDays:
    """The look-up arrays of a calendar, made once."""
    key = id(calendar)
    if key not in _kept:
        _kept[key] = (calendar, WorkingDays(calendar))  # kept, so that the id stays its own
    return _kept[key][1]


def bits_of(mask: int) -> list[int]:
    return [at for at in range(mask.bit_length()) if mask >> at & 1]


def membership(mask: int) -> Callable[[Array], Array]:
    """Whether a code or a level is in a set that is known; a none is in no set."""
    members = bits_of(mask)
    if len(members) > FEW:
        looked_up = np.zeros(NO_CODE + 1, np.bool_)
        looked_up[members] = True
        return lambda item: looked_up.take(item, mode="clip") & (item >= 0)

    def any_of(item: Array) -> Array:
        found: Array = np.zeros(np.shape(item), np.bool_)
        for member in members:
            found |= item == member
        return found

    return any_of


def in_set(item: Array, mask: Array, none: int) -> Array:
    """Whether an item is in a set, both by row."""
    safe = np.where((item == none) | (item < 0), 63, item).astype(np.int64)
    found: Array = (mask.astype(np.int64) >> safe) & 1 == 1
    return found & (safe < 63)


class Table:
    """A table by code or level: rows laid out by the product of their keys, one `take` a row."""

    def __init__(self, rows: Sequence[tuple[tuple[int, ...], Any]], values: Array) -> None:
        keys = [sorted({key[at] for key, _ in rows}) for at in range(len(rows[0][0]))]
        places = {key: at for at, (key, _) in enumerate(rows)}
        spans = [range(found[0], found[-1] + 1) for found in keys]
        self._low = [span.start for span in spans]
        self._size = [len(span) for span in spans]
        flat = [places.get(key, 0) for key in product(*spans)]
        self._values = values.take(flat)

    def take(self, *keys: Array) -> Array:
        """The value of each row's keys; of a key outside the table, some value of it."""
        at: Array | None = None
        for key, low, size in zip(keys, self._low, self._size):
            place = np.clip(np.asarray(key).astype(np.intp) - low, 0, size - 1)
            at = place if at is None else at * size + place
        assert at is not None
        return self._values.take(at)


CALENDAR: dict[str, Callable[..., Array]] = {
    "age": age,
    "months_between": months_between,
    "next_month": next_month,
    "month_end": month_end,
    "year_start": year_start,
    "year_end": year_end,
    "year_of": year_of,
    "date_of": date_of,
}
