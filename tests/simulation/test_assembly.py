"""Groups under ten people are not told, and cannot be had by subtraction."""

from collections import Counter

import pytest

from yibao.simulation.assembly import LEAST, large


def rows(**persons: int) -> dict[str, Counter[str]]:
    return {key: Counter(persons=many, gain=many // 2) for key, many in persons.items()}


def shown(found: dict[str, Counter[str]], **how: bool) -> tuple[dict[str, int], int]:
    groups, hidden = large(found, of="persons", other="other", **how)
    return {key: row["persons"] for key, row in groups.items()}, hidden


def test_large_groups_are_told():
    assert shown(rows(a=10, b=500)) == ({"a": 10, "b": 500}, 0)


def test_small_groups_are_told_together():
    assert shown(rows(a=9, b=4, c=500)) == ({"other": 13, "c": 500}, 2)


def test_a_few_take_the_least_of_the_others_with_them():
    assert shown(rows(a=3, b=20, c=500)) == ({"other": 23, "c": 500}, 2)


def test_fewer_than_ten_in_all_are_not_told():
    assert shown(rows(a=3, b=4)) == ({}, 2)


def test_groups_that_overlap_are_only_left_out():
    assert shown(rows(a=3, b=20), overlapping=True) == ({"b": 20}, 1)


@pytest.mark.parametrize("many", range(1, LEAST))
def test_what_is_left_out_is_never_one_small_group(many):
    told, _ = shown(rows(a=many, b=12, c=15, d=40))
    assert 67 + many - sum(told.values()) == 0
    assert all(persons >= LEAST for persons in told.values())


def test_all_numbers_of_small_groups_are_added():
    groups, _ = large(rows(a=9, b=4, c=500), of="persons", other="other")
    assert groups["other"]["gain"] == 4 + 2
