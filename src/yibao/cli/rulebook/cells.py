"""`yibao rulebook cells`: every outcome of a rule as a table that staff can read and sign off."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from yibao.cli.rulebook.asked import book_of, known_of, year_of
from yibao.core.refusal import Refusal
from yibao.core.rules.cells import Cells, cells
from yibao.core.rules.encoding import Array, none_of, value_of
from yibao.core.rules.facts import Facts
from yibao.core.rules.nearest import outcome_labels
from yibao.core.rules.prose import Speaker
from yibao.core.rules.scalar import decide
from yibao.core.rules.types import Type

_HEADS = {"zh": ("序号", "适用条款", "说明"), "en": ("cell", "clauses", "remark")}


def listed(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the cells of a rule, one a line. Raises UnknownRule, NoCells."""
    book = book_of(arguments)
    year, known = year_of(arguments, book), known_of(arguments)
    found = cells(book.bind(arguments.rule, year=year, known=known))
    table = _Table(found, arguments.language)
    rows = [table.head(), *(table.row(cell) for cell in range(found.size))]
    yield from _csv(rows) if arguments.csv else (" | ".join(row) for row in rows)


def _csv(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(row)
        yield line.getvalue()


class _Table:
    def __init__(self, found: Cells, language: str) -> None:
        self.found, self.language = found, language
        self.edition = found.edition
        self.speaker = Speaker(self.edition.book.enumerations, language)
        self.steps = {step.decision: step for step in self.edition.steps.values() if step.decision}

    def head(self) -> list[str]:
        number, clauses, remark = _HEADS[self.language]
        labels = outcome_labels(self.edition).values()
        outcomes = [label.in_language(self.language) for label in labels]
        return [number, *self.found.words(0, self.language), *outcomes, clauses, remark]

    def row(self, cell: int) -> list[str]:
        """A cell's classes in words, its outcomes, and the clauses that they rest on."""
        words = self.found.words(cell, self.language).values()
        decided = self.found.decided
        if decided.unanswered[cell]:
            outcomes, clauses, remark = ["" for _ in decided.values], "", self._why(cell)
        else:
            outcomes = [self._outcome(name, cell) for name in decided.values]
            clauses = self.speaker.listed(list(self._clauses(cell)))
            remark = ""
        return [str(cell + 1), *words, *outcomes, clauses, remark]

    def _outcome(self, name: str, cell: int) -> str:
        type_ = self.edition.types[name]
        return self.speaker.value(self._value(self.found.decided.values[name], cell, type_), type_)

    def _value(self, column: Array, cell: int, type_: Type) -> object:
        none = None if column.dtype == np.bool_ else none_of(column.dtype)
        return value_of(int(column[cell]), type_, self.edition.codes, none)

    def _clauses(self, cell: int) -> Iterator[str]:
        for decision, numbers in self.found.decided.clauses.items():
            clauses, number = self.steps[decision].clauses, int(numbers[cell])
            if number < len(clauses):
                yield f"{decision}.{clauses[number].name} 〔{clauses[number].cite}〕"

    def _why(self, cell: int) -> str:
        """What the scalar reader says of a person of this cell, where there is no outcome."""
        facts = self.edition.facts
        person = {
            name: self._value(column, cell, facts[name].type)
            for name, column in self.found.people.values.items()
        }
        try:
            decide(self.edition, Facts(person))
        except Refusal as refusal:
            return refusal.sentence(self.language)
        return ""
