"""Smart constructors: a node as small as it can be said, with the same value on every row.

Constants are folded; a monotone expression of one fact against a constant becomes a comparison of
the fact with the cut, found by bisection over the fact's range; an operator over constant outcomes
of one pick becomes outcomes. The clauses of a pick are never dropped: their numbers are the
witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yibao.core.rules import dates
from yibao.core.rules.constants import (
    applied,
    direction,
    evaluated,
    facts_below,
    foldable,
)
from yibao.core.rules.declarations import Fact
from yibao.core.rules.graph import Graph, Node
from yibao.core.rules.types import DAYS, FLAG, NUMBER, PERIOD, ROUNDING, Period, Type

_MONTHS = {"months": 1, "years": 12}
_NO_NUMBERS = frozenset({PERIOD, ROUNDING})


class Simplifier:
    """Builds small nodes in one graph."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.graph = Graph()
        self.facts = facts
        self.true, self.false = (self.graph.const(value, FLAG) for value in (True, False))
        self._read: dict[Node, frozenset[str]] = {}

    def flag(self, value: bool) -> Node:
        return self.true if value else self.false

    def node(self, op: str, args: Sequence[Node], value: object, type_: Type) -> Node:
        """An operator over small nodes, as small as it can be said."""
        if op in ("and", "or"):
            return self.all_of(args) if op == "and" else self.any_of(args)
        if op == "not":
            return self.negated(args[0])
        if op == "isnone":
            return self.isnone(args[0])
        if op == "cases":
            return self.cases(args[0], args[1:], type_)
        if op == "within":
            return self._within(args, value, type_)
        if op in ("lt", "le"):
            return self._ordered(op, args)
        if op in ("shift", "rounded"):
            return self._chosen(op, args, value, type_)
        made = self._plain(op, args, value, type_)
        return self._chosen_row(made) if made.op == "table" and type_ in _NO_NUMBERS else made

    def _chosen(self, op: str, args: Sequence[Node], value: object, type_: Type) -> Node:
        """A period or rounding that clauses choose goes into the clauses: each then is one."""
        what, how = args
        if how.op == "cases":
            pick, *outcomes = how.args
            each = [self._chosen(op, (what, outcome), value, type_) for outcome in outcomes]
            return self.cases(pick, each, type_)
        if op == "rounded":
            return self._plain(op, args, value, type_)
        return self._shift(what, how, value, type_)

    def _chosen_row(self, table: Node) -> Node:
        """A table of periods or roundings as clauses, a row each."""
        guards, outcomes = [], []
        assert isinstance(table.value, tuple)
        for keys, value in table.value:
            parts = [
                self.node("eq", (arg, self.graph.const(key, arg.type)), None, FLAG)
                for arg, key in zip(table.args, keys)
            ]
            guards.append(self.all_of(parts))
            outcomes.append(self.graph.const(value, table.type))
        guards[-1] = self.true
        pick = self.graph.node("pick", *guards, type_=NUMBER)
        return self.cases(pick, outcomes, table.type)

    def _plain(self, op: str, args: Sequence[Node], value: object, type_: Type) -> Node:
        """Constants folded, outcomes of one pick lifted, else as it stands."""
        if op == "eq" and args[0] is args[1]:
            return self.true
        made = self.graph.node(op, *args, value=value, type_=type_)
        if not foldable(op, args):
            return made
        if args and all(arg.op == "const" for arg in args):
            return self.graph.const(applied(made, [arg.value for arg in args]), type_)
        picks = {arg.args[0] for arg in args if arg.op == "cases"}
        known = all(arg.op == "const" or _all_constant(arg) for arg in args)
        if len(picks) == 1 and known:
            return self._lifted(made, picks.pop())
        if op == "eq":
            return self._same_year(made)
        return made

    def _lifted(self, made: Node, pick: Node) -> Node:
        """The operator worked out for each outcome of the pick."""
        outcomes = []
        for at in range(len(pick.args)):
            args = [arg.args[at + 1] if arg.op == "cases" else arg for arg in made.args]
            value = applied(made, [arg.value for arg in args])
            outcomes.append(self.graph.const(value, made.type))
        return self.cases(pick, outcomes, made.type)

    def all_of(self, parts: Iterable[Node]) -> Node:
        """The conjunction: flattened, without doubles; false where a part stands with its not."""
        found: dict[Node, None] = {}
        for part in parts:
            for flat in part.args if part.op == "and" else (part,):
                found.setdefault(flat)
        found.pop(self.true, None)
        if self.false in found or any(self.negated(part) in found for part in found):
            return self.false
        return self._joined("and", tuple(found), self.true)

    def any_of(self, parts: Iterable[Node]) -> Node:
        """The disjunction: flattened, without doubles; true where a part stands with its not."""
        found: dict[Node, None] = {}
        for part in parts:
            for flat in part.args if part.op == "or" else (part,):
                found.setdefault(flat)
        found.pop(self.false, None)
        if self.true in found or any(self.negated(part) in found for part in found):
            return self.true
        return self._joined("or", tuple(found), self.false)

    def _joined(self, op: str, parts: tuple[Node, ...], empty: Node) -> Node:
        if not parts:
            return empty
        return parts[0] if len(parts) == 1 else self.graph.node(op, *parts, type_=FLAG)

    def negated(self, node: Node) -> Node:
        if node.op == "const":
            return self.flag(not node.value)
        if node.op == "not":
            return node.args[0]
        if node.op in ("lt", "le"):
            return self._ordered("le" if node.op == "lt" else "lt", node.args[::-1])
        if node.op == "cases" and _all_constant(node):
            outcomes = [self.flag(not outcome.value) for outcome in node.args[1:]]
            return self.cases(node.args[0], outcomes, FLAG)
        return self.graph.node("not", node, type_=FLAG)

    def isnone(self, node: Node) -> Node:
        """Whether a value is none; false where it cannot be."""
        if node.op == "const":
            return self.flag(node.value is None)
        if node.op == "cases":
            return self.cases(node.args[0], [self.isnone(arg) for arg in node.args[1:]], FLAG)
        if node.op == "fact" and self.facts[str(node.value)].none is not None:
            return self.graph.node("isnone", node, type_=FLAG)
        return self.false

    def cases(self, pick: Node, outcomes: Sequence[Node], type_: Type) -> Node:
        """An outcome by the clause; the outcome itself where all are one."""
        if pick.args[0] is self.true or all(outcome is outcomes[0] for outcome in outcomes):
            return outcomes[0]
        return self.graph.node("cases", pick, *outcomes, type_=type_)

    def _within(self, args: Sequence[Node], value: object, type_: Type) -> Node:
        """Without the ceilings that never count."""
        assert isinstance(value, tuple)
        kept, names = [args[0]], []
        for name, at in zip(value, range(1, len(args), 3)):
            if args[at] is not self.false:
                kept += args[at : at + 3]
                names.append(name)
        if not names:
            return args[0]
        return self.graph.node("within", *kept, value=tuple(names), type_=type_)

    def _shift(self, day: Node, length: Node, value: object, type_: Type) -> Node:
        """Days are added; months and working days stay a shift."""
        assert isinstance(value, int)
        period = length.value
        if not isinstance(period, Period) or period.unit == "working_days":
            return self.graph.node("shift", day, length, value=value, type_=type_)
        if period.unit == "days":
            count = self.graph.const(value * period.length, DAYS)
            return self._plain("add", (day, count), None, type_)
        months = self.graph.const(Period(period.length * _MONTHS[period.unit], "months"), PERIOD)
        return self._plain("shift", (day, months), value, type_)

    def _ordered(self, op: str, args: Sequence[Node]) -> Node:
        """A comparison: folded, lifted, or cut to a comparison of the one fact that it reads."""
        made = self._plain(op, args, None, FLAG)
        if made.op not in ("lt", "le"):
            return made
        left, right = made.args
        if left.op == "const":
            return self._cut(made, right, rising_is_true=1)
        if right.op == "const":
            return self._cut(made, left, rising_is_true=-1)
        return made

    def _cut(self, made: Node, side: Node, rising_is_true: int) -> Node:
        """The comparison as one of the fact itself, where `side` moves one way with one fact."""
        below = facts_below(side, self._read)
        way = direction(side) * rising_is_true
        name = next(iter(below), "").removeprefix("fact ")
        if len(below) != 1 or way == 0 or name not in self.facts:
            return made
        fact = self.facts[name]
        first, last = (evaluated(made, name, end) for end in (fact.low, fact.high))
        read = self.graph.node("fact", value=name, type_=fact.type)
        if first == last:
            return self.flag(bool(first))
        cut = self._turn(made, fact, name, first)
        if way > 0:
            return self.graph.node("le", self.graph.const(cut, fact.type), read, type_=FLAG)
        return self.graph.node("le", read, self.graph.const(cut - 1, fact.type), type_=FLAG)

    @staticmethod
    def _turn(made: Node, fact: Fact, name: str, first: Any) -> int:
        """The least value of the fact at which the comparison is no longer as at its start."""
        low, high = fact.low, fact.high
        while high - low > 1:
            middle = (low + high) // 2
            if evaluated(made, name, middle) == first:
                low = middle
            else:
                high = middle
        return high

    def _same_year(self, made: Node) -> Node:
        """A date in one known year, as a comparison with the year's ends."""
        for side, other in (made.args, made.args[::-1]):
            if side.op == "year_of" and other.op == "const" and isinstance(other.value, int):
                day = side.args[0]
                ends = [
                    self.graph.const(number, day.type)
                    for number in (dates.year_start(other.value), dates.year_end(other.value))
                ]
                return self.all_of(
                    (self._ordered("le", (ends[0], day)), self._ordered("le", (day, ends[1])))
                )
        return made


def _all_constant(node: Node) -> bool:
    return node.op == "cases" and all(outcome.op == "const" for outcome in node.args[1:])
