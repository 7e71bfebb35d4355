"""A fold as short loops over blocks of visits, each of which a compiler can do many rows at once.

What depends on the person alone is worked out once a person and kept, with the state, in one
narrow record a person. For a block of visits: `gather` fetches what the visits ask of their
persons (and so brings the records near), `calendar` does the arithmetic of dates, `rows` all else
that does not depend on the state; `state` alone goes visit by visit, and does no more than what
carries the state on; `after` does what only follows from it. The loops are printed from the last
to the first: a later one asks for columns, an earlier one leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from yibao.core.rules.compiled_flag import absorbed
from yibao.core.rules.compiled_kernels import (
    JIT,
    Inputs,
    Kernel,
    People,
    module,
    with_none,
)
from yibao.core.rules.compiled_parts import Parts
from yibao.core.rules.compiled_text import COSTLY, LoopText
from yibao.core.rules.compiled_words import Table
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import dtype_for, outcome_dtypes, ranges_of, varying
from yibao.core.rules.reduce import Reduced

BLOCK = 512
_PEOPLE, _CALENDAR, _ROWS, _STATE, _AFTER = range(5)
_NAMES = ("people", "calendar", "rows", "state", "after")
_FIXED: dict[str, type[np.generic]] = {"date": np.int32, "code": np.uint8}
_BUFFERS = {"bool": "B", "uint8": "U", "int8": "H", "int16": "H", "int32": "Q", "int64": "L"}
_WIDTHS = {"B": "bool_", "U": "uint8", "H": "int16", "Q": "int32", "L": "int64"}
_WORKING = ("days", "known", "first")
_WORD = 31  # flags that share a word of a record
_LINE = 64  # bytes


def fold_kernel(
    reduced: Reduced, persons: frozenset[str], constant: frozenset[str], *, witness: bool
) -> Kernel:
    """The kernel of a fold in which the facts of `persons` stand by person, others by visit; those
    of `constant` are the same on every row."""
    return _Printer(reduced, Parts(reduced, persons), constant, witness=witness).kernel()


class _Printer:
    def __init__(
        self, reduced: Reduced, parts: Parts, constant: frozenset[str], *, witness: bool
    ) -> None:
        fold = reduced.fold
        assert fold is not None
        self.reduced, self.parts, self.constant, self.fold = reduced, parts, constant, fold
        self.ranges, self.dtypes = ranges_of(reduced), outcome_dtypes(reduced)
        self.result = [(name, parts.of(node)) for name, node in reduced.result]
        self.picks = [(name, parts.of(pick)) for name, pick in reduced.picks] if witness else []
        self.next = [parts.of(node) for node in fold.next]
        self.flag = parts.of(absorbed(reduced))
        self.flagged = self.flag.op != "const" or bool(self.flag.value)
        answers = [node for _, node in (*self.result, *self.picks)]
        self.roots = [*answers, self.flag, *self.next]
        self.moving = varying(self.roots)
        self.feeding = frozenset(in_order([self.flag, *self.next]))
        self.tables: dict[Table, str] = {}
        self.scratch: dict[str, np.dtype[Any]] = {}
        self.named: dict[Node, str] = {}
        self.bits: dict[Node, int] = {}
        self.buffers: dict[str, list[str]] = {}
        self.state = {variable.name: f"s{at}" for at, variable in enumerate(fold.state)}
        self.of_persons: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self.of_visits: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self.stages = [_Stage(self, rank) for rank in range(len(_NAMES))]

    def rank(self, node: Node) -> int:
        """The loop that works a node out."""
        if self.parts.stateful(node):
            return _STATE if node in self.feeding else _AFTER
        if self.parts.alone(node):
            return _PEOPLE
        return _CALENDAR if node.op in COSTLY else _ROWS

    def low(self, node: Node) -> int:
        """The least that a node can be."""
        return self.ranges.of(node).low

    def given(self, node: Node) -> str:
        """The scratch column in which an earlier loop leaves a node for a later one; a person's
        flags share words, so that a record is short."""
        if node not in self.named:
            rank = self.rank(node)
            word, bit = divmod(len(self.bits), _WORD)
            name = f"q{len(self.named)}"
            if rank == _PEOPLE and node.type.kind == "flag":
                self.bits[node], name = bit, f"w{word}"
                self.scratch[name] = np.dtype(np.int32)
            else:
                self.scratch[name] = self.width(node)
                self.stages[rank].wanted[node] = name
            self.named[node] = name
        return self.named[node]

    def place(self, name: str) -> str:
        """A scratch column at the row of a loop. Columns of one width share a buffer, so that a
        loop keeps few addresses at hand."""
        buffer = _BUFFERS[self.scratch[name].name]
        listed = self.buffers.setdefault(buffer, [])
        if name not in listed:
            listed.append(name)
        start = BLOCK * listed.index(name)
        return f"{buffer}[i + {start}]" if start else f"{buffer}[i]"

    def words(self) -> dict[str, dict[Node, int]]:
        """The flags of each word, with their bits."""
        found: dict[str, dict[Node, int]] = {}
        for node, bit in self.bits.items():
            found.setdefault(self.named[node], {})[node] = bit
        return found

    def width(self, node: Node) -> np.dtype[Any]:
        """The narrowest column that holds a node's values inside the loops."""
        if node.op == "pick":
            return np.dtype(np.uint8)
        range_ = self.ranges.of(node)
        if range_.none and node.type.kind != "flag":
            return np.dtype(_FIXED.get(node.type.kind, np.int64))
        return dtype_for(node, range_)

    def kernel(self) -> Kernel:
        """Print the loops, the last first."""
        for rank in (_AFTER, _STATE, _ROWS, _CALENDAR):
            self._write_answers(rank)
            if rank == _STATE:
                self._go_on()
            self.stages[rank].leave()
        people = self.stages[_PEOPLE]
        fields = [*people.wanted.values(), *self.words()]
        people.leave()
        people.leave_words(self.words())
        return self._whole(fields)

    def _write_answers(self, rank: int) -> None:
        """Outcomes and clauses in the loop that works them out; a person's in that of the rows."""
        stage = self.stages[rank]
        for at, (name, node) in enumerate(self.result):
            if self._written_in(node) == rank:
                text = with_none(stage.loop.value(node), node, self.dtypes[name], self.ranges)
                stage.write(f"o{at}", text)
        for at, (_, node) in enumerate(self.picks):
            if self._written_in(node) == rank:
                stage.write(f"p{at}", stage.loop.value(node))

    def _written_in(self, node: Node) -> int:
        rank = self.rank(node)
        return rank if rank in (_STATE, _AFTER) else _ROWS

    def _go_on(self) -> None:
        """The state after the visit; after one that is not answered, none of the person's is."""
        stage = self.stages[_STATE]
        for node, name in stage.wanted.items():
            stage.write(name, stage.loop.value(node))
        stage.wanted.clear()
        flags = [stage.loop.value(self.flag)] if self.flagged else []
        texts = stage.loop.values(self.next)
        writes = [f"r.{field} = {text}" for field, text in zip(self.state.values(), texts)]
        if not flags:
            for write in writes:
                stage.loop.line(write)
            return
        stage.loop.line(f"lost = {' | '.join([*flags, 'r.lost'])}")
        stage.loop.line("if lost:")
        stage.loop.line(f"    {stage.read('u')} = True")
        stage.loop.line("    r.lost = True")
        stage.loop.line("else:")
        for write in writes:
            stage.loop.line(f"    {write}")

    def _whole(self, fields: Sequence[str]) -> Kernel:
        facts, missing = self.of_visits
        answers = [*(f"o{at}" for at in range(len(self.result)))]
        answers += [*(f"p{at}" for at in range(len(self.picks))), "u"]
        functions = [stage.text() for stage in self.stages[1:]]
        working = any(stage.loop.working for stage in self.stages[1:])
        visits = ["person", "record", *facts.values(), *missing.values(), *answers]
        functions += [self._gather(fields), self._blocks(visits, working)]
        functions += self._people(fields)
        own_facts, own_missing = self.of_persons
        people = People(
            tuple(own_facts),
            tuple(own_missing),
            self._record(fields),
            self.state,
            self.stages[_PEOPLE].loop.working,
        )
        return Kernel(
            module(self.tables, functions),
            tuple(facts),
            tuple(missing),
            self.dtypes,
            tuple(name for name, _ in self.picks),
            self.flagged,
            working,
            people,
        )

    def _record(self, fields: Sequence[str]) -> np.dtype[Any]:
        """Wide fields first; of a size that does not lie across two lines of the cache."""
        widths = [(name, self.scratch[name]) for name in fields]
        for variable, name in zip(self.fold.state, self.state.values()):
            node = self.reduced.graph.node("state", value=variable.name, type_=variable.type)
            widths.append((name, self.width(node)))
        widths.append(("lost", np.dtype(np.bool_)))
        widths.sort(key=lambda field: -field[1].itemsize)
        tight = np.dtype(widths)
        whole = 1 << (tight.itemsize - 1).bit_length()
        places = [tight.fields[name][1] for name, _ in widths] if tight.fields else []
        return np.dtype(
            {
                "names": [name for name, _ in widths],
                "formats": [width for _, width in widths],
                "offsets": places,
                "itemsize": whole if whole <= _LINE else tight.itemsize,
            }
        )

    def _gather(self, fields: Sequence[str]) -> str:
        """Fetch what the visits of a block ask of their persons."""
        body = [f"{self.place(name)} = r.{name}" for name in fields]
        lines = ["    for i in range(m):", "        r = record[person[i]]"]
        head = f"def gather({', '.join(['m', 'person', 'record', *self.buffers])}):"
        return "\n".join([JIT, head, *lines, *(f"        {line}" for line in body), ""])

    def _in_blocks(self, name: str, arguments: Sequence[str], calls: Sequence[str]) -> str:
        """Run loops over one block after another, with scratch that stays in the cache."""
        lines = [JIT, f"def {name}({', '.join(arguments)}):"]
        for buffer, listed in self.buffers.items():
            lines.append(f"    {buffer} = np.empty({BLOCK * len(listed)}, np.{_WIDTHS[buffer]})")
        lines += [
            f"    for start in range(0, len({arguments[0]}), {BLOCK}):",
            f"        stop = min(start + {BLOCK}, len({arguments[0]}))",
            "        m = stop - start",
        ]
        return "\n".join([*lines, *(f"        {call}" for call in calls), ""])

    def _blocks(self, arguments: Sequence[str], working: bool) -> str:
        arguments = [*arguments, *_WORKING] if working else arguments
        gather = f"gather({', '.join(['m', 'person[start:stop]', 'record', *self.buffers])})"
        calls = [gather, *(stage.call() for stage in self.stages[1:] if stage.works)]
        return self._in_blocks("visits", arguments, calls)

    def _people(self, fields: Sequence[str]) -> list[str]:
        """Fill the records, block by block: work out, then write."""
        stage = self.stages[_PEOPLE]
        starts = zip(self.fold.state, self.state.values())
        body = [f"r.{name} = {self.place(name)}" for name in fields]
        body += [f"r.{name} = {variable.starts}" for variable, name in starts]
        body.append("r.lost = False")
        fill = [
            JIT,
            f"def fill({', '.join(['m', 'record', *self.buffers])}):",
            "    for i in range(m):",
            "        r = record[i]",
            *(f"        {line}" for line in body),
            "",
        ]
        facts, missing = self.of_persons
        arguments = ["record", *facts.values(), *missing.values()]
        arguments += _WORKING if stage.loop.working else ()
        calls = [stage.call()] if stage.works else []
        calls.append(f"fill({', '.join(['m', 'record[start:stop]', *self.buffers])})")
        return [stage.text(), "\n".join(fill), self._in_blocks("people", arguments, calls)]


