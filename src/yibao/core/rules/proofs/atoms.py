"""What an atom reads, and how it moves with each number that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import Ranges
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG, Period

_SMALL = frozenset({"flag", "code", "level"})
_TAKES_NONE = frozenset({"eq", "ne", "isnone", "in"})
_KEEPS = frozenset({"next_month", "month_end", "year_start", "year_end", "year_of", "date_of"})
Moves = dict[Node, int]


class Move(NamedTuple):
    """The number whose growth makes an atom true, and the one whose growth makes it false."""

    up: Node | None
    down: Node | None


def reads(atom: Node) -> list[Node]:
    """The facts and states below an atom; of a membership in a set, the atom itself."""
    if is_bit(atom):
        return [atom]
    return [node for node in in_order([atom]) if node.op in ("fact", "state")]


def is_bit(atom: Node) -> bool:
    """Whether an atom asks if a set that is a fact has one code."""
    return atom.op == "in" and atom.args[0].op == "const" and atom.args[1].op == "fact"


def is_small(source: Node) -> bool:
    """Whether all values can be gone through one by one."""
    return is_bit(source) or source.type.kind in _SMALL


def move_of(atom: Node, ranges: Ranges) -> Move | None:
    """How a comparison moves; None where it is not of one rising number against another."""
    assert atom.op == "lt", atom.op
    left, right = (_moves(side, ranges) for side in atom.args)
    if left is None or right is None:
        return None
    both = _merged(({node: -sign for node, sign in left.items()}, right))
    if both is None:
        return None
    up = [node for node, sign in both.items() if sign > 0]
    down = [node for node, sign in both.items() if sign < 0]
    if len(up) > 1 or len(down) > 1:
        return None
    return Move(up[0] if up else None, down[0] if down else None)


def is_free(atom: Node, ranges: Ranges) -> bool:
    """Whether the truth of an atom cannot be reasoned about: it counts as true and as false."""
    below = list(in_order([atom]))
    if any(node.op in ("silent", "within", "each", "cases", "pick") for node in below):
        return True
    sources = reads(atom)
    if all(is_small(node) for node in sources) or atom.op == "isnone":
        return False
    return move_of(atom, ranges) is None


def _moves(node: Node, ranges: Ranges) -> Moves | None:
    """+1 where a value rises with a number, -1 where it falls; None where that is not known."""
    if node.op in ("fact", "state"):
        return {} if is_small(node) else {node: 1}
    if not any(not is_small(n) for n in in_order([node]) if n.op in ("fact", "state")):
        return {}
    args = [_moves(arg, ranges) for arg in node.args]
    whole = [arg for arg in args if arg is not None]
    if len(whole) < len(args):
        return None
    if node.op in _KEEPS or node.op in ("add", "min", "max"):
        return _merged(whole)
    if node.op == "sub":
        return _merged((whole[0], _turned(whole[1])))
    if node.op in ("age", "months_between"):
        return _merged((_turned(whole[0]), whole[1]))
    return _scaled(node, whole, ranges)


def _scaled(node: Node, moves: list[Moves], ranges: Ranges) -> Moves | None:
    if node.op == "mul":
        least = [ranges.of(arg).low for arg in node.args]
        whole = all(not moves[1 - at] or low >= 0 for at, low in enumerate(least))
        return _merged(moves) if whole else None
    if node.op == "floordiv":
        return moves[0] if not moves[1] and ranges.of(node.args[1]).low > 0 else None
    if node.op == "shift":
        return moves[0] if isinstance(node.args[1].value, Period) else None
    return moves[0] if node.op == "rounded" and node.args[1].op == "const" else None


def _turned(moves: Moves) -> Moves:
    return {node: -sign for node, sign in moves.items()}


def _merged(all_moves: tuple[Moves, ...] | list[Moves]) -> Moves | None:
    found: Moves = {}
    for moves in all_moves:
        for node, sign in moves.items():
            if found.setdefault(node, sign) != sign:
                return None
    return found


class Known:
    """Rewrites atoms where the values of some sources are known."""

    def __init__(self, make: Simplifier, values: Mapping[Node, Node]) -> None:
        self.make = make
        self._done = dict(values)

    def of(self, node: Node) -> Node:
        for below in in_order([node]):
            if below not in self._done:
                self._done[below] = self._rebuilt(below)
        return self._done[node]

    def _rebuilt(self, node: Node) -> Node:
        args = [self._done[arg] for arg in node.args]
        if all(new is old for new, old in zip(args, node.args)):
            return node
        if node.op not in _TAKES_NONE and any(a.op == "const" and a.value is None for a in args):
            return self.make.false if node.type == FLAG else self.make.graph.const(None, node.type)
        if node.op == "lt" and any(arg.op != "const" for arg in args):
            return self.make.graph.node("lt", *args, type_=FLAG)
        return self.make.node(node.op, args, node.value, node.type)
