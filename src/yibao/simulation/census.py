"""A population counted into the cells of a rule: then a proposal is the rule on the cells.

Counted once; whatever the population, an answer costs as much as there are cells. Each cell is
stood for by one person of it, with the facts that the rule reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.simulation.buckets import Bucket, read_bucket
from yibao.simulation.cuts import Cuts, cuts_of
from yibao.simulation.frame import Frame
from yibao.simulation.groups import Grouping, person_groups
from yibao.simulation.job import SIDES, Job

Array = npt.NDArray[Any]
_NOBODY: tuple[tuple[str, ...], Any, Any] = ((), None, None)


@dataclass(frozen=True, slots=True)
class Census:
    """People by cell. `numbers` are the cells' own, `people` one person of each; `persons`,
    `with_visits` and `visits` how many a cell stands for; `groups` the same by group, a column for
    each of its keys."""

    cuts: Cuts
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


def cuts_for(job: Job, rule: str) -> Cuts | None:
    """The cuts of a rule under both rulebooks of a job; None where it has no cells."""
    return cuts_of(job.edition(side, rule) for side in SIDES)


def counted(
    bucket: Bucket, cuts: Cuts, groupings: Iterable[Grouping]
) -> tuple[Census, Array] | None:
    """The census of a bucket, and the place of each person's cell; None if cells are too many."""
    numbers = cuts.numbers(bucket.persons.values, bucket.persons.size)
    if numbers is None:
        return None
    cells, first, place = np.unique(numbers, return_index=True, return_inverse=True)
    visits = np.bincount(bucket.person_of, minlength=bucket.persons.size)
    groups = {}
    for grouping in groupings:
        rows, keys = grouping.expanded()
        size = len(grouping.keys)
        where = place[rows] * size + keys
        persons = np.bincount(where, minlength=cells.size * size)
        made = np.zeros(cells.size * size, np.int64)
        np.add.at(made, where, visits[rows])
        groups[grouping.by] = (
            grouping.keys,
            persons.reshape(cells.size, size),
            made.reshape(cells.size, size),
        )
    recorded = bucket.persons.values
    columns = {name: recorded[name][first] for name in cuts.of if name in recorded}
    census = Census(
        cuts,
        cells,
        Frame(bucket.persons.words, cells.size, columns, {}),
        np.bincount(place, minlength=cells.size),
        np.bincount(place[visits > 0], minlength=cells.size),
        _added(place, visits, cells.size),
        groups,
    )
    return census, place


def take_census(job: Job, rule: str) -> Census | None:
    """Count a whole population into the cells of a rule; None where it has none."""
    cuts = cuts_for(job, rule)
    snapshot = job.population()
    found: Census | None = None
    for at in range(snapshot.manifest.buckets if cuts is not None else 0):
        assert cuts is not None
        bucket = read_bucket(snapshot, job.words(), at)
        one = counted(bucket, cuts, person_groups(bucket, job.year))
        if one is None:
            return None
        found = one[0] if found is None else merged(found, one[0])
    return found


def merged(one: Census, other: Census) -> Census:
    """Both together."""
    numbers, first = np.unique(np.concatenate([one.numbers, other.numbers]), return_index=True)
    at = [np.searchsorted(numbers, census.numbers) for census in (one, other)]

    def summed(parts: tuple[Array, Array]) -> Array:
        total = np.zeros((numbers.size, *parts[0].shape[1:]), np.int64)
        for place, part in zip(at, parts):
            total[place] += part
        return total

    columns = {
        name: np.concatenate([column, other.people.values[name]])[first]
        for name, column in one.people.values.items()
    }
    return Census(
        one.cuts,
        numbers,
        Frame(one.people.words, numbers.size, columns, {}),
        summed((one.persons, other.persons)),
        summed((one.with_visits, other.with_visits)),
        summed((one.visits, other.visits)),
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
        for cells, (own, *parts) in zip(at, sides):
            columns = [place[key] for key in own]
            for total, part in zip(made, parts):
                if part is not None:
                    total[np.ix_(cells, np.array(columns))] += part
        found[by] = (keys, made[0], made[1])
    return found


def _added(places: Array, numbers: Array, size: int) -> Array:
    found = np.zeros(size, np.int64)
    np.add.at(found, places, numbers)
    return found
