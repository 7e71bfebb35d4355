"""Each policy point of each region is held by its rulebook and by cases, or stands open.

points.yaml names, for P04 to P56, the rules and parameters that hold what a region's text says, and
the open settings where it is silent. What is named must be there, cite an article, and be asked by a
worked case or stand in parameters.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.cases.mutants import reads
from tests.cases.worked import HERE, cases_of, read_yaml
from yibao.rulebook.loader import rulebook
from yibao.rulebook.regions import regions

FIRST, LAST = 4, 56
_ROWS: list[dict[str, Any]] = read_yaml(HERE / "points.yaml")["points"]
ROWS = [pytest.param(row, id=f"{row['point']} {row['region']}") for row in _ROWS]


def test_every_region_has_a_row_for_every_point() -> None:
    wanted = {(f"P{at:02}", region) for at in range(FIRST, LAST + 1) for region in regions()}
    rows = [(row["point"], row["region"]) for row in _ROWS]
    assert len(rows) == len(set(rows))
    assert set(rows) == wanted


@cache
def _asked(region: str) -> frozenset[str]:
    """Rules that cases ask, the parameters those read, and what parameters.yaml lists."""
    rules = rulebook(region).rules
    asked = {case.rule for case in cases_of(region)} & set(rules)
    read = (name for rule in asked for name in reads(rules[rule]))
    path = HERE / region / "parameters.yaml"
    rows = read_yaml(path)["parameters"] if path.exists() else []
    return frozenset((*asked, *read, *(row["name"] for row in rows)))


def _cites(region: str, name: str) -> Iterator[str]:
    """The articles of a rule's clauses, or of a parameter's values."""
    book = rulebook(region)
    if name in book.rules:
        steps = book.rules[name].steps.values()
        yield from (str(clause.cite) for step in steps for clause in step.clauses)
        yield from (str(step.cite) for step in steps if step.cite.source)
    if name in book.parameters:
        yield from (str(dated.cite) for dated in book.parameters[name].values)
        open_ = book.parameters[name].open
        yield from ([open_] if open_ else [])


@pytest.mark.parametrize("row", ROWS)
def test_what_holds_a_point_is_there_cited_and_asked(row: dict[str, Any]) -> None:
    region, names = row["region"], row.get("held", [])
    assert names or row.get("open")
    assert [name for name in names if not any(_cites(region, name))] == []
    assert [name for name in names if name not in _asked(region)] == []


@pytest.mark.parametrize("row", ROWS)
def test_what_is_silent_stands_open_with_a_chinese_reason(row: dict[str, Any]) -> None:
    reasons = {setting.name: setting.reason for setting in rulebook(row["region"]).open_settings()}
    for name in row.get("open", []):
        assert name in reasons, name
        assert re.search("[一-鿿]", reasons[name]), name
