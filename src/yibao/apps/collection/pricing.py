"""What persons are asked for in a year, by the region's contribution rule.

Persons alike in what a rule reads are decided once, not once each.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yibao.apps.access.rulebooks import book_of
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import read_facts
from yibao.core.rules.graph import in_order
from yibao.core.rules.scalar import Decision, MissingFact, Silent, decide

RULE = "contribution"
# Outcomes of the rule that are not a share of some other payer.
_OWED, _CLASS, _WHOLE = "personal", "class", "standard"
Known = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Price:
    """What a person owes: class, amount in fen, other payers' shares in fen, and why."""

    price_class: str
    owed_fen: int
    shares: Mapping[str, int]
    witness: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Silence:
    """A setting that the region's text leaves open."""

    setting: str
    reason: str


@dataclass(slots=True)
class Decisions:
    """A decision for each person, and the persons for whom the text leaves a setting open."""

    by_person: dict[int, Decision] = field(default_factory=dict)
    left_open: dict[Silence, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices by person, and the persons whose price a silence keeps open."""

    prices: dict[int, Price]
    left_open: Mapping[Silence, Sequence[int]]


def price_persons(*, region: str, year: int, facts: Known) -> Priced:
    """Decide every person's price by the contribution rule."""
    made = decide_persons(book_of(region).bind(RULE, year=year), facts)
    known: dict[int, Price] = {}
    prices = {}
    for person_id, decision in made.by_person.items():
        key = id(decision)
        if key not in known:
            known[key] = price_of(decision)
        prices[person_id] = known[key]
    return Priced(prices, made.left_open)


def price_of(decision: Decision) -> Price:
    """Return what a decision of the contribution rule asks for."""
    amounts = {name: value for name, value in decision.result.items() if isinstance(value, int)}
    return Price(
        price_class=str(decision.result.get(_CLASS, "")),
        owed_fen=amounts[_OWED],
        shares={name: fen for name, fen in amounts.items() if name not in (_OWED, _WHOLE)},
        witness=witness_of(decision),
    )


def witness_of(decision: Decision) -> dict[str, Any]:
    """Return what a stored decision keeps, with the name of its rule."""
    return decision.witness() | {"rule": decision.edition.rule}


def decide_persons(edition: Edition, facts: Known) -> Decisions:
    """Decide each person by a bound rule; equal patterns share one decision."""
    known = {person_id: json_ready(facts[person_id]) for person_id in sorted(facts)}
    read = facts_read(edition)
    # What nobody may leave out (a birth date) tells every person apart, and most decisions never
    # ask for it; a rule that does says so, because it is not presumed.
    cheap = tuple(name for name in read if edition.facts[name].absent is not None)
    made = Decisions()
    for needing in _decide(edition, known, cheap, made):
        whole = {one: known[one] for one in needing}
        assert not _decide(edition, whole, read, made), "a fact that the rule needs is missing"
    return made


def facts_read(edition: Edition) -> tuple[str, ...]:
    """Return the names of the facts that a bound rule reads, in order."""
    roots = [node for _, node in edition.result] + [one.when for one in edition.requires]
    return tuple(sorted({str(node.value) for node in in_order(roots) if node.op == "fact"}))


def _decide(
    edition: Edition, known: Known, read: Sequence[str], made: Decisions
) -> list[list[int]]:
    """Decide each pattern of the facts in `read`. Returns the persons of those that need more."""
    patterns: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for person_id, facts in known.items():
        patterns[_pattern(facts, read)].append(person_id)
    needing = []
    for persons in patterns.values():
        facts = {name: known[persons[0]][name] for name in read if name in known[persons[0]]}
        try:
            decision = decide(edition, read_facts(edition, facts))
        except Silent as silent:
            made.left_open[Silence(silent.name, silent.reason)] += persons
        except MissingFact:
            needing.append(persons)
        else:
            made.by_person.update(dict.fromkeys(persons, decision))
    return needing


def _pattern(facts: Mapping[str, Any], read: Sequence[str]) -> tuple[Any, ...]:
    values = (facts.get(name) for name in read)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def json_ready(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the rule engine reads them: days and moments as text, sets in order."""
    return {name: _ready(value) for name, value in facts.items()}


def _ready(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | set | frozenset):
        return sorted(value)
    return value
