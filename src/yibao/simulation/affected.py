"""The people whom a proposal moves most, without saying who they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules.facts import to_json
from yibao.simulation.buckets import Bucket
from yibao.simulation.deciding import decide_person
from yibao.simulation.groups import AGE, COUNTY, NOT_RECORDED, Grouping
from yibao.simulation.job import SIDES, Job
from yibao.simulation.parting import Partings, Side
from yibao.simulation.partition import mixed
from yibao.simulation.tally import Amounts

Array = npt.NDArray[Any]
SHOWN = 100
_MASK_BYTES = 5
_IDENTITIES = "identities"


def masked(snapshot_hash: str, key: int) -> str:
    """A short name for a person, of one snapshot only; the key is not to be had back from it."""
    told = f"{snapshot_hash}:{key}".encode()
    return hashlib.blake2b(told, digest_size=_MASK_BYTES).hexdigest()


def most_affected(
    job: Job, rule: str, bucket: Bucket, amounts: Amounts, rows: Array, groupings: list[Grouping]
) -> list[dict[str, Any]]:
    """The most affected of a bucket, each with where and why the two decisions part.

    `rows` are the people that `amounts` stand for.
    """
    change = amounts.change()
    moved = np.flatnonzero(change)
    names = _ranked(job, bucket, rows, change, moved)
    by = {grouping.by: grouping for grouping in groupings}
    before, after = (Side(job.book(side), job.edition(side, rule)) for side in SIDES)
    partings = Partings(before, after)
    found = []
    for name, at in names:
        person = int(rows[at])
        decisions = zip(*(decide_person(side.edition, bucket, person) for side in (before, after)))
        found.append(
            {
                "person": name,
                "age": _group(by, AGE, person),
                "county": _group(by, COUNTY, person),
                "identities": _identities(bucket, person),
                "visits": len(bucket.visits_of(person)),
                "before_fen": int(amounts.before[amounts.own][at]),
                "after_fen": int(amounts.after[amounts.own][at]),
                "change_fen": int(change[at]),
                "parts": partings.of(decisions),
            }
        )
    return found


def first_of(listed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The most affected of all, in one order wherever they were found."""
    order = sorted(listed, key=lambda one: (-abs(one["change_fen"]), one["person"]))
    return [{"rank": at + 1, **one} for at, one in enumerate(order[:SHOWN])]


def _ranked(
    job: Job, bucket: Bucket, rows: Array, change: Array, moved: Array
) -> list[tuple[str, int]]:
    """Masked names and places of the most moved; ties go by a hash of the key."""
    keys = bucket.keys[rows[moved]]
    order = np.lexsort((mixed(keys), -np.abs(change[moved])))[:SHOWN]
    return [(masked(job.snapshot_hash, int(keys[at])), int(moved[at])) for at in order]


def _group(by: Mapping[str, Grouping], name: str, person: int) -> str:
    grouping = by.get(name)
    return grouping.keys[int(grouping.members[person])] if grouping else NOT_RECORDED


def _identities(bucket: Bucket, person: int) -> object:
    fact = bucket.persons.words.facts.get(_IDENTITIES)
    if fact is None or _IDENTITIES not in bucket.persons.values:
        return []
    return to_json(bucket.persons.row(person).values[_IDENTITIES], fact.type)
