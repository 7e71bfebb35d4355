"""Every rule of the two worked-out regions in words, as a resident reads it, in both languages."""

from collections.abc import Callable

import pytest

from yibao.core.rules import dependence, prose
from yibao.rulebook.loader import REGIONS, rulebook

YEARS = {"xingan": 2009, "hengshan": 2021}


@pytest.mark.parametrize("language", prose.LANGUAGES)
@pytest.mark.parametrize("region", YEARS)
def test_the_rules_in_words(
    region: str, language: str, snapshot: Callable[[str, str], None]
) -> None:
    book = rulebook(region)
    for rule in book.rules:
        edition = book.bind(rule, year=YEARS[region])
        text = "\n".join(prose.lines(edition, language))
        snapshot(f"prose/{region}-{rule}-{language}", text)


@pytest.mark.parametrize("language", prose.LANGUAGES)
@pytest.mark.parametrize("region", REGIONS)
def test_every_clause_is_told_with_its_article(region: str, language: str) -> None:
    book = rulebook(region)
    for rule in book.rules:
        edition = book.bind(rule, year=YEARS.get(region, 2026))
        told = {p.step: p for p in prose.rule(edition, language)}
        for step in dependence.of_rule(edition).steps:
            info = edition.steps[step]
            paragraph = told[info.decision or info.name]
            assert [c.name for c in info.clauses] == [
                c.name for c in paragraph.clauses[: len(info.clauses)]
            ]
            for clause, said in zip(info.clauses, paragraph.clauses):
                assert said.cites == (clause.cite,)
                assert clause.cite.article in prose.sentence(said, language)
                assert said.ours is clause.cite.ours
