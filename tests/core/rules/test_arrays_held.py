"""The operators over arrays give, row by row, what the scalar ones give."""

from __future__ import annotations

import numpy as np
import pytest

from yibao.core.rules import arrays, dates
from yibao.core.rules.arrays import Table, WorkingDays, working_days
from yibao.core.rules.encoding import NO_CODE
from yibao.core.rules.runtime import NoWorkingCalendar, round_by
from yibao.core.rules.types import Rounding

DAYS = [
    *range(dates.number(2008, 1, 25), dates.number(2008, 4, 5)),
    *range(dates.number(1899, 12, 25), dates.number(1900, 3, 5)),
    *range(dates.number(1, 1, 1), dates.number(9990, 1, 1), 6_577),
    *range(dates.number(1969, 12, 20), dates.number(1970, 1, 10)),
]
COLUMN = np.array(DAYS)


@pytest.mark.parametrize("name", ["next_month", "month_end", "year_of"])
def test_a_day_gives_its_month_and_year_as_a_single_case_does(name: str) -> None:
    found = getattr(arrays, name)(COLUMN)
    assert found.tolist() == [getattr(dates, name)(day) for day in DAYS]


def test_days_and_their_parts_turn_into_one_another() -> None:
    year, month, of_month = arrays.parts(COLUMN)
    assert list(zip(year.tolist(), month.tolist(), of_month.tolist())) == [
        dates.parts(day) for day in DAYS
    ]
    assert arrays.number(year, month, of_month).tolist() == DAYS


def test_years_start_and_end_on_their_days_and_moments_have_theirs() -> None:
    years = np.array([1, 1600, 1899, 1900, 1969, 1970, 2000, 2008, 2100])
    assert arrays.year_start(years).tolist() == [dates.year_start(y) for y in years.tolist()]
    assert arrays.year_end(years).tolist() == [dates.year_end(y) for y in years.tolist()]
    moments = np.array([-1, 0, 86_399, 86_400])
    assert arrays.date_of(moments).tolist() == [-1, 0, 0, 1]


@pytest.mark.parametrize("months", [-25, -12, -1, 0, 1, 6, 11, 12, 13, 600])
def test_months_are_added_as_for_a_single_case(months: int) -> None:
    expected = [dates.add_months(day, months) for day in DAYS]
    assert arrays.add_months(COLUMN, months).tolist() == expected
    assert arrays.add_months(COLUMN, np.full(len(DAYS), months)).tolist() == expected


@pytest.mark.parametrize("apart", [-400, -366, -31, -1, 0, 1, 27, 28, 29, 31, 59, 365, 366, 4000])
def test_whole_months_and_years_between_two_days_are_counted_as_for_a_single_case(
    apart: int,
) -> None:
    later = COLUMN + apart
    assert arrays.months_between(COLUMN, later).tolist() == [
        dates.months_between(day, day + apart) for day in DAYS
    ]
    assert arrays.age(COLUMN, later).tolist() == [dates.age(day, day + apart) for day in DAYS]


def test_one_day_may_stand_beside_many() -> None:
    start = np.array(dates.number(2008, 1, 31))
    assert arrays.months_between(start, COLUMN).tolist() == [
        dates.months_between(int(start), day) for day in DAYS
    ]
    assert arrays.months_between(COLUMN, start).tolist() == [
        dates.months_between(day, int(start)) for day in DAYS
    ]
    one = arrays.months_between(start, np.array(dates.number(2008, 4, 30)))
    assert (one.shape, one.tolist()) == ((), 3)
    assert arrays.months_between(COLUMN, COLUMN + 3).dtype == COLUMN.dtype


@pytest.mark.parametrize("mode", ["up", "down", "half_up", "half_even"])
@pytest.mark.parametrize("fen", [1, 10, 100])
@pytest.mark.parametrize("parts", [1, 3, 10_000])
def test_money_is_rounded_as_for_a_single_case(mode: str, fen: int, parts: int) -> None:
    unit = parts * fen
    amounts = [k * unit + d for k in range(-3, 4) for d in (-1, 0, 1, unit // 2, unit // 2 + 1)]
    how = Rounding(mode, fen)
    found = arrays.rounded(np.array(amounts), how, parts)
    assert found.tolist() == [round_by(amount, how, parts) for amount in amounts]


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.int16, np.uint8, np.bool_])
def test_of_two_values_the_one_that_holds_is_chosen(dtype: type) -> None:
    value, other = np.array([1, 2, 3, 0], dtype), np.array([9, 8, 7, 1], dtype)
    holds = np.array([True, False, True, False])
    found = arrays.chosen(holds, value, other)
    assert found.tolist() == np.where(holds, value, other).tolist()
    assert found.dtype == value.dtype
    assert arrays.chosen(np.array(True), value, other).tolist() == value.tolist()
    assert arrays.chosen(np.array(False), value, other).tolist() == other.tolist()


