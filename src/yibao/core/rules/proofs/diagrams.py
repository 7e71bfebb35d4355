"""Decision diagrams: a condition over many atoms as a small graph of its own, each truth once.

With the atoms in a fixed order, equal conditions are one number, and whether one can hold is seen
at once, however many combinations there are.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from yibao.core.rules.encoding import Array
from yibao.core.rules.graph import Node
from yibao.core.rules.proofs.least import TooManyPatterns

NEVER, ALWAYS = 0, 1
MOST_NODES = 400000


class Diagrams:
    """Diagrams over atoms in one order. Raises TooManyPatterns where they grow too large."""

    def __init__(self, atoms: Sequence[Node]) -> None:
        self.place = {atom: at for at, atom in enumerate(atoms)}
        self.atoms = list(atoms)
        end = len(self.atoms)
        self._nodes: list[tuple[int, int, int]] = [(end, NEVER, NEVER), (end, ALWAYS, ALWAYS)]
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._chosen: dict[tuple[int, int, int], int] = {}
        self._built: dict[Node, int] = {}

    def node(self, at: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (at, low, high)
        if key not in self._numbers:
            if len(self._nodes) > MOST_NODES:
                raise TooManyPatterns
            self._numbers[key] = len(self._nodes)
            self._nodes.append(key)
        return self._numbers[key]

    def choose(self, asked: int, then: int, other: int) -> int:
        """`then` where `asked` holds, else `other`."""
        if asked == ALWAYS or then == other:
            return then
        if asked == NEVER:
            return other
        if then == ALWAYS and other == NEVER:
            return asked
        key = (asked, then, other)
        if key not in self._chosen:
            at = min(self._nodes[part][0] for part in key)
            low, high = (
                self.choose(*(self._side(part, at, side) for part in key)) for side in (1, 2)
            )
            self._chosen[key] = self.node(at, low, high)
        return self._chosen[key]

    def _side(self, diagram: int, at: int, side: int) -> int:
        node = self._nodes[diagram]
        return node[side] if node[0] == at else diagram

    def both(self, *diagrams: int) -> int:
        found = ALWAYS
        for diagram in diagrams:
            found = self.choose(found, diagram, NEVER)
        return found

    def either(self, *diagrams: int) -> int:
        found = NEVER
        for diagram in diagrams:
            found = self.choose(found, ALWAYS, diagram)
        return found

    def without(self, diagram: int) -> int:
        """The opposite."""
        return self.choose(diagram, NEVER, ALWAYS)

    def either_way(self, diagram: int, atom: Node) -> int:
        """Where a condition holds whatever an atom's truth is."""
        at = self.place[atom]
        done: dict[int, int] = {}

        def without(part: int) -> int:
            own, low, high = self._nodes[part]
            if own > at:
                return part
            if part not in done:
                done[part] = (
                    self.both(low, high)
                    if own == at
                    else self.node(own, without(low), without(high))
                )
            return done[part]

        return without(diagram)

    def of(self, formula: Node) -> int:
        """The diagram of a formula over the atoms."""
        if formula not in self._built:
            self._built[formula] = self._of(formula)
        return self._built[formula]

    def _of(self, formula: Node) -> int:
        if formula in self.place:
            return self.node(self.place[formula], NEVER, ALWAYS)
        if formula.op == "const":
            return ALWAYS if formula.value else NEVER
        if formula.op == "not":
            return self.without(self.of(formula.args[0]))
        parts = [self.of(arg) for arg in formula.args]
        return self.both(*parts) if formula.op == "and" else self.either(*parts)

    def of_rows(self, truths: Array, first: int) -> int:
        """The diagram of a list of truths of the atoms from `first` on, sorted, each once."""
        rows = [tuple(row) for row in truths.tolist()]
        level: dict[tuple[bool, ...], int] = dict.fromkeys(rows, ALWAYS)
        for at in range(truths.shape[1] - 1, -1, -1):
            above: dict[tuple[bool, ...], list[int]] = {}
            for row, diagram in level.items():
                above.setdefault(row[:at], [NEVER, NEVER])[row[at]] = diagram
            level = {row: self.node(first + at, low, high) for row, (low, high) in above.items()}
        return level[()]

    def example(self, diagram: int, chance: random.Random | None = None) -> dict[Node, bool] | None:
        """Truths of atoms that make it hold, some by chance; None where nothing does."""
        if diagram == NEVER:
            return None
        found: dict[Node, bool] = {}
        while diagram != ALWAYS:
            at, low, high = self._nodes[diagram]
            truth = low == NEVER or (
                high != NEVER and chance is not None and bool(chance.randint(0, 1))
            )
            found[self.atoms[at]] = truth
            diagram = high if truth else low
        return found

    def held(self, diagram: int, truths: Array) -> Array:
        """Where a condition holds, by the truths of all atoms on each row."""
        nodes = np.array(self._nodes, np.int64)
        at = np.full(len(truths), diagram, np.int64)
        for place in range(len(self.atoms)):
            here = np.flatnonzero(nodes[at, 0] == place)
            side = np.where(truths[here, place], 2, 1)
            at[here] = nodes[at[here], side]
        held: Array = at == ALWAYS
        return held


def matching(atoms: Sequence[Node], truths: Array, wanted: Mapping[Node, bool]) -> Iterable[int]:
    """The rows of a part that have the wanted truths."""
    fits = np.ones(len(truths), np.bool_)
    for at, atom in enumerate(atoms):
        if atom in wanted:
            fits &= truths[:, at] == wanted[atom]
    return np.flatnonzero(fits).tolist()
