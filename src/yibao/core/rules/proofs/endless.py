"""A working calendar without an end, for proofs: outside the published years, plain weeks.

No decision is made by it: a row beyond the calendar is refused. But a comparison with a working
day must rise with the day over the whole range of a fact, or nothing could be said of it.
"""

from __future__ import annotations

from yibao.core.refusal import Refusal
from yibao.core.rules.runtime import Calendar

_WEEK = 7
_WORKED = 5
_THURSDAY = 3  # 1 January 1970, counted from Monday


class Endless:
    """Asks the calendar, and counts Monday to Friday where it does not know."""

    def __init__(self, calendar: Calendar | None) -> None:
        self._calendar = calendar

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        """The n-th working day after a day, n at least 1."""
        day = date_ordinal
        for _ in range(n):
            day = self._next(day)
        return day

    def _next(self, day: int) -> int:
        try:
            if self._calendar is not None:
                return self._calendar.add_working_days(day, 1)
        except Refusal:
            pass
        day += 1
        while (day + _THURSDAY) % _WEEK >= _WORKED:
            day += 1
        return day


_kept: dict[int, tuple[Calendar | None, Endless]] = {}


def endless(calendar: Calendar | None) -> Endless:
    """The calendar without an end, one for each calendar."""
    if id(calendar) not in _kept:
        _kept[id(calendar)] = (calendar, Endless(calendar))
    return _kept[id(calendar)][1]
