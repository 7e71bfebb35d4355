"""Many rows at once by compiled loops printed from the graph (numba, the extra `fast`).

The same answers as `columns`, bit for bit. One thread a call, without Python's lock, so that a
caller may run buckets side by side. Compiled code is kept in memory for the process; a `Shelf`
may keep it longer, by the hash of its sense.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from yibao.core.refusal import Refusal
from yibao.core.rules import arrays
from yibao.core.rules.columns import (
    Decided,
    Folded,
    Rounds,
    check_order,
    completed,
    prepared,
    shared_out,
)
from yibao.core.rules.compiled_fold import fold_kernel
from yibao.core.rules.compiled_kernels import Kernel, row_kernel
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Array, Columns, dtype_of
from yibao.core.rules.ranges import TooWide, wide_nodes
from yibao.core.rules.reduce import Reduced, reduce_edition

Functions = Mapping[str, Callable[..., None]]
_KEPT_AT_MOST = 64


class NoCompiler(Refusal):
    """numba is not installed; the readers `columns` and `scalar` need nothing more."""

    code: ClassVar[str] = "R41"
    message = "未安装编译组件 numba"
    remedy = "请安装扩展“fast”,或改用 columns 读法"
    message_en = "The compiler numba is not installed"
    remedy_en = "Install the extra “fast”, or read by columns"


class Shelf(Protocol):
    """Where the text of kernels becomes functions, and may be kept between processes."""

    def functions(self, sense: str, text: str) -> Functions:
        """The functions of a module's text, kept by the hash of what it means."""
        ...


class InMemory:
    """Compiles for this process alone."""

    def functions(self, sense: str, text: str) -> Functions:
        space: dict[str, Any] = {"__name__": f"yibao_kernel_{sense}"}
        exec(compile(text, f"<{sense}>", "exec"), space)  # noqa: S102 - our own text
        return space


