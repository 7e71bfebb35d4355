"""Intervals from the ranges of facts through the graph: how wide a value is, and that 64 bits do.

Column readers take their widths from here. What ceilings have used is bounded by construction:
paid is at most limit - used, so used never passes the largest limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.declarations import Fact
from yibao.core.rules.encoding import NO_CODE, width_of
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.rules import StateVariable
from yibao.core.rules.runtime import LONGEST_SUM, round_by
from yibao.core.rules.steps import USED
from yibao.core.rules.types import MONEY_RATE, RATE_PARTS, SETS, Period, Rounding
from yibao.core.rules.values import Codes

WIDEST = 2**62
_LEVELS = 63
_FAR = 400  # calendar days that hold far more than the working days of any period, with holidays
_FLAGS = frozenset(
    [
        "lt",
        "le",
        "eq",
        "ne",
        "isnone",
        "and",
        "or",
        "not",
        "in",
        "any_in",
        "missing",
        "uncharted",
    ]
)
_SILENT = Rounding("down", 1)  # a rounding that the text does not say: no row reaches it


class TooWide(Refusal):
    """A value of a rule could leave 64 bits, so no column can hold it."""

    code: ClassVar[str] = "R20"
    message = "规则“{rule}”中的数值可能超出64位整数"
    remedy = "请缩小事实的取值范围"
    message_en = "A value of rule “{rule}” could leave 64 bits"
    remedy_en = "Narrow the ranges of the facts"
    rule: str


class Range(NamedTuple):
    """The least and the largest value, and whether it may be none. A flag is 0 to 1."""

    low: int
    high: int
    none: bool = False


FLAG_RANGE = Range(0, 1)


def hull(ranges: Iterable[Range]) -> Range:
    """The range that holds all of some."""
    found = list(ranges)
    return Range(min(r.low for r in found), max(r.high for r in found), any(r.none for r in found))


class Ranges:
    """The ranges of the nodes of a reduced graph."""

    def __init__(
        self,
        facts: Mapping[str, Fact],
        codes: Codes,
        state: Iterable[StateVariable],
        roots: Iterable[Node],
    ) -> None:
        self.facts, self.codes = facts, codes
        self.states = {variable.name: variable for variable in state}
        self._limits = dict(_limits(roots))
        self._terms: dict[object, Range] = {}
        self._done: dict[Node, Range] = {}

    def of(self, node: Node) -> Range:
        """The range of a node's value on every row that is answered."""
        if node not in self._done:
            moving = varying([node])
            for below in in_order([node]):
                if below not in self._done and below not in moving:
                    self._done[below] = self._range(below)
        return self._of(node)

    def _range(self, node: Node) -> Range:
        if node.op in _FLAGS:
            return FLAG_RANGE
        if node.op in _INTERVALS:
            return _INTERVALS[node.op](*(self._of(arg) for arg in node.args))
        found: Range = getattr(self, f"_of_{node.op}")(node)
        return found

    def _of(self, node: Node) -> Range:
        """The range of an argument, which may change with the terms of a sum."""
        return self._done[node] if node in self._done else self._range(node)

    def _of_const(self, node: Node) -> Range:
        value = node.value
        if isinstance(value, int):
            return Range(int(value), int(value))
        return Range(0, 0, value is None)

    def _of_fact(self, node: Node) -> Range:
        fact = self.facts[str(node.value)]
        none = fact.none is not None
        kind = fact.type.kind
        if kind == "flag":
            return FLAG_RANGE
        if kind == "code":
            return Range(0, len(self.codes[fact.type.of]) - 1, none)
        if kind == "codes":
            return Range(0, (1 << len(self.codes[fact.type.of])) - 1, none)
        if kind == "levels":
            return Range(0, (1 << _LEVELS) - 1, none)
        return Range(fact.low, fact.high, none)

    def _of_silent(self, node: Node) -> Range:
        return Range(1, 1)  # no row reaches it; not 0, since it may stand as a divisor

    def _of_state(self, node: Node) -> Range:
        variable = self.states[str(node.value)]
        if not variable.name.startswith(USED):
            return Range(variable.low, variable.high)
        limit = self._limits.get(variable.name)
        return Range(0, max(self.of(limit).high, 0) if limit else 0)

    def _of_variable(self, node: Node) -> Range:
        return self._terms[node.value]

    def _of_pick(self, node: Node) -> Range:
        return Range(0, len(node.args) - 1)

    def _of_cases(self, node: Node) -> Range:
        return hull(self._of(outcome) for outcome in node.args[1:])

    def _of_table(self, node: Node) -> Range:
        assert isinstance(node.value, tuple)
        values = [value for _, value in node.value]
        numbers = [int(value) for value in values if isinstance(value, int)] or [0]
        return Range(min(numbers), max(numbers), None in values)

    def _of_within(self, node: Node) -> Range:
        amount = self._of(node.args[0])
        return Range(min(amount.low, 0), amount.high)

    def _of_each(self, node: Node) -> Range:
        start, stop, body = node.args
        first, last = self._of(start), self._of(stop)
        self._terms[node.value] = Range(first.low, max(last.high - 1, first.low))
        term = self._range(body)
        most = min(max(self.terms(node), 0), LONGEST_SUM)
        return Range(min(0, most * term.low), max(0, most * term.high))

    def terms(self, node: Node) -> int:
        """The most terms that a bounded sum can have."""
        start, stop, _ = node.args
        if stop.op == "add" and start in stop.args:
            other = stop.args[1] if stop.args[0] is start else stop.args[0]
            return self._of(other).high
        return self._of(stop).high - self._of(start).low

    def _of_rounded(self, node: Node) -> Range:
        amount, how = self._of(node.args[0]), node.args[1].value
        parts = RATE_PARTS if node.args[0].type == MONEY_RATE else 1
        rounding = how if isinstance(how, Rounding) else _SILENT
        return _rising(lambda end: round_by(end, rounding, parts))(amount)

    def _of_shift(self, node: Node) -> Range:
        day, length = self._of(node.args[0]), node.args[1]
        sign = node.value
        assert isinstance(sign, int)
        period = length.value
        if isinstance(period, Period) and period.unit == "months":
            months = sign * period.length
            return _rising(lambda end: dates.add_months(end, months))(day)
        count = period.length if isinstance(period, Period) else self._of(length).high
        far = sign * (2 * count + _FAR)
        return Range(min(day.low, day.low + far), max(day.high, day.high + far))


