"""Visits laid out for a fold without a loop over persons: by rounds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yibao.core.rules.encoding import Array


class Rounds:
    """Visits laid out round by round: first everyone's first, those with most visits in front."""

    def __init__(self, person_of: Array, persons: int) -> None:
        visits = len(person_of)
        self.visits, self.persons = visits, persons
        order, who = _by_person(person_of)
        first = np.ones(visits, np.bool_)
        np.not_equal(who[1:], who[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        sizes = np.diff(np.append(starts, visits))
        most = int(sizes.max(initial=0))
        front = np.argsort((most - sizes).astype(np.min_scalar_type(most)), kind="stable")
        self.who = who[starts[front]]  # the persons, those with most visits first
        self.live = np.cumsum(np.bincount(sizes, minlength=most + 1)[::-1])[::-1][1:]
        self.offsets = np.concatenate(([0], np.cumsum(self.live)))
        place = np.empty(len(front), np.int64)
        place[front] = np.arange(len(front))
        rank = np.arange(visits) - np.repeat(starts, sizes)
        self.sorted, self.same = order, ~first
        self.rows = np.empty(visits, np.int64)  # the visit that stands at each place
        self.rows[self.offsets[rank] + np.repeat(place, sizes)] = order

    def blocks(self, size: int) -> Iterator[tuple[slice, slice]]:
        """The visits of each block, and the persons whose they are."""
        for live, offset in zip(self.live.tolist(), self.offsets.tolist()):
            for start in range(0, live, size):
                stop = min(start + size, live)
                yield slice(offset + start, offset + stop), slice(start, stop)


def _by_person(person_of: Array) -> tuple[Array, Array]:
    """The visits grouped by person, each person's in their order, and whose they are."""
    visits = len(person_of)
    if visits and (person_of[1:] >= person_of[:-1]).all():
        return np.arange(visits), person_of
    key = person_of.astype(np.int64) << 32
    key |= np.arange(visits, dtype=np.int64)
    key.sort()  # one whole number sorts far faster than a stable argsort
    return key & 0xFFFFFFFF, key >> 32
