"""The flag of unanswered rows said shortly: what one part has settled, the others need not ask.

`a or (b and (a or c))` is `a or (b and c)`. The flag comes out of the lazy order with each part
told in full; on many rows only its truth counts.
"""

from __future__ import annotations

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import Ranges, ranges_of
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG
from yibao.core.rules.uncharted import simplifier_of, uncharted


def absorbed(reduced: Reduced) -> Node:
    """The flag of unanswered rows, true on the same rows, with fewer questions: what the ranges
    of values settle is not asked."""
    make = simplifier_of(reduced)
    read = [*(node for _, node in reduced.result), *(reduced.fold.next if reduced.fold else ())]
    told = make.any_of((reduced.unanswered, uncharted(reduced, read)))
    return _Absorber(make, ranges_of(reduced)).of(told, {})


class _Absorber:
    def __init__(self, make: Simplifier, ranges: Ranges) -> None:
        self.make, self.ranges = make, ranges
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
            return self._cases(node.args[0], outcomes)
        return self._settled(node) if node.op in ("lt", "le") else node

    def _cases(self, pick: Node, outcomes: list[Node]) -> Node:
        """Of two clauses, one of them with “no”: a conjunction."""
        make = self.make
        if len(outcomes) == 2 and pick.args[1] is make.true and make.false in outcomes:
            guard = pick.args[0]
            if outcomes[0] is make.false:
                guard, outcomes = make.negated(guard), outcomes[::-1]
            return make.all_of((guard, outcomes[0]))
        return make.cases(pick, outcomes, FLAG)

    def _settled(self, node: Node) -> Node:
        """No, where ranges exclude the comparison. Nones are flagged where they are read."""
        first, second = node.args
        if first.op == second.op == "add" and set(first.args) & set(second.args):
            shared = next(arg for arg in first.args if arg in second.args)
            first, second = (_other(side, shared) for side in (first, second))
        low, high = self.ranges.of(first), self.ranges.of(second)
        never = low.low > high.high or (node.op == "lt" and low.low == high.high)
        return self.make.false if never else node

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
        if not settles:
            return self.make.all_of(kept)
        parts = {part: frozenset(part.args) for part in kept if part.op == "and"}
        return self.make.any_of(
            part
            for part in kept
            if not any(other < parts.get(part, frozenset()) for other in parts.values())
        )

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


def _other(node: Node, part: Node) -> Node:
    """The other of two that are added."""
    return node.args[1] if node.args[0] is part else node.args[0]
