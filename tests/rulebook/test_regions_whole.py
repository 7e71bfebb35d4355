"""What every region's rulebook must keep: summaries for what it cites, a case for each clause."""

from __future__ import annotations

import pytest

from tests.cases.worked import REGIONS, books, cases_of
from yibao.cli.rulebook import cites
from yibao.rulebook.cases import unreached_clauses
from yibao.rulebook.loader import rulebook


@pytest.mark.parametrize("region", REGIONS)
def test_each_article_that_is_cited_has_a_summary_in_both_languages(region: str) -> None:
    book = rulebook(region)
    bare = set()
    for cite in cites(book):
        summary = book.sources[cite.source].articles.get(cite.article)
        if summary is None or not summary.zh or not summary.en:
            bare.add(str(cite))
    assert bare == set()


@pytest.mark.parametrize("region", REGIONS)
def test_each_clause_of_each_rule_decides_a_case(region: str) -> None:
    found = unreached_clauses(rulebook(region), cases_of(region), book_for=books(region))
    assert found == []


@pytest.mark.parametrize("region", REGIONS)
def test_facts_steps_and_codes_have_labels_in_both_languages(region: str) -> None:
    book = rulebook(region)
    bare = [fact.name for fact in book.facts.values() if not (fact.label.zh and fact.label.en)]
    bare += [p.name for p in book.parameters.values() if not (p.label.zh and p.label.en)]
    for listed in book.enumerations.values():
        bare += [code for code, label in listed.codes.items() if not (label.zh and label.en)]
    for rule in book.rules.values():
        bare += [s.name for s in rule.steps.values() if s.label_zh == s.name]
    assert bare == []
