"""Over all worked cases: what a decision rests on is what it shows, and part of what its rule may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from yibao.core.refusal import Refusal
from yibao.core.rules import dependence, nearest
from yibao.core.rules.facts import Facts, read_facts
from yibao.core.rules.scalar import Decision, decide
from yibao.rulebook.cases import cases_in
from yibao.rulebook.loader import REGIONS, rulebook

CASES = Path(__file__).resolve().parents[1] / "cases"


def decided(region: str) -> Iterator[tuple[Decision, Facts]]:
    """Every case of a rule without visits that is answered."""
    book = rulebook(region)
    for case in cases_in(CASES / region, region):
        year = case.given.get("year")
        if case.rule not in book.rules or not isinstance(year, int) or case.has_settings:
            continue
        edition = book.bind(case.rule, year=year)
        if edition.fold is None:
            try:
                facts = read_facts(edition, case.given)
                yield decide(edition, facts), facts
            except Refusal:
                continue


@pytest.mark.parametrize("region", REGIONS)
def test_a_decision_rests_on_what_it_shows_and_on_nothing_its_rule_does_not(region: str) -> None:
    whole = {}
    for decision, facts in decided(region):
        edition = decision.edition
        key = (edition.rule, edition.year)
        rule = whole.setdefault(key, dependence.of_rule(edition))
        found = dependence.of_decision(decision, [facts])
        shown = {(step.source, step.article) for step in decision.steps}
        assert shown <= {(cite.source, cite.article) for cite in found.articles}
        assert set(found.steps) <= {step.name for step in decision.steps}
        assert set(found.articles) <= set(rule.articles)
        assert set(found.values) <= set(rule.values)
        assert set(found.facts) <= set(rule.facts)
        assert not found.open  # it was answered
        unknown = dependence.of_decision(decision)
        assert set(found.values) <= set(unknown.values)


@pytest.mark.parametrize("region", REGIONS)
def test_each_value_that_would_change_an_answer_does(region: str) -> None:
    told = set()
    for decision, facts in decided(region):
        edition = decision.edition
        if edition.rule in told:
            continue
        told.add(edition.rule)
        for flip in nearest.what_would_change(edition, [facts]):
            for value in flip.values:
                again = decide(edition, Facts({**facts.values, flip.fact: value}))
                changed = {
                    name: (decision.result[name], new)
                    for name, new in again.result.items()
                    if new != decision.result[name]
                }
                assert changed == flip.changed
