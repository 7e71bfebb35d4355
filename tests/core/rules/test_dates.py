"""The calendar arithmetic against the standard library, and the texts of the Civil Code."""

from __future__ import annotations

from datetime import date, timedelta

from yibao.core.rules import dates


def n(text: str) -> int:
    return dates.to_number(date.fromisoformat(text))


def test_every_day_of_150_years_agrees_with_the_standard_library() -> None:
    day, last = date(1900, 1, 1), date(2050, 12, 31)
    while day <= last:
        at = dates.to_number(day)
        assert dates.parts(at) == (day.year, day.month, day.day)
        assert dates.number(day.year, day.month, day.day) == at
        assert dates.year_of(at) == day.year
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        assert dates.to_date(dates.next_month(at)) == following
        assert dates.to_date(dates.month_end(at)) == following - timedelta(days=1)
        day += timedelta(days=1)


def test_months_end_on_the_same_day_or_the_last_of_the_month() -> None:
    assert dates.add_months(n("2007-08-31"), 6) == n("2008-02-29")
    assert dates.add_months(n("2008-08-31"), 6) == n("2009-02-28")
    assert dates.add_months(n("2009-01-15"), -1) == n("2008-12-15")
    assert dates.add_months(n("2009-12-31"), 1) == n("2010-01-31")


def test_months_between_counts_whole_months_only() -> None:
    assert dates.months_between(n("2009-01-31"), n("2009-02-28")) == 1
    assert dates.months_between(n("2009-01-31"), n("2009-02-27")) == 0
    assert dates.months_between(n("2009-01-05"), n("2009-01-04")) == -1


def test_ages_count_birthdays_and_a_leap_day_counts_from_march() -> None:
    assert dates.age(n("1991-12-31"), n("2009-12-31")) == 18
    assert dates.age(n("1992-01-01"), n("2009-12-31")) == 17
    assert dates.age(n("2000-02-29"), n("2009-02-28")) == 8
    assert dates.age(n("2000-02-29"), n("2009-03-01")) == 9


def test_years_start_and_end_and_moments_have_their_day() -> None:
    assert dates.year_start(2009) == n("2009-01-01")
    assert dates.year_end(2009) == n("2009-12-31")
    assert dates.date_of((n("2009-05-01") + 1) * dates.DAY_SECONDS - 1) == n("2009-05-01")
