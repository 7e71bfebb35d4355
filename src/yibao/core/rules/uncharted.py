"""Where a count of working days leaves the known calendar, along the lazy order.

The scalar reader refuses such a row by name (`CalendarUnknown`); columns flag it as unanswered.
"""

from __future__ import annotations

from collections.abc import Iterable

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.plan import is_worked
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG
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
    if not any(node.op == "shift" and is_worked(node) for node in in_order(listed)):
        return make.false
    return _Uncharted(
        make, lambda node: node, reduced.facts, missing=frozenset(), nones_proved=True
    ).any(listed)


class _Uncharted(Unanswered):
    def _flag(self, node: Node) -> Node:
        known = super()._flag(node)
        if node.op != "shift" or not is_worked(node):
            return known
        lost = self.make.graph.node("uncharted", *node.args, value=node.value, type_=FLAG)
        return self.make.any_of((known, lost))
