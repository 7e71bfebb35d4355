"""Every outcome that a rule can have: by which clause, for how many classes of facts, for whom."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from yibao.console.policy.telling import Law, laws_of
from yibao.console.policy.words import language, value_words
from yibao.core.rules import nearest
from yibao.core.rules.book import Rulebook
from yibao.core.rules.cells import Cells, NoCells, cells
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import none_of, value_of
from yibao.core.rules.graph import Cite
from yibao.core.rules.ranges import NO_CLAUSE

_FIRST = 12
_MOST = 400
_KEPT = 32
_EXAMPLE = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: its values in words, the clause, how many classes have it, one of them."""

    digest: str
    values: tuple[str, ...]
    clauses: tuple[str, ...]
    laws: tuple[Law, ...]
    cells: int
    example: tuple[tuple[str, str], ...]
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Table:
    """All outcomes of a rule, the most frequent first."""

    heads: tuple[str, ...]
    rows: tuple[Outcome, ...]
    total: int
    cells: int

    @property
    def first(self) -> tuple[Outcome, ...]:
        """The rows that the rule's own page shows."""
        return self.rows[:_FIRST]

    @property
    def more(self) -> int:
        """How many the rule's own page leaves to the table's."""
        return max(self.total - _FIRST, 0)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row before it is put in words."""

    values: tuple[object, ...]
    clauses: tuple[tuple[str, int], ...]
    cells: int
    first: int
    is_silent: bool


def outcomes_of(book: Rulebook, edition: Edition) -> Table | None:
    """Return all outcomes of a rule; None where they cannot be listed (dates, amounts, visits)."""
    made = _cells_of(edition.rule, edition.year, edition.sense_hash, _Holder(edition))
    if made is None:
        return None
    counted, found = made
    labels = nearest.outcome_labels(edition)
    names = [name for name, _ in edition.result]
    heads = tuple(labels[name].in_language(language()) or name for name in names)
    rows = tuple(_row(book, edition, counted, names, one) for one in found[:_MOST])
    return Table(heads, rows, len(found), counted.size)


class _Holder:
    """Carries an edition past the cache, which goes by rule, year and sense."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=_KEPT)
def _cells_of(
    rule: str, year: int, sense: str, holder: _Holder
) -> tuple[Cells, list[_Found]] | None:
    del rule, year, sense
    try:
        found = cells(holder.edition)
    except NoCells:
        return None
    return found, _distinct(holder.edition, found)


def _distinct(edition: Edition, found: Cells) -> list[_Found]:
    """The different outcomes with their clauses, those of most classes first."""
    decided = found.decided
    names = [name for name, _ in edition.result]
    lists = [name for name in decided.clauses if name in _asked(edition)]
    columns: list[Any] = [np.asarray(decided.unanswered, np.int64)]
    answered = ~np.asarray(decided.unanswered, bool)
    for name in names:
        columns.append(np.where(answered, decided.values[name].astype(np.int64), 0))
    for name in lists:
        columns.append(np.where(answered, decided.clauses[name].astype(np.int64), NO_CLAUSE))
    together = np.stack(columns, axis=1)
    rows, first, counts = np.unique(together, axis=0, return_index=True, return_counts=True)
    made = []
    for row, at, number in zip(rows.tolist(), first.tolist(), counts.tolist()):
        silent = bool(row[0])
        values = tuple(
            None if silent else _value(edition, name, row[1 + place], decided.values[name].dtype)
            for place, name in enumerate(names)
        )
        clauses = tuple(zip(lists, row[1 + len(names) :]))
        made.append(_Found(values, clauses, number, at, silent))
    return sorted(made, key=lambda one: -one.cells)


def _asked(edition: Edition) -> set[str]:
    """The lists of clauses that give an outcome themselves: those below only prepare it."""
    found = set()
    for _name, node in edition.result:
        info = edition.steps.get(str(node.value)) if node.op == "step" else None
        if info is not None and info.clauses:
            found.add(info.decision or info.name)
    return found


def _value(edition: Edition, name: str, number: int, dtype: Any) -> object:
    none = None if dtype.kind == "b" else none_of(dtype)
    return value_of(number, edition.types[name], edition.codes, none)


def _row(
    book: Rulebook, edition: Edition, counted: Cells, names: Sequence[str], one: _Found
) -> Outcome:
    told = [
        "" if one.is_silent else value_words(book, value, edition.types[name])
        for name, value in zip(names, one.values)
    ]
    clauses, cites = _clauses(edition, one)
    example = [pair for pair in counted.words(one.first, language()).items() if pair[1]]
    stands = [one.is_silent, [str(value) for value in one.values], list(clauses), one.cells]
    digest = hashlib.sha256(json.dumps(stands, ensure_ascii=False).encode()).hexdigest()
    return Outcome(
        digest=digest,
        values=tuple(told),
        clauses=clauses,
        laws=laws_of(book, cites),
        cells=one.cells,
        example=tuple(example[:_EXAMPLE]),
        is_silent=one.is_silent,
    )


def _clauses(edition: Edition, one: _Found) -> tuple[tuple[str, ...], list[Cite]]:
    """The clauses that gave it, by their numbers on the rule's page, and their articles."""
    if one.is_silent:
        return (), []
    names, cites = [], []
    for decision, number in one.clauses:
        step = next((s for s in edition.steps.values() if (s.decision or s.name) == decision), None)
        if step is None or number >= len(step.clauses):
            continue
        names.append(_("第 %(number)s 条") % {"number": number + 1})
        cites.append(step.clauses[number].cite)
    return tuple(names), cites