def _corners(a: Range, b: Range, work: Callable[[int, int], int]) -> Range:
    ends = [work(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Range(min(ends), max(ends))


def _divided(a: Range, b: Range) -> Range:
    """By a parameter, which is never 0 (that is a fault at load)."""
    whole = [end for end in (b.low, b.high, -1, 1) if end and b.low <= end <= b.high]
    ends = [end // by for end in (a.low, a.high) for by in whole]
    return Range(min(ends), max(ends))


def _rising(work: Callable[[int], int]) -> Callable[[Range], Range]:
    return lambda a: Range(work(a.low), work(a.high))


_INTERVALS: dict[str, Callable[..., Range]] = {
    "add": lambda a, b: Range(a.low + b.low, a.high + b.high),
    "sub": lambda a, b: Range(a.low - b.high, a.high - b.low),
    "mul": lambda a, b: _corners(a, b, lambda x, y: x * y),
    "floordiv": _divided,
    "min": lambda *all_: Range(min(r.low for r in all_), min(r.high for r in all_)),
    "max": lambda *all_: Range(max(r.low for r in all_), max(r.high for r in all_)),
    "age": lambda a, b: Range(dates.age(a.high, b.low), dates.age(a.low, b.high)),
    "months_between": lambda a, b: Range(
        dates.months_between(a.high, b.low), dates.months_between(a.low, b.high)
    ),
    "next_month": _rising(dates.next_month),
    "month_end": _rising(dates.month_end),
    "year_start": _rising(dates.year_start),
    "year_end": _rising(dates.year_end),
    "year_of": _rising(dates.year_of),
    "date_of": _rising(dates.date_of),
}


def varying(roots: Iterable[Node]) -> frozenset[Node]:
    """The nodes that stand inside a sum, and change with its terms."""
    found: set[Node] = set()
    for node in in_order(roots):
        if node.op == "variable" or (node.op != "each" and not found.isdisjoint(node.args)):
            found.add(node)
    return frozenset(found)


def _limits(roots: Iterable[Node]) -> Iterable[tuple[str, Node]]:
    for node in in_order(roots):
        if node.op == "within":
            assert isinstance(node.value, tuple)
            for name, limit in zip(node.value, node.args[2::3]):
                yield USED + str(name), limit


def ranges_of(reduced: Reduced) -> Ranges:
    """The ranges of an edition's reduced graph."""
    fold = reduced.fold
    roots = [*(node for _, node in reduced.result), *(fold.next if fold else ())]
    return Ranges(reduced.facts, reduced.codes, fold.state if fold else (), roots)


def wide_nodes(reduced: Reduced) -> list[Node]:
    """The nodes of the outcomes that could leave 64 bits."""
    ranges = ranges_of(reduced)
    roots = [*(node for _, node in reduced.result), *(reduced.fold.next if reduced.fold else ())]
    moving = varying(roots)
    numbers = [n for n in in_order(roots) if n not in moving and n.type.kind not in SETS]
    found = [(node, ranges.of(node)) for node in numbers]
    return [node for node, range_ in found if range_.low < -WIDEST or range_.high > WIDEST]


def dtype_for(node: Node, range_: Range) -> np.dtype[Any]:
    """The column of a node: flags bool, codes uint8, else the narrowest width of its range."""
    if node.type.kind == "flag":
        return np.dtype(np.bool_)
    if node.type.kind == "code":
        return np.dtype(np.uint8)
    return width_of(range_.low, range_.high)


def outcome_dtypes(reduced: Reduced) -> dict[str, np.dtype[Any]]:
    """The dtypes of the outcomes by name, the same for every reader of columns. Raises TooWide.

    A none is `encoding.none_of` of the dtype.
    """
    ranges = ranges_of(reduced)
    try:
        return {name: dtype_for(node, ranges.of(node)) for name, node in reduced.result}
    except OverflowError as wide:
        raise TooWide(rule=reduced.rule) from wide


NO_CLAUSE = NO_CODE  # what a column of clauses holds where none holds
