"""Where a rule turns: the cuts of each fact that it reads, and so the cells that people fall into.

People of one cell get one answer under every rulebook whose cuts these are. A rule that counts with
a date or an amount, rather than compare it with a constant, has no cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import dtype_of, none_of
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import reduce_edition
from yibao.core.rules.types import SETS

Array = npt.NDArray[Any]
_NARROW = 1  # bytes: a fact so narrow is told apart value by value
_MOST_CELLS = 1 << 62
_NO_COLUMN = ("text", "period", "rounding")


@dataclass(frozen=True, slots=True)
class Cuts:
    """By fact: the least number of each part of a wide one; the bits that count of a set; None
    where every value is told apart."""

    of: Mapping[str, tuple[int, ...] | int | None]

    def hold(self, other: Cuts) -> bool:
        """Whether people of one cell of these are of one cell of the other too."""
        return all(
            name in self.of and _finer(self.of[name], theirs) for name, theirs in other.of.items()
        )

    def numbers(self, columns: Mapping[str, Array], size: int) -> Array | None:
        """Each row's cell, the same number in every bucket; None if there are too many."""
        found = np.zeros(size, np.int64)
        most = 1
        for name, cut in self.of.items():
            if name not in columns:
                continue  # not recorded: the same for everybody
            place, radix = _place(columns[name], cut)
            most *= radix
            if most >= _MOST_CELLS:
                return None
            found = found * radix + place
        return found


def cuts_of(editions: Iterable[Edition]) -> Cuts | None:
    """The cuts of a rule under several rulebooks; None where it has no cells."""
    finder = _Finder()
    if not all(finder.over(edition) for edition in editions):
        return None
    return Cuts({name: finder.cut(name) for name in sorted(finder.turns)})


class _Finder:
    """Gathers cuts from the small graphs of editions."""

    def __init__(self) -> None:
        self.turns: dict[str, set[int]] = {}
        self.bits: dict[str, int] = {}
        self.apart: set[str] = set()

    def cut(self, name: str) -> tuple[int, ...] | int | None:
        if name in self.apart:
            return None
        return self.bits[name] if name in self.bits else tuple(sorted(self.turns[name]))

    def over(self, edition: Edition) -> bool:
        """Take in an edition; False where it has no cells."""
        if edition.fold is not None:
            return False
        reduced = reduce_edition(edition)
        for name, fact in reduced.facts.items():
            if fact.type.kind in _NO_COLUMN:
                return False
            self.turns.setdefault(name, set())
            width = dtype_of(fact, edition.codes).itemsize
            if width <= _NARROW and fact.type.kind not in SETS:
                self.apart.add(name)
        roots = [*(node for _, node in reduced.result), reduced.unanswered]
        return all(
            self._read(node, name, reduced.facts[name].type.kind in SETS)
            for node in in_order(roots)
            for name in _facts_below(node)
        )

    def _read(self, node: Node, name: str, is_set: bool) -> bool:
        """One use of a fact; False where it is more than a comparison with a constant."""
        if name in self.apart or node.op in ("isnone", "missing"):
            return True
        if is_set:
            mask = _bits(node, name)
            self.bits[name] = self.bits.get(name, 0) | (mask or 0)
            if mask is None:
                self.apart.add(name)
            return True
        turns = _turns(node, name)
        self.turns[name] |= turns or set()
        return turns is not None


def _facts_below(node: Node) -> list[str]:
    """The facts that a node reads itself."""
    return [str(arg.value) for arg in node.args if arg.op == "fact"]


def _turns(node: Node, name: str) -> set[int] | None:
    """Where a comparison of a fact with a constant turns; None for any other use of it."""
    if node.op not in ("lt", "le", "eq", "ne") or len(node.args) != len(("left", "right")):
        return None
    left, right = node.args
    constant = right if left.op == "fact" and left.value == name else left
    if constant.op != "const":
        return None
    if constant.value is None:
        return set()  # a none is a part of its own
    value = int(str(constant.value))
    if node.op in ("eq", "ne"):
        return {value, value + 1}
    # x < c turns at c, x <= c at c + 1; c < x at c + 1, c <= x at c
    strict, ahead = node.op == "lt", constant is right
    return {value if strict is ahead else value + 1}


def _bits(node: Node, name: str) -> int | None:
    """The bits of a set that a membership asks for; None for any other use of it."""
    others = [arg for arg in node.args if not (arg.op == "fact" and arg.value == name)]
    if len(others) != 1 or others[0].op != "const" or others[0].value is None:
        return None
    value = int(str(others[0].value))
    if node.op == "in" and node.args[1].op == "fact":
        return 1 << value
    return value if node.op == "any_in" else None


def _place(column: Array, cut: tuple[int, ...] | int | None) -> tuple[Array, int]:
    """Each row's part of one fact, and how many parts there are."""
    if isinstance(cut, tuple):
        # The least value of a width is its none: a part before all others.
        starts = [none_of(column.dtype) + 1, *cut]
        return np.searchsorted(np.array(starts, np.int64), column, side="right"), len(starts) + 1
    if column.dtype.kind == "b":
        return column.astype(np.int64), len((False, True))
    info = np.iinfo(column.dtype)
    values = column.astype(np.int64)
    if cut is not None:
        return values & cut, cut + 1
    return values - int(info.min), int(info.max) - int(info.min) + 1


def _finer(ours: tuple[int, ...] | int | None, theirs: tuple[int, ...] | int | None) -> bool:
    if ours is None:
        return True
    if isinstance(ours, tuple):
        return isinstance(theirs, tuple) and set(theirs) <= set(ours)
    return isinstance(theirs, int) and theirs & ~ours == 0
