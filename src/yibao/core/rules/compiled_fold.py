"""The two loops of a fold: over persons once, then over their visits in order.

What depends on the person alone, and the state, stand in one narrow record a person: a visit
reads and writes the memory of one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from yibao.core.rules.compiled_flag import absorbed
from yibao.core.rules.compiled_kernels import (
    Inputs,
    Kernel,
    Outputs,
    People,
    function,
    indented,
    module,
)
from yibao.core.rules.compiled_text import LoopText, Table
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import Ranges, dtype_for, ranges_of
from yibao.core.rules.reduce import Reduced
from yibao.core.rules.types import FLAG

_PERSON, _VISIT = "i", "j"
_FIXED: dict[str, type[np.generic]] = {"date": np.int32, "code": np.uint8}


def fold_kernel(
    reduced: Reduced, persons: frozenset[str], constant: frozenset[str], *, witness: bool
) -> Kernel:
    """The kernel of a fold in which the facts of `persons` stand by person, others by visit; those
    of `constant` are the same on every row."""
    fold = reduced.fold
    assert fold is not None
    parts = _Parts(reduced, persons)
    picks = [(name, parts.of(pick)) for name, pick in reduced.picks] if witness else []
    result = [(name, parts.of(node)) for name, node in reduced.result]
    after = [parts.of(node) for node in fold.next]
    flag = parts.of(absorbed(reduced))
    roots = [*(node for _, node in result), *(node for _, node in picks), flag, *after]
    record = _Record(reduced, parts)
    inputs = Inputs(reduced, roots, _VISIT, constant)
    tables: dict[Table, str] = {}
    visits = LoopText(
        roots, lambda node: record.text(node) or inputs.text(node), tables, flat=False, pad=2
    )
    outputs = Outputs(visits, reduced, result, picks, flag, _VISIT)
    texts = visits.values(after)
    people, people_lines, people_inputs = _people(reduced, record, constant, tables)
    _go_on(visits, record, outputs, texts, lost=bool(people.lost))
    body = [f"r = record[person[{_VISIT}]]", *inputs.loads]
    visit_arguments = ["person", "record", *inputs.arguments(), *outputs.arguments]
    person_arguments = ["record", *people_inputs.arguments()]
    functions = [
        function("people", person_arguments, people, people_lines, length="record"),
        function(
            "visits", visit_arguments, visits, [*indented(body), *visits.lines()], index=_VISIT
        ),
    ]
    return Kernel(
        module(tables, functions),
        tuple(inputs.facts),
        tuple(inputs.missing),
        outputs.dtypes,
        tuple(name for name, _ in picks),
        outputs.flagged or bool(people.lost),
        bool(visits.lost),
        People(
            tuple(people_inputs.facts),
            tuple(people_inputs.missing),
            record.dtype(),
            record.state,
            bool(people.lost),
        ),
    )


def _people(
    reduced: Reduced, record: _Record, constant: frozenset[str], tables: dict[Table, str]
) -> tuple[LoopText, list[str], Inputs]:
    """The loop over persons: what visits ask of them, and the state before the first visit."""
    wanted = list(record.fields)
    inputs = Inputs(reduced, wanted, _PERSON, constant)
    loop = LoopText(wanted, inputs.text, tables, flat=False, pad=2)
    fold = reduced.fold
    assert fold is not None
    for node, name in record.fields.items():
        loop.line(f"r.{name} = {loop.value(node)}")
    for variable in fold.state:
        loop.line(f"r.{record.state[variable.name]} = {variable.starts}")
    loop.line(f"r.lost = {' | '.join(loop.lost) or 'False'}")
    body = [f"r = record[{_PERSON}]", *inputs.loads]
    return loop, [*indented(body), *loop.lines()], inputs


def _go_on(
    loop: LoopText, record: _Record, outputs: Outputs, texts: Sequence[str], *, lost: bool
) -> None:
    """The state after the visit; after one that is not answered, none of the person's is."""
    writes = [f"r.{field} = {text}" for field, text in zip(record.state.values(), texts)]
    if not outputs.flagged and not lost:
        for write in writes:
            loop.line(write)
        return
    loop.line(f"lost = {outputs.flag} | r.lost" if outputs.flagged else "lost = r.lost")
    loop.line(f"u[{_VISIT}] = lost")
    loop.line("if lost:")
    loop.line("    r.lost = True")
    loop.line("else:")
    for write in writes:
        loop.line(f"    {write}")


