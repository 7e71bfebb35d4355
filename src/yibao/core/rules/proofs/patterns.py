"""All truths that the atoms of a question can have together, each with an example.

Atoms that share a fact belong together; what shares none is independent. Small facts (flags, codes,
levels, whether there is a none) are gone through, values that no atom tells apart once; numbers
have least members (`least`). An atom that cannot be reasoned about counts as true and as false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yibao.core.rules.encoding import Array
from yibao.core.rules.graph import Node
from yibao.core.rules.proofs.atoms import Known, is_bit, is_free, is_small, reads
from yibao.core.rules.proofs.least import Least, TooManyPatterns
from yibao.core.rules.ranges import Ranges
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG

NONE = -(2**62)  # stands for none in the examples of patterns
MOST_STATES = 1 << 14
States = dict[tuple[Node, ...], dict[Node, int]]


@dataclass(frozen=True)
class Part:
    """Independent atoms: the truths they can have, and a value of each source as an example."""

    atoms: tuple[Node, ...]
    truths: Array
    examples: Mapping[Node, Array]


class Patterns:
    """Lists the patterns of atoms, and keeps what it has listed."""

    def __init__(self, make: Simplifier, ranges: Ranges, least: Least) -> None:
        self.make, self.ranges, self.least = make, ranges, least
        self._parts: dict[frozenset[Node], Part] = {}
        self._free: dict[Node, bool] = {}

    def free(self, atom: Node) -> bool:
        if atom not in self._free:
            self._free[atom] = is_free(atom, self.ranges)
        return self._free[atom]

    def parts(self, atoms: Iterable[Node]) -> list[Part]:
        """The independent parts of some atoms. Raises TooManyPatterns."""
        found = []
        for group in components(atoms, self.free):
            key = frozenset(group)
            if key not in self._parts:
                self._parts[key] = self._part(group)
            found.append(self._parts[key])
        return found

    def _part(self, group: Sequence[Node]) -> Part:
        if self.free(group[0]):
            return Part((group[0],), self._either(group[0]), {})
        sources = list(dict.fromkeys(source for atom in group for source in reads(atom)))
        truths, examples = [], []
        for residual, chosen in self._small(group, sources).items():
            open_ = [atom for atom in dict.fromkeys(residual) if atom.op != "const"]
            numbers = [n for n in sources if not is_small(n) and chosen.get(n) != NONE]
            values, holds = self.least.truths(open_, numbers)
            places = {atom: at for at, atom in enumerate(open_)}
            truths.append(
                np.stack(
                    [
                        np.full(len(values), bool(atom.value))
                        if atom.op == "const"
                        else holds[:, places[atom]]
                        for atom in residual
                    ],
                    axis=1,
                )
            )
            rows = np.empty((len(values), len(sources)), np.int64)
            for at, source in enumerate(sources):
                rows[:, at] = (
                    values[:, numbers.index(source)] if source in numbers else chosen[source]
                )
            examples.append(rows)
        every, rows = np.concatenate(truths), np.concatenate(examples)
        _, first = np.unique(every, axis=0, return_index=True)
        kept = rows[first]
        return Part(
            tuple(group), every[first], {source: kept[:, at] for at, source in enumerate(sources)}
        )

    def _either(self, atom: Node) -> Array:
        """The truths of an atom that cannot be reasoned about: what the ranges leave open."""
        truths = [[False], [True]]
        if atom.op == "lt" and not any(node.op == "silent" for node in _values_below(atom)):
            left, right = (self.ranges.of(side) for side in atom.args)
            truths = truths[left.high < right.low :] if left.low < right.high else truths[:1]
        return np.array(truths)

    def _small(self, group: Sequence[Node], sources: Sequence[Node]) -> States:
        """What is left of the atoms for each choice of small values, and one such choice."""
        states: States = {tuple(group): {}}
        for source in sources:
            options = self._options(source)
            if not options:
                continue
            following: States = {}
            for residual, chosen in states.items():
                for value, known in options:
                    rewritten = Known(self.make, known)
                    left = tuple(rewritten.of(atom) for atom in residual)
                    following.setdefault(left, {**chosen, source: value})
            states = following
            if len(states) > MOST_STATES:
                raise TooManyPatterns
        return states

    def _options(self, source: Node) -> list[tuple[int, dict[Node, Node]]]:
        """The values of a small source; of a number that may be none, whether it is."""
        make = self.make
        range_ = self.ranges.of(source)
        none = (NONE, {source: make.graph.const(None, source.type)})
        if is_bit(source) or source.type == FLAG:
            return [(int(value), {source: make.flag(value)}) for value in (False, True)]
        if is_small(source):
            values = [
                (value, {source: make.graph.const(value, source.type)})
                for value in range(range_.low, range_.high + 1)
            ]
            return [*values, none] if range_.none else values
        if not range_.none:
            return []
        asked = make.graph.node("isnone", source, type_=FLAG)
        return [(0, {asked: make.false}), (NONE, {**none[1], asked: make.true})]


def _values_below(node: Node) -> Iterator[Node]:
    """The nodes whose values count in a node, without the guards that choose among them."""
    seen: set[Node] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one not in seen and one.op != "pick" and (one is node or one.type != FLAG):
            seen.add(one)
            yield one
            stack.extend(one.args)


def components(atoms: Iterable[Node], free: Callable[[Node], bool]) -> list[list[Node]]:
    """Atoms that share a source, together; each free atom alone; in the order of the atoms."""
    places = {atom: at for at, atom in enumerate(atoms)}
    groups: list[tuple[set[Node], list[Node]]] = []
    for atom in places:
        mine: set[Node] = set() if free(atom) else set(reads(atom))
        together = [atom]
        for group in [g for g in groups if not g[0].isdisjoint(mine)]:
            groups.remove(group)
            mine |= group[0]
            together += group[1]
        groups.append((mine, together))
    found = [sorted(group, key=places.__getitem__) for _, group in groups]
    return sorted(found, key=lambda group: places[group[0]])
