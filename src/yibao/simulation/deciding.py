"""Decides a batch of rows under one rulebook: by the compiled reader, the columns, or one by one.

The one-by-one reader is the oracle of the tests; it also names why a row stays unanswered.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.refusal import Refusal
from yibao.core.rules import fold, scalar
from yibao.core.rules.declarations import Fact
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import NO_CODE, number_of
from yibao.core.rules.reduce import reduce_edition
from yibao.simulation.buckets import Bucket
from yibao.simulation.frame import Frame

Array = npt.NDArray[Any]
COMPILED, COLUMNS, SCALAR = "compiled", "columns", "scalar"
_NONE = np.iinfo(np.int64).min
_KEPT_AT_MOST = 64
_read: dict[tuple[object, ...], frozenset[str]] = {}


@dataclass(frozen=True, slots=True)
class Batch:
    """Outcomes by name, a row each: money in fen, codes by their number (255: none); and the rows
    that columns could not answer."""

    values: Mapping[str, Array]
    unanswered: Array


def best_reader() -> str:
    """The fastest reader that is installed here."""
    try:
        importlib.import_module("numba")
    except ImportError:
        return COLUMNS
    return COMPILED


def decide_batch(edition: Edition, bucket: Bucket, *, reader: str) -> Batch:
    """Decide everybody of a bucket, or for a fold every visit."""
    if reader == SCALAR:
        return _one_by_one(edition, bucket)
    if edition.fold is None:
        return decide_rows(edition, bucket.persons, reader=reader)
    read, kept = _reader(reader)
    persons, visits = bucket.persons.columns(), bucket.visits.columns()
    decided = read.fold_columns(edition, persons, visits, bucket.person_of, **kept)
    return Batch(decided.values, decided.unanswered)


def decide_rows(edition: Edition, persons: Frame, *, reader: str) -> Batch:
    """Decide rows by a rule that is no fold, by columns or compiled."""
    read, kept = _reader(reader)
    decided = read.decide(edition, persons.columns(), **kept)
    return Batch(decided.values, decided.unanswered)


def decide_person(edition: Edition, bucket: Bucket, person: int) -> Iterator[scalar.Decision]:
    """One person's decisions by the scalar reader, a visit each for a fold; raises as it does."""
    wanted = _facts_read(edition)
    known = bucket.persons.row(person, wanted)
    if edition.fold is None:
        yield scalar.decide(edition, known)
        return
    state = fold.first_state(edition)
    for at in bucket.visits_of(person):
        decision, state = fold.step(edition, known, bucket.visits.row(at, wanted), state)
        yield decision


def _facts_read(edition: Edition) -> frozenset[str]:
    """The facts that a rule reads, and those that stand for them where they are absent."""
    key = (edition.text_hash, edition.rule, edition.year, edition.known)
    if key not in _read:
        found: set[str] = set()
        for name in reduce_edition(edition).facts:
            fact: Fact | None = edition.facts[name]
            while fact is not None and fact.name not in found:
                found.add(fact.name)
                fact = edition.facts.get(fact.absent.fact) if fact.absent else None
        if len(_read) >= _KEPT_AT_MOST:
            _read.clear()
        _read[key] = frozenset(found)
    return _read[key]


def reason_unanswered(edition: Edition, bucket: Bucket, person: int) -> Refusal | None:
    """Why the scalar reader cannot answer a person; None where it can."""
    try:
        for _ in decide_person(edition, bucket, person):
            pass
    except Refusal as refusal:
        return refusal
    return None


def _reader(name: str) -> tuple[ModuleType, dict[str, Any]]:
    """The module of a reader of many rows, and what else it is to be given."""
    if name == COLUMNS:
        return importlib.import_module("yibao.core.rules.columns"), {}
    shelf = importlib.import_module("yibao.simulation.shelf").SHELF
    return importlib.import_module("yibao.core.rules.compiled"), {"shelf": shelf}


def _one_by_one(edition: Edition, bucket: Bucket) -> Batch:
    rows = bucket.persons.size if edition.fold is None else bucket.visits.size
    values = {name: np.zeros(rows, np.int64) for name in edition.types}
    unanswered = np.zeros(rows, np.bool_)
    for person in range(bucket.persons.size):
        places = range(person, person + 1) if edition.fold is None else bucket.visits_of(person)
        decisions = decide_person(edition, bucket, person)
        for at in places:
            try:
                decision = next(decisions)
            except Refusal:
                unanswered[at : places.stop] = True
                break
            for name, value in decision.result.items():
                values[name][at] = _number(edition, name, value)
    return Batch(values, unanswered)


def _number(edition: Edition, name: str, value: object) -> int:
    type_ = edition.types[name]
    found = number_of(value, type_, edition.codes)
    if found is not None:
        return int(found)
    return NO_CODE if type_.kind == "code" else int(_NONE)
