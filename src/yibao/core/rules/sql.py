"""A rule, or one step of a fold from a stored state, as SQL for PostgreSQL 15 to 18 and DuckDB.

For rows that stay where they are. The table has a column a fact, by the fact's name: flags
boolean, dates date, date-times timestamp, money bigint fen, codes their word (or their number),
sets a bigint mask by the order of the enumeration, other numbers any whole number. NULL is a none
where the fact may be none; else the fact was not given, and is presumed as the rulebook presumes.
A fold's state stands in columns `state_` and the variable's name; the answer has the state after.

The answer: the keys, an outcome a column, `clause_` and the decision with the number of its
clause, `unanswered`. A row that is not answered is left to the scalar reader, its other values
mean nothing. Working days are read from a table of the calendar (`working_days`): `day`,
`number` (of working days up to it) and `works`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yibao.core.rules import arrays, dates
from yibao.core.rules.compiled_flag import absorbed
from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.ranges import ranges_of, varying
from yibao.core.rules.reduce import Reduced, reduce_edition
from yibao.core.rules.runtime import Calendar
from yibao.core.rules.sql_text import DUCKDB, POSTGRESQL, Dialect, SqlText
from yibao.core.rules.steps import USED

DIALECTS = {"postgresql": POSTGRESQL, "duckdb": DUCKDB}
_AT_HAND = frozenset({"const", "fact", "state", "missing", "silent", "variable"})


@dataclass(frozen=True, slots=True)
class Table:
    """Where the rows are. `keys` are handed through, so that answers are compared by key;
    `missing` are facts that may be NULL though there is no none and nothing to presume;
    `numbered` says that codes are numbers; `calendar` names the table of working days."""

    name: str
    keys: tuple[str, ...] = ("id",)
    missing: frozenset[str] = frozenset()
    numbered: bool = False
    calendar: str = "working_day"


def select(edition: Edition, table: Table | str, dialect: str) -> str:
    """The query that decides every row of a table. `dialect` is “postgresql” or “duckdb”."""
    where = Table(table) if isinstance(table, str) else table
    return _Query(edition, where, DIALECTS[dialect]).text()


def working_days(calendar: Calendar | None) -> Iterator[tuple[date, int, bool]]:
    """The rows of the table of working days: each day that the calendar knows, with its last."""
    found = arrays.working_days(calendar)
    following = set(found.days.tolist())
    number = 0
    for at, known in enumerate(found.known.tolist()):
        day = arrays.FIRST_DAY + at
        number += day in following
        if known or day in following:
            yield dates.to_date(day), number, day in following


def state_column(name: str) -> str:
    """The column of a state variable; that of a ceiling's used amount has no colon."""
    return f"state_{name.replace(':', '_')}"