FIRST, LAST = dates.number(2009, 1, 1), dates.number(2010, 12, 31)


class EvenDays:
    """A calendar of two years whose working days are the even day numbers."""

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        step = 1 if n > 0 else -1
        day = date_ordinal
        for _ in range(abs(n)):
            day += step
            while day % 2:
                day += step
        if not (FIRST <= date_ordinal <= LAST and FIRST <= day <= LAST):
            raise NoWorkingCalendar
        return day


@pytest.mark.parametrize("count", [-3, -2, -1, 0, 1, 2, 3])
def test_working_days_are_looked_up_as_the_calendar_counts_them(count: int) -> None:
    calendar = EvenDays()
    days = list(range(FIRST + 10, LAST - 10))
    found, lost = WorkingDays(calendar).shifted(np.array(days, np.int32), count)
    assert not lost.any()
    assert found.tolist() == [calendar.add_working_days(day, count) for day in days]
    many, _ = WorkingDays(calendar).shifted(np.array(days, np.int32), np.full(len(days), count))
    assert many.tolist() == found.tolist()


def test_outside_the_calendar_the_answer_is_not_known() -> None:
    table = WorkingDays(EvenDays())
    far = [-20_000, FIRST - 1, LAST + 1, 100_000, dates.number(2110, 12, 31) + 1]
    assert table.shifted(np.array(far), 1)[1].tolist() == [True] * 5
    assert table.shifted(np.array(far), 0)[1].tolist() == [True] * 5
    ends = np.array([FIRST, LAST - 3])
    assert table.shifted(ends, -5)[1].tolist() == [True, False]
    assert table.shifted(ends, 5)[1].tolist() == [False, True]
    none, lost = WorkingDays(None).shifted(np.array([FIRST, LAST]), 1)
    assert (lost.tolist(), none.shape) == ([True, True], (2,))


def test_the_look_up_of_a_calendar_is_made_once() -> None:
    one, other = EvenDays(), EvenDays()
    assert working_days(one) is working_days(one)
    assert working_days(one) is not working_days(other)
    found, lost = working_days(one).shifted(np.array([FIRST + 10]), 1)
    assert (found.tolist(), lost.tolist()) == ([one.add_working_days(FIRST + 10, 1)], [False])


@pytest.mark.parametrize("members", [[], [0], [1, 3], [0, 1, 2, 3], [0, 2, 4, 6, 8, 61]])
def test_a_code_is_in_a_set_and_none_is_in_no_set(members: list[int]) -> None:
    mask = sum(1 << member for member in members)
    assert arrays.bits_of(mask) == members
    holds = arrays.membership(mask)
    codes = np.array([*range(63), NO_CODE], np.uint8)
    assert holds(codes).tolist() == [code in members for code in codes.tolist()]
    levels = np.array([-32_768, *range(63)], np.int16)
    assert holds(levels).tolist() == [level in members for level in levels.tolist()]


def test_a_set_may_differ_by_row() -> None:
    items = np.array([0, 1, 2, NO_CODE, 61, 61], np.uint8)
    masks = np.array([0b1, 0b1, 0b110, 0b111, 1 << 61, (1 << 61) - 1])
    assert arrays.in_set(items, masks, NO_CODE).tolist() == [True, False, True, False, True, False]
    levels = np.array([-32_768, -1, 1, 2], np.int16)
    found = arrays.in_set(levels, np.full(4, 0b10), -32_768)
    assert found.tolist() == [False, False, True, False]


def test_a_table_gives_the_row_of_its_keys() -> None:
    rows = [((0, 1), 10), ((0, 2), 20), ((0, 3), 30), ((1, 1), 40), ((1, 2), 50), ((1, 3), 60)]
    table = Table(rows, np.array([value for _, value in rows]))
    keys = np.array([0, 0, 0, 1, 1, 1], np.uint8), np.array([1, 2, 3, 1, 2, 3], np.int16)
    assert table.take(*keys).tolist() == [10, 20, 30, 40, 50, 60]
    assert table.take(np.array([1]), np.array(3)).tolist() == [60]
    one = Table([((2,), 7), ((4,), 9), ((5,), 11)], np.array([7, 9, 11]))
    assert one.take(np.array([5, 4, 2])).tolist() == [11, 9, 7]


def test_a_key_outside_a_table_breaks_nothing_and_gives_some_value_of_it() -> None:
    table = Table([((1,), 10), ((2,), 20), ((3,), 30)], np.array([10, 20, 30]))
    outside = table.take(np.array([-32_768, 0, 4, 255], np.int16)).tolist()
    assert outside == [10, 10, 30, 30]
