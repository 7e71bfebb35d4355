"""Answers a question about a rule from JSON facts: what `yibao explain` prints, as a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from yibao.core.rules import dates, fold
from yibao.core.rules.book import Rulebook
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import FactFaults, read_fact, read_facts
from yibao.core.rules.graph import in_order
from yibao.core.rules.parameters import FOREVER
from yibao.core.rules.scalar import Decision, decide
from yibao.core.rules.types import DATE
from yibao.core.rules.values import Misread

_YEAR = "year"
_PERSON, _VISITS = "person", "visits"
_PARTS = {_PERSON, _VISITS}
_LEAVING = "discharged_on"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Question:
    """A rule of a region's rulebook, asked by what was published on `known` (None: the newest)."""

    book: Rulebook
    region: str
    rule: str
    known: date | None = None
    language: str = "zh"


def explain(question: Question, data: Mapping[str, object]) -> dict[str, object]:
    """Return result, presumed facts and steps for the facts of one case.

    A rule over visits takes {"person": {…}, "visits": [{…}, …]}; each year of discharge is
    decided on its own. Raises UnknownRule, FactFaults, and what `scalar.decide` raises.
    """
    rule = question.book.bind(question.rule, year=_any_year(data), known=question.known)
    if rule.fold is not None:
        return _explain_visits(question, data)
    edition = _edition(question, _year_of(question, data))
    decision = decide(edition, read_facts(edition, data))
    steps = [step.as_json(question.language) for step in decision.steps]
    return _answer(question, decision.as_json(), decision.presumed, steps)


def _answer(
    question: Question, result: object, presumed: Sequence[str], steps: list[dict[str, object]]
) -> dict[str, object]:
    return {
        "rule": question.rule,
        "region": question.region,
        "rulebook": question.book.text_hash,
        "result": result,
        "presumed": list(presumed),
        "steps": steps,
    }


def _edition(question: Question, year: int) -> Edition:
    return question.book.bind(question.rule, year=year, known=question.known)


def _any_year(data: Mapping[str, object]) -> int:
    """A year to bind by before the facts are known to be readable."""
    year = data.get(_YEAR)
    if isinstance(year, int) and date.min.year < year < date.max.year:
        return year
    return date.min.year + 1


def _year_of(question: Question, data: Mapping[str, object]) -> int:
    if _YEAR not in data:
        lasting = _first_lasting_year(question)
        if lasting is not None:
            return lasting
        raise FactFaults((f"fact “{_YEAR}” is missing: rule “{question.rule}” asks for it",))
    try:
        year = read_fact(question.book.facts[_YEAR], data[_YEAR], {})
    except Misread as wrong:
        raise FactFaults((f"fact “{_YEAR}”: {wrong}",)) from wrong
    assert isinstance(year, int)
    return year


def _first_lasting_year(question: Question) -> int | None:
    """A year that answers as every later one does; None where the year may matter.

    It does not where the rule never reads it, and no value that it reads has changed or ended.
    """
    rule = question.book.rules[question.rule]
    conditions = (*rule.requires, *rule.ensures)
    roots = [*(node for _, node in rule.result), *(one.when for one in conditions)]
    nodes = tuple(in_order(roots))
    if any(node.op == "fact" and node.value == _YEAR for node in nodes):
        return None
    names = {str(node.value) for node in nodes if node.op in ("param", "table")}
    values = [question.book.parameters[name].values for name in names]
    if any(dated[1:] or any(one.until != FOREVER for one in dated) for dated in values):
        return None
    starts = (dates.year_of(one.since) for dated in values for one in dated)
    return max(starts, default=_any_year({}))


def _explain_visits(question: Question, data: Mapping[str, object]) -> dict[str, object]:
    person, visits = _person_and_visits(data)
    years = _years(question, visits)
    editions = {year: _edition(question, year) for year in dict.fromkeys(years)}
    found: list[Decision | None] = [None for _ in visits]
    for year, edition in editions.items():
        chosen = [at for at, of in enumerate(years) if of == year]
        for at, decision in zip(chosen, _fold(edition, person, visits, chosen)):
            found[at] = decision
    decisions = [decision for decision in found if decision is not None]
    rows = [
        {
            **decision.as_json(),
            "steps": [step.as_json(question.language) for step in decision.steps],
        }
        for decision in decisions
    ]
    presumed = dict.fromkeys(name for decision in decisions for name in decision.presumed)
    return _answer(question, {_VISITS: rows}, tuple(presumed), [])


def _fold(
    edition: Edition,
    person: Mapping[str, object],
    visits: Sequence[Mapping[str, object]],
    chosen: Sequence[int],
) -> list[Decision]:
    """Decide the chosen visits of one year, in the given order."""
    # the year of the fold is that of the discharge; a year among the person's facts is not asked
    known = read_facts(edition, {name: v for name, v in person.items() if name != _YEAR})
    rows = _each(chosen, lambda at: read_facts(edition, visits[at]))
    keys = [fold.order_key(edition, row) for row in rows]
    late = [at for before, after, at in zip(keys, keys[1:], chosen[1:]) if after < before]
    if late:
        raise FactFaults(
            tuple(f"visit {at + 1}: it comes before the visit given ahead of it" for at in late)
        )
    state, decisions = fold.first_state(edition), []
    for at, row in zip(chosen, rows):
        try:
            decision, state = fold.step(edition, known, row, state)
        except FactFaults as wrong:
            raise FactFaults(_of_visit(at, wrong)) from wrong
        decisions.append(decision)
    return decisions


def _person_and_visits(
    data: Mapping[str, object],
) -> tuple[Mapping[str, object], list[Mapping[str, object]]]:
    """The two parts of a question about visits; anything else is a fault."""
    lines = [f"no key “{name}”: there are person and visits" for name in data.keys() - _PARTS]
    person, visits = data.get(_PERSON), data.get(_VISITS)
    if not isinstance(person, dict):
        lines.append("“person” must be an object of facts")
    if not isinstance(visits, list):
        lines.append("“visits” must be a list of objects of facts")
    else:
        lines += [
            f"visit {at + 1} must be an object of facts"
            for at, visit in enumerate(visits)
            if not isinstance(visit, dict)
        ]
    if lines:
        raise FactFaults(tuple(lines))
    assert isinstance(person, dict) and isinstance(visits, list)
    return person, visits


def _years(question: Question, visits: Sequence[Mapping[str, object]]) -> list[int]:
    """The year of discharge of each visit."""
    fact = question.book.facts[_LEAVING]
    assert fact.type == DATE

    def year(at: int) -> int:
        if _LEAVING not in visits[at]:
            step = "year_of(discharged_on)"
            raise FactFaults((f"fact “{_LEAVING}” is missing: {step} asks for it",))
        try:
            day = read_fact(fact, visits[at][_LEAVING], {})
        except Misread as wrong:
            raise FactFaults((f"fact “{_LEAVING}”: {wrong}",)) from wrong
        assert isinstance(day, int)
        return dates.year_of(day)

    return _each(range(len(visits)), year)


def _each(places: Iterable[int], read: Callable[[int], Row]) -> list[Row]:
    """Read the visits at some places; all their faults at once, each line naming its visit."""
    found: list[Row] = []
    lines: list[str] = []
    for at in places:
        try:
            found.append(read(at))
        except FactFaults as wrong:
            lines += _of_visit(at, wrong)
    if lines:
        raise FactFaults(tuple(lines))
    return found


def _of_visit(at: int, wrong: FactFaults) -> tuple[str, ...]:
    return tuple(f"visit {at + 1}: {line}" for line in wrong.lines)
