"""The text of whole kernels: one pass over rows, or one over persons and one over their visits.

In a fold, what depends on the person alone is worked out once a person and kept, with the state,
in one narrow record that a visit reads and writes: on a city's ledger the memory is the limit.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yibao.core.rules import dates
from yibao.core.rules.compiled_flag import absorbed
from yibao.core.rules.compiled_text import LoopText
from yibao.core.rules.compiled_words import Table, none_of_kind, tables_text
from yibao.core.rules.encoding import dtype_of, none_of
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import Ranges, outcome_dtypes, ranges_of
from yibao.core.rules.reduce import Reduced

_CALENDAR = (
    dates.parts,
    dates.number,
    dates._last_of,
    dates.add_months,
    dates.age,
    dates.next_month,
    dates.month_end,
    dates.year_start,
    dates.year_end,
    dates.year_of,
)
_HEAD = '''"""Printed from a reduced graph. Not to be edited: it is named after its content."""
import numba
import numpy as np
from numba import njit
from numba.core.compiler import CompilerBase, DefaultPassBuilder


class Apart(CompilerBase):
    """Compiles for arrays that do not overlap, so that loops may do many rows at once."""

    def define_pipelines(self):
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


@njit
def round_half_even(amount, unit):
    whole = amount // unit
    rest = 2 * (amount - whole * unit)
    return whole + (1 if rest > unit or (rest == unit and whole % 2 == 1) else 0)
'''
_SHORT_WAY = """@njit
def months_between(start, end):
    days = np.int64(end) - np.int64(start)
    if -28 <= days < 28:
        return 0 if days >= 0 else -1
    return whole_months(start, end)
"""
_WORKING = """@njit
def place_of(day, count, days):
    if count > 0:
        return np.searchsorted(days, day, side="right") + count - 1
    return np.searchsorted(days, day, side="left") + count


@njit
def working_day(day, count, days, known, first):
    if count == 0:
        return np.int64(day)
    return days[min(max(place_of(day, count, days), 0), len(days) - 1)]


@njit
def uncharted(day, count, days, known, first):
    if day < first or day - first >= len(known) or not known[day - first]:
        return True
    at = place_of(day, count, days)
    return count != 0 and (at < 0 or at >= len(days))
