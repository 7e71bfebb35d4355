"""What a form writes into a proposal's text: in its place, beside what a person wrote."""

import pytest

from yibao.apps.policy.overlays import dated, name_of, put, written
from yibao.core.rules.faults import FaultLog
from yibao.core.rules.text import compose

VALUE = "{is: 1, from: 2010, cite: p 1}"


def test_the_first_value_makes_its_section():
    assert put("", ("parameters", "adult_age"), VALUE) == f"parameters:\n  adult_age: {VALUE}\n"


def test_a_further_value_joins_the_section_behind_the_others():
    text = put("parameters:\n  a: {is: 2}\n", ("parameters", "b"), VALUE)
    assert text == f"parameters:\n  a: {{is: 2}}\n  b: {VALUE}\n"


def test_a_value_that_stands_is_written_anew_in_its_place_and_comments_stay():
    before = "# why\nparameters:\n  a:\n    is: 2\n    from: 2009\n  b: {is: 3}  # kept\n"
    after = put(before, ("parameters", "a"), VALUE)
    assert after == f"# why\nparameters:\n  a: {VALUE}\n  b: {{is: 3}}  # kept\n"


def test_a_clause_makes_every_level_that_is_missing():
    path = ("rules", "benefit", "steps", "verdict", "first_of", "stay")
    text = put("rules:\n  benefit:\n    cite: p 1\n", path, "{repeals: xingan}")
    assert text == (
        "rules:\n  benefit:\n    cite: p 1\n    steps:\n      verdict:\n        first_of:\n"
        "          stay: {repeals: xingan}\n"
    )
    assert put(text, path, VALUE).count("stay:") == 1


def test_sections_do_not_swallow_each_other():
    text = put("parameters:\n  a: {is: 2}\n\nrules:\n  r: {}\n", ("parameters", "b"), VALUE)
    assert text == f"parameters:\n  a: {{is: 2}}\n  b: {VALUE}\n\nrules:\n  r: {{}}\n"


@pytest.mark.parametrize(
    "value",
    [
        "130.00",
        "55%",
        "90 days",
        "true",
        "a}, x: {b",
        "a: b",
        "# no",
        "'",
        '"',
        "四(二)",
        "- a",
        "",
    ],
)
def test_whatever_is_typed_is_read_back_as_it_was_typed(value):
    log = FaultLog()
    tree = compose(
        file="x", text=f"v: {dated(value, since='2010', cite='p 1')}", layer="x", log=log
    )
    assert tree.get("v").get("is").value == value
    log.raise_if_any()


def test_sets_and_tables_are_written_on_one_line():
    assert written(["a", "b"]) == "[a, b]"
    assert written({"1": {"x": "5.00"}, "2": {"x": "6%"}}) == "{1: {x: 5.00}, 2: {x: 6%}}"


def test_a_layer_is_named_by_what_it_is_and_its_number():
    assert [name_of("setting", 8), name_of("change", 7)] == ["setting_8", "proposal_7"]
