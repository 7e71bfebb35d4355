"""Conditions taken apart into atoms: comparisons, memberships and flags without a choice inside.

A comparison with what a list of clauses chose is no atom: it goes on into the guards of that list,
and two values chosen by one list are compared clause by clause. `min` and `max` at either side of
a comparison become `and` and `or`. A set of codes becomes one flag for each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.simplify import Simplifier
from yibao.core.rules.types import FLAG, NUMERIC_FACTS
from yibao.core.rules.values import Codes

MOST_CHOICES = 4096
_NUMBERS = NUMERIC_FACTS | {"money_rate", "number"}
_COMPARED = frozenset({"lt", "le", "eq", "ne"})
_LEVELS = 63
_RISING = frozenset(
    [
        "add",
        "sub",
        "age",
        "months_between",
        "next_month",
        "month_end",
        "year_start",
        "year_end",
        "year_of",
        "date_of",
        "shift",
    ]
)
_FALLING = {("sub", 1), ("age", 0), ("months_between", 0)}
Choice = tuple[dict[Node, int], Node]


class Logic:
    """Formulas of `and`, `or`, `not` over atoms, as nodes of the same graph."""

    def __init__(self, make: Simplifier, codes: Codes) -> None:
        self.make, self.codes = make, codes
        self.atoms: dict[Node, None] = {}
        self._done: dict[Node, Node] = {}
        self._none_yet: dict[Node, list[Node]] = {}
        self._spread: dict[Node, list[Choice] | None] = {}

    def of(self, node: Node) -> Node:
        """The formula of a flag."""
        if node not in self._done:
            self._done[node] = self._formula(node)
        return self._done[node]

    def negated(self, formula: Node) -> Node:
        """The opposite, without turning a comparison round: atoms stay what they are."""
        if formula.op == "const":
            return self.make.flag(not formula.value)
        if formula.op == "not":
            return formula.args[0]
        return self.make.graph.node("not", formula, type_=FLAG)

    def _formula(self, node: Node) -> Node:
        make = self.make
        if node.op == "const":
            return make.flag(bool(node.value))
        if node.op in ("and", "or"):
            parts = [self.of(arg) for arg in node.args]
            return make.all_of(parts) if node.op == "and" else make.any_of(parts)
        if node.op == "not":
            return self.negated(self.of(node.args[0]))
        choices = self._choices(node)
        if choices is None:
            return self._atom(node)
        return make.any_of(
            [make.all_of((*self._taken(taken), self._leaf(leaf))) for taken, leaf in choices]
        )

    def _taken(self, taken: dict[Node, int]) -> list[Node]:
        return [self.fires(pick, at) for pick, at in taken.items()]

    def fires(self, pick: Node, at: int) -> Node:
        """A clause is the first that holds."""
        if pick not in self._none_yet:
            before = [self.make.true]
            for guard in pick.args:
                before.append(self.make.all_of((before[-1], self.negated(self.of(guard)))))
            self._none_yet[pick] = before
        return self.make.all_of((self._none_yet[pick][at], self.of(pick.args[at])))

    def _choices(self, node: Node) -> list[Choice] | None:
        """The ways a value comes about, each with its clauses; None where there are too many."""
        for below in in_order([node]):
            if below not in self._spread:
                self._spread[below] = self._ways(below)
        return self._spread[node]

    def _ways(self, node: Node) -> list[Choice] | None:
        if node.op == "cases":
            return self._ways_of_cases(node)
        if node.op in ("within", "each", "pick", "and", "or", "not") or not node.args:
            return [({}, node)]
        sides = [self._spread[arg] for arg in node.args]
        if any(side is None for side in sides):
            return None
        if all(side == [({}, arg)] for side, arg in zip(sides, node.args)):
            return [({}, node)]
        return self._combined(node, [side for side in sides if side is not None])

    def _ways_of_cases(self, node: Node) -> list[Choice] | None:
        pick, *outcomes = node.args
        found: list[Choice] = []
        for at, outcome in enumerate(outcomes):
            ways = self._spread[outcome]
            if ways is None or len(found) > MOST_CHOICES:
                return None
            found += [
                ({pick: at, **taken}, leaf) for taken, leaf in ways if taken.get(pick, at) == at
            ]
        return found

    def _combined(self, node: Node, sides: Sequence[list[Choice]]) -> list[Choice] | None:
        size = 1
        for side in sides:
            size *= len(side)
        if size > MOST_CHOICES:
            return None
        found: list[Choice] = []
        for ways in product(*sides):
            taken: dict[Node, int] = {}
            if all(taken.setdefault(p, at) == at for way, _ in ways for p, at in way.items()):
                leaves = [leaf for _, leaf in ways]
                found.append((taken, self._rebuilt(node, leaves)))
        return found

    def _rebuilt(self, node: Node, args: Sequence[Node]) -> Node:
        if any(arg.op == "silent" for arg in args):
            return self.make.graph.node(node.op, *args, value=node.value, type_=node.type)
        return self.make.node(node.op, args, node.value, node.type)

    def _leaf(self, node: Node) -> Node:
        """The formula of a flag in which nothing is chosen any more."""
        if node.op in ("const", "and", "or", "not"):
            return self.of(node)
        if node.op in _COMPARED and node.args[0].type.kind in _NUMBERS:
            return self._compared(node)
        if node.op == "ne":
            return self.negated(self._leaf(self._rebuilt_as("eq", node.args)))
        if any(arg.op == "silent" for arg in node.args):
            return self._atom(node)
        if node.op == "any_in":
            left, right = node.args
            return self.make.any_of(
                [
                    self.make.all_of((self._has(code, left), self._has(code, right)))
                    for code in range(self._members(left))
                ]
            )
        if node.op == "in" and node.args[1].op != "const":
            return self._member(*node.args)
        return self._atom(node)

    def _rebuilt_as(self, op: str, args: Sequence[Node]) -> Node:
        return self.make.graph.node(op, *args, type_=FLAG)

    def _members(self, among: Node) -> int:
        type_ = among.type
        return len(self.codes[type_.of]) if type_.kind == "codes" else _LEVELS

    def _member(self, item: Node, among: Node) -> Node:
        make = self.make
        if item.op == "const":
            return make.false if item.value is None else self._has(int(str(item.value)), among)
        found = []
        for code in self._values(item, among):
            known = make.graph.const(code, item.type)
            asked = self._leaf(make.node("eq", (item, known), None, FLAG))
            found.append(make.all_of((asked, self._has(code, among))))
        return make.any_of(found)

    def _values(self, item: Node, among: Node) -> range:
        """What an item can be that a set may have."""
        if item.op == "fact" and item.type.kind == "level":
            fact = self.make.facts[str(item.value)]
            return range(fact.low, fact.high + 1)
        return range(self._members(among))

    def _has(self, code: int, among: Node) -> Node:
        """Whether a set has a code, by its number."""
        if among.op == "const":
            assert isinstance(among.value, int)
            return self.make.flag(bool(among.value >> code & 1))
        item = self.make.graph.const(code, among.type)
        return self._atom(self.make.graph.node("in", item, among, type_=FLAG))

    def _compared(self, node: Node) -> Node:
        """Order alone: `a <= b` is `not b < a`; equal is neither before nor after."""
        left, right = node.args
        if node.op == "lt":
            return self._before(left, right)
        if node.op == "le":
            return self.negated(self._before(right, left))
        none = [self.make.isnone(side) for side in node.args]
        both = self.make.all_of([self.of(flag) for flag in none])
        neither = [self.negated(self.of(flag)) for flag in none]
        order = [self.negated(self._before(a, b)) for a, b in ((left, right), (right, left))]
        equal = self.make.any_of((both, self.make.all_of((*neither, *order))))
        return self.negated(equal) if node.op == "ne" else equal

    def _hoisted(self, node: Node) -> Node:
        """A rising function of a largest value, as the largest of its values; and so on."""
        if node.op not in _RISING:
            return node
        args = [self._hoisted(arg) for arg in node.args]
        for at, arg in enumerate(args):
            falls = (node.op, at) in _FALLING
            if arg.op in ("min", "max"):
                ways = [[*args[:at], part, *args[at + 1 :]] for part in arg.args]
                parts = [self._hoisted(self._rebuilt(node, way)) for way in ways]
                op = arg.op if not falls else "max" if arg.op == "min" else "min"
                return self.make.graph.node(op, *parts, type_=node.type)
        return node

    def _before(self, left: Node, right: Node) -> Node:
        make = self.make
        left, right = self._hoisted(left), self._hoisted(right)
        for side, joined in ((left, make.all_of), (right, make.any_of)):
            if side.op in ("min", "max"):
                ways = [(arg, right) if side is left else (left, arg) for arg in side.args]
                if side.op == "min":
                    joined = make.any_of if side is left else make.all_of
                return joined([self._before(a, b) for a, b in ways])
        if left.op == "const" and right.op == "const":
            return make.flag(bool(left.value < right.value))  # type: ignore[operator]
        return self._atom(make.graph.node("lt", left, right, type_=FLAG))

    def _atom(self, node: Node) -> Node:
        self.atoms.setdefault(node)
        return node


def atoms_of(formulas: Iterable[Node], atoms: Iterable[Node]) -> list[Node]:
    """The atoms below some formulas, in order."""
    known = set(atoms)
    found: dict[Node, None] = {}
    seen: set[Node] = set()
    stack = list(formulas)[::-1]
    while stack:
        node = stack.pop()
        if node in known:
            found.setdefault(node)
        elif node not in seen:
            seen.add(node)
            stack.extend(reversed(node.args))
    return list(found)
