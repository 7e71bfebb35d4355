"""YAML as text: nothing is constructed, and what is wrong with a file has its place."""

from __future__ import annotations

import pickle

import pytest

from tests.core.rules.samples import faults, read
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.core.rules.faults import FaultLog, RulebookFaults
from yibao.core.rules.text import Map, Text, compose


def words(text: str) -> list[str]:
    with pytest.raises(RulebookFaults) as caught:
        read_rulebook([LayerText("a.yaml", text, "national")])
    return [str(fault) for fault in caught.value.faults]


def test_every_scalar_stays_the_text_it_was_with_its_place() -> None:
    log = FaultLog()
    tree = compose(
        file="a.yaml", text="on: no\nsum: 130.00\nday: '2009-01-01'\n", layer="x", log=log
    )
    assert isinstance(tree, Map)
    values = [entry.value for entry in tree]
    assert [v.value for v in values if isinstance(v, Text)] == ["no", "130.00", "2009-01-01"]
    assert [(v.place.line, v.place.column) for v in values] == [(1, 5), (2, 6), (3, 7)]
    log.raise_if_any()


def test_an_empty_file_is_a_fault_of_its_own() -> None:
    assert words("# nothing\n") == [
        "a.yaml:1:1: the file is empty. write at least sources: and a section, or drop it"
    ]


def test_what_is_no_yaml_says_where() -> None:
    assert words("a: [1\nb: 2\n")[0].startswith("a.yaml:2:2: this is not YAML: ")
    assert words("a: b\x00c")[0].startswith("a.yaml:1:1: this is not YAML: ")
    assert words("a: 1\n---\nb: 2\n")[0].startswith("a.yaml:2:1: this is not YAML: ")


def test_a_file_is_a_mapping_of_known_sections() -> None:
    assert words("- a\n") == ["a.yaml:1:1: a rulebook file is a mapping of sections"]
    assert words("fact: {}\nfacts: [a]\nrules: word\nsteps:\n? [a]\n: b\n") == [
        "a.yaml:1:1: a rulebook has no section “fact”; did you mean “facts”?",
        "a.yaml:2:1: section “facts” must be a mapping",
        "a.yaml:3:1: section “rules” must be a mapping",
        "a.yaml:5:3: a key must be a plain word",
    ]


def test_a_key_written_twice_is_seen() -> None:
    assert faults("steps:\n  a: {is: low_income, cite: law 1}\n  a: {is: True, cite: law 1}\n") == [
        "region.yaml:3:3: “a” is written twice, first in line 2. keep one of them"
    ]


def test_a_block_scalar_is_refused() -> None:
    found = faults("steps:\n  a:\n    cite: law 1\n    is: >\n      low_income\n")
    assert "region.yaml:4:9: a block scalar loses its columns. write the text on one line" in found


def test_a_quoted_expression_counts_its_columns_after_the_quote() -> None:
    assert faults('steps:\n  a: {is: "qqq", cite: law 1}\n') == [
        "region.yaml:2:12: no fact, parameter, step, state or code “qqq”"
    ]


def test_fields_of_a_wrong_kind_are_named() -> None:
    text = """
steps:
  a: word
  b: {is: [x], cite: law 1}
  c: {first_of: [x]}
  d: {is: low_income, cite: {law: 1}}
  e: {is: low_income, citation: law 1}
rules:
  r: {result: {x: a}, requires: word, ceilings: word}
"""
    assert faults(text) == [
        "region.yaml:3:6: step “a” must be a mapping",
        "region.yaml:4:11: is: of step “b” must be a single value",
        "region.yaml:5:3: step “c” has no clause",
        "region.yaml:5:17: first_of: of step “c” must be a mapping",
        "region.yaml:6:29: cite: of step “d” must be a single value",
        "region.yaml:7:3: step “e” has no citation. add cite: SOURCE ARTICLE",
        "region.yaml:7:23: step “e” has no key “citation”",
        "region.yaml:9:33: requires: of rule “r” must be a list",
        "region.yaml:9:49: ceilings: of rule “r” must be a mapping",
    ]


def test_a_book_without_regions_is_a_book() -> None:
    assert read("rules:\n").rules == {}


def test_faults_survive_the_way_between_processes() -> None:
    with pytest.raises(RulebookFaults) as caught:
        read_rulebook([LayerText("a.yaml", "", "national")])
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.faults == caught.value.faults
    assert str(again) == str(caught.value)
