"""The flag of unanswered rows said shortly: what one part has settled, the others need not ask.

`a or (b and (a or c))` is `a or (b and c)`. The flag comes out of the lazy order with each part
told in full; on many rows only its truth counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG


def absorbed(reduced: Reduced) -> Node:
    """The flag of unanswered rows, true on the same rows, with fewer questions."""
    make = Simplifier(reduced.facts)
    make.graph = reduced.graph
    make.true, make.false = (make.graph.const(value, FLAG) for value in (True, False))
    return _Absorber(make).of(reduced.unanswered, {})


class _Absorber:
    def __init__(self, make: Simplifier) -> None:
        self.make = make
        self._sizes: dict[Node, int] = {}

    def of(self, node: Node, truths: dict[Node, bool]) -> Node:
        """The node where the truth of some others is known."""
        if node in truths:
            return self.make.flag(truths[node])
        if node.op in ("and", "or"):
            return self._joined(node, truths, settles=node.op == "or")
        if node.op == "not":
            return self.make.negated(self.of(node.args[0], truths))
        if node.op == "cases" and node.type == FLAG:
            outcomes = [self.of(outcome, truths) for outcome in node.args[1:]]
            return self.make.cases(node.args[0], outcomes, FLAG)
        return node

    def _joined(self, node: Node, truths: dict[Node, bool], *, settles: bool) -> Node:
        """Parts in turn, simple ones first: a later part is only asked where earlier ones did not
        settle the whole."""
        known = dict(truths)
        kept: list[Node] = []
        for part in sorted(node.args, key=self._size):
            short = self.of(part, known)
            kept.append(short)
            for settled in (part, short):
                self._learn(settled, not settles, known)
        return self.make.any_of(kept) if settles else self.make.all_of(kept)

    def _learn(self, node: Node, value: bool, known: dict[Node, bool]) -> None:
        known.setdefault(node, value)
        known.setdefault(self.make.negated(node), not value)
        if node.op == ("and" if value else "or"):
            for part in node.args:
                self._learn(part, value, known)

    def _size(self, node: Node) -> int:
        if node not in self._sizes:
            self._sizes[node] = sum(1 for _ in in_order([node]))
        return self._sizes[node]


def parts_of(node: Node) -> Iterable[Node]:
    """What a disjunction joins; the node itself where it joins nothing."""
    return node.args if node.op == "or" else (node,)
