"""The truths that some comparisons can have together, each with its least numbers.

Each comparison is of one rising number against another: true, it bounds the one from below, false,
the other. So numbers that keep a list of truths have a least member, found by raising what is too
small until nothing is. Comparisons are added one by one; a truth that no numbers keep is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from yibao.core.rules.encoding import Array
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.plan import Plan
from yibao.core.rules.proofs.atoms import Move, move_of
from yibao.core.rules.ranges import Ranges
from yibao.core.rules.runtime import Calendar

MOST_PATTERNS = 1 << 18
_LAPS = 64  # numbers that still push each other up after so many rounds contradict each other
_LEARNED_FROM = 48


class TooManyPatterns(Exception):  # noqa: N818 - becomes a note
    """More truths than can be listed."""


class Least:
    """Lists the truths of comparisons over numbers."""

    def __init__(self, ranges: Ranges, calendar: Calendar | None) -> None:
        self.ranges, self.calendar = ranges, calendar
        self._plans: dict[Node, Plan] = {}
        self._moves: dict[Node, Move | None] = {}
        self._least: dict[tuple[Node, bool], dict[int, int]] = {}

    def truths(self, atoms: Sequence[Node], numbers: Sequence[Node]) -> tuple[Array, Array]:
        """The least numbers and the truths of each pattern. Raises TooManyPatterns."""
        place = {node: at for at, node in enumerate(numbers)}
        lows = [self.ranges.of(node).low for node in numbers]
        values = np.array([lows], np.int64).reshape(1, len(numbers))
        truths = np.empty((1, 0), np.bool_)
        search = _Search(self, atoms, place)
        for at, atom in enumerate(atoms):
            holds = self.holds(atom, values, place)
            turned = np.concatenate((truths, ~holds[:, None]), axis=1)
            raised, kept = search.raised(values, turned, at)
            truths = np.concatenate(
                (np.concatenate((truths, holds[:, None]), axis=1), turned[kept])
            )
            values = np.concatenate((values, raised))
            if len(values) > MOST_PATTERNS:
                raise TooManyPatterns
        return values, truths

    def holds(self, atom: Node, values: Array, place: Mapping[Node, int]) -> Array:
        """The truth of an atom on each row of numbers."""
        left, right = atom.args
        if left.op == "const" and right in place:
            after: Array = values[:, place[right]] > left.value
            return after
        if right.op == "const" and left in place:
            before: Array = values[:, place[left]] < right.value
            return before
        plan = self._plan(atom)
        inputs: dict[Node, Any] = {n: values[:, place[n]] for n in plan.inputs}
        (found,) = plan.run(inputs, len(values))
        return np.broadcast_to(found, len(values))

    def least(
        self, atom: Node, truth: bool, number: Node, other: Node | None, given: Array
    ) -> Array:
        """The least value of a number that makes an atom so, by the value of the other one; beyond
        its range where none does."""
        known = self._least.setdefault((atom, truth), {})
        distinct, places = np.unique(given, return_inverse=True)
        new = [value for value in distinct.tolist() if value not in known]
        if new:
            found = self._bisected(atom, truth, number, other, np.array(new, np.int64))
            known.update(zip(new, found.tolist()))
        return np.array([known[value] for value in distinct.tolist()], np.int64)[places]

    def _bisected(
        self, atom: Node, truth: bool, number: Node, other: Node | None, given: Array
    ) -> Array:
        place = {number: 0} if other is None else {number: 0, other: 1}
        range_ = self.ranges.of(number)
        trial = np.stack((np.full(len(given), range_.high), given), axis=1)
        never = self.holds(atom, trial, place) != truth
        low, high = (np.full(len(given), end, np.int64) for end in (range_.low - 1, range_.high))
        while (high - low > 1).any():
            trial[:, 0] = middle = (low + high) // 2
            there = self.holds(atom, trial, place) == truth
            low, high = np.where(there, low, middle), np.where(there, middle, high)
        return np.where(never, range_.high + 1, high)

    def _plan(self, atom: Node) -> Plan:
        if atom not in self._plans:
            self._plans[atom] = Plan([atom], self.ranges, self.calendar)
        return self._plans[atom]

    def move(self, atom: Node) -> Move:
        if atom not in self._moves:
            self._moves[atom] = move_of(atom, self.ranges)
        found = self._moves[atom]
        assert found is not None
        return found


class _Search:
    def __init__(self, owner: Least, atoms: Sequence[Node], place: Mapping[Node, int]) -> None:
        self.owner, self.atoms, self.place = owner, atoms, place
        self.highs = [owner.ranges.of(node).high for node in place]
        self.moves = [owner.move(atom) for atom in atoms]
        self.below = [frozenset(place[n] for n in in_order([atom]) if n in place) for atom in atoms]
        self.refuted: set[frozenset[tuple[int, bool]]] = set()

    def raised(self, values: Array, wanted: Array, last: int) -> tuple[Array, Array]:
        """The least numbers of each wanted pattern, and which patterns have any."""
        values = values.copy()
        alive = np.ones(len(values), np.bool_)
        for core in self.refuted:
            alive &= ~np.logical_and.reduce([wanted[:, at] == truth for at, truth in core])
        rows, moved = np.flatnonzero(alive), frozenset({-1})
        pressed = np.zeros((len(values), last + 1), np.bool_)
        for lap in range(_LAPS):
            if not rows.size:
                break
            rows, moved = self._lap(values, wanted, alive, rows, moved, pressed, last)
            if lap == _LEARNED_FROM:
                pressed[:] = False
        else:
            alive[rows] = False
            self._learn(wanted[rows], pressed[rows])
        return values[alive], alive

    def _learn(self, wanted: Array, pressed: Array) -> None:
        """Remember the truths that pushed each other up without end: they contradict."""
        for truths, pushed in zip(wanted, pressed):
            places = np.flatnonzero(pushed).tolist()
            self.refuted.add(frozenset((at, bool(truths[at])) for at in places))

    def _lap(
        self,
        values: Array,
        wanted: Array,
        alive: Array,
        rows: Array,
        moved: frozenset[int],
        pressed: Array,
        last: int,
    ) -> tuple[Array, frozenset[int]]:
        """Raise what each atom finds too small; the rows that changed, and the numbers raised."""
        changed: list[Array] = []
        raised: set[int] = set()
        for at in range(last, -1, -1):
            if moved != {-1} and self.below[at].isdisjoint(moved | raised):
                continue
            now = self.owner.holds(self.atoms[at], values[rows], self.place)
            wrong = rows[(now != wanted[rows, at]) & alive[rows]]
            if wrong.size:
                pressed[wrong, at] = True
                for truth in (True, False):
                    some = wrong[wanted[wrong, at] == truth]
                    if some.size:
                        number = self._raise(values, alive, some, at, truth)
                        raised.update(() if number is None else (number,))
                changed.append(wrong)
        if not changed:
            return np.empty(0, np.intp), frozenset()
        again = np.unique(np.concatenate(changed))
        return again[alive[again]], frozenset(raised)

    def _raise(self, values: Array, alive: Array, rows: Array, at: int, truth: bool) -> int | None:
        """Raise the number that makes an atom so to its least such value, or drop the row."""
        move = self.moves[at]
        node = move.up if truth else move.down
        if node is None:
            alive[rows] = False
            return None
        number = self.place[node]
        other = move.down if truth else move.up
        given = values[rows, self.place[other]] if other else np.zeros(len(rows), np.int64)
        least = self.owner.least(self.atoms[at], truth, node, other, given)
        reached = least <= self.highs[number]
        alive[rows[~reached]] = False
        values[rows[reached], number] = least[reached]
        return number
