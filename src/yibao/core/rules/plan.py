"""A reduced graph as a list of NumPy calls, made once and run on block after block of rows.

Shared nodes are worked out once. Flags are bool, codes uint8, facts as their columns are, all other
numbers int32 where their range allows, else int64. What is no longer needed is let go at once, so
that the next call writes where the last one read: a block stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from yibao.core.rules import arrays, parts
from yibao.core.rules.encoding import Array, dtype_of, none_of
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import NO_CLAUSE, Ranges, varying
from yibao.core.rules.runtime import LONGEST_SUM, Calendar
from yibao.core.rules.types import MONEY_RATE, RATE_PARTS, WORKING_DAYS, Period, Rounding

Slot = int
Call = tuple[Callable[..., Any], Slot, tuple[Slot, ...], tuple[Slot, ...]]
_COMPARED: dict[str, Callable[..., Array]] = {
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}
_COUNTED: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "floordiv": np.floor_divide,
    "min": np.minimum,
    "max": np.maximum,
}
_JOINED: dict[str, Callable[..., Array]] = {"and": np.logical_and, "or": np.logical_or}
_INPUTS = frozenset({"fact", "state", "missing", "variable"})
_DAY = np.dtype(np.int32)
_FLAG = np.dtype(np.bool_)
_CLAUSE = np.dtype(np.uint8)
_PLACE = np.dtype(np.intp)
_MONTHS = {"months": 1, "years": 12}
_ANY_PERIOD = Period(0, "days")  # for a period, or a rounding, that the text does not say:
_ANY_ROUNDING = Rounding("down", 1)  # whoever reaches it is unanswered
_NARROW = 2**31  # what 32 bits hold
_ROUNDED = 2**28  # what may be rounded in 32 bits


def is_worked(node: Node) -> bool:
    """Whether a shift counts working days."""
    length = node.args[1]
    if length.type == WORKING_DAYS:
        return True
    return isinstance(length.value, Period) and length.value.unit == "working_days"


class Plan:
    """Works out some nodes from their inputs. `given` nodes are inputs, whatever they are."""

    def __init__(
        self,
        roots: Sequence[Node],
        ranges: Ranges,
        calendar: Calendar | None = None,
        given: Iterable[Node] = (),
    ) -> None:
        self._ranges, self._calendar, self._given = ranges, calendar, frozenset(given)
        self._calls: list[Call] = []
        self._slots: dict[tuple[Node, np.dtype[Any]], Slot] = {}
        self._start: list[Any] = []
        self.inputs: dict[Node, Slot] = {}
        self._rows = self._new(0)
        for node in in_order(roots):
            if node.op == "each" and node not in self._given:
                self._ranges.of(node)  # settles the range of the variable inside
        self._outs = [self._slot(root) for root in roots]
        self.dtypes = [self.dtype(root) for root in roots]
        self._let_go()

    def run(self, values: Mapping[Node, Any], rows: int) -> list[Any]:
        """The roots for a block of rows."""
        memory = self._start.copy()
        memory[self._rows] = rows
        for node, slot in self.inputs.items():
            memory[slot] = values[node]
        for work, out, args, free in self._calls:
            memory[out] = work(*[memory[arg] for arg in args])
            for slot in free:
                memory[slot] = None
        return [memory[out] for out in self._outs]

    def none_of(self, node: Node) -> int:
        """What stands for none in the column of an input."""
        return none_of(self.dtype(node))

    def dtype(self, node: Node) -> np.dtype[Any]:
        """How a node stands while it is worked with."""
        kind = node.type.kind
        if kind == "flag":
            return _FLAG
        if kind == "code" or node.op == "pick":
            return _CLAUSE
        if node.op == "fact":
            return dtype_of(self._ranges.facts[str(node.value)], self._ranges.codes)
        range_ = self._ranges.of(node)
        narrow = max(-range_.low, range_.high) < _NARROW
        return np.dtype(np.int32 if narrow else np.int64)

    def _new(self, value: Any) -> Slot:
        self._start.append(value)
        return len(self._start) - 1

    def _emit(self, work: Callable[..., Any], *args: Slot) -> Slot:
        out = self._new(None)
        self._calls.append((work, out, args, ()))
        return out

    def _let_go(self) -> None:
        """Note after which call a slot is no longer read."""
        kept = {*self._outs, self._rows}
        seen: set[Slot] = set()
        for at in range(len(self._calls) - 1, -1, -1):
            work, out, args, _ = self._calls[at]
            free = tuple({arg for arg in args if arg not in seen and arg not in kept})
            seen.update(args)
            fixed = [slot for slot in free if self._start[slot] is None]
            self._calls[at] = (work, out, args, tuple(fixed))

    def _slot(self, node: Node, dtype: np.dtype[Any] | None = None) -> Slot:
        """Where a node's value is kept, in the width asked for."""
        own = self.dtype(node)
        key = (node, dtype or own)
        if key not in self._slots:
            if dtype is None or dtype == own:
                self._slots[key] = self._made(node, own)
            else:
                self._slots[key] = self._widened(node, own, dtype)
        return self._slots[key]

    def _made(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        if node in self._given or node.op in _INPUTS:
            slot = self.inputs[node] = self._new(None)
            return self._emit(parts.as_column(dtype), slot)
        if node.op == "const":
            return self._new(self._constant(node.value, dtype))
        if node.op in _COMPARED:
            return self._compared(node)
        if node.op in _COUNTED:
            return self._counted(node, dtype)
        if node.op in _JOINED:
            return self._joined(node)
        if node.op in arrays.CALENDAR:
            wide = [np.dtype(np.int64) if self.dtype(a) == np.int64 else _DAY for a in node.args]
            args = [self._slot(arg, width) for arg, width in zip(node.args, wide)]
            return self._emit(arrays.CALENDAR[node.op], *args)
        made: Slot = getattr(self, f"_made_{node.op}")(node, dtype)
        return made

    def _widened(self, node: Node, own: np.dtype[Any], dtype: np.dtype[Any]) -> Slot:
        if node.op == "const":
            return self._new(self._constant(node.value, dtype))
        slot = self._slot(node)
        if not self._nullable(node) or dtype == _PLACE:
            return self._emit(lambda value: value.astype(dtype), slot)
        from_none, to_none = none_of(own), none_of(dtype)

        def widen(value: Array) -> Array:
            found = value.astype(dtype)
            np.copyto(found, to_none, where=value == from_none)
            return found

        return self._emit(widen, slot)

    def _constant(self, value: object, dtype: np.dtype[Any]) -> Any:
        return dtype.type(none_of(dtype) if value is None else value)

    def _nullable(self, node: Node) -> bool:
        return self._ranges.of(node).none

    def _common(self, nodes: Sequence[Node]) -> np.dtype[Any]:
        """A width for all; a constant takes that of the others if it fits."""
        own = [self.dtype(node) for node in nodes if node.op != "const"]
        widest = max(own, key=lambda dtype: dtype.itemsize, default=_DAY)
        for node in nodes:
            if node.op == "const" and isinstance(node.value, int) and widest != _FLAG:
                info = np.iinfo(widest)
                if not info.min < node.value <= info.max:
                    widest = self.dtype(node)
        return widest

    def _compared(self, node: Node) -> Slot:
        dtype = self._common(node.args)
        return self._emit(_COMPARED[node.op], *(self._slot(arg, dtype) for arg in node.args))

    def _counted(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        widths = [dtype, *(self.dtype(arg) for arg in node.args)]
        wide = max(widths, key=lambda width: width.itemsize)
        first, *rest = (self._slot(arg, wide) for arg in node.args)
        for other in rest:
            first = self._emit(_COUNTED[node.op], first, other)
        return first if wide == dtype else self._emit(lambda value: value.astype(dtype), first)

    def _joined(self, node: Node) -> Slot:
        first, *rest = (self._slot(arg) for arg in node.args)
        for other in rest:
            first = self._emit(_JOINED[node.op], first, other)
        return first

    def _made_not(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        return self._emit(np.logical_not, self._slot(node.args[0]))

    def _made_isnone(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        none = none_of(self.dtype(node.args[0]))
        return self._emit(lambda value: value == none, self._slot(node.args[0]))

    def _made_in(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        item, among = node.args
        if among.op == "const":
            assert isinstance(among.value, int)
            return self._emit(arrays.membership(among.value), self._slot(item))
        if item.op == "const":
            if not isinstance(item.value, int):
                return self._new(np.False_)
            bit = self.dtype(among).type(1 << item.value)
            return self._emit(lambda mask: mask & bit != 0, self._slot(among))
        none = none_of(self.dtype(item))
        return self._emit(
            lambda i, mask: arrays.in_set(i, mask, none), self._slot(item), self._slot(among)
        )

    def _made_any_in(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        wide = self._common(node.args)
        return self._emit(lambda a, b: a & b != 0, *(self._slot(arg, wide) for arg in node.args))

    def _made_silent(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        return self._new(dtype.type(1))

    def _made_pick(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        guards = list(node.args)
        last = NO_CLAUSE
        if guards[-1].op == "const" and guards[-1].value is True:
            last = len(guards) - 1
            guards.pop()

        holds = [self._slot(guard) for guard in guards]
        return self._emit(parts.first_of(last), self._rows, *holds)

    def _made_cases(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        pick, *outcomes = node.args
        if len(outcomes) == 2 and pick.args[1].op == "const" and pick not in self._given:
            args = (self._slot(pick.args[0]), *(self._slot(o, dtype) for o in outcomes))
            return self._emit(arrays.chosen, *args)
        moving = [o for o in dict.fromkeys(outcomes) if o.op != "const"]
        known = [self._constant(0 if o.op != "const" else o.value, dtype) for o in outcomes]
        found = self._looked_up(pick, np.array(known, dtype))
        for outcome in moving:
            members = [at for at, other in enumerate(outcomes) if other is outcome]
            found = self._emit(
                parts.overlaid(members), found, self._slot(pick), self._slot(outcome, dtype)
            )
        return found

    def _looked_up(self, pick: Node, known: Array) -> Slot:
        if (known == known[0]).all():
            return self._emit(lambda rows: np.full(rows, known[0]), self._rows)
        every = np.full(NO_CLAUSE + 1, known[-1])
        every[: len(known)] = known
        return self._emit(every.take, self._slot(pick, _PLACE))

    def _made_table(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        assert isinstance(node.value, tuple)
        values = np.array([self._constant(value, dtype) for _, value in node.value], dtype)
        keys = [self._slot(arg) for arg in node.args]
        return self._emit(arrays.Table(node.value, values).take, *keys)

    def _made_within(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        amount = self._slot(node.args[0], dtype)
        for counts, limit, used in zip(node.args[1::3], node.args[2::3], node.args[3::3]):
            room = self._emit(parts.room(dtype), self._slot(limit), self._slot(used))
            bounded = self._emit(np.minimum, amount, room)
            if counts.op != "const":
                bounded = self._emit(arrays.chosen, self._slot(counts), bounded, amount)
            amount = bounded
        return amount

    def _made_rounded(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        amount, how = node.args
        of_fen = RATE_PARTS if amount.type == MONEY_RATE else 1
        range_ = self._ranges.of(amount)
        short = max(-range_.low, range_.high) < _ROUNDED
        wide: np.dtype[Any] = np.dtype(np.int32 if short else np.int64)
        rounding = how.value if isinstance(how.value, Rounding) else _ANY_ROUNDING

        def rounded(value: Array) -> Array:
            return arrays.rounded(value, rounding, of_fen).astype(dtype, copy=False)

        return self._emit(rounded, self._slot(amount, wide))

    def _made_shift(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        day, length = node.args
        period = length.value if isinstance(length.value, Period) else _ANY_PERIOD
        start = self._slot(day, _DAY)
        if is_worked(node):
            days = arrays.working_days(self._calendar)
            moved = self._emit(lambda at, n: days.shifted(at, n)[0], start, self._count(node))
        else:
            assert isinstance(node.value, int)
            moved = self._emit(parts.moved(period, node.value), start)
        return self._emit(lambda value: value.astype(dtype, copy=False), moved)

    def _made_uncharted(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        """Whether a shift by working days leaves the calendar."""
        days = arrays.working_days(self._calendar)
        start = self._slot(node.args[0], _DAY)
        return self._emit(lambda at, n: days.shifted(at, n)[1], start, self._count(node))

    def _count(self, node: Node) -> Slot:
        """How many working days a shift goes on, or back."""
        length, sign = node.args[1], node.value
        assert isinstance(sign, int)
        if isinstance(length.value, Period):
            return self._new(np.int64(sign * length.value.length))
        return self._emit(lambda n: sign * n, self._slot(length, np.dtype(np.int64)))

    def _made_each(self, node: Node, dtype: np.dtype[Any]) -> Slot:
        start, stop, body = node.args
        inner = _Terms(self, node, body, dtype)
        wide = self._common((start, stop))
        fixed = [self._slot(needed) for needed in inner.needed]
        ends = (self._slot(start, wide), self._slot(stop, wide))
        return self._emit(inner.sum, self._rows, *ends, *fixed)


class _Terms:
    """A bounded sum: first terms of all rows, then the rows that have a second, and so on."""

    def __init__(self, owner: Plan, node: Node, body: Node, dtype: np.dtype[Any]) -> None:
        moving = varying([body])
        below = [body] if body not in moving else []
        for one in in_order([body]):
            if one in moving:
                below += [arg for arg in one.args if arg not in moving]
        self.needed = [n for n in dict.fromkeys(below) if n.op not in ("const", "pick")]
        self.dtype = dtype
        self.variables = [one for one in in_order([body]) if one.op == "variable"]
        self.plan = Plan([body], owner._ranges, owner._calendar, self.needed)

    def sum(self, rows: int, start: Array, stop: Array, *fixed: Array) -> Array:
        start, count = np.broadcast_to(start, rows), np.broadcast_to(stop - start, rows)
        total = np.zeros(rows, self.dtype)
        for term in range(LONGEST_SUM):
            live = np.flatnonzero(count > term)
            if not live.size:
                break
            values: dict[Node, Any] = {
                needed: value if np.ndim(value) == 0 else value[live]
                for needed, value in zip(self.needed, fixed)
            }
            values.update(dict.fromkeys(self.variables, start[live] + term))
            (found,) = self.plan.run(values, len(live))
            total[live] += found
        return total
