"""Where a count of working days leaves the known calendar, along the lazy order.

The scalar reader refuses such a row by name (`CalendarUnknown`); columns flag it as unanswered.
"""

from __future__ import annotations

from collections.abc import Iterable

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG, WORKING_DAYS, Period
from yibao.core.rules.unanswered import Unanswered


def simplifier_of(reduced: Reduced) -> Simplifier:
    """Makes more nodes in a reduced graph."""
    make = Simplifier(reduced.facts)
    make.graph = reduced.graph
    make.true, make.false = (make.graph.const(value, FLAG) for value in (True, False))
    return make


def uncharted(reduced: Reduced, roots: Iterable[Node]) -> Node:
    """The flag of rows on which one of the roots counts beyond the calendar.

    Its `uncharted` nodes have the day and the length of a shift as arguments, its sign as value.
    """
    make = simplifier_of(reduced)
    listed = list(roots)
    if not any(_counts_days(node) for node in in_order(listed)):
        return make.false
    return _Uncharted(
        make, lambda node: node, reduced.facts, missing=frozenset(), nones_proved=True
    ).any(listed)


def _counts_days(node: Node) -> bool:
    if node.op != "shift":
        return False
    length = node.args[1]
    if length.type == WORKING_DAYS:
        return True
    below = in_order([length])
    return any(_is_worked(value) for part in below for value in _values(part))


def _values(node: Node) -> Iterable[object]:
    if node.op == "table" and isinstance(node.value, tuple):
        return [value for _, value in node.value]
    return [node.value]


def _is_worked(value: object) -> bool:
    return isinstance(value, Period) and value.unit == "working_days"


class _Uncharted(Unanswered):
    def _flag(self, node: Node) -> Node:
        if node.op == "silent":
            return self.make.false
        if node.op == "pick":
            return self._in_turn(node.args, until=True)
        if node.op == "each":
            return self.any(node.args)
        if _counts_days(node):
            lost = self.make.graph.node("uncharted", *node.args, value=node.value, type_=FLAG)
            return self.make.any_of((self.any(node.args), lost))
        return super()._flag(node)
