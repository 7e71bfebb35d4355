"""A rulebook with one value changed, without reading it again: every way to change one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from yibao.core.rules.book import Rulebook
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.parameters import Dated, Parameter
from yibao.core.rules.rules import Rule
from yibao.core.rules.types import Period, Rounding, Type

YUAN = 100
POINT = 100  # one percent, in parts of 10,000


def changes(book: Rulebook, parameter: Parameter) -> Iterator[tuple[str, Parameter]]:
    """A name and the changed parameter for each change of one value."""
    codes = {name: tuple(listed.codes) for name, listed in book.enumerations.items()}
    for at, dated in enumerate(parameter.values):
        if dated.open:
            continue
        for other in _changed(dated, parameter.type, codes):
            shown = other.value if not other.rows else _row_that_differs(dated, other)
            values = (*parameter.values[:at], other, *parameter.values[at + 1 :])
            yield f"{parameter.name} as {shown}", replace(parameter, values=values)


def reads(rule: Rule) -> frozenset[str]:
    """The parameters that a rule computes with."""
    roots = [node for _, node in rule.result]
    roots += [condition.when for condition in (*rule.requires, *rule.ensures)]
    if rule.fold is not None:
        roots += [*rule.fold.key, *rule.fold.order, *rule.fold.next, *rule.fold.limits]
    return frozenset(_names(roots))


def _names(roots: list[Node]) -> Iterator[str]:
    for node in in_order(roots):
        if node.op in ("param", "table"):
            yield str(node.value)


def _changed(dated: Dated, type_: Type, codes: Mapping[str, tuple[str, ...]]) -> Iterator[Dated]:
    if not dated.rows:
        yield from (replace(dated, value=v) for v in _others(dated.value, type_, codes))
    for key, value in dated.rows.items():
        for other in _others(value, type_, codes):
            yield replace(dated, rows={**dated.rows, key: other})


def _row_that_differs(dated: Dated, other: Dated) -> str:
    key = next(key for key, value in other.rows.items() if value != dated.rows[key])
    return f"{key}: {other.rows[key]}"


def _others(value: object, type_: Type, codes: Mapping[str, tuple[str, ...]]) -> Iterator[object]:
    """One unit more and one less, each member lost, the other answer of a flag."""
    if isinstance(value, frozenset):
        yield from (value - {lost} for lost in sorted(value))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, Rounding):
        modes = ("half_up", "half_even", "up", "down")
        yield from (Rounding(mode, value.fen) for mode in modes if mode != value.mode)
    elif isinstance(value, Period):
        lengths = [value.length + by for by in (1, -1) if value.length + by >= 0]
        yield from (Period(length, value.unit) for length in lengths)
    elif type_.kind == "code":
        yield from [code for code in codes[type_.of] if code != value][:1]
    elif isinstance(value, int):
        unit = {"money": YUAN, "rate": POINT}.get(type_.kind, 1)
        yield from (value + by for by in (unit, -unit) if type_.kind == "date" or value + by >= 0)
