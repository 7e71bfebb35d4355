"""The graph: interned nodes, so that equal structure is one node; readers know nothing of YAML.

Operators, with what stands in `args` and `value`:

    const            value                      fact, state   value = name
    param            value = name               table         args = keys, value = name or rows
    silent           value = (name, reason)     step          args = (inner,), value = name
    pick             args = guards              cases         args = (pick, outcome of each clause)
    within           args = (amount, then counts, limit, used of each ceiling), value = names
    each             args = (start, stop, body), value = variable: a sum over a bounded range
    variable         value = name
    lt le eq ne isnone and or not in any_in add sub mul floordiv min max
    rounded (amount, rounding)   shift (date, period), value = 1 or -1
    age months_between next_month month_end year_start year_end year_of date_of

Named steps and clauses are a side table (`StepInfo`). A `step` node only marks where a named step
begins, so that an explanation can tell a step from an equal expression; `plain` takes the marks
off for readers that do not explain. A `pick` gives the number of the first clause that holds (the
witness), `cases` an outcome by it. `param` nodes, and `table` nodes with a name, stand only in the
graph of a load; binding an edition makes them constants, rows, dated picks or `silent` nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from yibao.core.rules.faults import NO_PLACE, Place
from yibao.core.rules.types import Type


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operator over nodes. Made by `Graph.node` only; compared by identity."""

    op: str
    args: tuple[Node, ...]
    value: object
    type: Type


class Graph:
    """Interns nodes."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[object, ...], Node] = {}

    def node(self, op: str, *args: Node, value: object = None, type_: Type) -> Node:
        key = (op, tuple(map(id, args)), value, type_)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(op, args, value, type_)
        return found

    def const(self, value: object, type_: Type) -> Node:
        return self.node("const", value=value, type_=type_)

    def plain(self, node: Node, seen: dict[Node, Node]) -> Node:
        """The same node without step marks."""
        if node not in seen:
            args = tuple(self.plain(arg, seen) for arg in node.args)
            if node.op == "step":
                seen[node] = args[0]
            else:
                seen[node] = self.node(node.op, *args, value=node.value, type_=node.type)
        return seen[node]


@dataclass(frozen=True, slots=True)
class Cite:
    """An article of a source. `ours` marks a reading of our own."""

    source: str
    article: str
    ours: bool = False

    def __str__(self) -> str:
        return f"{self.source} {self.article}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A named clause of a first_of; `over` are the clauses it goes before by a citation."""

    name: str
    cite: Cite
    label_zh: str = ""
    label_en: str = ""
    over: tuple[tuple[str, Cite], ...] = ()
    place: Place = field(compare=False, default=NO_PLACE)


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What an explanation says of a step. `decision` names the first_of that its clause is of."""

    name: str
    label_zh: str
    label_en: str
    type: Type
    cite: Cite
    decision: str = ""
    clauses: tuple[Clause, ...] = ()
    order: Cite | None = None
    place: Place = field(compare=False, default=NO_PLACE)


def in_order(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node below the roots once, each after its arguments."""
    seen: set[Node] = set()
    for root in roots:
        stack: list[tuple[Node, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                yield node
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((arg, False) for arg in reversed(node.args))
