"""The line of the campaign: one point a day, in tenths of a percent, with its table beside it."""

from datetime import date

import pytest

from yibao.console.statistics.curve import curve

DAYS = ((date(2020, 11, 1), 20), (date(2020, 11, 4), 67), (date(2020, 12, 1), 90))


def line(days=DAYS, **changed):
    given = {"name": "新桥镇", "whole": 90, "until": date(2020, 11, 5), "target": 95}
    return curve(days, **(given | changed))


def test_each_day_has_a_point_and_a_day_without_change_keeps_the_last():
    found = line()
    assert found.chart["x"] == ["11-01", "11-02", "11-03", "11-04", "11-05"]
    # 20 of 90 are 22.2 %, 67 of 90 are 74.4 %: rounded down, as everywhere.
    assert found.chart["series"][0]["data"] == [222, 222, 222, 744, 744]
    assert (found.first, found.last) == (date(2020, 11, 1), date(2020, 11, 5))
    assert found.rows == tuple(reversed(DAYS[:2]))


def test_the_target_is_said_in_words_or_not_at_all():
    assert line().chart["said"] == "目标 95%"
    assert (line(target=None).chart["said"], line(target=None).chart["target"]) == ("", None)


@pytest.mark.parametrize("changed", [{"days": DAYS[:1]}, {"whole": 0}])
def test_there_is_no_line_through_one_point_or_over_nobody(changed):
    assert line(**changed) is None
