"""Every number, date and list of each region's rulebook is held by a case.

Each value that a rule computes with is changed by one unit, both ways; a list loses each member. A
case worked out by hand must then fail, else the value could be wrong and nobody would see it. What
no rule computes with stands in parameters.yaml with its article.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import pytest

from tests.cases.mutants import changes, reads
from tests.cases.worked import HERE, REGIONS, books, cases_of, differs, read_yaml
from yibao.core.rules.book import Rulebook
from yibao.core.rules.facts import to_json
from yibao.core.rules.parameters import Parameter
from yibao.rulebook.cases import Case
from yibao.rulebook.loader import rulebook


@functools.cache
def _read_by(region: str) -> dict[str, frozenset[str]]:
    """The rules that compute with each parameter."""
    book = rulebook(region)
    read = {rule.name: reads(rule) for rule in book.rules.values()}
    return {
        name: frozenset(rule for rule, names in read.items() if name in names)
        for name in book.parameters
    }


def _unseen(region: str) -> list[str]:
    """The changes that no case sees."""
    book = rulebook(region)
    unseen = []
    for name, rules in _read_by(region).items():
        asked = [case for case in cases_of(region) if case.rule in rules]
        for change, edited in changes(book, book.parameters[name]) if rules else ():
            laid = _Laid(region, edited)
            seeing = next((case for case in asked if laid.fails(case)), None)
            if seeing is None:
                unseen.append(change)
            else:  # it often sees the next change too
                asked.remove(seeing)
                asked.insert(0, seeing)
    return unseen


class _Laid:
    """A changed parameter in the book of each case; a case's own settings stay as they are."""

    def __init__(self, region: str, edited: Parameter) -> None:
        self.region, self.edited = region, edited
        self.changed: dict[str, Rulebook] = {}

    def fails(self, case: Case) -> bool:
        book = books(self.region)(case)
        name = self.edited.name
        if book.parameters[name].values != rulebook(self.region).parameters[name].values:
            return False  # the case sets this value itself
        if book.text_hash not in self.changed:
            self.changed[book.text_hash] = book.changed([self.edited])
        try:
            return bool(differs(case, self.changed[book.text_hash]))
        except Exception:  # a changed value may also break the rule outright
            return True


@pytest.mark.heavy
@pytest.mark.parametrize("region", REGIONS)
def test_no_value_that_a_rule_computes_with_can_change_unseen(region: str) -> None:
    assert _unseen(region) == []


def _rows(region: str) -> list[dict[str, Any]]:
    path = HERE / region / "parameters.yaml"
    return list(read_yaml(path)["parameters"]) if path.exists() else []


def _shown(parameter: Parameter, value: object) -> object:
    """A value as parameters.yaml writes it; a table by its keys, several of them with a space."""
    if isinstance(value, dict):
        return {
            " ".join(map(str, key)) if isinstance(key, tuple) else key: _shown(parameter, part)
            for key, part in value.items()
        }
    if isinstance(value, date):
        return value.isoformat()
    shown = to_json(value, parameter.type)
    return f"{shown}%" if parameter.type.kind == "rate" else shown


@pytest.mark.parametrize("region", REGIONS)
def test_what_offices_work_by_stands_as_written(region: str) -> None:
    book = rulebook(region)
    for row in _rows(region):
        parameter = book.parameters[row["name"]]
        day = date.fromisoformat(row["day"])
        value = _shown(parameter, book.value_of(row["name"], on=day))
        wanted = sorted(row["is"]) if isinstance(row["is"], list) else row["is"]
        assert value == wanted, row["name"]
        dated = parameter.at(day.toordinal() - date(1970, 1, 1).toordinal(), 10**9)
        assert dated is not None
        assert str(dated.cite) == row["cite"], row["name"]


@pytest.mark.parametrize("region", REGIONS)
def test_each_value_that_no_rule_computes_with_stands_in_parameters_yaml(region: str) -> None:
    rows = {row["name"] for row in _rows(region)}
    alone = {
        parameter.name
        for parameter in rulebook(region).parameters.values()
        if not _read_by(region)[parameter.name] and parameter.values
    }
    assert sorted(alone - rows) == []
