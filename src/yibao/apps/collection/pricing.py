"""What a person is asked for in a year, by the region's contribution rule."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from yibao.apps.collection.policy import book_of
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import read_facts
from yibao.core.rules.graph import in_order
from yibao.core.rules.scalar import Decision, MissingFact, Silent, decide

RULE = "contribution"
# Outcomes of the rule that are not what the person pays or what all pay together.
_OWED, _CLASS, _WHOLE = "personal", "class", "standard"


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


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices by person, and the persons whose price a silence keeps open."""

    prices: dict[int, Price] = field(default_factory=dict)
    left_open: dict[Silence, list[int]] = field(default_factory=lambda: defaultdict(list))


def price_persons(*, region: str, year: int, facts: Mapping[int, Mapping[str, Any]]) -> Priced:
    """Decide every person's price. Persons alike in what the rule reads are decided once."""
    edition = book_of(region).bind(RULE, year=year)
    known = {person_id: json_ready(facts[person_id]) for person_id in sorted(facts)}
    priced = Priced()
    _price(edition, known, cheap_facts(edition), priced)
    return priced


def _price(
    edition: Edition,
    known: Mapping[int, Mapping[str, Any]],
    read: Sequence[str],
    priced: Priced,
) -> None:
    patterns: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for person_id, facts in known.items():
        patterns[pattern_of(facts, read)].append(person_id)
    for pattern, persons in patterns.items():
        try:
            price = price_of(decide(edition, read_facts(edition, dict_of(pattern))))
        except Silent as silent:
            priced.left_open[Silence(silent.name, silent.reason)] += persons
        except MissingFact:
            if read == facts_read(edition):
                raise
            # This pattern does need what tells persons apart: look at each with all facts.
            _price(edition, {one: known[one] for one in persons}, facts_read(edition), priced)
        else:
            priced.prices.update(dict.fromkeys(persons, price))


def price_of(decision: Decision) -> Price:
    """Return what a decision of the contribution rule asks for."""
    amounts = {name: value for name, value in decision.result.items() if isinstance(value, int)}
    return Price(
        price_class=str(decision.result.get(_CLASS, "")),
        owed_fen=amounts[_OWED],
        shares={name: fen for name, fen in amounts.items() if name not in (_OWED, _WHOLE)},
        witness=decision.witness() | {"rule": decision.edition.rule},
    )


def pattern_of(known: Mapping[str, Any], read: Sequence[str]) -> tuple[Any, ...]:
    """Return what a rule reads of a person, as something that can be compared and counted."""
    return tuple(
        (name, tuple(sorted(value)) if isinstance(value, list) else value)
        for name in read
        if (value := known.get(name)) is not None
    )


def dict_of(pattern: tuple[Any, ...]) -> dict[str, Any]:
    """Return a pattern as facts again."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in pattern}


def json_ready(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the rule engine reads them: days and moments as text, by the local clock."""
    return {name: _ready(value) for name, value in facts.items()}


def _ready(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value


@cache
def facts_read(edition: Edition) -> tuple[str, ...]:
    """Return the names of the facts that a bound rule reads, in order."""
    roots = [node for _, node in edition.result] + [one.when for one in edition.requires]
    return tuple(sorted({str(node.value) for node in in_order(roots) if node.op == "fact"}))


@cache
def cheap_facts(edition: Edition) -> tuple[str, ...]:
    """Return the facts that a decision is tried with first.

    What nobody may leave out (a birth date) tells every person apart, and most decisions never
    ask for it; a rule that does says so, because it is not presumed.
    """
    return tuple(name for name in facts_read(edition) if edition.facts[name].absent is not None)
