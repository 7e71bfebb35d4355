"""Counts one bucket: both decisions of everybody in it, as sums. The same code wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.edition import Edition
from yibao.simulation.affected import most_affected
from yibao.simulation.buckets import Bucket, read_bucket
from yibao.simulation.cells import answered
from yibao.simulation.census import cells_for
from yibao.simulation.census import counted as counted_into_cells
from yibao.simulation.deciding import SCALAR, Batch, decide_batch, reason_unanswered
from yibao.simulation.groups import Grouping, person_groups, visit_groups
from yibao.simulation.job import SIDES, Job
from yibao.simulation.reasons import reason_of
from yibao.simulation.tally import (
    Amounts,
    Sums,
    amounts_of,
    code_outcome,
    tally_groups,
    tally_pairs,
    tally_people,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a bucket came to."""

    bucket: int
    sums: Sums
    affected: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"bucket": self.bucket, "sums": self.sums.as_json(), "affected": self.affected}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Counted:
        return cls(data["bucket"], Sums.from_json(data["sums"]), data["affected"])


def count_bucket(job: Job, bucket: int) -> Counted:
    """Read, decide and count one bucket. Raises what `read_bucket` raises."""
    found = read_bucket(job.population(), job.words(), bucket)
    counted = Counted(bucket, Sums())
    for rule in job.rules():
        if job.reader == SCALAR or not _count_cells(job, rule, found, counted):
            _count_rows(job, rule, found, counted)
    return counted


def _count_cells(job: Job, rule: str, bucket: Bucket, counted: Counted) -> bool:
    """Answer a rule on its cells; False where it has none."""
    table = cells_for(job, rule)
    groupings = person_groups(bucket, job.year)
    found = None if table is None else counted_into_cells(bucket, table, groupings)
    if found is None:
        return False
    census, cell = found
    told = answered(job, rule, census)
    counted.sums.merge(told.sums)
    rows = np.flatnonzero(~told.lost[cell])
    people = told.amounts.kept(cell[rows])
    counted.affected[rule] = most_affected(job, rule, bucket, people, rows, groupings)
    return True


def _count_rows(job: Job, rule: str, bucket: Bucket, counted: Counted) -> None:
    """Answer a rule row by row."""
    editions = [job.edition(side, rule) for side in SIDES]
    batches = _decided(job, editions, bucket)
    lost = [_lost_people(edition, batch, bucket) for edition, batch in zip(editions, batches)]
    _count_unanswered(counted.sums, rule, editions, lost, bucket)
    rows = np.flatnonzero(~(lost[0] | lost[1]))
    by_row = amounts_of(editions, [batch.values for batch in batches])
    visits = np.bincount(bucket.person_of, minlength=bucket.persons.size)
    people = by_row if editions[1].fold is None else _by_person(by_row, bucket)
    people = people.kept(rows)
    groupings = person_groups(bucket, job.year)
    tally_people(counted.sums, rule, people, visits[rows])
    kept = [_kept(grouping, rows) for grouping in groupings]
    tally_groups(counted.sums, rule, people, np.arange(rows.size), visits[rows], kept)
    lines = rows
    if editions[1].fold is not None:
        lines = np.flatnonzero(~(lost[0] | lost[1])[bucket.person_of])
        of_visits = [_kept(grouping, lines) for grouping in visit_groups(bucket)]
        ones = np.ones(lines.size, np.int64)
        whose = bucket.person_of[lines]
        tally_groups(counted.sums, rule, by_row.kept(lines), whose, ones, of_visits)
    _count_pairs(counted.sums, rule, by_row.kept(lines), editions, batches, lines)
    counted.affected[rule] = most_affected(job, rule, bucket, people, rows, groupings)


def _decided(job: Job, editions: list[Edition], bucket: Bucket) -> list[Batch]:
    """Both decisions; one where the proposal leaves this rule as it is."""
    first = decide_batch(editions[0], bucket, reader=job.reader)
    if editions[0].sense_hash == editions[1].sense_hash:
        return [first, first]
    return [first, decide_batch(editions[1], bucket, reader=job.reader)]


def _kept(grouping: Grouping, rows: Array) -> Grouping:
    return Grouping(grouping.by, grouping.keys, grouping.members[rows])


def _by_person(amounts: Amounts, bucket: Bucket) -> Amounts:
    def summed(columns: dict[str, Array]) -> dict[str, Array]:
        found = {}
        for name, column in columns.items():
            found[name] = np.zeros(bucket.persons.size, np.int64)
            np.add.at(found[name], bucket.person_of, column)
        return found

    return Amounts(summed(dict(amounts.before)), summed(dict(amounts.after)), amounts.own)


def _lost_people(edition: Edition, batch: Batch, bucket: Bucket) -> Array:
    """Who cannot be answered: with one visit in doubt, nor can the rest of the year be."""
    if edition.fold is None:
        return batch.unanswered
    lost = np.zeros(bucket.persons.size, np.bool_)
    lost[bucket.person_of[batch.unanswered]] = True
    return lost


def _count_unanswered(
    sums: Sums, rule: str, editions: list[Edition], lost: list[Array], bucket: Bucket
) -> None:
    """Each person left out, once, by the reason of the side that is asked first."""
    either = np.flatnonzero(lost[0] | lost[1])
    for person in either.tolist():
        side = 0 if lost[0][person] else 1
        refusal = reason_unanswered(editions[side], bucket, person)
        why = reason_of(refusal)
        sums.add(rule, "unanswered", SIDES[side], *why, "persons", number=1)
        visits = len(bucket.visits_of(person))
        sums.add(rule, "unanswered", SIDES[side], *why, "visits", number=visits)


def _count_pairs(
    sums: Sums,
    rule: str,
    amounts: Amounts,
    editions: list[Edition],
    batches: list[Batch],
    rows: Array,
) -> None:
    found = code_outcome(editions)
    if found is not None:
        name, codes = found
        before, after = (batch.values[name][rows] for batch in batches)
        tally_pairs(sums, rule, amounts, (before, after), codes)
