"""What an operator gives for numbers that are known: folds constants, and finds cuts by bisection.

Values are those of columns: codes their numbers, sets their masks, dates days, a none None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yibao.core.rules import dates
from yibao.core.rules.graph import Node
from yibao.core.rules.runtime import round_by
from yibao.core.rules.types import MONEY_RATE, RATE_PARTS, Period

Values = Sequence[Any]


_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "isnone": lambda a: a is None,
    "not": lambda a: not a,
    "in": lambda a, b: a is not None and bool(b >> a & 1),
    "any_in": lambda a, b: bool(a & b),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "min": min,
    "max": max,
    "age": dates.age,
    "months_between": dates.months_between,
    "next_month": dates.next_month,
    "month_end": dates.month_end,
    "year_start": dates.year_start,
    "year_end": dates.year_end,
    "year_of": dates.year_of,
    "date_of": dates.date_of,
}
_TAKES_NONE = frozenset({"eq", "ne", "isnone", "in"})
ELEMENTWISE = frozenset({*_OPERATORS, "rounded", "shift", "table"})


def applied(node: Node, args: Values) -> object:
    """The value of an operator over known arguments.

    A none that the operator cannot read gives none (a flag: false): whoever reads it is flagged
    as unanswered. A shift is one of months: days were added, working days are not known here.
    """
    if None in args and node.op not in _TAKES_NONE:
        return False if node.type.kind == "flag" else None
    if node.op == "rounded":
        parts = RATE_PARTS if node.args[0].type == MONEY_RATE else 1
        return round_by(args[0], args[1], parts)
    if node.op == "shift":
        sign = node.value
        assert isinstance(sign, int)
        return dates.add_months(args[0], sign * args[1].length)
    if node.op == "table":
        assert isinstance(node.value, tuple)
        return dict(node.value)[tuple(args)]
    return _OPERATORS[node.op](*args)


def foldable(node_op: str, args: Sequence[Node]) -> bool:
    """Whether an operator can be worked out without a working calendar."""
    if node_op == "shift":
        period = args[1].value
        return isinstance(period, Period) and period.unit != "working_days"
    return node_op in ELEMENTWISE


def evaluated(node: Node, fact: str, value: int) -> Any:
    """The value of an expression over one fact and constants."""
    if node.op == "const":
        return node.value
    if node.op == "fact":
        assert node.value == fact
        return value
    return applied(node, [evaluated(arg, fact, value) for arg in node.args])


def facts_below(node: Node, seen: dict[Node, frozenset[str]]) -> frozenset[str]:
    """The facts and states that an expression reads."""
    if node not in seen:
        if node.op in ("fact", "state", "variable", "missing"):
            seen[node] = frozenset({f"{node.op} {node.value}"})
        else:
            seen[node] = frozenset().union(*(facts_below(arg, seen) for arg in node.args))
    return seen[node]


_RISING = frozenset({"year_of", "date_of", "next_month", "month_end", "year_start", "year_end"})
_FALLING_FIRST = frozenset({"age", "months_between"})


def direction(node: Node) -> int:
    """How an expression of one fact moves with it: 1 rising, -1 falling, 0 not known."""
    if node.op == "fact":
        return 1
    moving = [arg for arg in node.args if arg.op != "const"]
    if len(moving) != 1:
        return 0
    way = direction(moving[0])
    first = node.args[0] is moving[0]
    if node.op in _RISING or node.op in ("add", "min", "max"):
        return way
    if node.op in _FALLING_FIRST:
        return -way if first else way
    if node.op == "sub":
        return way if first else -way
    if node.op == "shift" or (node.op == "floordiv" and _positive(node.args[1])):
        return way if foldable(node.op, node.args) else 0
    if node.op == "mul":
        other = node.args[1] if first else node.args[0]
        return way if _positive(other) else 0
    return 0


def _positive(node: Node) -> bool:
    return node.op == "const" and isinstance(node.value, int) and node.value > 0
