"""The small functions that a plan is made of: widths, choices, shifts, each for one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from yibao.core.rules import arrays
from yibao.core.rules.encoding import Array
from yibao.core.rules.types import Period

CLAUSE = np.dtype(np.uint8)
_MONTHS = {"months": 1, "years": 12}


def as_column(dtype: np.dtype[Any]) -> Callable[[Any], Any]:
    return lambda value: value if value.dtype == dtype else value.astype(dtype)


def first_of(last: int) -> Callable[..., Array]:
    """The number of the first guard that holds, by arithmetic that wraps: no branch a row."""

    def pick(rows: int, *holds: Any) -> Array:
        found = np.full(rows, last, CLAUSE)
        for at in range(len(holds) - 1, -1, -1):
            step = CLAUSE.type(at) - found
            step *= holds[at].view(CLAUSE)
            found += step
        return found

    return pick


def room(dtype: np.dtype[Any]) -> Callable[[Any, Any], Any]:
    """What is left of a limit. An amount is far smaller than what its width holds."""
    most = np.iinfo(dtype).max

    def left(limit: Any, used: Any) -> Any:
        room = np.maximum(limit - used, 0)
        if room.dtype.itemsize > dtype.itemsize:
            room = np.minimum(room, most)
        return room.astype(dtype, copy=False)

    return left


def overlaid(members: Sequence[int]) -> Callable[[Array, Array, Array], Array]:
    def overlay(found: Array, pick: Array, value: Array) -> Array:
        mine = pick == members[0]
        for other in members[1:]:
            mine |= pick == other
        return arrays.chosen(mine, value, found)

    return overlay


def moved(period: Period, sign: int) -> Callable[[Array], Array]:
    if period.unit == "days":
        return lambda day: day + sign * period.length
    return lambda day: arrays.add_months(day, sign * period.length * _MONTHS[period.unit])
