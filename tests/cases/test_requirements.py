"""Which requirement rows the worked cases show in full: every case of the row's articles agrees."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cases.worked import HERE, cases_of, differs, read_yaml
from yibao.rulebook.cases import Case

ROWS: list[dict[str, Any]] = read_yaml(HERE / "rows.yaml")["rows"]


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=pytest.mark.requirement(row["row"]), id=row["row"]) for row in ROWS],
)
def test_the_cases_of_a_requirement_agree(row: dict[str, Any]) -> None:
    region = row["region"]
    assert row.get("cases") or row.get("values")
    for asked in row.get("cases", ()):
        cases = [case for case in cases_of(region) if _shows(case, asked)]
        assert len(cases) >= asked["least"], asked
        assert [f"{case}: {differs(case)}" for case in cases if differs(case)] == []
    listed = {value["name"] for value in _values(region)}
    assert set(row.get("values", ())) <= listed


def _shows(case: Case, asked: dict[str, Any]) -> bool:
    """A case of the rule that cites one of the articles."""
    cited = any(_cites(case.says["cite"], article) for article in asked["articles"])
    return case.rule == asked["rule"] and cited


def _cites(cite: str, article: str) -> bool:
    """Whether a citation holds an article: 清单 1 is not in 清单 17."""
    ends = r"(?!\d)" if article[-1].isdigit() else ""
    return re.search(re.escape(article) + ends, cite) is not None


def _values(region: str) -> list[dict[str, Any]]:
    path = HERE / region / "parameters.yaml"
    return list(read_yaml(path)["parameters"]) if path.exists() else []


def test_each_row_stands_once() -> None:
    names = [row["row"] for row in ROWS]
    assert len(names) == len(set(names))
