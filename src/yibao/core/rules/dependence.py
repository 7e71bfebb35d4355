"""What an outcome rests on: which values of which parameters, which articles, which facts.

Asked of a whole rule, of one outcome, or of one decision: then only the path that it took counts,
which is the steps that the scalar reader took and what stands below the clauses that it chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yibao.core.rules import dates
from yibao.core.rules.declarations import Label
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import Facts
from yibao.core.rules.graph import Cite, Node, StepInfo
from yibao.core.rules.parameters import FOREVER, Dated, Key, Parameter
from yibao.core.rules.rules import YEAR_DATED
from yibao.core.rules.scalar import Decision
from yibao.core.rules.types import Type

_UNKNOWN = object()


@dataclass(frozen=True, slots=True)
class Value:
    """One value that is rested on; of a table, one row (`key`). `silent` is the reason of none."""

    name: str
    label: Label
    type: Type
    key: Key
    value: object
    since: int
    cite: Cite
    silent: str = ""


@dataclass(frozen=True, slots=True)
class Dependence:
    """Values, articles, facts and steps, each in the order in which they are met."""

    values: tuple[Value, ...]
    articles: tuple[Cite, ...]
    facts: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def ours(self) -> tuple[Cite, ...]:
        """The readings of our own among the articles."""
        return tuple(cite for cite in self.articles if cite.ours)

    @property
    def open(self) -> tuple[str, ...]:
        """The parameters that the text leaves open, and that are rested on."""
        return tuple(dict.fromkeys(value.name for value in self.values if value.silent))


def of_rule(edition: Edition) -> Dependence:
    """What any outcome of a rule may rest on."""
    fold = edition.origin.fold
    roots = [node for _, node in edition.origin.result]
    return _Walk(edition, None, None).over([*roots, *(fold.next if fold else ())])


def of_outcome(edition: Edition, outcome: str) -> Dependence:
    """What one outcome of a rule, by its outgoing name, may rest on. Raises KeyError."""
    return _Walk(edition, None, None).over([dict(edition.origin.result)[outcome]])


def of_decision(
    decision: Decision, given: Iterable[Facts] = (), outcome: str | None = None
) -> Dependence:
    """What one decision rests on, or one outcome of it: the path that was taken.

    Of a condition that was asked every part counts, also those behind the one that settled it.
    With the facts that it was given, a table that is read by a fact tells only the row that was
    read, and a value that changes within the year only the one in force on that day.
    """
    facts = {name: value for part in given for name, value in part.values.items()}
    roots = [node for name, node in decision.edition.origin.result if outcome in (None, name)]
    return _Walk(decision.edition, decision, facts).over(roots)


def in_force(edition: Edition, parameter: Parameter) -> list[tuple[int, Dated | None]]:
    """The values of a parameter that an edition knows, each with the day from which it holds.

    One, unless the rule is dated by a fact and the value changes within that fact's range.
    """
    known = FOREVER if edition.known is None else dates.to_number(edition.known)
    dated_by = edition.origin.dated_by
    if dated_by == YEAR_DATED:
        first = dates.year_start(edition.year)
        return [(first, parameter.at(first, known))]
    fact = edition.facts[dated_by]
    turns = {day for value in parameter.values for day in (value.since, value.until + 1)}
    found: list[tuple[int, Dated | None]] = []
    for day in [fact.low, *sorted(day for day in turns if fact.low < day <= fact.high)]:
        dated = parameter.at(day, known)
        if not found or found[-1][1] is not dated:
            found.append((day, dated))
    return found


@dataclass(slots=True)
class _Found:
    """What a walk has met; dictionaries, because they keep the order and each thing once."""

    values: dict[tuple[str, Key, int], Value] = field(default_factory=dict)
    articles: dict[Cite, None] = field(default_factory=dict)
    facts: dict[str, None] = field(default_factory=dict)
    steps: dict[str, None] = field(default_factory=dict)


class _Walk:
    """Goes down from outcomes; with a decision, only where the decision went."""

    def __init__(
        self, edition: Edition, decision: Decision | None, facts: Mapping[str, object] | None
    ) -> None:
        self.edition, self.decision = edition, decision
        self.known = facts or {}
        self.taken = {step.name: step.value for step in decision.steps} if decision else {}
        self.chosen = dict(decision.clauses) if decision else {}
        self.found = _Found()
        self._seen: set[Node] = set()

    def over(self, roots: Iterable[Node]) -> Dependence:
        for root in roots:
            self._visit(root)
        found = self.found
        for name in found.facts:
            absent = self.edition.facts[name].absent
            if absent is not None and self._presumed(name):
                self._article(absent.cite)
        return Dependence(
            tuple(found.values.values()),
            tuple(found.articles),
            tuple(found.facts),
            tuple(found.steps),
        )

    def _presumed(self, name: str) -> bool:
        return self.decision is None or name in self.decision.presumed

    def _article(self, cite: Cite) -> None:
        if cite.source:
            self.found.articles[cite] = None

    def _visit(self, node: Node) -> None:
        if node in self._seen:
            return
        self._seen.add(node)
        if node.op == "step":
            self._step(node)
        elif node.op == "fact":
            self.found.facts[str(node.value)] = None
        elif node.op in ("param", "table"):
            self._parameter(node)
        if node.op != "step":
            for arg in node.args:
                self._visit(arg)

    def _step(self, node: Node) -> None:
        name = str(node.value)
        if self.decision is not None and name not in self.taken:
            return
        info = self.edition.steps[name]
        inner = node.args[0]
        if inner.op == "within":
            self._ceilings(inner)
            inner = inner.args[0]
        if info.decision:
            self._clauses(info, inner)
        else:
            self._article(info.cite)
            self._visit(inner)
        self.found.steps[name] = None

    def _clauses(self, info: StepInfo, cases: Node) -> None:
        """The guards that were asked, and the outcome that was chosen; all without a decision."""
        pick, *outcomes = cases.args
        names = [clause.name for clause in info.clauses]
        chosen = self.chosen.get(info.decision)
        last = len(names) - 1 if chosen is None else names.index(chosen)
        for guard in pick.args[: last + 1]:
            self._visit(guard)
        for at, clause in enumerate(info.clauses):
            if chosen in (None, clause.name):
                self._article(clause.cite)
                for _, cite in clause.over:
                    self._article(cite)
                self._visit(outcomes[at])
        if info.order is not None:
            self._article(info.order)

    def _ceilings(self, within: Node) -> None:
        fold = self.edition.origin.fold
        assert fold is not None
        used = (
            {ceiling.name for ceiling in self.decision.ceilings if ceiling.limit_fen is not None}
            if self.decision
            else set(fold.ceilings)
        )
        for at, name in enumerate(within.value if isinstance(within.value, tuple) else ()):
            self._visit(within.args[1 + 3 * at])
            if name in used:
                self._article(fold.told[fold.ceilings.index(name)].cite)
                self._visit(within.args[2 + 3 * at])

    def _parameter(self, node: Node) -> None:
        parameter = self.edition.book.parameters[str(node.value)]
        for since, dated in self._spans(parameter):
            if dated is None or dated.open:
                if self.decision is not None:
                    continue  # it was answered, so nothing that is not there was read
                cite = dated.cite if dated else Cite("", "")
                self._value(parameter, since, (), None, cite, parameter.silence(dated))
            elif not parameter.by:
                self._value(parameter, since, (), dated.value, dated.cite, "")
            else:
                self._rows(node, parameter, since, dated)

    def _spans(self, parameter: Parameter) -> list[tuple[int, Dated | None]]:
        spans = in_force(self.edition, parameter)
        if len(spans) == 1:
            return spans
        self.found.facts[self.edition.origin.dated_by] = None
        day = self.known.get(self.edition.origin.dated_by)
        if not isinstance(day, int):
            return spans
        return [[span for span in spans if span[0] <= day][-1]]

    def _rows(self, node: Node, parameter: Parameter, since: int, dated: Dated) -> None:
        wanted = [self._key(arg) for arg in node.args]
        for key, value in dated.rows.items():
            if all(want is _UNKNOWN or want == part for want, part in zip(wanted, key)):
                cite = dated.row_cites.get(key, dated.cite)
                self._value(parameter, since, key, value, cite, "")

    def _key(self, node: Node) -> object:
        """The key that a table was read by, where it is known."""
        name = str(node.value)
        if node.op == "const":
            return node.value
        if node.op == "step":
            return self.taken.get(name, _UNKNOWN)
        return self.known.get(name, _UNKNOWN) if node.op == "fact" else _UNKNOWN

    def _value(
        self, parameter: Parameter, since: int, key: Key, value: object, cite: Cite, silent: str
    ) -> None:
        found = Value(
            parameter.name, parameter.label, parameter.type, key, value, since, cite, silent
        )
        self.found.values[parameter.name, key, since] = found
        self._article(cite)