class _Query:
    def __init__(self, edition: Edition, table: Table, dialect: Dialect) -> None:
        self.edition, self.table, self.dialect = edition, table, dialect
        nullable = {n for n in table.missing if edition.facts[n].none is None}
        reduced = reduce_edition(edition, missing=frozenset(nullable))
        self.reduced = reduced
        self.answers = _answers(reduced)
        self.roots = [node for _, node in self.answers]
        self.moving = varying(self.roots)
        self.columns = self._shared()
        self.layers = self._in_layers()
        self.write = SqlText(
            reduced,
            dialect,
            self.columns,
            ranges_of(reduced),
            missing=frozenset(nullable),
            numbered=table.numbered,
            calendar=table.calendar,
        )

    def text(self) -> str:
        """Facts first, then what several nodes share, layer on layer, then the answer."""
        lines = self._select([], [*self._facts(), *self._states()], self.table.name)
        for layer in self.layers:
            made = [f"{self.write.of(node)} as {self.columns[node]}" for node in layer]
            lines = self._select(["*"], made, self._inner(lines))
        told = [f'{self.write.of(node)} as "{name}"' for name, node in self.answers[:-1]]
        flag = self.write.of(self.answers[-1][1])
        keys = [f'"{key}"' for key in self.table.keys]
        return "\n".join(self._select(keys, [*told, f"{flag} as unanswered"], self._inner(lines)))

    def _select(self, first: Sequence[str], made: Sequence[str], source: str) -> list[str]:
        columns = [*first, *made]
        if not first:
            columns = [*(f'"{key}"' for key in self.table.keys), *made]
        return [f"select {', '.join(columns[:1])}", *(f"  , {c}" for c in columns[1:]), source]

    def _inner(self, lines: Sequence[str]) -> str:
        """A query as the source of the next. PostgreSQL must not flatten what is shared."""
        *head, source = lines
        source = source if source.startswith("from") else f"from {source}"
        body = "\n".join(f"  {line}" for part in (*head, source) for line in part.splitlines())
        return f"from (\n{body}{self.dialect.barrier}\n) layer"

    def _facts(self) -> Iterator[str]:
        read = [node for node in in_order(self.roots) if node.op in ("fact", "missing")]
        for name in dict.fromkeys(str(node.value) for node in read):
            yield f"{self._given(self.edition.facts[name])} as f_{name}"

    def _given(self, fact: Fact) -> str:
        """A fact's column in the type that the query works with, absent ones presumed."""
        column = self.write.cast(f'"{fact.name}"', fact.type)
        if fact.none is not None or fact.absent is None:
            return column
        if fact.absent.fact:
            other = self._given(self.edition.facts[fact.absent.fact])
        else:
            other = self.write.presumed(fact.absent.value, fact.type)
        return f"coalesce({column}, {other})"

    def _states(self) -> Iterator[str]:
        for variable in self.reduced.fold.state if self.reduced.fold else ():
            column = state_column(variable.name)
            yield f'cast("{column}" as bigint) as {column}'

    def _shared(self) -> Mapping[Node, str]:
        """What is worked out once and read by name: all that several nodes read, and the picks."""
        readers = Counter(arg for node in in_order(self.roots) for arg in node.args)
        readers.update(self.roots)
        for node in in_order(self.roots):
            if node in self.moving or node.op == "each":
                readers.update(arg for arg in node.args if arg not in self.moving)
        found = [
            node
            for node in in_order(self.roots)
            if node.op not in _AT_HAND
            and node not in self.moving
            and (readers[node] > 1 or node.op == "pick")
        ]
        return {node: f"n{at}" for at, node in enumerate(found)}

    def _in_layers(self) -> list[list[Node]]:
        """Shared nodes by how many others stand between them and the facts."""
        depth: dict[Node, int] = {}
        layers: list[list[Node]] = []
        for node in in_order(self.roots):
            below = max((depth[arg] for arg in node.args), default=0)
            depth[node] = below + (node in self.columns)
            if node in self.columns:
                while len(layers) <= below:
                    layers.append([])
                layers[below].append(node)
        return layers


def _answers(reduced: Reduced) -> list[tuple[str, Node]]:
    """The columns of the answer; the flag is the last."""
    found = [*reduced.result]
    found += [(f"clause_{name}", pick) for name, pick in reduced.picks]
    for variable, node in zip(reduced.fold.state, reduced.fold.next) if reduced.fold else ():
        found.append((state_column(variable.name), node))
    return [*found, ("unanswered", absorbed(reduced))]


def columns_read(edition: Edition) -> dict[str, Fact]:
    """The facts whose columns a query reads, with those that stand in for absent ones."""
    found: dict[str, Fact] = {}
    missing = frozenset(name for name, fact in edition.facts.items() if fact.absent is None)
    reduced = reduce_edition(edition, missing=missing)
    told = in_order([*(node for _, node in _answers(reduced)), reduced.unanswered])
    waiting = [str(node.value) for node in told if node.op in ("fact", "missing")]
    while waiting:
        fact = edition.facts[waiting.pop()]
        found[fact.name] = fact
        if fact.absent is not None and fact.absent.fact and fact.none is None:
            waiting.append(fact.absent.fact)
    return found


assert USED.endswith(":")  # `state_column` writes it as an underscore
