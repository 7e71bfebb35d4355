"""The truth-table plan: a rule whose outcomes are constants by clause needs only its atoms.

Each atom becomes a bit of an index; outcomes, clauses and the flag of unanswered rows are each one
`take` from a table that is worked out once, over all truths of the atoms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from yibao.core.rules.encoding import Array, none_of
from yibao.core.rules.graph import Node
from yibao.core.rules.plan import Plan
from yibao.core.rules.ranges import Ranges, dtype_for
from yibao.core.rules.runtime import Calendar

MOST_ATOMS = 14  # 16,384 rows of a table stay in the cache
PAIRED = 8  # up to so many atoms, an index of one byte: two rows make one look-up
_BYTE = 256
_HALF = 4  # bytes of a value, two of which fill a word
_LOGIC = frozenset({"and", "or", "not", "pick", "cases", "const"})


class TruthTable:
    """Outcomes by the truths of some atoms."""

    def __init__(
        self,
        roots: Sequence[Node],
        atoms: Sequence[Node],
        ranges: Ranges,
        calendar: Calendar | None,
    ) -> None:
        self.atoms = atoms
        self._index: np.dtype[Any] = np.dtype(np.uint8 if len(atoms) <= 8 else np.uint16)
        truths = np.arange(1 << len(atoms))
        values = {atom: (truths >> at & 1).astype(np.bool_) for at, atom in enumerate(atoms)}
        inner = Plan(roots, ranges, given=atoms)
        found = inner.run(values, len(truths))
        self.columns = [
            _fitted(node, value, own, ranges, len(truths))
            for node, value, own in zip(roots, found, inner.dtypes)
        ]
        self._plan = Plan(atoms, ranges, calendar)
        self._lookups = [_lookup(column, len(atoms)) for column in self.columns]

    def run(self, block: Mapping[Node, Any], rows: int, out: Sequence[Array], start: int) -> None:
        """Fill the rows of a block in the columns of the answer."""
        index = np.zeros(rows + rows % 2, self._index)
        holds = self._plan.run(block, rows)
        for at, flag in enumerate(holds):
            bit = np.asarray(flag).view(np.uint8).astype(self._index, copy=False)
            index[:rows] += bit * self._index.type(1 << at)
        places = index.astype(np.intp)
        pairs = index.view(np.uint16).astype(np.intp) if len(holds) <= PAIRED else places
        for lookup, target in zip(self._lookups, out):
            lookup(places[:rows], pairs, target[start : start + rows])


Lookup = Callable[[Array, Array, Array], None]


def _lookup(column: Array, atoms: int) -> Lookup:
    """How one column is filled: with one value, row by row, or two rows at a time."""
    if (column == column[0]).all():
        return lambda places, pairs, out: out.fill(column[0])
    if atoms > PAIRED or column.dtype.itemsize > _HALF:
        return lambda places, pairs, out: _take(column, places, out)
    both = np.arange(((1 << atoms) - 1) * _BYTE + (1 << atoms), dtype=np.uint16)
    wide = np.dtype(f"u{2 * column.dtype.itemsize}")
    sides = both.view(np.uint8).reshape(-1, 2)
    doubled = np.ascontiguousarray(column.take(sides, mode="clip")).view(wide).reshape(-1)

    def fill(places: Array, pairs: Array, out: Array) -> None:
        even = len(out) - len(out) % 2
        _take(doubled, pairs[: even // 2], out[:even].view(wide))
        out[even:] = column[places[even:]]

    return fill


def _take(column: Array, places: Array, out: Array) -> None:
    """Every place lies inside; `wrap` is the mode that writes straight to `out`."""
    np.take(column, places, out=out, mode="wrap")


def _fitted(node: Node, value: Any, own: np.dtype[Any], ranges: Ranges, size: int) -> Array:
    """A root's values in the width of the answer."""
    dtype = np.dtype(np.uint8) if node.op == "pick" else dtype_for(node, ranges.of(node))
    value = np.broadcast_to(value, size)
    found: Array = value.astype(dtype)
    if ranges.of(node).none and own != dtype:
        found[value == none_of(own)] = none_of(dtype)
    return found


def table_of(
    roots: Sequence[Node], ranges: Ranges, calendar: Calendar | None = None
) -> TruthTable | None:
    """The truth table of some nodes; None where a value is worked out, or atoms are too many."""
    atoms: dict[Node, None] = {}
    stack = list(roots)
    seen: set[Node] = set()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op in _LOGIC:
            stack.extend(node.args)
        elif node.type.kind == "flag":
            atoms.setdefault(node)
        else:
            return None
    if len(atoms) > MOST_ATOMS:
        return None
    return TruthTable(roots, tuple(atoms), ranges, calendar)
