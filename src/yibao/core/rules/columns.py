"""Many rows at once, by NumPy alone: row rules, and folds by the k-th visit of everyone together.

Rows go through in blocks that stay in the cache. A row that the scalar reader would refuse is
flagged `unanswered`; its other values mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from yibao.core.refusal import Refusal
from yibao.core.rules import truth
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Array, Columns, dtype_of, none_of, number_of
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.plan import Plan
from yibao.core.rules.ranges import Ranges, TooWide, outcome_dtypes, ranges_of, wide_nodes
from yibao.core.rules.reduce import Reduced, reduce_edition
from yibao.core.rules.rounds import Rounds as Rounds
from yibao.core.rules.uncharted import simplifier_of, uncharted

BLOCK = 1 << 15
_KEPT_AT_MOST = 128
_ROWS_TOLD = 20


class ColumnsDiffer(Refusal):
    """A column is not as long as the others."""

    code: ClassVar[str] = "R21"
    message = "列“{name}”有 {length} 行,应为 {size} 行"
    remedy = "请核对输入数据"
    message_en = "Column “{name}” has {length} rows, not {size}"
    remedy_en = "Check the input"


@dataclass(frozen=True, slots=True)
class Decided:
    """Outcomes by name in the widths of `ranges.outcome_dtypes`, the number of the clause of each
    decision (255 where none holds), and the rows that only the scalar reader can answer."""

    values: Mapping[str, Array]
    clauses: Mapping[str, Array]
    unanswered: Array


@dataclass(frozen=True, slots=True)
class Folded(Decided):
    """As `Decided`, by visit; and the state of each person after the last visit that was answered.

    After a visit that is not answered, no later visit of that person is."""

    state: Mapping[str, Array]


class Prepared:
    """A reduced edition with the plan of its columns; made once, kept by its sense."""

    def __init__(self, edition: Edition, reduced: Reduced) -> None:
        if wide_nodes(reduced):
            raise TooWide(rule=reduced.rule)
        self.reduced = reduced
        self.ranges: Ranges = ranges_of(reduced)
        self.dtypes = outcome_dtypes(reduced)
        self.names = [name for name, _ in reduced.result]
        self.decisions = [name for name, _ in reduced.picks]
        picks = [node for _, node in reduced.picks]
        outcomes = [node for _, node in reduced.result]
        read = [*outcomes, *(reduced.fold.next if reduced.fold else ())]
        beyond = uncharted(reduced, read)
        unanswered = simplifier_of(reduced).any_of((reduced.unanswered, beyond))
        self.roots = [*outcomes, *picks, unanswered]
        self.calendar = edition.book.calendar
        self.table = (
            truth.table_of(self.roots, self.ranges, self.calendar) if reduced.fold is None else None
        )
        self.plan = None if self.table else Plan(self.roots, self.ranges, self.calendar)


_kept: dict[tuple[str, str, str], Prepared] = {}


def prepared(
    edition: Edition, missing: frozenset[str] = frozenset(), *, nones_proved: bool = False
) -> Prepared:
    """The plan of an edition for rows in which some facts may be missing. Raises TooWide."""
    reduced = reduce_edition(edition, missing=missing, nones_proved=nones_proved)
    key = (reduced.rule, edition.text_hash, reduced.sense)
    if key not in _kept:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.clear()
        _kept[key] = Prepared(edition, reduced)
    return _kept[key]


def decide(edition: Edition, columns: Columns, *, nones_proved: bool = False) -> Decided:
    """Decide every row by a rule that is no fold.

    Raises NoColumn, TooManyCodes, TooWide, ColumnsDiffer.
    """
    assert edition.fold is None, f"“{edition.rule}” is a fold: use fold_columns"
    whole = completed(edition, columns)
    plan = prepared(edition, frozenset(whole.missing), nones_proved=nones_proved)
    out = Outputs(plan, whole.size, plan.plan, plan.roots, plan.decisions)
    inputs = inputs_of(plan.roots, whole)
    for start in range(0, whole.size, BLOCK):
        stop = min(start + BLOCK, whole.size)
        block = {node: value[start:stop] for node, value in inputs.items()}
        if plan.table is not None:
            plan.table.run(block, stop - start, out.arrays, start)
        else:
            assert plan.plan is not None
            out.write(plan.plan.run(block, stop - start), slice(start, stop))
    return out.decided()


def completed(edition: Edition, columns: Columns, names: Iterable[str] | None = None) -> Columns:
    """The columns with absent facts presumed as the rulebook presumes; the rest is missing."""
    values: dict[str, Array] = {}
    missing: dict[str, Array] = {}
    for name in reduce_edition(edition).facts if names is None else names:
        source, value = _source(edition, columns, name)
        dtype = dtype_of(edition.facts[name], edition.codes)
        if source:
            values[name] = np.asarray(columns.values[source])
            if source in columns.missing:
                missing[name] = columns.missing[source]
        else:
            number = none_of(dtype) if value is None else value
            fill = number if value is not _NOTHING else 0
            values[name] = np.broadcast_to(np.array(fill, dtype), columns.size)
            if value is _NOTHING:
                missing[name] = np.broadcast_to(np.True_, columns.size)
        if len(values[name]) != columns.size:
            raise ColumnsDiffer(name=name, length=len(values[name]), size=columns.size)
    return Columns(columns.size, values, missing)


_NOTHING: Any = object()


def _source(edition: Edition, columns: Columns, name: str) -> tuple[str, Any]:
    """The column that gives a fact, or the value presumed for it."""
    while name not in columns.values:
        fact = edition.facts[name]
        if fact.absent is None:
            return "", _NOTHING
        if not fact.absent.fact:
            return "", number_of(fact.absent.value, fact.type, edition.codes)
        name = fact.absent.fact
    return name, None


def inputs_of(roots: Sequence[Node], columns: Columns) -> dict[Node, Array]:
    """The columns by the nodes that read them."""
    found: dict[Node, Array] = {}
    for node in in_order(roots):
        if node.op == "fact" and node.value in columns.values:
            found[node] = columns.values[str(node.value)]
        elif node.op == "missing" and node.value in columns.missing:
            found[node] = columns.missing[str(node.value)]
    return found


class Outputs:
    """The columns of the answer, filled block by block."""

    def __init__(
        self,
        prepared: Prepared,
        size: int,
        plan: Plan | None,
        roots: Sequence[Node],
        decisions: Sequence[str],
    ) -> None:
        self._names, self._decisions = prepared.names, decisions
        dtypes = [prepared.dtypes[name] for name in prepared.names]
        dtypes += [np.dtype(np.uint8)] * len(decisions)
        self.arrays = [np.empty(size, dtype) for dtype in (*dtypes, np.dtype(np.bool_))]
        ranges = [prepared.ranges.of(node).none for node in roots]
        working = plan.dtypes if plan else dtypes
        self._nones = [
            (none_of(own), none_of(out.dtype)) if none and own != out.dtype else None
            for none, own, out in zip(ranges, working, self.arrays)
        ]

    def write(self, found: list[Any], rows: slice) -> None:
        for out, value, nones in zip(self.arrays, found, self._nones):
            if nones is not None:
                value = np.where(value == nones[0], nones[1], value)
            out[rows] = value

    def decided(self) -> Decided:
        names, decisions = self._names, self._decisions
        outcomes, clauses = self.arrays[: len(names)], self.arrays[len(names) : -1]
        return Decided(dict(zip(names, outcomes)), dict(zip(decisions, clauses)), self.arrays[-1])


def fold_columns(
    edition: Edition,
    persons: Columns,
    visits: Columns,
    person_of: Array,
    *,
    nones_proved: bool = False,
    witness: bool = True,
) -> Folded:
    """Decide all visits of all persons: the k-th visit of everyone at once, k = 0, 1, 2 …

    `person_of` gives each visit its row of `persons`; the visits of one person stand in their
    order, those of several persons in any. A fact that visits carry wins over the person's.
    Without `witness` no clauses are kept. Raises as `decide`, and FactFaults with the rows that
    stand before their forerunners.
    """
    assert edition.fold is not None, f"“{edition.rule}” is no fold: use decide"
    by_visit, by_person = shared_out(edition, persons, visits)
    missing = frozenset({*by_visit.missing, *by_person.missing})
    plan = prepared(edition, missing, nones_proved=nones_proved)
    rounds = Rounds(person_of, persons.size)
    check_order(edition, plan, visits, rounds)
    return _Fold(plan, by_person, by_visit, rounds, witness=witness).run()


def shared_out(edition: Edition, persons: Columns, visits: Columns) -> tuple[Columns, Columns]:
    """The facts that stand by visit, and those that stand by person, absent ones presumed."""
    both = Columns(0, {**persons.values, **visits.values}, {})
    sources = {name: _source(edition, both, name)[0] for name in reduce_edition(edition).facts}
    by_visit = {name for name, source in sources.items() if source in visits.values}
    return (
        completed(edition, visits, by_visit),
        completed(edition, persons, sources.keys() - by_visit),
    )


def check_order(edition: Edition, plan: Prepared, visits: Columns, rounds: Rounds) -> None:
    """No visit may stand before its forerunner. Texts only part what is equal: not seen here."""
    fold = plan.reduced.fold
    assert fold is not None
    nodes = [node for node in fold.order if node.type.kind != "text"][:1]
    names = {str(n.value) for n in in_order(nodes) if n.op == "fact"}
    if not nodes or not names <= visits.values.keys() - visits.missing.keys():
        return
    ranges = Ranges(edition.facts, edition.codes, (), nodes)
    columns = Columns(visits.size, visits.values, {})
    (key,) = Plan(nodes, ranges, plan.calendar).run(inputs_of(nodes, columns), visits.size)
    key = key[rounds.sorted]
    wrong = np.flatnonzero((key[1:] < key[:-1]) & rounds.same[1:])
    if wrong.size:
        rows = sorted((rounds.sorted[wrong + 1] + 1).tolist())[:_ROWS_TOLD]
        raise FactFaults(
            tuple(f"第 {row} 行的就诊排在其前一次就诊之前,须按先后顺序提交" for row in rows)
        )


class _Fold:
    def __init__(
        self,
        plan: Prepared,
        persons: Columns,
        visits: Columns,
        rounds: Rounds,
        *,
        witness: bool,
    ) -> None:
        self.plan, self.rounds = plan, rounds
        fold = plan.reduced.fold
        assert fold is not None
        self.fold = fold
        kept = plan.roots if witness else [*plan.roots[: len(plan.names)], plan.roots[-1]]
        self.decisions = plan.decisions if witness else []
        roots = [*kept, *fold.next]
        shared = _front(roots, set(persons.values))
        own = Plan(shared, plan.ranges, plan.calendar)
        self.by_person: dict[Node, Any] = {}
        self.by_visit: dict[Node, Any] = {}
        people = {n: v[rounds.who] for n, v in inputs_of(roots, persons).items()}
        size = len(rounds.who)
        found = [np.broadcast_to(value, size) for value in own.run(people, size)]
        self.by_person = {**people, **dict(zip(shared, found))}
        self.by_visit = {n: v[rounds.rows] for n, v in inputs_of(roots, visits).items()}
        self.step = Plan(roots, plan.ranges, plan.calendar, shared)
        self.kept = kept
        self.state = {
            node: np.full(len(rounds.who), variable.starts, self.step.dtype(node))
            for node in in_order(roots)
            for variable in fold.state
            if node.op == "state" and node.value == variable.name
        }

    def run(self) -> Folded:
        plan, visits = self.plan, self.rounds.visits
        out = Outputs(plan, visits, self.step, self.kept, self.decisions)
        stuck = np.zeros(len(self.rounds.who), np.bool_)
        inputs = self.step.inputs
        for rows, whose in self.rounds.blocks(BLOCK):
            block = {n: self._of(n)[rows if n in self.by_visit else whose] for n in inputs}
            found = self.step.run(block, rows.stop - rows.start)
            out.write(found[: len(self.kept)], rows)
            flags = out.arrays[-1][rows]
            flags |= stuck[whose]
            self._go_on(found[len(self.kept) :], flags, whose)
            stuck[whose] = flags
        for at, column in enumerate(out.arrays):
            back = np.empty_like(column)
            back[self.rounds.rows] = column
            out.arrays[at] = back
        decided = out.decided()
        return Folded(decided.values, decided.clauses, decided.unanswered, self._final())

    def _of(self, node: Node) -> Array:
        found: Array = self.by_visit[node] if node in self.by_visit else self._by_person(node)
        return found

    def _by_person(self, node: Node) -> Any:
        return self.by_person[node] if node in self.by_person else self.state[node]

    def _go_on(self, after: list[Any], stuck: Array, whose: slice) -> None:
        nodes = {node.value: node for node in self.state}
        halted = stuck.any()
        for variable, value in zip(self.fold.state, after):
            before = self.state[nodes[variable.name]][whose]
            np.copyto(before, value, where=~stuck if halted else True, casting="unsafe")

    def _final(self) -> dict[str, Array]:
        found = {}
        for variable in self.fold.state:
            column = np.full(self.rounds.persons, variable.starts, np.int64)
            for node, value in self.state.items():
                if node.value == variable.name:
                    column[self.rounds.who] = value
            found[variable.name] = column
        return found


def _front(roots: Sequence[Node], persons: set[str]) -> list[Node]:
    """What is a person's alone, and read by what is not: worked out once a person."""
    alone: set[Node] = set()
    front: dict[Node, None] = {}
    for node in in_order(roots):
        if node.op in ("fact", "missing"):
            if node.value in persons:
                alone.add(node)
        elif (
            node.op not in ("state", "variable")
            and node.args
            and alone.issuperset(arg for arg in node.args if arg.op != "const")
        ):
            alone.add(node)
        else:
            front.update(dict.fromkeys(arg for arg in node.args if arg in alone and arg.args))
    front.update(dict.fromkeys(root for root in roots if root in alone and root.args))
    return list(front)