IN_MEMORY = InMemory()


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a kernel is printed for: which facts may be missing, are the same on every row, and
    stand by person."""

    missing: frozenset[str]
    constant: frozenset[str]
    persons: frozenset[str]
    nones_proved: bool
    witness: bool


_ready: dict[tuple[object, ...], tuple[Kernel, Functions]] = {}


def decide(
    edition: Edition,
    columns: Columns,
    *,
    nones_proved: bool = False,
    out: Decided | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Decided:
    """Decide every row by a rule that is no fold; into `out` where one is given.

    Raises NoCompiler, NoColumn, TooManyCodes, TooWide, ColumnsDiffer.
    """
    assert edition.fold is None, f"“{edition.rule}” is a fold: use fold_columns"
    whole = completed(edition, columns)
    layout = _Layout(
        frozenset(whole.missing), _constant(whole), frozenset(), nones_proved, witness=True
    )
    kernel, functions = _kernel(edition, layout, shelf)
    out = out or _empty(kernel, whole.size)
    arguments = _inputs(edition, whole, kernel.facts, kernel.missing)
    functions["rows"](*arguments, *_outputs(kernel, out), *_working(edition, kernel.working))
    return out


class Folding:
    """A fold over persons whose visits may come in several portions, each after the last.

    Raises as `decide`, and FactFaults with the rows that stand before their forerunners.
    """

    def __init__(
        self,
        edition: Edition,
        persons: Columns,
        *,
        nones_proved: bool = False,
        witness: bool = True,
        shelf: Shelf = IN_MEMORY,
    ) -> None:
        assert edition.fold is not None, f"“{edition.rule}” is no fold: use decide"
        self.edition, self.persons, self._shelf = edition, persons, shelf
        self._nones_proved, self._witness = nones_proved, witness
        self._record: Array | None = None
        self._layout: _Layout | None = None
        self._started = False

    def restart(self) -> None:
        """Begin again before the first visit, in the memory that is there already."""
        self._started = False

    def run(self, visits: Columns, person_of: Array, out: Decided | None = None) -> Decided:
        """Decide the next visits, each with its row of `persons`; into `out` where one is given."""
        by_visit, by_person = shared_out(self.edition, self.persons, visits)
        kernel, functions = self._kernel(by_visit, by_person)
        self._check(visits, person_of, frozenset({*by_visit.missing, *by_person.missing}))
        assert kernel.people is not None
        if self._record is None:
            self._record = np.empty(self.persons.size, kernel.people.record)
        if not self._started:
            self._started = True
            read = _inputs(self.edition, by_person, kernel.people.facts, kernel.people.missing)
            working = _working(self.edition, kernel.people.working)
            functions["people"](self._record, *read, *working)
        out = out or _empty(kernel, visits.size)
        arguments = _inputs(self.edition, by_visit, kernel.facts, kernel.missing)
        outputs = _outputs(kernel, out)
        working = _working(self.edition, kernel.working)
        functions["visits"](person_of, self._record, *arguments, *outputs, *working)
        return out

    def state(self) -> Mapping[str, Array]:
        """The state of each person after the last visit that was answered."""
        assert self._layout is not None and self._record is not None, "no visit was decided yet"
        people = _kernel(self.edition, self._layout, self._shelf)[0].people
        assert people is not None
        return _State(self._record, people.state)

    def _kernel(self, by_visit: Columns, by_person: Columns) -> tuple[Kernel, Functions]:
        layout = _Layout(
            frozenset({*by_visit.missing, *by_person.missing}),
            _constant(by_visit) | _constant(by_person),
            frozenset(by_person.values),
            self._nones_proved,
            self._witness,
        )
        assert self._layout in (None, layout), "the visits of all portions have the same facts"
        self._layout = layout
        return _kernel(self.edition, layout, self._shelf)

    def _check(self, visits: Columns, person_of: Array, missing: frozenset[str]) -> None:
        """No visit stands before its forerunner. A ledger in order as a whole needs no grouping."""
        if visits.size and not 0 <= person_of.min() <= person_of.max() < self.persons.size:
            raise IndexError(f"a visit is of none of the {self.persons.size} persons")
        plan = prepared(self.edition, missing, nones_proved=self._nones_proved)
        fold = plan.reduced.fold
        assert fold is not None
        first = next((node for node in fold.order if node.type.kind != "text"), None)
        if first is None:
            return
        key = visits.values.get(str(first.value)) if first.op == "fact" else None
        if key is None or not (key[1:] >= key[:-1]).all():
            check_order(self.edition, plan, visits, Rounds(person_of, self.persons.size))


class _State(Mapping[str, Array]):
    """State variables by name, taken out of the records when they are asked for."""

    def __init__(self, record: Array, fields: Mapping[str, str]) -> None:
        self._record, self._fields = record, fields

    def __getitem__(self, name: str) -> Array:
        return self._record[self._fields[name]].astype(np.int64)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def fold_columns(
    edition: Edition,
    persons: Columns,
    visits: Columns,
    person_of: Array,
    *,
    nones_proved: bool = False,
    witness: bool = True,
    out: Decided | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Folded:
    """Decide all visits of all persons in one pass, each with its row of `persons`.

    The visits of one person stand in their order, those of several persons in any; grouped by
    person they are read fastest. A fact that visits carry wins over the person's. Without
    `witness` no clauses are kept. Raises as `Folding`.
    """
    folding = Folding(edition, persons, nones_proved=nones_proved, witness=witness, shelf=shelf)
    found = folding.run(visits, np.asarray(person_of), out)
    return Folded(found.values, found.clauses, found.unanswered, folding.state())


def _kernel(edition: Edition, layout: _Layout, shelf: Shelf) -> tuple[Kernel, Functions]:
    """The kernel of an edition for one layout of columns, made once a process."""
    reduced = reduce_edition(edition, missing=layout.missing, nones_proved=layout.nones_proved)
    key = (reduced.rule, edition.text_hash, reduced.sense, layout, shelf)
    if key not in _ready:
        if wide_nodes(reduced):
            raise TooWide(rule=reduced.rule)
        kernel = _printed(reduced, layout)
        if len(_ready) >= _KEPT_AT_MOST:
            _ready.clear()
        _ready[key] = kernel, _compiled(shelf, reduced.sense, kernel.text)
    return _ready[key]


def _printed(reduced: Reduced, layout: _Layout) -> Kernel:
    if reduced.fold is None:
        return row_kernel(reduced, layout.constant)
    return fold_kernel(reduced, layout.persons, layout.constant, witness=layout.witness)


def _compiled(shelf: Shelf, sense: str, text: str) -> Functions:
    try:
        importlib.import_module("numba")
    except ImportError as lacking:
        raise NoCompiler from lacking
    return shelf.functions(sense, text)


def _empty(kernel: Kernel, size: int) -> Decided:
    """Columns for the answers of so many rows, not filled."""
    values = {name: np.empty(size, dtype) for name, dtype in kernel.outcomes.items()}
    clauses = {name: np.empty(size, np.uint8) for name in kernel.clauses}
    return Decided(values, clauses, np.zeros(size, np.bool_))


def _outputs(kernel: Kernel, out: Decided) -> list[Array]:
    values = [out.values[name] for name in kernel.outcomes]
    if not kernel.flagged or kernel.people is not None:
        out.unanswered[:] = False
    return [*values, *(out.clauses[name] for name in kernel.clauses), out.unanswered]


def _constant(columns: Columns) -> frozenset[str]:
    """The facts that are the same on every row: what the rulebook presumes of absent ones."""
    return frozenset(name for name, value in columns.values.items() if not any(value.strides))


def _inputs(
    edition: Edition, columns: Columns, facts: tuple[str, ...], missing: tuple[str, ...]
) -> list[Array]:
    """Columns as a loop reads them; of one that is the same on every row, the one value."""
    found = []
    for name in facts:
        value = columns.values[name]
        value = value if any(value.strides) else value[:1]
        found.append(np.ascontiguousarray(value, dtype_of(edition.facts[name], edition.codes)))
    constant = _constant(columns)
    for name in missing:
        lost = columns.missing[name]
        found.append(np.ascontiguousarray(lost[:1] if name in constant else lost))
    return found


def _working(edition: Edition, working: bool) -> tuple[Any, ...]:
    """The arrays of the working calendar, for a loop that counts working days."""
    if not working:
        return ()
    found = arrays.working_days(edition.book.calendar)
    return found.days, found.known, arrays.FIRST_DAY
