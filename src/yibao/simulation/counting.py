"""Counts one bucket: both decisions of everybody in it, as sums. The same code wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.refusal import Refusal
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.scalar import EnsuresBroken, MissingFact, NoClauseHolds, NoneRead, Silent
from yibao.simulation.affected import most_affected
from yibao.simulation.buckets import Bucket, read_bucket
from yibao.simulation.deciding import Batch, decide_batch, reason_unanswered
from yibao.simulation.groups import NOT_RECORDED, person_groups, visit_groups
from yibao.simulation.job import Job, own_of
from yibao.simulation.tally import (
    AFTER,
    BEFORE,
    Amounts,
    Sums,
    tally_groups,
    tally_pairs,
    tally_people,
)

Array = npt.NDArray[Any]
SIDES = (BEFORE, AFTER)


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
        _count_rule(job, rule, found, counted)
    return counted


def _count_rule(job: Job, rule: str, bucket: Bucket, counted: Counted) -> None:
    editions = [job.edition(side, rule) for side in SIDES]
    batches = _decided(job, editions, bucket)
    lost = [_lost_people(edition, batch, bucket) for edition, batch in zip(editions, batches)]
    _count_unanswered(counted.sums, rule, editions, lost, bucket)
    rows = np.flatnonzero(~(lost[0] | lost[1]))
    by_row = _amounts(editions, batches)
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


def _amounts(editions: list[Edition], batches: list[Batch]) -> Amounts:
    """The outcomes in fen that both rulebooks have."""
    names = [
        name
        for name, type_ in editions[1].types.items()
        if type_.kind == "money" and name in editions[0].types
    ]
    before, after = (
        {name: batch.values[name].astype(np.int64, copy=False) for name in names}
        for batch in batches
    )
    return Amounts(before, after, own_of(editions[1]))


def code_outcome(edition: Edition) -> str | None:
    """The first outcome that is a code: a class, a reason."""
    return next((name for name, type_ in edition.types.items() if type_.kind == "code"), None)


def _kept(grouping: Any, rows: Array) -> Any:
    return type(grouping)(grouping.by, grouping.keys, grouping.members[rows])


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


def reason_of(refusal: Refusal | None) -> tuple[str, str, str]:
    """Code, name and reason of a refusal, without anything of the person's own."""
    match refusal:
        case Silent():
            return refusal.code, refusal.name, refusal.reason
        case MissingFact():
            return refusal.code, refusal.fact, ""
        case NoneRead() | NoClauseHolds():
            return refusal.code, refusal.step, ""
        case EnsuresBroken():
            return refusal.code, refusal.rule, ""
        case FactFaults():
            return refusal.code, "requires", "; ".join(refusal.lines)
        case None:
            return "", NOT_RECORDED, ""
        case _:
            return refusal.code, type(refusal).__name__, ""


def _count_pairs(
    sums: Sums,
    rule: str,
    amounts: Amounts,
    editions: list[Edition],
    batches: list[Batch],
    rows: Array,
) -> None:
    name = code_outcome(editions[1])
    if name is None or name not in editions[0].types:
        return
    codes = (*editions[1].codes[editions[1].types[name].of], "")
    pair = tuple(batch.values[name][rows] for batch in batches)
    tally_pairs(sums, rule, amounts, (pair[0], pair[1]), codes)