class _Parts:
    """Which nodes are a person's alone; conjunctions are parted so that these stand together."""

    def __init__(self, reduced: Reduced, persons: frozenset[str]) -> None:
        self._graph, self._persons = reduced.graph, persons
        self._small: dict[Node, Node] = {}
        self._alone: dict[Node, bool] = {}

    def alone(self, node: Node) -> bool:
        """Whether a node depends on a person's facts only, and on some."""
        for below in in_order([node]):
            if below not in self._alone:
                self._alone[below] = self._is_alone(below)
        return self._alone[node]

    def _is_alone(self, node: Node) -> bool:
        if node.op in ("fact", "missing"):
            return node.value in self._persons
        others = [arg for arg in node.args if arg.op not in ("const", "silent")]
        return bool(others) and all(self._alone[arg] for arg in others)

    def of(self, node: Node) -> Node:
        """The node with the person's parts of its conjunctions joined."""
        for below in in_order([node]):
            if below not in self._small:
                args = tuple(self._small[arg] for arg in below.args)
                if below.op in ("and", "or"):
                    args = self._joined(below.op, args)
                same = all(a is b for a, b in zip(args, below.args)) and len(args) == len(
                    below.args
                )
                self._small[below] = (
                    below
                    if same
                    else self._graph.node(below.op, *args, value=below.value, type_=below.type)
                )
        return self._small[node]

    def _joined(self, op: str, args: tuple[Node, ...]) -> tuple[Node, ...]:
        own = [arg for arg in args if self.alone(arg)]
        if len(own) < 2 or len(own) == len(args):
            return args
        return (
            self._graph.node(op, *own, type_=FLAG),
            *(arg for arg in args if not self.alone(arg)),
        )


class _Record:
    """The fields of a person's record: what visits ask of the person, then the state."""

    def __init__(self, reduced: Reduced, parts: _Parts) -> None:
        self._ranges: Ranges = ranges_of(reduced)
        self._parts = parts
        fold = reduced.fold
        assert fold is not None
        self.fields: dict[Node, str] = {}
        self.state = {variable.name: f"s{at}" for at, variable in enumerate(fold.state)}
        self._states: dict[str, Node] = {
            variable.name: reduced.graph.node("state", value=variable.name, type_=variable.type)
            for variable in fold.state
        }

    def text(self, node: Node) -> str | None:
        """What stands in the record for a node of the visits' loop; None for all others."""
        if node.op == "state":
            return f"np.int64(r.{self.state[str(node.value)]})"
        if node.op == "const" or not self._parts.alone(node):
            return None
        return f"r.{self.fields.setdefault(node, f'a{len(self.fields)}')}"

    def dtype(self) -> np.dtype[Any]:
        """Wide fields first, so that none lies across two words."""
        widths: list[tuple[str, np.dtype[Any]]] = [
            *((name, self._width(node)) for node, name in self.fields.items()),
            *((self.state[name], self._width(node)) for name, node in self._states.items()),
            ("lost", np.dtype(np.bool_)),
        ]
        return np.dtype(sorted(widths, key=lambda field: -field[1].itemsize))

    def _width(self, node: Node) -> np.dtype[Any]:
        if node.op == "pick":
            return np.dtype(np.uint8)
        range_ = self._ranges.of(node)
        if range_.none and node.type.kind != "flag":
            return np.dtype(_FIXED.get(node.type.kind, np.int64))
        return dtype_for(node, range_)
