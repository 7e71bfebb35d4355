"""What a bucket's two decisions come to: whole numbers under names, added up in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.edition import Edition
from yibao.simulation.groups import Grouping
from yibao.simulation.job import own_of

Array = npt.NDArray[Any]
Key = tuple[str, ...]

# Changes of what a person pays, in fen, are counted between these.
_YUAN = 100
_STEPS = (1, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
EDGES = (
    *(-step * _YUAN for step in reversed(_STEPS)),
    0,
    1,
    *(step * _YUAN for step in _STEPS),
)
GAIN, LOSE, SAME = "gain", "lose", "same"
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount of every row before and after, in fen; `own` marks what the person bears."""

    before: Mapping[str, Array]
    after: Mapping[str, Array]
    own: str

    def change(self) -> Array:
        """How much more each row's person bears."""
        found: Array = self.after[self.own] - self.before[self.own]
        return found

    def kept(self, rows: Array) -> Amounts:
        """The rows that are answered."""
        return Amounts(
            {name: column[rows] for name, column in self.before.items()},
            {name: column[rows] for name, column in self.after.items()},
            self.own,
        )


@dataclass
class Sums:
    """Whole numbers by key. Adding is all that can be done to them."""

    numbers: Counter[Key] = field(default_factory=Counter)

    def add(self, *key: str, number: int) -> None:
        if number:
            self.numbers[key] += int(number)

    def merge(self, other: Sums) -> None:
        for key, number in other.numbers.items():
            self.numbers[key] += number

    def under(self, *prefix: str) -> dict[Key, int]:
        """What stands under a prefix, by the rest of the key."""
        size = len(prefix)
        return {key[size:]: n for key, n in self.numbers.items() if key[:size] == prefix}

    def as_json(self) -> list[list[Any]]:
        return [[list(key), number] for key, number in sorted(self.numbers.items())]

    @classmethod
    def from_json(cls, rows: Iterable[Any]) -> Sums:
        return cls(Counter({tuple(key): number for key, number in rows}))


def tally_people(sums: Sums, rule: str, amounts: Amounts, visits: Array) -> None:
    """Totals, who gains and loses, and the histogram of change."""
    change = amounts.change()
    sums.add(rule, "total", "persons", number=change.size)
    sums.add(rule, "total", "visits", number=int(visits.sum()))
    sums.add(rule, "total", "with_visits", number=int((visits > 0).sum()))
    _add_amounts(sums, (rule, "amount"), amounts, slice(None))
    for name, rows in moves(change):
        sums.add(rule, "moves", name, number=int(rows.sum()))
        sums.add(rule, "moved_fen", name, number=int(change[rows].sum()))
    places = bins(change)
    for place, persons in zip(*np.unique(places, return_counts=True)):
        sums.add(rule, "bin", str(place), number=persons)


def tally_groups(
    sums: Sums,
    rule: str,
    amounts: Amounts,
    person: Array,
    visits: Array,
    groupings: Iterable[Grouping],
) -> None:
    """The same for each group of rows. `person` and `visits` give each row's person and how many
    visits it stands for; a person counts once in each group with a row in it."""
    change = amounts.change()
    for grouping in groupings:
        rows, places = grouping.expanded()
        keys = len(grouping.keys)
        who, of = np.unique(person[rows].astype(np.int64) * keys + places, return_inverse=True)
        moved = _added(change[rows], of, who.size)
        group = who % keys
        found = {
            "persons": np.bincount(group, minlength=keys),
            "visits": _added(visits[rows], places, keys),
            **{name: np.bincount(group[at], minlength=keys) for name, at in moves(moved)},
        }
        for side, columns in ((BEFORE, amounts.before), (AFTER, amounts.after)):
            for name, column in columns.items():
                found[f"{name}.{side}"] = _added(column[rows], places, keys)
        for name, numbers in found.items():
            for key, number in zip(grouping.keys, numbers.tolist()):
                sums.add(rule, "group", grouping.by, key, name, number=number)


def _added(column: Array, places: Array, size: int) -> Array:
    """The sums of a column by place, in whole numbers."""
    found = np.zeros(size, np.int64)
    np.add.at(found, places, column.astype(np.int64, copy=False))
    return found


def tally_pairs(
    sums: Sums, rule: str, amounts: Amounts, pair: tuple[Array, Array], codes: tuple[str, ...]
) -> None:
    """Rows by the code they had and have: a class, a reason. The last code is none."""
    before, after = (np.minimum(part.astype(np.int64), len(codes) - 1) for part in pair)
    both = before * len(codes) + after
    for place in np.unique(both):
        rows = both == place
        head = (rule, "pair", codes[int(place) // len(codes)], codes[int(place) % len(codes)])
        sums.add(*head, "rows", number=int(rows.sum()))
        _add_amounts(sums, head, amounts, rows)


def bins(change: Array) -> Array:
    """The place of each change between the edges of the histogram."""
    found: Array = np.searchsorted(EDGES, change, side="right")
    return found


def amounts_of(editions: Sequence[Edition], values: Sequence[Mapping[str, Array]]) -> Amounts:
    """The outcomes in fen that both rulebooks have."""
    names = [
        name
        for name, type_ in editions[1].types.items()
        if type_.kind == "money" and name in editions[0].types
    ]
    before, after = (
        {name: columns[name].astype(np.int64, copy=False) for name in names} for columns in values
    )
    return Amounts(before, after, own_of(editions[1]))


def code_outcome(editions: Sequence[Edition]) -> tuple[str, tuple[str, ...]] | None:
    """The first outcome that is a code, a class or a reason, with its codes; the last is none."""
    for name, type_ in editions[1].types.items():
        if type_.kind == "code" and name in editions[0].types:
            return name, (*editions[1].codes[type_.of], "")
    return None


def moves(change: Array) -> tuple[tuple[str, Array], ...]:
    """Who gains, who loses, who stays: a person gains who bears less."""
    return (GAIN, change < 0), (LOSE, change > 0), (SAME, change == 0)


def _add_amounts(sums: Sums, head: Key, amounts: Amounts, rows: Any) -> None:
    for side, columns in ((BEFORE, amounts.before), (AFTER, amounts.after)):
        for name, column in columns.items():
            sums.add(*head, f"{name}.{side}", number=int(column[rows].sum()))
