"""Reads one bucket of a snapshot, and refuses what cannot be a population, naming the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules import dates
from yibao.simulation.frame import Frame, Words, encode
from yibao.simulation.partition import bucket_of
from yibao.simulation.refusals import (
    OutOfOrder,
    PersonMissing,
    RowWrong,
    SchemaWrong,
    VisitTwice,
    WrongBucket,
)
from yibao.simulation.snapshot import PERSON, PERSONS, VISITS, Snapshot

Array = npt.NDArray[Any]
ORDER = "discharged_on", "number"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket's people and their visits. `person_of` gives each visit's row among the people."""

    keys: Array
    persons: Frame
    visits: Frame
    person_of: Array

    def visits_of(self, person: int) -> range:
        """The rows of a person's visits, in order."""
        # In the width of the column, so that it is not copied for each person.
        ends = np.array((person, person + 1), self.person_of.dtype)
        first, last = np.searchsorted(self.person_of, ends)
        return range(int(first), int(last))


def read_bucket(snapshot: Snapshot, words: Words, bucket: int) -> Bucket:
    """Read and check a bucket. Raises FileChanged, SnapshotUnreadable, SchemaWrong, RowWrong,
    OutOfOrder, WrongBucket, PersonMissing, VisitTwice."""
    file, table = snapshot.table(PERSONS, bucket)
    keys = _keys(file, table)
    _check_people(file, keys, bucket, snapshot.manifest.buckets)
    persons = encode(words, table, file=file, beside=(PERSON,))
    file, table = snapshot.table(VISITS, bucket)
    of = _keys(file, table)
    visits = encode(words, table, file=file, beside=(PERSON,))
    _check_sides(file, words, persons, visits)
    person_of = _places(file, of, keys)
    _check_visits(file, of, visits)
    _check_year(file, visits, snapshot.manifest.year)
    return Bucket(keys, persons, visits, person_of)


def _keys(file: str, table: Any) -> Array:
    if PERSON not in table.column_names:
        raise SchemaWrong(file=file, column=PERSON, why="缺少", why_en="is lacking")
    column = table.column(PERSON)
    if str(column.type) != "int64":
        raise SchemaWrong(
            file=file,
            column=PERSON,
            why=f"的类型是 {column.type},应为 int64",
            why_en=f"is {column.type}, it must be int64",
        )
    if column.null_count:
        row = int(np.argmax(column.combine_chunks().is_null().to_numpy(zero_copy_only=False)))
        raise RowWrong(
            file=file, row=row + 1, column=PERSON, why="不得为空", why_en="null is no answer here"
        )
    found: Array = column.to_numpy()
    return found


def _check_people(file: str, keys: Array, bucket: int, buckets: int) -> None:
    late = np.flatnonzero(keys[1:] <= keys[:-1])
    if late.size:
        row = int(late[0]) + 1
        if keys[row] == keys[row - 1]:
            raise RowWrong(
                file=file,
                row=row + 1,
                column=PERSON,
                why=f"人员 {keys[row]} 重复",
                why_en=f"person {keys[row]} stands twice",
            )
        raise OutOfOrder(file=file, row=row + 1, column=PERSON)
    right = bucket_of(keys, buckets)
    strays = np.flatnonzero(right != bucket)
    if strays.size:
        row = int(strays[0])
        raise WrongBucket(file=file, row=row + 1, person=int(keys[row]), bucket=int(right[row]))


def _check_sides(file: str, words: Words, persons: Frame, visits: Frame) -> None:
    """A visit's facts stand with the visits, a person's with the persons."""
    for frame, per_visit in ((persons, False), (visits, True)):
        for name in (*frame.values, *frame.texts):
            if words.facts[name].per_visit is not per_visit:
                raise SchemaWrong(
                    file=file,
                    column=name,
                    why="应在就诊表" if not per_visit else "应在人员表",
                    why_en=f"belongs with the {'persons' if per_visit else 'visits'}",
                )
    for name in ORDER:
        if name not in visits.values and name not in visits.texts:
            raise SchemaWrong(file=file, column=name, why="缺少", why_en="is lacking")


def _places(file: str, of: Array, keys: Array) -> Array:
    places = np.searchsorted(keys, of)
    if keys.size == 0:
        lost = np.arange(of.size)
    else:
        lost = np.flatnonzero(keys[np.minimum(places, keys.size - 1)] != of)
    if lost.size:
        row = int(lost[0])
        raise PersonMissing(file=file, row=row + 1, person=int(of[row]))
    return places.astype(np.int32)


def _check_visits(file: str, of: Array, visits: Frame) -> None:
    """Sorted by person, day of discharge, number; no number twice."""
    days, numbers = visits.values[ORDER[0]], visits.texts[ORDER[1]]
    _check_numbers(file, numbers)
    late = np.flatnonzero(of[1:] < of[:-1])
    if late.size:
        raise OutOfOrder(file=file, row=int(late[0]) + 2, column=PERSON)
    same = of[1:] == of[:-1]
    late = np.flatnonzero(same & (days[1:] < days[:-1]))
    if late.size:
        raise OutOfOrder(file=file, row=int(late[0]) + 2, column=ORDER[0])
    for at in np.flatnonzero(same & (days[1:] == days[:-1])):
        if numbers[int(at) + 1].as_py() < numbers[int(at)].as_py():
            raise OutOfOrder(file=file, row=int(at) + 2, column=ORDER[1])


def _check_year(file: str, visits: Frame, year: int) -> None:
    """A snapshot holds one insured year: that of the discharge."""
    days = visits.values[ORDER[0]]
    outside = np.flatnonzero((days < dates.year_start(year)) | (days > dates.year_end(year)))
    if outside.size:
        raise RowWrong(
            file=file,
            row=int(outside[0]) + 1,
            column=ORDER[0],
            why=f"不在 {year} 年内",
            why_en=f"is not in {year}",
        )


def _check_numbers(file: str, numbers: Any) -> None:
    if numbers.null_count:
        row = int(np.argmax(numbers.is_null().to_numpy(zero_copy_only=False)))
        raise RowWrong(
            file=file, row=row + 1, column=ORDER[1], why="不得为空", why_en="a visit has a number"
        )
    coded = numbers.dictionary_encode()
    if len(coded.dictionary) == len(numbers):
        return
    places = coded.indices.to_numpy()
    _, firsts = np.unique(places, return_index=True)
    repeats = np.ones(places.size, np.bool_)
    repeats[firsts] = False
    row = int(np.argmax(repeats))
    first = int(firsts[places[row]])
    raise VisitTwice(file=file, row=row + 1, number=numbers[row].as_py(), first=first + 1)
