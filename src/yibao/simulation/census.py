"""A population counted into the cells of a rule: then a proposal is the rule on the cells.

Counted once; whatever the population, an answer costs as much as there are cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.cells import Cells, NoCells, NotCounted, cells
from yibao.simulation.buckets import Bucket, read_bucket
from yibao.simulation.frame import Frame
from yibao.simulation.groups import Grouping, person_groups
from yibao.simulation.job import SIDES, Job

Array = npt.NDArray[Any]
_KEPT_AT_MOST = 32
_made: dict[tuple[object, ...], Cells | None] = {}
_NOBODY: tuple[tuple[str, ...], Any, Any] = ((), None, None)


@dataclass(frozen=True, slots=True)
class Census:
    """People by cell: `numbers` are the cells that have anybody, in their order, `people` somebody
    of each; `persons`, `with_visits` and `visits` how many each stands for; `groups` the same by
    group, a column for each of its keys."""

    cells: Cells
    numbers: Array
    people: Frame
    persons: Array
    with_visits: Array
    visits: Array
    groups: Mapping[str, tuple[tuple[str, ...], Array, Array]]

    @property
    def size(self) -> int:
        """How many cells have anybody in them."""
        return int(self.numbers.size)


def cells_for(job: Job, rule: str) -> Cells | None:
    """The cells of a rule under both rulebooks of a job; None where it has none."""
    key = (*(job.edition(side, rule).text_hash for side in SIDES), rule, job.year, job.known)
    if key not in _made:
        if len(_made) >= _KEPT_AT_MOST:
            _made.clear()
        try:
            _made[key] = cells(*(job.edition(side, rule) for side in SIDES))
        except NoCells:
            _made[key] = None
    return _made[key]


def counted(
    bucket: Bucket, table: Cells, groupings: Iterable[Grouping]
) -> tuple[Census, Array] | None:
    """The census of a bucket, and the place of each person's cell; None where a fact that parts
    the cells was not recorded."""
    try:
        numbers = table.number(bucket.persons.columns())
    except NotCounted:
        return None
    found, first, place = np.unique(numbers, return_index=True, return_inverse=True)
    visits = np.bincount(bucket.person_of, minlength=bucket.persons.size)
    groups = {}
    for grouping in groupings:
        rows, keys = grouping.expanded()
        size = len(grouping.keys)
        where = place[rows] * size + keys
        persons = np.bincount(where, minlength=found.size * size)
        made = np.zeros(found.size * size, np.int64)
        np.add.at(made, where, visits[rows])
        groups[grouping.by] = (
            grouping.keys,
            persons.reshape(found.size, size),
            made.reshape(found.size, size),
        )
    recorded = {name: column[first] for name, column in bucket.persons.values.items()}
    census = Census(
        table,
        found,
        Frame(bucket.persons.words, found.size, recorded, {}),
        np.bincount(place, minlength=found.size),
        np.bincount(place[visits > 0], minlength=found.size),
        _added(place, visits, found.size),
        groups,
    )
    return census, place


def take_census(job: Job, rule: str) -> Census | None:
    """Count a whole population into the cells of a rule; None where it has none."""
    table = cells_for(job, rule)
    if table is None:
        return None
    snapshot = job.population()
    found: Census | None = None
    for at in range(snapshot.manifest.buckets):
        bucket = read_bucket(snapshot, job.words(), at)
        one = counted(bucket, table, person_groups(bucket, job.year))
        if one is None:
            return None
        found = one[0] if found is None else merged(found, one[0])
    return found


def merged(one: Census, other: Census) -> Census:
    """Both together."""
    both = np.concatenate([one.numbers, other.numbers])
    numbers, first = np.unique(both, return_index=True)
    at = [np.searchsorted(numbers, census.numbers) for census in (one, other)]

    def summed(*parts: Array) -> Array:
        total = np.zeros(numbers.size, np.int64)
        for place, part in zip(at, parts):
            total[place] += part
        return total

    people = {
        name: np.concatenate([column, other.people.values[name]])[first]
        for name, column in one.people.values.items()
    }
    return Census(
        one.cells,
        numbers,
        Frame(one.people.words, numbers.size, people, {}),
        summed(one.persons, other.persons),
        summed(one.with_visits, other.with_visits),
        summed(one.visits, other.visits),
        _merged_groups(one, other, numbers, at),
    )


def _merged_groups(
    one: Census, other: Census, numbers: Array, at: list[Array]
) -> dict[str, tuple[tuple[str, ...], Array, Array]]:
    """Groups may have other keys in other buckets: a town without anybody there."""
    found = {}
    for by in dict.fromkeys([*one.groups, *other.groups]):
        sides = [census.groups.get(by, _NOBODY) for census in (one, other)]
        keys = tuple(dict.fromkeys([*sides[0][0], *sides[1][0]]))
        place = {key: column for column, key in enumerate(keys)}
        made = [np.zeros((numbers.size, len(keys)), np.int64) for _ in ("persons", "visits")]
        for places, (own, *parts) in zip(at, sides):
            columns = [place[key] for key in own]
            for total, part in zip(made, parts):
                if part is not None:
                    total[np.ix_(places, np.array(columns))] += part
        found[by] = (keys, made[0], made[1])
    return found


def _added(places: Array, numbers: Array, size: int) -> Array:
    found = np.zeros(size, np.int64)
    np.add.at(found, places, numbers)
    return found
