"""What every region's rulebook must keep: summaries for what it cites, a case for each clause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.worked import REGIONS, all_cases, ask
from yibao.cli.rulebook import cites
from yibao.core.refusal import Refusal
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


def _clauses_taken(region: str) -> Iterator[tuple[str, str, str]]:
    """Rule, step and clause of every step that a case took."""
    for case in all_cases():
        if case.region != region:
            continue
        try:
            answer = ask(case)
        except Refusal:
            continue
        visits = answer["result"].get("visits", ())
        steps = [*answer["steps"], *(step for visit in visits for step in visit["steps"])]
        yield from ((case.rule, step["name"], step["clause"]) for step in steps if step["clause"])


@pytest.mark.parametrize("region", REGIONS)
def test_each_clause_of_each_rule_decides_a_case(region: str) -> None:
    taken = set(_clauses_taken(region))
    book = rulebook(region)
    by_decision = {
        (rule.name, step.decision, clause)
        for rule in book.rules.values()
        for step in rule.steps.values()
        for name, of, clause in taken
        if (rule.name, step.name) == (name, of)
    }
    untaken = {
        (step.decision, clause.name)
        for rule in book.rules.values()
        for step in rule.steps.values()
        for clause in step.clauses
    } - {(decision, clause) for _, decision, clause in by_decision}
    assert untaken == set()


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
