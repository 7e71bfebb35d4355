"""How facts stand in columns: whole numbers of the narrowest width that their range allows.

    flag bool          money, date-time int64      date int32 (days from 1970-01-01)
    code uint8         its number in the order of the enumeration; 255 is none
    codes, levels      a mask of bits, int16 to int64 by the number of codes
    other numbers      int8 to int64 by the declared range; the least value of the width is none

A none is a value; a fact that was not given stands in a mask of its own (`Columns.missing`), after
what the rulebook presumes has been filled in, and its column holds the least value of its range.
Texts have no column: they only order visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from yibao.core.refusal import Refusal
from yibao.core.rules.declarations import Fact
from yibao.core.rules.facts import Facts
from yibao.core.rules.types import Type
from yibao.core.rules.values import Codes

Array = npt.NDArray[Any]
NO_CODE = 255
_FIXED: dict[str, type[np.generic]] = {
    "flag": np.bool_,
    "money": np.int64,
    "date-time": np.int64,
    "date": np.int32,
    "code": np.uint8,
}
_WIDTHS = (np.int8, np.int16, np.int32, np.int64)
_LEVELS_AT_MOST = 62
_NO_COLUMN = frozenset({"text", "period", "rounding"})


class NoColumn(Refusal):
    """A rule reads a fact that cannot stand in a column."""

    code: ClassVar[str] = "R13"
    message = "事实“{name}”是{type},不能成列计算"
    remedy = "请逐人计算,或改用代码、数字或日期"
    message_en = "Fact “{name}” is {type}, which has no column"
    remedy_en = "Decide one by one, or declare a code, a number or a date"


class TooManyCodes(Refusal):
    """An enumeration has more codes than a column can number."""

    code: ClassVar[str] = "R14"
    message = "代码表“{name}”有 {count} 个代码,超过成列计算的上限 {most}"
    remedy = "请拆分代码表"
    message_en = "Enumeration “{name}” has {count} codes, more than the {most} of a column"
    remedy_en = "Split the enumeration"


@dataclass(frozen=True, slots=True)
class Columns:
    """Facts of many rows. `values` by fact, each of `size`; `missing` only where some are."""

    size: int
    values: Mapping[str, Array]
    missing: Mapping[str, Array] = field(default_factory=dict)


def dtype_of(fact: Fact, codes: Codes) -> np.dtype[Any]:
    """The width of a fact's column. Raises NoColumn, TooManyCodes."""
    kind = fact.type.kind
    if kind in _NO_COLUMN:
        raise NoColumn(name=fact.name, type=str(fact.type))
    if kind == "code" and len(codes[fact.type.of]) > NO_CODE:
        raise TooManyCodes(name=fact.type.of, count=len(codes[fact.type.of]), most=NO_CODE)
    if kind in _FIXED:
        return np.dtype(_FIXED[kind])
    if kind == "codes":
        return width_of(0, 1 << len(codes[fact.type.of]))
    if kind == "levels":
        return width_of(0, 1 << _LEVELS_AT_MOST)
    return width_of(fact.low, fact.high)


def width_of(low: int, high: int) -> np.dtype[Any]:
    """The narrowest signed width that holds low to high, and a none below them."""
    for width in _WIDTHS:
        if np.iinfo(width).min < low and high <= np.iinfo(width).max:
            return np.dtype(width)
    raise OverflowError(f"{low}..{high} needs more than 64 bits")


def none_of(dtype: np.dtype[Any]) -> int:
    """The value of a width that stands for none."""
    return NO_CODE if dtype.kind == "u" else int(np.iinfo(dtype).min)


def number_of(value: object, type_: Type, codes: Codes) -> int | None:
    """A value of the engine as a column's number: a code its place, a set its mask; none None."""
    if isinstance(value, frozenset):
        if type_.kind == "codes":
            places = {code: at for at, code in enumerate(codes[type_.of])}
            return sum(1 << places[code] for code in value)
        return sum(1 << int(level) for level in value)
    if type_.kind == "code" and isinstance(value, str):
        return tuple(codes[type_.of]).index(value)
    assert value is None or isinstance(value, int)
    return value


def value_of(number: int, type_: Type, codes: Codes, none: int | None = None) -> object:
    """A column's number as the engine's value again."""
    if number == none:
        return None
    if type_.kind == "flag":
        return bool(number)
    if type_.kind == "code":
        return tuple(codes[type_.of])[number]
    if type_.kind == "codes":
        return frozenset(c for at, c in enumerate(codes[type_.of]) if number >> at & 1)
    if type_.kind == "levels":
        return frozenset(level for level in range(_LEVELS_AT_MOST + 1) if number >> level & 1)
    return number


def columns_of(
    facts: Mapping[str, Fact], codes: Codes, rows: Sequence[Facts], wanted: Iterable[str]
) -> Columns:
    """The wanted facts of rows as columns, absent ones presumed where the rulebook presumes.

    Raises NoColumn, TooManyCodes.
    """
    values: dict[str, Array] = {}
    missing: dict[str, Array] = {}
    for name in wanted:
        fact = facts[name]
        dtype = dtype_of(fact, codes)
        none = none_of(dtype) if fact.none is not None else fact.low
        column = np.zeros(len(rows), dtype)
        lost = np.zeros(len(rows), np.bool_)
        for at, row in enumerate(rows):
            given, value = given_or_presumed(facts, name, row.values)
            number = number_of(value, fact.type, codes) if given else fact.low
            column[at] = none if number is None else number
            lost[at] = not given
        values[name] = column
        if lost.any():
            missing[name] = lost
    return Columns(len(rows), values, missing)


def given_or_presumed(
    facts: Mapping[str, Fact], name: str, row: Mapping[str, object]
) -> tuple[bool, object]:
    """Whether a fact has a value, and which: given, else what the rulebook presumes."""
    while name not in row:
        absent = facts[name].absent
        if absent is None:
            return False, None
        if not absent.fact:
            return True, absent.value
        name = absent.fact
    return True, row[name]
