"""Laws of the readers of words, on rulebooks and facts that nobody wrote by hand."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.rules.random_columns import facts_of_row, facts_read, random_columns
from tests.laws.random_books import YEAR, fold_books, row_books
from tests.laws.test_readers_agree import SEEDS
from yibao.core.refusal import Refusal
from yibao.core.rules import dependence, difference, nearest, prose
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts
from yibao.core.rules.scalar import Decision, decide

some = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BOOKS = st.one_of(row_books(), fold_books())


@some
@given(book=BOOKS, language=st.sampled_from(prose.LANGUAGES))
def test_any_rule_can_be_told_each_clause_once_with_its_article(
    book: Rulebook, language: str
) -> None:
    (rule,) = book.rules
    edition = book.bind(rule, year=YEAR)
    told = {paragraph.step: paragraph for paragraph in prose.rule(edition, language)}
    rests = dependence.of_rule(edition)
    for step in rests.steps:
        info = edition.steps[step]
        clauses = told[info.decision or info.name].clauses
        assert [c.name for c in info.clauses] == [c.name for c in clauses[: len(info.clauses)]]
    assert all("{" not in line for line in prose.lines(edition, language))
    assert set(rests.open) <= {name for name, p in book.parameters.items()}
    assert difference.of_words(edition, edition, language) == ()
    assert difference.of_books(book, book) == ()


def answers(edition: Edition, seed: int) -> list[tuple[Facts, Decision]]:
    """Some random facts of a rule that are answered, with their decisions."""
    columns = random_columns(edition, 12, facts_read(edition), seed=seed)
    found = []
    for row in range(columns.size):
        facts = facts_of_row(edition, columns, row)
        try:
            found.append((facts, decide(edition, facts)))
        except Refusal:
            continue
    return found


@some
@given(book=row_books(), seed=SEEDS)
def test_a_decision_rests_on_part_of_its_rule_and_nearest_changes_change_it(
    book: Rulebook, seed: int
) -> None:
    edition = book.bind("row", year=YEAR)
    whole = dependence.of_rule(edition)
    for facts, decision in answers(edition, seed):
        found = dependence.of_decision(decision, [facts])
        assert set(found.values) <= set(whole.values)
        assert set(found.articles) <= set(whole.articles)
        assert set(found.steps) <= {step.name for step in decision.steps}
        for flip in nearest.what_would_change(edition, [facts], most=6):
            again = decide(edition, Facts({**facts.values, flip.fact: flip.values[0]}))
            assert any(again.result[name] == new for name, (_, new) in flip.changed.items())
            assert again.result != decision.result
            assert nearest.sentence(flip, edition)
        (same,) = difference.of_person(edition, edition, facts)
        assert same.same
