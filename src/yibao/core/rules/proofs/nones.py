"""Where a step would read a none, along the lazy order: in one step, or down from the results."""

from __future__ import annotations

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.proofs.question import World
from yibao.core.rules.types import FLAG
from yibao.core.rules.unanswered import Unanswered


class NoneReads(Unanswered):
    """The flag of a none that is read; silence, gaps and long sums are no matter of it.

    `within` are the nodes whose reading counts; other steps are gone through only if `through`.
    """

    def __init__(self, world: World, within: frozenset[Node], *, through: bool) -> None:
        super().__init__(
            world.make,
            world.small,
            world.edition.facts,
            missing=frozenset(),
            nones_proved=False,
        )
        self.inside, self.through = within, through

    def _flag(self, node: Node) -> Node:
        if node.op == "silent" or (node.op == "step" and not self.through):
            return self.make.false
        if node.op == "pick":
            return self._in_turn(node.args, until=True)
        return super()._flag(node)

    def _none_read(self, node: Node) -> Node:
        return super()._none_read(node) if node in self.inside else self.make.false

    def _read(self, node: Node) -> Node:
        """An amount, a limit or a term: what stands inside this step."""
        found = super()._read(node)
        if node in self.inside or node.op == "step":
            return found
        return self.of(node)

    def _each(self, node: Node) -> Node:
        start, stop, body = node.args
        some = self.make.node("lt", (self.small(start), self.small(stop)), None, FLAG)
        inner = [self.of(below) for below in in_order([body])]
        return self.make.any_of(
            (self.any((start, stop)), self._none_read(node), self.make.all_of((some, *inner[-1:])))
        )


def body_of(step: Node) -> frozenset[Node]:
    """The nodes of a step, down to the steps that it reads."""
    found: set[Node] = set()
    stack = [step.args[0]]
    while stack:
        node = stack.pop()
        if node not in found and node.op != "step":
            found.add(node)
            stack.extend(node.args)
    return frozenset(found)
