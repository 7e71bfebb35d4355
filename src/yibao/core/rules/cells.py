"""A rule over all classes of its facts: a table that people can read, sign off and count by.

A rule that reads only small facts has finitely many cells: dates and counts are cut at the rule's
own thresholds, codes that nothing tells apart are one class, of a set each told code is asked for.
Persons are numbered once; another edition on the same classes is then decided by cells, whatever
the population.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from yibao.core.refusal import Refusal
from yibao.core.rules.columns import BLOCK, Decided, completed, decide
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Array, Columns
from yibao.core.rules.reduce import reduce_edition
from yibao.core.rules.sorting import AND, Axis, Mixed, axes_of

MOST_CELLS = 1_000_000
_NARROW = 1 << 16


class NoCells(Refusal):
    """A rule is no matter of finitely many cells, or of too many."""

    code: ClassVar[str] = "R22"
    message = "规则“{rule}”不能列成判定单元:{why}"
    remedy = "请逐人计算"
    message_en = "Rule “{rule}” has no table of cells: {why_en}"
    remedy_en = "Decide person by person"
    rule: str


class NotCounted(Refusal):
    """Persons cannot be put into cells while a fact that parts the cells is missing."""

    code: ClassVar[str] = "R23"
    message = "有 {count} 人缺少事实“{fact}”,不能归入判定单元"
    remedy = "请补全后重试"
    message_en = "Fact “{fact}” is missing of {count} persons, who fit no cell"
    remedy_en = "Complete the facts and try again"


@dataclass(frozen=True)
class Cells:
    """The classes of each fact, and the decision of every combination: cell after cell, the last
    fact running fastest."""

    edition: Edition
    axes: tuple[Axis, ...]
    people: Columns
    decided: Decided

    @property
    def size(self) -> int:
        return self.people.size

    def classes(self, cell: int) -> tuple[int, ...]:
        """The class of each axis that a cell stands for."""
        found = []
        for axis in reversed(self.axes):
            cell, at = divmod(cell, axis.size)
            found.append(at)
        return tuple(reversed(found))

    def number(self, columns: Columns) -> Array:
        """The cell of each person, as uint16 or uint32. Raises NotCounted."""
        whole = completed(self.edition, columns, {axis.fact.name for axis in self.axes})
        for name, lost in whole.missing.items():
            raise NotCounted(fact=name, count=int(lost.sum()))
        found = np.zeros(columns.size, np.uint16 if self.size <= _NARROW else np.uint32)
        for start in range(0, columns.size, BLOCK):
            rows = slice(start, start + BLOCK)
            cell: Array = np.zeros(len(found[rows]), found.dtype)
            for axis in self.axes:
                cell = cell * found.dtype.type(axis.size)
                cell = cell + axis.number(whole.values[axis.fact.name][rows])
            found[rows] = cell
        return found

    def counts(self, numbers: Array) -> Array:
        """How many persons are in each cell."""
        return np.bincount(numbers, minlength=self.size)

    def evaluate(self, other: Edition) -> Decided:
        """Decide every cell by another edition. Raises NoCells where it parts what is one here."""
        theirs = {axis.key: axis for axis in _axes((other,))}
        mine = {axis.key: axis for axis in self.axes}
        for key, axis in theirs.items():
            if key not in mine or not mine[key].refines(axis):
                why = f"按“{axis.fact.label.zh}”的划分更细,须以两个版本共同划分"
                raise NoCells(
                    rule=other.rule,
                    why=why,
                    why_en=f"it parts “{axis.fact.name}” further: take cells of both editions",
                )
        return decide(other, self.people)

    def words(self, cell: int, language: str = "zh") -> dict[str, str]:
        """A cell as people read it: each fact's label, and the class in words."""
        found: dict[str, str] = {}
        names = self.edition.book.enumerations
        for axis, at in zip(self.axes, self.classes(cell)):
            label = axis.fact.label.in_language(language)
            told = axis.told(at, names, language)
            if label in found:
                found[label] = AND[language].join(filter(None, (found[label], told)))
            else:
                found[label] = told
        return found


def cells(edition: Edition, *others: Edition) -> Cells:
    """The cells of a rule, fine enough for the other editions as well.

    Raises NoCells where a fact is read as a number, or where cells are more than a million.
    """
    axes = _axes((edition, *others))
    size = 1
    for axis in axes:
        size *= axis.size
    if size > MOST_CELLS:
        raise NoCells(
            rule=edition.rule,
            why=f"单元数 {size} 超过 {MOST_CELLS}",
            why_en=f"{size} cells are more than {MOST_CELLS}",
        )
    people = _people(axes, size)
    return Cells(edition, axes, people, decide(edition, people))


def _axes(editions: Sequence[Edition]) -> tuple[Axis, ...]:
    first = editions[0]
    if first.fold is not None:
        why, why_en = "逐次就诊累计", "it folds over visits"
        raise NoCells(rule=first.rule, why=why, why_en=why_en)
    try:
        return axes_of([reduce_edition(edition) for edition in editions])
    except Mixed as mixed:
        raise NoCells(
            rule=first.rule,
            why=f"事实“{mixed.fact.label.zh}”不只与定值比较",
            why_en=f"fact “{mixed.fact.name}” is not only compared with what is fixed",
        ) from mixed


def _people(axes: Sequence[Axis], size: int) -> Columns:
    """One person of each cell."""
    values: dict[str, Array] = {}
    inner = size
    for axis in axes:
        inner //= axis.size
        column = axis.representatives.repeat(inner)
        column = np.tile(column, size // len(column))
        name = axis.fact.name
        values[name] = values[name] | column if name in values else column
    return Columns(size, values, {})
