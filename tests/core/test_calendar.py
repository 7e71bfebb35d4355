"""Periods, insured years, months and working days."""

from datetime import date

import pytest

from yibao.core.calendar import (
    CalendarUnknown,
    InsuredYear,
    Period,
    PeriodEmpty,
    WorkingCalendar,
    YearUnusable,
    add_months,
)

# A short October 2020: the 1st to the 8th free, Saturday the 10th and Sunday 27 September worked.
OCTOBER = WorkingCalendar(
    holidays=[date(2020, 10, day) for day in range(1, 9)],
    workdays=[date(2020, 9, 27), date(2020, 10, 10)],
    first=date(2020, 9, 21),
    last=date(2020, 10, 31),
)


def test_a_period_holds_its_first_day_and_not_its_end():
    march = Period(date(2021, 3, 1), date(2021, 4, 1))
    assert march.contains(date(2021, 3, 1)) and march.contains(date(2021, 3, 31))
    assert not march.contains(date(2021, 4, 1)) and not march.contains(date(2021, 2, 28))
    assert (march.days, march.last, str(march)) == (31, date(2021, 3, 31), "2021-03-01～2021-03-31")
    assert Period.through(date(2021, 3, 1), date(2021, 3, 31)) == march


def test_periods_that_touch_do_not_overlap():
    march = Period(date(2021, 3, 1), date(2021, 4, 1))
    april = Period(date(2021, 4, 1), date(2021, 5, 1))
    spring = Period(date(2021, 3, 15), date(2021, 4, 15))
    assert not march.overlaps(april) and march.intersect(april) is None
    assert march.intersect(spring) == Period(date(2021, 3, 15), date(2021, 4, 1))
    assert not march.covers(spring)
    assert InsuredYear(2021).period.covers(spring)


@pytest.mark.parametrize("until", [date(2021, 3, 1), date(2021, 2, 1)])
def test_a_period_without_a_day_is_refused(until):
    with pytest.raises(PeriodEmpty, match="2021-03-01"):
        Period(date(2021, 3, 1), until)


def test_the_insured_year_is_the_calendar_year():
    year = InsuredYear(2021)
    assert (year.start, year.until, year.period.days) == (date(2021, 1, 1), date(2022, 1, 1), 365)
    assert InsuredYear.of(date(2021, 12, 31)) == year


@pytest.mark.parametrize("year", [0, 9999, -5, 20210])
def test_a_year_that_no_date_can_have_is_refused(year):
    with pytest.raises(YearUnusable, match=str(year)):
        InsuredYear(year)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 12, 15), 1, date(2021, 1, 15)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2021, 1, 10), -13, date(2019, 12, 10)),
        (date(2021, 5, 5), 0, date(2021, 5, 5)),
    ],
)
def test_months_keep_the_day_or_take_the_last_of_the_month(day, months, result):
    assert add_months(day, months) == result


def test_holidays_are_free_and_make_up_days_are_worked():
    assert OCTOBER.is_working_day(date(2020, 9, 27))
    assert OCTOBER.is_working_day(date(2020, 10, 10))
    assert not OCTOBER.is_working_day(date(2020, 10, 8))
    assert not OCTOBER.is_working_day(date(2020, 10, 11))


def test_working_days_do_not_count_the_day_itself():
    assert OCTOBER.add_working_days(date(2020, 9, 28), 5) == date(2020, 10, 12)
    assert OCTOBER.add_working_days(date(2020, 10, 3), 1) == date(2020, 10, 9)
    assert OCTOBER.add_working_days(date(2020, 10, 3), 0) == date(2020, 10, 3)
    assert OCTOBER.add_working_days(date(2020, 10, 12), -5) == date(2020, 9, 28)
    assert OCTOBER.next_working_day(date(2020, 9, 30)) == date(2020, 10, 9)


def test_a_deadline_on_a_day_off_moves_to_the_next_working_day():
    assert OCTOBER.shifted(date(2020, 10, 3)) == date(2020, 10, 9)
    assert OCTOBER.shifted(date(2020, 10, 9)) == date(2020, 10, 9)


def test_working_days_between_counts_the_half_open_period():
    assert OCTOBER.working_days_between(date(2020, 9, 28), date(2020, 10, 12)) == 5
    assert OCTOBER.working_days_between(date(2020, 10, 12), date(2020, 9, 28)) == 0
    assert OCTOBER.working_days_between(date(2020, 10, 26), date(2020, 11, 1)) == 5


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda: OCTOBER.is_working_day(date(2027, 1, 4)), 2027),
        (lambda: OCTOBER.add_working_days(date(2020, 10, 30), 1), 2021),
        (lambda: OCTOBER.add_working_days(date(2020, 9, 21), -1), 2019),
        (lambda: OCTOBER.working_days_between(date(2020, 10, 26), date(2020, 11, 2)), 2020),
        (lambda: OCTOBER.shifted(date(2020, 10, 31)), 2021),
    ],
)
def test_beyond_the_published_holidays_the_calendar_refuses_and_names_the_year(ask, year):
    with pytest.raises(CalendarUnknown) as caught:
        ask()
    assert caught.value.year == year and str(year) in caught.value.remedy


def test_rules_may_ask_in_days_since_1970():
    epoch = date(1970, 1, 1).toordinal()
    start = date(2020, 9, 28).toordinal() - epoch
    assert OCTOBER.ordinals.add_working_days(start, 5) == date(2020, 10, 12).toordinal() - epoch


def test_a_calendar_that_contradicts_itself_is_our_mistake():
    day = date(2020, 10, 1)
    with pytest.raises(AssertionError):
        WorkingCalendar(holidays=[day], workdays=[day], first=day, last=day)
    with pytest.raises(AssertionError):
        WorkingCalendar(holidays=[], workdays=[], first=day, last=date(2020, 9, 1))