class _Stage:
    """One loop: what it reads, and what it leaves for later ones."""

    def __init__(self, printer: _Printer, rank: int) -> None:
        self._printer, self._rank = printer, rank
        facts, missing = printer.of_persons if rank == _PEOPLE else printer.of_visits
        self._inputs = Inputs(printer.reduced, printer.roots, printer.constant, facts, missing)
        self.wanted: dict[Node, str] = {}
        self._arrays: dict[str, None] = {}
        flat = rank != _STATE
        self.loop = LoopText(
            printer.roots, self._at_hand, printer.tables, flat=flat, low=printer.low
        )

    @property
    def works(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.loop.lines())

    def read(self, name: str) -> str:
        """A column at the row of the loop."""
        if name not in self._printer.scratch:
            self._arrays.setdefault(name)
            return f"{name}[i]"
        found = self._printer.place(name)
        self._arrays.setdefault(found.partition("[")[0])
        return found

    def write(self, name: str, text: str) -> None:
        self.loop.line(f"{self.read(name)} = {text}")

    def leave(self) -> None:
        """Write what later loops asked for."""
        for node, name in self.wanted.items():
            self.write(name, self.loop.value(node))

    def leave_words(self, words: Mapping[str, Mapping[Node, int]]) -> None:
        """Write flags that share words."""
        for name, flags in words.items():
            shifted = [f"(np.int64({self.loop.value(n)}) << {bit})" for n, bit in flags.items()]
            self.write(name, " | ".join(shifted))

    def _at_hand(self, node: Node) -> str | None:
        if node.op == "const" or node in self._printer.moving:
            return None
        rank = self._printer.rank(node)
        if node.op == "state" and self._rank == _STATE:
            return f"np.int64(r.{self._printer.state[str(node.value)]})"
        facts = node.op in ("fact", "missing") and rank != _PEOPLE
        if rank < self._rank and not facts:
            found = self.read(self._printer.given(node))
            bit = self._printer.bits.get(node)
            return found if bit is None else f"(({found} & {1 << bit}) != 0)"
        return self._inputs.text(node)

    def _arguments(self) -> list[str]:
        own = ["person", "record"] if self._rank == _STATE else []
        return [*own, *self._inputs.used, *self._arrays, *(_WORKING if self.loop.working else ())]

    def text(self) -> str:
        """The loop as a function; empty where there is nothing to do."""
        if not self.works:
            return ""
        loads = [f"        {line}" for line in self._inputs.loads]
        if self._rank == _STATE:
            loads = ["        r = record[person[i]]", *loads]
        head = f"def {_NAMES[self._rank]}_block({', '.join(['m', *self._arguments()])}):"
        return "\n".join([JIT, head, "    for i in range(m):", *loads, *self.loop.lines(), ""])

    def call(self) -> str:
        """The call of the loop for one block."""
        fixed = {"record", *_WIDTHS, *_WORKING, *self._inputs.constants}
        arguments = [n if n in fixed else f"{n}[start:stop]" for n in self._arguments()]
        return f"{_NAMES[self._rank]}_block({', '.join(['m', *arguments])})"
