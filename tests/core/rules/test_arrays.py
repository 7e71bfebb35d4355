"""Operators over arrays against the same text for one case: calendar, rounding, sets, tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.core.rules.samples import BENEFIT, read
from yibao.core.calendar import WorkingCalendar
from yibao.core.rules import arrays, dates, parts
from yibao.core.rules.plan import Plan
from yibao.core.rules.ranges import ranges_of
from yibao.core.rules.reduce import reduce_edition
from yibao.core.rules.runtime import round_by
from yibao.core.rules.types import FLAG, Rounding, Type

DAYS = np.concatenate(
    (np.arange(dates.number(1999, 1, 1), dates.number(2001, 3, 2)), np.arange(-30000, 60000, 977))
).astype(np.int32)
OTHERS = np.roll(DAYS, 311)


@pytest.mark.parametrize("name", ["next_month", "month_end", "year_of"])
def test_functions_of_one_day(name: str) -> None:
    found = arrays.CALENDAR[name](DAYS)
    assert found.tolist() == [getattr(dates, name)(day) for day in DAYS.tolist()]


@pytest.mark.parametrize("name", ["age", "months_between"])
def test_functions_of_two_days(name: str) -> None:
    found = arrays.CALENDAR[name](DAYS, OTHERS)
    pairs = zip(DAYS.tolist(), OTHERS.tolist())
    assert found.tolist() == [getattr(dates, name)(a, b) for a, b in pairs]


def test_stays_of_any_length_are_counted_in_months() -> None:
    for start in (dates.number(2000, 1, 31), dates.number(2001, 2, 28)):
        ends = np.arange(start - 40, start + 800, dtype=np.int32)
        found = arrays.months_between(np.int32(start), ends)
        assert found.tolist() == [dates.months_between(start, end) for end in ends.tolist()]


def test_a_single_pair_of_days_is_taken_as_well() -> None:
    start, end = np.int32(dates.number(2000, 1, 31)), np.int32(dates.number(2001, 3, 1))
    assert int(arrays.months_between(start, end)) == 13
    assert int(arrays.age(start, end)) == 1


@pytest.mark.parametrize("months", [-13, -1, 0, 1, 6, 12, 47])
def test_months_are_added_as_for_one_day(months: int) -> None:
    found = arrays.add_months(DAYS, months)
    assert found.tolist() == [dates.add_months(day, months) for day in DAYS.tolist()]


def test_years_begin_and_end_as_for_one_year() -> None:
    years = np.arange(1890, 2110, dtype=np.int32)
    for name in ("year_start", "year_end"):
        found = arrays.CALENDAR[name](years)
        assert found.tolist() == [getattr(dates, name)(year) for year in years.tolist()]
    assert arrays.date_of(np.array([86399, 86400, -1])).tolist() == [0, 1, -1]


@pytest.mark.parametrize("mode", ["half_up", "half_even", "up", "down"])
@pytest.mark.parametrize("fen", [1, 10, 100])
@pytest.mark.parametrize("of_fen", [1, 10_000])
def test_rounding_is_that_of_one_amount(mode: str, fen: int, of_fen: int) -> None:
    unit = of_fen * fen
    amounts = np.concatenate([np.arange(-3, 4) + half * (unit // 2) for half in range(-5, 6)])
    rounding = Rounding(mode, fen)
    found = arrays.rounded(amounts, rounding, of_fen)
    assert found.tolist() == [round_by(amount, rounding, of_fen) for amount in amounts.tolist()]


@pytest.mark.parametrize("members", [[], [0], [1, 3], [0, 2, 4, 5, 9]])
def test_membership_in_a_known_set(members: list[int]) -> None:
    mask = sum(1 << member for member in members)
    codes = np.array([*range(12), 255], np.uint8)
    assert arrays.membership(mask)(codes).tolist() == [code in members for code in codes]
    levels = np.array([*range(12), -128], np.int8)
    assert arrays.membership(mask)(levels).tolist() == [level in members for level in levels]


def test_membership_in_a_set_of_each_row() -> None:
    items = np.array([0, 1, 2, 255, 62], np.uint8)
    masks = np.array([1, 1, 4, 7, 1 << 62], np.int64)
    assert arrays.in_set(items, masks, 255).tolist() == [True, False, True, False, True]


def test_a_table_is_read_by_row_and_never_outside() -> None:
    rows = [((1, 0), 5), ((1, 1), 6), ((3, 0), 7), ((3, 1), 8)]
    table = arrays.Table(rows, np.array([5, 6, 7, 8]))
    first, second = np.array([1, 3, 3, 99, -5]), np.array([1, 0, 1, 1, 0])
    assert table.take(first, second).tolist() == [6, 7, 8, 8, 5]


def test_working_days_are_those_of_the_calendar_and_unknown_outside() -> None:
    calendar = WorkingCalendar(
        holidays=[date(2009, 1, 1)],
        workdays=[date(2009, 1, 4)],
        first=date(2008, 12, 1),
        last=date(2009, 1, 31),
    ).ordinals
    days = arrays.working_days(calendar)
    assert arrays.working_days(calendar) is days
    starts = np.arange(dates.number(2008, 12, 10), dates.number(2009, 1, 15))
    for count in (-3, 0, 1, 3):
        found, lost = days.shifted(starts, count)
        assert not lost.any()
        assert found.tolist() == [calendar.add_working_days(int(day), count) for day in starts]
    edges = np.array([dates.number(2008, 11, 30), dates.number(2009, 1, 30), -(10**6)])
    assert days.shifted(edges, 1)[1].tolist() == [True, True, True]
    inside = np.array([dates.number(2009, 1, 29)])
    assert days.shifted(inside, 1)[1].tolist() == [False]
    assert days.shifted(edges, 5)[1].tolist() == [True, True, True]
    assert arrays.WorkingDays(None).shifted(starts, 1)[1].all()


def test_a_choice_by_masks_keeps_width_and_takes_a_known_truth() -> None:
    holds = np.array([True, False, True])
    for dtype in (np.uint8, np.int16, np.int64):
        value, other = np.array([1, 2, 3], dtype), np.array([7, 8, 9], dtype)
        found = arrays.chosen(holds, value, other)
        assert (found.tolist(), found.dtype) == ([1, 8, 3], np.dtype(dtype))
    flags = arrays.chosen(holds, np.array([True] * 3), np.array([False] * 3))
    assert flags.tolist() == [True, False, True]
    assert arrays.chosen(np.True_, np.int32(4), np.int32(5)) == 4


def test_the_room_of_a_ceiling_has_the_width_of_the_amount() -> None:
    limits, used = np.array([10**12, 50], np.int64), np.array([0, 80], np.int64)
    assert parts.room(np.dtype(np.int32))(limits, used).tolist() == [2**31 - 1, 0]
    assert parts.room(np.dtype(np.int64))(np.int32(9), np.int32(2)) == 7


def test_no_code_is_in_no_set() -> None:
    reduced = reduce_edition(read(BENEFIT).bind("benefit", year=2009))
    graph = reduced.graph
    none = graph.const(None, Type("code", "identity"))
    told = graph.node("fact", value="identities", type_=Type("codes", "identity"))
    asked = graph.node("in", none, told, type_=FLAG)
    assert not Plan([asked], ranges_of(reduced)).run({}, 3)[0]
