"""An edition made small for the readers of many rows: columns, compiled loops, SQL, cells, proofs.

Step marks come off, codes become their numbers, constants are folded, monotone functions of one
fact become cuts, outcomes of one pick are worked out (`simplify`). What the scalar reader would
refuse is one flag of the same graph (`unanswered`). The node operators are those of `graph`, and
`missing` (value = fact). Every reader must give, on each row without the flag, what the scalar
reader gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import number_of
from yibao.core.rules.graph import Graph, Node, in_order
from yibao.core.rules.hashing import sense_hash
from yibao.core.rules.rules import StateVariable
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.steps import USED
from yibao.core.rules.types import FLAG, Type
from yibao.core.rules.unanswered import Unanswered
from yibao.core.rules.values import Codes

_KEPT_AT_MOST = 256


@dataclass(frozen=True, slots=True)
class ReducedFold:
    """State variables (the used amounts of ceilings last), the state after a row, the order."""

    state: tuple[StateVariable, ...]
    next: tuple[Node, ...]
    order: tuple[Node, ...]
    ceilings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A small graph. `facts`: all that the rule could ask for, whatever may be missing, also those
    that folding left nothing to decide. `refused`: the row breaks a requirement; `unanswered`:
    that, or it needs what columns cannot give. `sense` is the hash of all of it, the key of
    compiled code."""

    rule: str
    graph: Graph
    facts: Mapping[str, Fact]
    codes: Codes
    result: tuple[tuple[str, Node], ...]
    types: Mapping[str, Type]
    picks: tuple[tuple[str, Node], ...]
    refused: Node
    unanswered: Node
    fold: ReducedFold | None
    sense: str


_kept: dict[tuple[object, ...], Reduced] = {}


def reduce_edition(
    edition: Edition, *, missing: frozenset[str] = frozenset(), nones_proved: bool = False
) -> Reduced:
    """The edition made small, for rows in which the facts of `missing` may not have been given.

    `nones_proved` leaves out what only a reading of a none or a broken `ensures` could refuse: for
    a rulebook in which a proof has excluded both.
    """
    key = (edition.text_hash, edition.rule, edition.year, edition.known, missing, nones_proved)
    if key not in _kept:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.clear()
        _kept[key] = Reducer(edition, missing, nones_proved).reduced()
    return _kept[key]


class Reducer:
    """Makes one edition small; `broken` is also what the proofs ask of a requirement."""

    def __init__(self, edition: Edition, missing: frozenset[str], nones_proved: bool) -> None:
        self.edition, self.nones_proved = edition, nones_proved
        self.make = Simplifier(edition.facts)
        self._small: dict[Node, Node] = {}
        self._picks: dict[str, Node] = {}
        self.flags = Unanswered(
            self.make, self.small, edition.facts, missing=missing, nones_proved=nones_proved
        )

    def small(self, node: Node) -> Node:
        """The small form of a node of the edition's graph."""
        if node not in self._small:
            for below in in_order([node]):
                if below not in self._small:
                    self._small[below] = self._reduce(below)
        return self._small[node]

    def _reduce(self, node: Node) -> Node:
        if node.op == "const":
            return self._constant(node)
        args = [self._small[arg] for arg in node.args]
        if node.op == "step":
            self._witness(node)
            return args[0]
        value = self._rows(node) if node.op == "table" else node.value
        return self.make.node(node.op, args, value, node.type)

    def _constant(self, node: Node) -> Node:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, str | frozenset):
            return self.make.graph.const(value, node.type)
        return self.make.graph.const(number_of(value, node.type, self.edition.codes), node.type)

    def _rows(self, node: Node) -> tuple[tuple[tuple[object, ...], object], ...]:
        """The rows of a table, keys and values as numbers."""
        assert isinstance(node.value, tuple)
        types, codes = [arg.type for arg in node.args], self.edition.codes
        return tuple(
            (
                tuple(number_of(part, type_, codes) for part, type_ in zip(key, types)),
                number_of(value, node.type, codes) if isinstance(value, str | frozenset) else value,
            )
            for key, value in node.value
        )

    def _witness(self, node: Node) -> None:
        """Remember the pick of a step with clauses."""
        info = self.edition.steps[str(node.value)]
        if info.decision and info.decision not in self._picks:
            inner = node.args[0]
            cases = inner.args[0] if inner.op == "within" else inner
            self._picks[info.decision] = self._small[cases.args[0]]

    def reduced(self) -> Reduced:
        edition, make = self.edition, self.make
        result = tuple((name, self.small(node)) for name, node in edition.result)
        fold = self._fold()
        refused = make.any_of([self.broken(requirement.when) for requirement in edition.requires])
        nodes = [node for _, node in edition.result]
        if edition.fold is not None:
            nodes += [*edition.fold.next, *edition.fold.limits]
        unanswered = make.any_of([refused, self.flags.any(nodes), *self._broken_results(fold)])
        roots = self._roots(result, unanswered, refused, fold)
        asked = [*nodes, *(condition.when for condition in (*edition.requires, *edition.ensures))]
        read = [*_facts(root for _, root in roots), *_facts(asked)]
        return Reduced(
            edition.rule,
            make.graph,
            {name: edition.facts[name] for name in dict.fromkeys(read)},
            edition.codes,
            result,
            edition.types,
            tuple(self._picks.items()),
            refused,
            unanswered,
            fold,
            sense_hash(roots),
        )

    def broken(self, when: Node) -> Node:
        """Whether a condition fails; one that cannot be asked says nothing."""
        make = self.make
        return make.all_of((make.negated(self.flags.of(when)), make.negated(self.small(when))))

    def _broken_results(self, fold: ReducedFold | None) -> list[Node]:
        """What is ensured and does not hold, and states that leave their range."""
        found = []
        if not self.nones_proved:
            found += [self.broken(ensured.when) for ensured in self.edition.ensures]
        for variable, after in zip(fold.state, fold.next) if fold else ():
            if not variable.name.startswith(USED):
                low, high = (
                    self.make.graph.const(end, after.type) for end in (variable.low, variable.high)
                )
                found += [
                    self.make.node("lt", (after, low), None, FLAG),
                    self.make.node("lt", (high, after), None, FLAG),
                ]
        return found

    def _fold(self) -> ReducedFold | None:
        fold = self.edition.fold
        if fold is None:
            return None
        after = tuple(self.small(node) for node in fold.next)
        order = tuple(self.small(node) for node in fold.order)
        return ReducedFold(fold.state, after, order, fold.ceilings)

    def _roots(
        self,
        result: Sequence[tuple[str, Node]],
        unanswered: Node,
        refused: Node,
        fold: ReducedFold | None,
    ) -> list[tuple[str, Node]]:
        roots = [*result, ("unanswered", unanswered), ("refused", refused), *self._picks.items()]
        for variable, node in zip(fold.state, fold.next) if fold else ():
            roots.append(
                (f"{variable.name} {variable.starts} {variable.low}..{variable.high}", node)
            )
        return roots


def _facts(roots: Iterable[Node]) -> Iterator[str]:
    """The facts below some nodes, in the order in which they are met."""
    return (str(node.value) for node in in_order(roots) if node.op == "fact")
