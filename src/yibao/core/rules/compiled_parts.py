"""Which nodes of a fold are a person's alone, which a visit's, and which depend on the state."""

from __future__ import annotations

from collections.abc import Callable

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.types import FLAG

_KNOWN = frozenset({"const", "silent"})


class Parts:
    """Sorts nodes; conjunctions are parted so that what is alike stands together."""

    def __init__(self, reduced: Reduced, persons: frozenset[str]) -> None:
        self._graph, self._persons = reduced.graph, persons
        self._small: dict[Node, Node] = {}
        self._alone: dict[Node, bool] = {}
        self._stateful: dict[Node, bool] = {}

    def alone(self, node: Node) -> bool:
        """Whether a node depends on a person's facts only, and on some."""
        for below in in_order([node]):
            if below not in self._alone:
                self._alone[below] = self._is_alone(below)
        return self._alone[node]

    def _is_alone(self, node: Node) -> bool:
        if node.op in ("fact", "missing"):
            return node.value in self._persons
        others = [arg for arg in node.args if arg.op not in _KNOWN]
        return bool(others) and all(self._alone[arg] for arg in others)

    def stateful(self, node: Node) -> bool:
        """Whether a node depends on the state, or on a term of a sum."""
        for below in in_order([node]):
            if below not in self._stateful:
                known = below.op == "state" or any(self._stateful[arg] for arg in below.args)
                self._stateful[below] = known
        return self._stateful[node]

    def of(self, node: Node) -> Node:
        """The node with the like parts of its conjunctions joined."""
        for below in in_order([node]):
            if below not in self._small:
                args = tuple(self._small[arg] for arg in below.args)
                if below.op in ("and", "or"):
                    args = self._joined(below.op, args)
                self._small[below] = below if args == below.args else self._again(below, args)
        return self._small[node]

    def _again(self, node: Node, args: tuple[Node, ...]) -> Node:
        return self._graph.node(node.op, *args, value=node.value, type_=node.type)

    def _joined(self, op: str, args: tuple[Node, ...]) -> tuple[Node, ...]:
        """A person's parts as one, and with it a visit's as one."""
        parted = self._group(op, args, self.alone)
        return self._group(op, parted, lambda arg: not self.stateful(arg))

    def _group(
        self, op: str, args: tuple[Node, ...], like: Callable[[Node], bool]
    ) -> tuple[Node, ...]:
        found = tuple(arg for arg in args if like(arg))
        if len(found) <= 1 or len(found) == len(args):
            return args
        rest = tuple(arg for arg in args if not like(arg))
        return (self._graph.node(op, *found, type_=FLAG), *rest)
