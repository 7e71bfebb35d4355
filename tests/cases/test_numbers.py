"""Every number, date and list of the two rulebooks is held by a case.

Each value that a rule computes with is changed by one unit, both ways; a list loses each member. A
case worked out by hand must then fail, else the value could be wrong and nobody would see it.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from tests.cases.worked import HERE, REGIONS, all_cases, differs, read_yaml
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.core.rules.facts import to_json
from yibao.rulebook.loader import calendar, layers, rulebook

_WORD = re.compile(r"[a-z_]+")


def _shifted(raw: str, kind: str) -> Iterator[str]:
    """A value one unit more, and one less where that is a value."""
    for by in (1, -1):
        if kind == "date":
            yield (date.fromisoformat(raw) + timedelta(days=by)).isoformat()
        elif kind == "period":
            count, unit = raw.split()
            if int(count) + by >= 0:
                yield f"{int(count) + by} {unit}"
        elif kind == "rate":
            yield f"{int(raw.rstrip('%')) + by}%"
        elif kind == "money" or int(raw) + by >= 0:
            yield str(int(raw) + by)


def _changed(value: Any, kind: str) -> Iterator[Any]:
    """Every way to change one thing in a value, a list or a table."""
    if isinstance(value, list):
        yield from ([v for v in value if v != lost] for lost in value)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key != "cite":
                yield from ({**value, key: other} for other in _changed(part, kind))
    elif kind not in ("rounding", "flag"):
        yield from _shifted(value, kind)


@functools.cache
def _read_by_rules(region: str) -> frozenset[str]:
    """Every word of the steps and rules; a parameter among them is computed with."""
    trees = [yaml.load(layer.text, yaml.BaseLoader) for layer in layers(region)]
    parts = [str(tree.get(part, "")) for tree in trees for part in ("steps", "rules")]
    return frozenset(_WORD.findall(" ".join(parts)))


def _mutants(region: str) -> Iterator[tuple[str, LayerText, str]]:
    """A name, the file as it stands, and its text with one value changed."""
    for layer in layers(region):
        tree = yaml.load(layer.text, yaml.BaseLoader)
        for name, parameter in tree.get("parameters", {}).items():
            if name not in _read_by_rules(region):
                continue
            places = parameter.get("values", [parameter])
            for at, place in enumerate(places):
                for value in _changed(place.get("is"), parameter["type"]) if "is" in place else ():
                    other = copy.deepcopy(tree)
                    found = other["parameters"][name]
                    found.get("values", [found])[at]["is"] = value
                    yield f"{name} as {value}", layer, _text(other)


def _text(tree: Any) -> str:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=10_000)


@functools.cache
def _unseen(region: str) -> tuple[str, ...]:
    """The changes that no case sees."""
    cases = [case for case in all_cases() if case.region == region and "settings" not in case.says]
    unseen = []
    for name, changed, text in _mutants(region):
        texts = [
            LayerText(layer.name, text, layer.layer) if layer is changed else layer
            for layer in layers(region)
        ]
        book = read_rulebook(texts, calendar=calendar())
        seeing = next((case for case in cases if _fails(case, book)), None)
        if seeing is None:
            unseen.append(name)
        else:  # it often sees the next change too
            cases.remove(seeing)
            cases.insert(0, seeing)
    return tuple(unseen)


def _fails(case: Any, book: Any) -> bool:
    try:
        return bool(differs(case, book))
    except Exception:  # a changed value may also break the rule outright
        return True


@pytest.mark.heavy
@pytest.mark.parametrize("region", REGIONS)
def test_no_value_that_a_rule_computes_with_can_change_unseen(region: str) -> None:
    assert _unseen(region) == ()


@pytest.mark.parametrize("region", REGIONS)
def test_what_offices_work_by_stands_as_written(region: str) -> None:
    book = rulebook(region)
    for row in read_yaml(HERE / region / "parameters.yaml")["parameters"]:
        parameter = book.parameters[row["name"]]
        day = date.fromisoformat(row["day"])
        value = book.value_of(row["name"], on=day)
        shown = value.isoformat() if isinstance(value, date) else to_json(value, parameter.type)
        want = int(row["is"].rstrip("%")) if str(row["is"]).endswith("%") else row["is"]
        assert shown == want, row["name"]
        assert str(parameter.values[0].cite) == row["cite"], row["name"]


@pytest.mark.parametrize("region", REGIONS)
def test_each_number_that_no_rule_computes_with_stands_in_parameters_yaml(region: str) -> None:
    rows = {row["name"] for row in read_yaml(HERE / region / "parameters.yaml")["parameters"]}
    parameters = rulebook(region).parameters.values()
    alone = {
        parameter.name
        for parameter in parameters
        if parameter.name not in _read_by_rules(region)
        and parameter.values
        and parameter.type.kind not in ("flag", "code", "codes")
    }
    assert alone - rows == set()
