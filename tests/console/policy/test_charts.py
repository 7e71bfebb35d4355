"""The drawings of a simulation: who pays more at the left, every bar with its figure."""

import itertools

import pytest

from yibao.console.policy.charts import histogram, pairs, share


def bins(*given):
    return [{"from_fen": a, "until_fen": b, "persons": n} for a, b, n in given]


def test_who_bears_more_stands_left_who_bears_less_right_and_the_same_between():
    found = histogram(bins((-10000, -5000, 3), (-5000, 0, 6), (0, 1, 12), (1, 1000, 4)))
    assert [(one.kind, one.label, one.persons) for one in found] == [
        ("loss", "0–10", 4),
        ("same", "不变", 12),
        ("gain", "0–50", 6),
        ("gain", "50–100", 3),
    ]
    assert [one.height for one in found] == ["33.3", "100.0", "50.0", "25.0"]
    assert [one.y for one in found] == ["66.7", "0.0", "50.0", "75.0"]


def test_empty_bins_at_the_ends_are_left_out_those_between_stay():
    found = histogram(bins((-9, -5, 0), (-5, 0, 1), (0, 1, 0), (1, 5, 0), (5, None, 2), (9, 10, 0)))
    assert [one.persons for one in found] == [2, 0, 0, 1]
    assert found[0].label == "＞0"


def test_many_bins_are_put_together_and_nobody_is_lost():
    edges = [1, 100, 1000, 5000, 10000, 20000, 50000, 100000, 200000]
    more = [(a, b, 2) for a, b in itertools.pairwise(edges)]
    less = [(-b, -a, 3) for a, b in zip([0, *edges[1:]], edges[1:])]
    found = histogram(bins(*reversed(less), (0, 1, 5), *more))
    assert sum(one.persons for one in found) == 2 * len(more) + 3 * len(less) + 5
    assert [one.label for one in found][:3] == ["＞1000", "500–1000", "200–500"]
    assert [one.label for one in found][-3:] == ["200–500", "500–1000", "＞1000"]
    assert len(found) == 13


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (0, 9, 0), (0, 0, 0)]
)
def test_a_share_is_a_whole_percent(part, whole, percent):
    assert share(part, whole) == percent


def test_places_are_no_rows_of_the_diverging_chart_and_nobody_divides_by_nobody():
    row = {"key": "a", "zh": "甲", "en": "a", "persons": 10, "lose": 3, "gain": 7}
    empty = {**row, "persons": 0}
    groups = [
        {"by": "town", "zh": "镇", "en": "town", "rows": [row]},
        {"by": "age", "zh": "年龄", "en": "age", "rows": [row, empty]},
    ]
    (found,) = pairs(groups, words="zh")
    assert (found.group, found.loss_share, found.gain_share, found.loss_x) == ("年龄", 30, 70, "70")
