"""Expressions: a small subset of Python's syntax, read by `ast` into the graph, never evaluated.

No number but 0 and 1, no date, no text: what a policy paper says is a parameter with an article.
Every fault of an expression is found at once; a part that failed keeps the rest quiet.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from yibao.core.rules.faults import FaultLog, Place, did_you_mean
from yibao.core.rules.graph import Node
from yibao.core.rules.parameters import Parameter
from yibao.core.rules.text import Text
from yibao.core.rules.types import (
    DATE,
    FLAG,
    MOMENT,
    MONTHS,
    NONE,
    ONE,
    YEAR,
    YEARS,
    ZERO,
    Type,
)
from yibao.core.rules.units import Clash, Said, Units


class Poisoned(Exception):  # noqa: N818 - never leaves the engine
    """A name stands for something that failed already; whoever reads it stays quiet."""


class Scope(Protocol):
    """What names mean where an expression stands."""

    parameters: Mapping[str, Parameter]

    def find(self, name: str, place: Place) -> Node | None:
        """The node of a fact, parameter, step or state; None if unknown. Raises Poisoned."""
        ...

    def names(self) -> Iterable[str]:
        """Every name that `find` knows, for “did you mean”."""
        ...


_CALENDAR: dict[str, tuple[tuple[Type, ...], Type]] = {
    "age": ((DATE, DATE), YEARS),
    "months_between": ((DATE, DATE), MONTHS),
    "next_month": ((DATE,), DATE),
    "month_end": ((DATE,), DATE),
    "year_start": ((YEAR,), DATE),
    "year_end": ((YEAR,), DATE),
    "year_of": ((DATE,), YEAR),
    "date_of": ((MOMENT,), DATE),
}
_ORDERS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
_FUNCTIONS = ("min", "max", "rounded", "any_in", "sum", *_CALENDAR)
_IN_A_PARAMETER = "put it in a parameter and cite it"


class Expressions:
    """Reads the expressions of one scope."""

    def __init__(self, units: Units, scope: Scope, log: FaultLog) -> None:
        self.units, self.scope, self.log = units, scope, log

    def read(self, text: Text) -> Node | None:
        """The node of an expression; None after a fault, which is in the log."""
        return _Reading(self, text).read()

    def flag(self, text: Text) -> Node | None:
        """The node of a condition."""
        node = self.read(text)
        if node is None:
            return None
        try:
            return self.units.flag((node, text.value))
        except Clash as clash:
            self.log.add(text.place, clash.what, clash.cure)
            return None


class _Reading:
    def __init__(self, owner: Expressions, text: Text) -> None:
        self.units, self.scope, self.log = owner.units, owner.scope, owner.log
        self.text = text
        self.variables: dict[str, Node] = {}
        self.visitors: dict[type[ast.expr], Callable[..., Node | None]] = {
            ast.BoolOp: self._bool,
            ast.UnaryOp: self._not,
            ast.Compare: self._compare,
            ast.BinOp: self._arithmetic,
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Call: self._call,
            ast.Subscript: self._table,
        }

    def read(self) -> Node | None:
        try:
            tree = ast.parse(self.text.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as wrong:
            offset = getattr(wrong, "offset", None) or 1
            self.log.add(
                self.text.place.right(offset - 1), f"“{self.text.value}” is not an expression"
            )
            return None
        return self._visit(tree)

    def _visit(self, tree: ast.expr) -> Node | None:
        visitor = self.visitors.get(type(tree))
        if visitor is None:
            if isinstance(tree, ast.IfExp):
                return self._fault(tree, "“if” has no clause to cite", "write first_of")
            return self._fault(tree, f"“{self._words(tree)}” is not part of the language")
        try:
            return visitor(tree)
        except Clash as clash:
            return self._fault(tree, clash.what, clash.cure)

    def _fault(self, tree: ast.expr, what: str, cure: str = "") -> Node | None:
        """Log a fault at a part of the expression; None, as the node that there is not."""
        before = self.text.value.encode()[: tree.col_offset].decode()
        self.log.add(self.text.place.right(len(before)), what, cure)
        return None

    def _words(self, tree: ast.expr) -> str:
        return ast.get_source_segment(self.text.value, tree) or ast.unparse(tree)

    def _said(self, *trees: ast.expr) -> list[Said] | None:
        """Visit each; None if one of them failed, after all were visited."""
        nodes = [self._visit(tree) for tree in trees]
        said = [(node, self._words(tree)) for node, tree in zip(nodes, trees) if node is not None]
        return said if len(said) == len(trees) else None

    def _bool(self, tree: ast.BoolOp) -> Node | None:
        said = self._said(*tree.values)
        if said is None:
            return None
        flags = [self.units.flag(part) for part in said]
        op = "and" if isinstance(tree.op, ast.And) else "or"
        return self.units.graph.node(op, *flags, type_=FLAG)

    def _not(self, tree: ast.UnaryOp) -> Node | None:
        if not isinstance(tree.op, ast.Not):
            return self._fault(tree, f"“{self._words(tree)}” is not part of the language")
        said = self._said(tree.operand)
        if said is None:
            return None
        return self.units.graph.node("not", self.units.flag(said[0]), type_=FLAG)

    def _compare(self, tree: ast.Compare) -> Node | None:
        said = self._said(tree.left, *tree.comparators)
        if said is None:
            return None
        parts = [
            self._comparison(op, left, right) for op, left, right in zip(tree.ops, said, said[1:])
        ]
        if len(parts) == 1:
            return parts[0]
        return self.units.graph.node("and", *parts, type_=FLAG)

    def _comparison(self, op: ast.cmpop, left: Said, right: Said) -> Node:
        graph = self.units.graph
        if isinstance(op, ast.Is | ast.IsNot):
            if right[0].type != NONE:
                raise Clash(f"“is {right[1]}” is not part of the language", "write ==")
            test = graph.node("isnone", left[0], type_=FLAG)
            return test if isinstance(op, ast.Is) else graph.node("not", test, type_=FLAG)
        if isinstance(op, ast.In | ast.NotIn):
            test = self.units.contains(left, right)
            return test if isinstance(op, ast.In) else graph.node("not", test, type_=FLAG)
        return self.units.compare(_ORDERS[type(op)], left, right)

    def _arithmetic(self, tree: ast.BinOp) -> Node | None:
        said = self._said(tree.left, tree.right)
        if isinstance(tree.op, ast.Div):
            return self._fault(tree, "“/” loses fractions", "use // by a parameter, or rounded")
        if said is None:
            return None
        left, right = said
        if isinstance(tree.op, ast.Add):
            return self.units.add(left, right)
        if isinstance(tree.op, ast.Sub):
            return self.units.sub(left, right)
        if isinstance(tree.op, ast.Mult):
            return self.units.mul(left, right)
        if isinstance(tree.op, ast.FloorDiv):
            node = self.units.floordiv(left, right)
            divisor = self.scope.parameters[str(right[0].value)]
            if any(dated.has(0) for dated in divisor.values):
                raise Clash(f"“{divisor.name}” can be 0", "a divisor must never be 0")
            return node
        return self._fault(tree, f"“{self._words(tree)}” is not part of the language")

    def _constant(self, tree: ast.Constant) -> Node | None:
        value, words = tree.value, self._words(tree)
        if value is None:
            return self.units.graph.const(None, NONE)
        if isinstance(value, bool):
            return self.units.graph.const(value, FLAG)
        if isinstance(value, float):
            return self._fault(
                tree, f"“{words}” is a float", "put the number in a parameter with its article"
            )
        if isinstance(value, int) and words in ("0", "1"):
            return self.units.graph.const(value, ONE if value else ZERO)
        return self._fault(
            tree, f"a number or text in a rule has no article: “{words}”", _IN_A_PARAMETER
        )

    def _name(self, tree: ast.Name) -> Node | None:
        name = tree.id
        if name in self.variables:
            return self.variables[name]
        parameter = self.scope.parameters.get(name)
        if parameter is not None and parameter.by:
            return self._fault(tree, f"“{name}” is a table", f"write {name}[…]")
        before = self.text.value.encode()[: tree.col_offset].decode()
        try:
            found = self.scope.find(name, self.text.place.right(len(before)))
        except Poisoned:
            return None
        if found is not None:
            return found
        if any(name in codes for codes in self.units.codes.values()):
            return self.units.graph.const(name, Type("code"))
        known = [*self.scope.names(), *(c for codes in self.units.codes.values() for c in codes)]
        guess = did_you_mean(name, known)
        return self._fault(tree, f"no fact, parameter, step, state or code “{name}”{guess}")

    def _table(self, tree: ast.Subscript) -> Node | None:
        keys = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        said = self._said(*keys)
        name = self._words(tree.value)
        parameter = self.scope.parameters.get(name)
        if parameter is None or not parameter.by:
            return self._quiet_or_no_table(tree, name)
        if said is None:
            return None
        if len(said) != len(parameter.by):
            raise Clash(f"“{name}” has {len(parameter.by)} keys, not {len(said)}")
        fitted = []
        for (node, words), axis in zip(said, parameter.by):
            found = self.units.fit(node, axis.type)
            if found is None:
                raise Clash(f"“{words}” is {node.type}, “{name}” is keyed by {axis.name}")
            fitted.append(found)
        return self.units.graph.node("table", *fitted, value=name, type_=parameter.type)

    def _quiet_or_no_table(self, tree: ast.Subscript, name: str) -> Node | None:
        try:
            self.scope.find(name, self.text.place)
        except Poisoned:
            return None
        tables = [p.name for p in self.scope.parameters.values() if p.by]
        return self._fault(tree, f"“{name}” is no table{did_you_mean(name, tables)}")

    def _call(self, tree: ast.Call) -> Node | None:
        name = self._words(tree.func)
        if name not in _FUNCTIONS:
            guess = did_you_mean(name, _FUNCTIONS)
            return self._fault(tree, f"“{name}” is no function of the language{guess}")
        if tree.keywords or any(isinstance(arg, ast.Starred) for arg in tree.args):
            return self._fault(tree, f"{name} takes plain values only")
        if name == "sum":
            return self._sum(tree)
        said = self._said(*tree.args)
        if said is None:
            return None
        if name in ("min", "max"):
            if not said[1:]:
                raise Clash(f"{name} takes two values or more")
            return self.units.extreme(name, said)
        if name in _CALENDAR:
            return self.units.call(name, said, *_CALENDAR[name])
        if len(said) != len(("left", "right")):
            raise Clash(f"{name} takes 2 values, not {len(said)}")
        return (self.units.rounded if name == "rounded" else self.units.any_in)(*said)

    def _sum(self, tree: ast.Call) -> Node | None:
        match tree.args:
            case [
                ast.GeneratorExp(
                    elt=body,
                    generators=[
                        ast.comprehension(
                            target=ast.Name(id=name),
                            iter=ast.Call(
                                func=ast.Name(id="range"), args=[start, stop], keywords=[]
                            ),
                            ifs=[],
                        )
                    ],
                )
            ]:
                bounds = self._said(start, stop)
            case _:
                return self._fault(tree, "sum is written sum(… for k in range(a, b))")
        if name in self.scope.names() or name in self.variables:
            return self._fault(tree, f"“{name}” is declared already", "choose another letter")
        if bounds is None:
            return None

        def term(variable: Node) -> Said:
            self.variables[name] = variable
            said = self._said(body)
            del self.variables[name]
            if said is None:
                raise Poisoned
            return said[0]

        try:
            return self.units.each(name, bounds[0], bounds[1], term)
        except Poisoned:
            return None