"""
JIT = '@njit(error_model="numpy", nogil=True, pipeline_class=Apart)'
# Kinds whose none is one number in every column; of the others it depends on the width.
_ONE_NONE = frozenset({"date", "code", "money", "date-time", "flag"})
_PLAIN_READERS = frozenset({"in", "isnone"})
_WORKING_ARGUMENTS = ("days", "known", "first")


@dataclass(frozen=True, slots=True)
class Kernel:
    """The text of a module, and what its functions take, in order.

    `rows(facts, missing, outcomes, clauses, unanswered)` for a rule; for a fold `visits(person,
    record, facts, missing, outcomes, clauses, unanswered)`. `working` adds the arrays of the
    working calendar to the end; where it is not `flagged`, no row is unanswered.
    """

    text: str
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    outcomes: Mapping[str, np.dtype[Any]]
    clauses: tuple[str, ...]
    flagged: bool
    working: bool
    people: People | None = None


@dataclass(frozen=True, slots=True)
class People:
    """`people(record, facts, missing)`, which fills the record of each person before the first
    visit. `state` are the fields of the state by name."""

    facts: tuple[str, ...]
    missing: tuple[str, ...]
    record: np.dtype[Any]
    state: Mapping[str, str]
    working: bool


class Inputs:
    """The arrays that a loop reads, numbered as they are first asked for."""

    def __init__(
        self,
        reduced: Reduced,
        roots: Iterable[Node],
        constant: frozenset[str],
        facts: dict[str, str],
        missing: dict[str, str],
    ) -> None:
        self._reduced, self._constant = reduced, constant
        self._readers: dict[Node, set[str]] = {}
        for node in in_order(roots):
            for arg in node.args:
                self._readers.setdefault(arg, set()).add(node.op)
        for root in roots:
            self._readers.setdefault(root, set()).add("")
        self._facts, self._missing = facts, missing
        self.loads: list[str] = []
        self.used: dict[str, None] = {}
        self.constants: set[str] = set()

    def text(self, node: Node) -> str | None:
        """What stands for a fact, a missing fact, or the none of a fact; else None."""
        if node.op == "missing":
            name = str(node.value)
            return self._read(name, self._missing.setdefault(name, f"m{len(self._missing)}"))
        if node.op == "fact":
            return self._canonical(node)
        if node.op == "isnone" and node.args[0].op == "fact":
            return f"({self._loaded(str(node.args[0].value))} == {self._none(node.args[0])})"
        return None

    def _read(self, name: str, slot: str) -> str:
        self.used.setdefault(slot)
        if name in self._constant:
            self.constants.add(slot)
            return f"{slot}[0]"
        return f"{slot}[i]"

    def _loaded(self, name: str) -> str:
        slot = self._facts.setdefault(name, f"f{len(self._facts)}")
        if slot not in self.used:
            self.loads.append(f"x{slot} = {self._read(name, slot)}")
        return f"x{slot}"

    def _canonical(self, node: Node) -> str:
        """A fact with its none as the loop has it, where somebody else than a set asks."""
        name = str(node.value)
        found = self._loaded(name)
        fact = self._reduced.facts[name]
        plain = fact.none is None or fact.type.kind in _ONE_NONE
        if plain or self._readers.get(node, set()) <= _PLAIN_READERS:
            return found
        canonical = f"c{self._facts[name]}"
        none, other = self._none(node), none_of_kind(node.type)
        load = f"{canonical} = {other} if {found} == {none} else np.int64({found})"
        self.loads.append(load)
        return canonical

    def _none(self, node: Node) -> int:
        fact = self._reduced.facts[str(node.value)]
        return none_of(dtype_of(fact, self._reduced.codes))


def row_kernel(reduced: Reduced, constant: frozenset[str]) -> Kernel:
    """The kernel of a rule that is no fold; the facts of `constant` are the same on every row."""
    flag = absorbed(reduced)
    roots = [*(node for _, node in reduced.result), *(pick for _, pick in reduced.picks), flag]
    facts: dict[str, str] = {}
    missing: dict[str, str] = {}
    tables: dict[Table, str] = {}
    inputs = Inputs(reduced, roots, constant, facts, missing)
    dtypes, ranges = outcome_dtypes(reduced), ranges_of(reduced)
    loop = LoopText(roots, inputs.text, tables, flat=True, low=lambda n: ranges.of(n).low)
    for at, (name, node) in enumerate(reduced.result):
        loop.line(f"o{at}[i] = {with_none(loop.value(node), node, dtypes[name], ranges)}")
    for at, (_, pick) in enumerate(reduced.picks):
        loop.line(f"p{at}[i] = {loop.value(pick)}")
    told = [loop.value(flag)] if flag.op != "const" or flag.value else []
    if told:
        loop.line(f"u[i] = {' | '.join(told)}")
    arguments = [*facts.values(), *missing.values()]
    arguments += [f"o{at}" for at in range(len(reduced.result))]
    arguments += [*(f"p{at}" for at in range(len(reduced.picks))), "u"]
    arguments += _WORKING_ARGUMENTS if loop.working else ()
    loads = [f"        {line}" for line in inputs.loads]
    lines = [f"def rows({', '.join(arguments)}):", "    for i in range(len(u)):", *loads]
    text = "\n".join([JIT, *lines, *loop.lines(), "        pass", ""])
    return Kernel(
        module(tables, [text]),
        tuple(facts),
        tuple(missing),
        dtypes,
        tuple(name for name, _ in reduced.picks),
        bool(told),
        loop.working,
    )


def with_none(text: str, node: Node, dtype: np.dtype[Any], ranges: Ranges) -> str:
    """A value for a column, its none as the width of the column has it."""
    if dtype.kind == "b" or not ranges.of(node).none:
        return text
    inside, outside = none_of_kind(node.type), none_of(dtype)
    return text if inside == outside else f"({outside} if {text} == {inside} else {text})"


def module(tables: Mapping[Table, str], functions: Sequence[str]) -> str:
    """The whole text: calendar, tables, functions."""
    calendar = [f"@njit\n{inspect.getsource(function)}" for function in _CALENDAR]
    months = inspect.getsource(dates.months_between)
    calendar.append(f"@njit\n{months.replace('def months_between', 'def whole_months')}")
    parts = [_HEAD, *calendar, _SHORT_WAY, _WORKING, "\n".join(tables_text(tables)), *functions]
    return "\n\n".join(parts)
