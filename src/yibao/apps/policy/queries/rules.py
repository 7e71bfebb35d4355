"""The rules of a region as a list shows them."""

from collections.abc import Collection
from dataclasses import dataclass

from yibao.apps.access.rulebooks import book_of
from yibao.apps.access.scope import Scope
from yibao.apps.policy.queries.settings import blocked_by
from yibao.core.rules import dependence
from yibao.core.rules.book import Rulebook
from yibao.core.rules.declarations import Label
from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Clause


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule: its lists of clauses and their number, what it rests on, what it waits for."""

    name: str
    label: Label
    steps: frozenset[str]
    clauses: int
    facts: int
    sources: tuple[str, ...]
    readings: int
    open: tuple[str, ...]
    is_fold: bool
    sense_hash: str


def rule_lines(*, scope: Scope, year: int) -> list[RuleLine]:
    """Return the rules of the office's rulebook for an insured year, in its order."""
    book = book_of(scope.region)
    waiting = [one.name for one in book.open_settings()]
    blocked = {one: {found.rule for found in blocked_by(book, one)} for one in waiting}
    return [_line(book, name, year, blocked) for name in book.rules]


def _line(book: Rulebook, name: str, year: int, blocked: dict[str, set[str]]) -> RuleLine:
    edition = book.bind(name, year=year)
    rests = dependence.of_rule(edition)
    steps = frozenset(rests.steps)
    return RuleLine(
        name=name,
        label=edition.label,
        steps=steps,
        clauses=sum(map(len, decisions_of(edition, steps).values())),
        facts=len(rests.facts),
        sources=tuple(dict.fromkeys(cite.source for cite in rests.articles if not cite.ours)),
        readings=len(rests.ours),
        open=tuple(parameter for parameter, rules in blocked.items() if name in rules),
        is_fold=edition.fold is not None,
        sense_hash=edition.sense_hash,
    )


def decisions_of(edition: Edition, steps: Collection[str]) -> dict[str, tuple[Clause, ...]]:
    """Return the lists of clauses that a rule decides by, of the steps that it takes."""
    return {
        step.decision or step.name: step.clauses
        for name, step in edition.steps.items()
        if step.clauses and name in steps
    }
