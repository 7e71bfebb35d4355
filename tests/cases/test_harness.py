"""The harness of the cases: what is no case is refused, and what differs is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.worked import SETTINGS
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.rulebook.cases import (
    Case,
    CasesUnreadable,
    SettingsOfCase,
    books_over,
    cases_in,
    cases_of,
    run_cases,
    unreached_clauses,
)
from yibao.rulebook.loader import calendar, layers, rulebook

OWED = {
    "name": "everybody owes 280",
    "rule": "contribution",
    "given": {"year": 2021, "born": "1980-01-01"},
    "cite": "方案 二",
}
OVERLAY = LayerText(
    "more.yaml",
    """overlay: more
over: hengshan
authority: proposal
sources: {p: {title: A proposal, published: 2020-09-20}}
parameters:
  individual_share: {replaces: hengshan, type: money, is: 300, from: 2021, cite: p 1}
cases:
- {name: it is 300, rule: contribution, given: {year: 2021, born: 1980-01-01}, expect: {personal: "300.00"}, cite: p 1}
""",
    "more",
)


def _case(**says: object) -> Case:
    row = {**OWED, **says}
    return Case("hengshan", "contribution", str(row["name"]), OWED["given"], row)  # type: ignore[arg-type]


def _lines(**says: object) -> list[str]:
    return run_cases(rulebook("hengshan"), "hengshan", [_case(**says)])


def test_a_case_that_agrees_has_no_line() -> None:
    assert _lines(expect={"personal": "280.00"}, clauses={"price_class": "otherwise"}) == []


def test_a_case_that_differs_says_where_what_and_what_was_expected() -> None:
    assert _lines(expect={"personal": "281.00"}) == [
        "hengshan contribution: everybody owes 280: personal: '280.00', not '281.00'"
    ]
    assert (
        "price_class by otherwise, not newborn"
        in _lines(expect={}, clauses={"price_class": "newborn"})[0]
    )
    assert "personal is there" in _lines(expect={}, absent=["personal"])[0]


def test_a_case_that_expects_silence_or_a_question_and_gets_an_answer_says_so() -> None:
    assert "answered" in _lines(silent="fiscal_share")[0]
    assert "answered" in _lines(missing="born")[0]


def test_a_refusal_is_a_line_and_never_ends_the_run() -> None:
    unknown = Case("hengshan", "nothing", "asks for nothing", {}, {"expect": {}})
    lines = run_cases(rulebook("hengshan"), "hengshan", [unknown, _case(expect={"personal": "1"})])
    assert len(lines) == 2
    assert "no rule “nothing”" in lines[0]


def test_a_case_may_expect_a_refusal_by_its_words() -> None:
    unknown = Case("hengshan", "nothing", "asks for nothing", {}, {"refused": "no rule “nothing”"})
    assert run_cases(rulebook("hengshan"), "hengshan", [unknown]) == []


def test_settings_of_a_case_lie_over_the_regions_own_layers() -> None:
    veteran = {"year": 2021, "born": "1999-01-01", "event": "veteran", "event_on": "2021-03-01"}
    says = {"settings": {"fiscal_share": "580.00"}, "expect": {"personal": "860.00"}}
    case = Case("hengshan", "contribution", "a veteran", veteran, says)
    assert run_cases(rulebook("hengshan"), "hengshan", [case]) == []


def test_settings_of_a_case_may_be_a_file_of_the_demonstration() -> None:
    veteran = {"year": 2021, "born": "1999-01-01", "event": "veteran", "event_on": "2021-03-01"}
    says = {"settings_file": "hengshan", "expect": {"personal": "860.00"}}
    case = Case("hengshan", "contribution", "a veteran", veteran, says)
    book_for = books_over(layers("hengshan"), SETTINGS)
    assert run_cases(rulebook("hengshan"), "hengshan", [case], book_for=book_for) == []
    with pytest.raises(SettingsOfCase):
        books_over(layers("hengshan"))(case)


def test_the_cases_of_an_overlay_are_asked_of_the_merged_book() -> None:
    texts = (*layers("hengshan"), OVERLAY)
    book = read_rulebook(texts, calendar=calendar())
    cases = cases_of(OVERLAY.text, "hengshan", OVERLAY.name)
    assert [case.name for case in cases] == ["it is 300"]
    assert run_cases(book, "hengshan", cases) == []
    assert run_cases(rulebook("hengshan"), "hengshan", cases) != []
    closing = _case(settings={"fiscal_share": "580.00"}, expect={"personal": "300.00"})
    assert "layers below were not given" in run_cases(book, "hengshan", [closing])[0]
    assert run_cases(book, "hengshan", [closing], book_for=books_over(texts)) == []


def test_a_clause_that_no_case_reaches_is_named() -> None:
    lines = unreached_clauses(rulebook("hengshan"), [_case(expect={})])
    assert "contribution price: newborn" in lines
    assert "contribution price: otherwise" not in lines
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("cases: [", "while parsing"),
        ("cases: {a: 1}", "cases: is no list"),
        ("cases: [1]", "case 1: the cases cannot be read: it is no mapping"),
        ("cases: [{name: a, rule: b, given: {}, expect: {}}]", "it lacks cite"),
        ("cases: [{name: a, rule: b, given: 1, cite: c}]", "it lacks given, expect | silent"),
    ],
)
def test_what_is_no_case_is_refused_with_its_place(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CasesUnreadable) as refused:
        cases_in(tmp_path, "hengshan")
    assert "broken.yaml" in refused.value.sentence("en")
    assert why in refused.value.sentence("en")


def test_a_layer_without_cases_has_none() -> None:
    assert cases_of("parameters: {}", "hengshan", "a file") == ()
    assert cases_of("", "hengshan", "a file") == ()
