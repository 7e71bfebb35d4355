"""An edition: a rule bound for an insured year and a known day; every dated value is a constant.

With `dated_by` a date fact, a value that changes becomes an ordinary pick over that date, so that
every reader works unchanged. A value that is open, or not in force, becomes a `silent` node that
stops only the decisions that reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from yibao.core.rules import dates
from yibao.core.rules.declarations import Enumeration, Fact, Label, Source
from yibao.core.rules.graph import Graph, Node, StepInfo
from yibao.core.rules.hashing import sense_hash
from yibao.core.rules.parameters import FOREVER, Dated, Parameter
from yibao.core.rules.program import Program
from yibao.core.rules.rules import YEAR_DATED, Fold, Requirement, Rule
from yibao.core.rules.runtime import Calendar
from yibao.core.rules.types import DATE, FLAG, NUMBER, YEAR, Type
from yibao.core.rules.values import Codes


@dataclass(frozen=True, slots=True)
class Edition:
    """A bound rule. `result` are its outcomes by outgoing name, `types` their types.

    `origin` is the rule with its parameters by name, for readers that show or cite them.
    """

    rule: str
    label: Label
    year: int
    known: date | None
    text_hash: str
    sense_hash: str
    facts: Mapping[str, Fact]
    codes: Codes
    steps: Mapping[str, StepInfo]
    result: tuple[tuple[str, Node], ...]
    requires: tuple[Requirement, ...]
    ensures: tuple[Requirement, ...]
    fold: Fold | None
    types: Mapping[str, Type]
    program: Program
    origin: Rule
    book: Book


@dataclass(frozen=True, slots=True)
class Book:
    """What binding needs of a rulebook, and the words that readers of an edition show."""

    text_hash: str
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    codes: Codes
    calendar: Calendar | None
    enumerations: Mapping[str, Enumeration]
    sources: Mapping[str, Source]


def bind_rule(book: Book, rule: Rule, *, year: int, known: date | None) -> Edition:
    """Bind a rule for an insured year, by what was known on a day (None: by the newest)."""
    binder = _Binder(book, rule, year, FOREVER if known is None else dates.to_number(known))
    result = tuple((name, binder.bound(node)) for name, node in rule.result)
    requires, ensures = binder.conditions(rule.requires), binder.conditions(rule.ensures)
    fold = binder.fold(rule.fold)
    roots = [
        *result,
        *(("requires", requirement.when) for requirement in requires),
        *(("ensures", requirement.when) for requirement in ensures),
        *(("key", node) for node in (fold.key if fold else ())),
        *(("order", node) for node in (fold.order if fold else ())),
        *(
            (f"{state.name} {state.starts} {state.low}..{state.high}", node)
            for state, node in (zip(fold.state, fold.next) if fold else ())
        ),
    ]
    program = Program(
        title=f"{rule.name} {year}",
        result=result,
        requires=requires,
        ensures=ensures,
        fold=fold,
        steps=rule.steps,
        facts=book.facts,
        calendar=book.calendar,
    )
    return Edition(
        rule.name,
        rule.label,
        year,
        known,
        book.text_hash,
        sense_hash(roots),
        book.facts,
        book.codes,
        rule.steps,
        result,
        requires,
        ensures,
        fold,
        {name: node.type for name, node in result},
        program,
        rule,
        book,
    )


class _Binder:
    def __init__(self, book: Book, rule: Rule, year: int, known: int) -> None:
        self.book, self.rule, self.year, self.known = book, rule, year, known
        self.graph = Graph()
        self._done: dict[Node, Node] = {}

    def conditions(self, listed: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return tuple(replace(condition, when=self.bound(condition.when)) for condition in listed)

    def fold(self, fold: Fold | None) -> Fold | None:
        if fold is None:
            return None
        key, order, next_, limits = (
            tuple(self.bound(node) for node in nodes)
            for nodes in (fold.key, fold.order, fold.next, fold.limits)
        )
        return replace(fold, key=key, order=order, next=next_, limits=limits)

    def bound(self, node: Node) -> Node:
        """The node with every dated value in its place."""
        if node not in self._done:
            self._done[node] = self._bind(node)
        return self._done[node]

    def _bind(self, node: Node) -> Node:
        args = tuple(self.bound(arg) for arg in node.args)
        if node.op == "param":
            parameter = self.book.parameters[str(node.value)]
            return self._dated(
                parameter, lambda dated: self.graph.const(dated.value, parameter.type)
            )
        if node.op == "table":
            parameter = self.book.parameters[str(node.value)]
            return self._dated(
                parameter,
                lambda dated: self.graph.node(
                    "table", *args, value=tuple(dated.rows.items()), type_=parameter.type
                ),
            )
        if node.op == "fact" and node.type == YEAR and node.value == "year":
            return self.graph.const(self.year, YEAR)
        return self.graph.node(node.op, *args, value=node.value, type_=node.type)

    def _dated(self, parameter: Parameter, node_of: Callable[[Dated], Node]) -> Node:
        def at(day: int) -> Node:
            dated = parameter.at(day, self.known)
            if dated is None or dated.open:
                told = (parameter.name, parameter.silence(dated))
                return self.graph.node("silent", value=told, type_=parameter.type)
            return node_of(dated)

        if self.rule.dated_by == YEAR_DATED:
            return at(dates.year_start(self.year))
        return self._by_date(self.book.facts[self.rule.dated_by], parameter, at)

    def _by_date(self, fact: Fact, parameter: Parameter, at: Callable[[int], Node]) -> Node:
        """The value by the day that a fact gives; without such a day, by the year's first."""
        turns = {day for v in parameter.values for day in (v.since, v.until + 1)}
        starts = [fact.low, *sorted(day for day in turns if fact.low < day <= fact.high)]
        spans = [(day, at(day)) for day in starts]
        changed = [spans[0], *(b for a, b in pairwise(spans) if a[1] is not b[1])]
        fact_node = self.graph.node("fact", value=fact.name, type_=DATE)
        guards, outcomes = [], []
        if fact.none is not None:
            guards.append(self.graph.node("isnone", fact_node, type_=FLAG))
            outcomes.append(at(dates.year_start(self.year)))
        for (_, value), (until, _) in pairwise(changed):
            limit = self.graph.const(until, DATE)
            guards.append(self.graph.node("lt", fact_node, limit, type_=FLAG))
            outcomes.append(value)
        guards.append(self.graph.const(True, FLAG))
        outcomes.append(changed[-1][1])
        if all(outcome is outcomes[0] for outcome in outcomes):
            return outcomes[0]
        pick = self.graph.node("pick", *guards, type_=NUMBER)
        return self.graph.node("cases", pick, *outcomes, type_=parameter.type)
