"""Takes a population from rows of JSON facts, as registers give them one by one, into a snapshot.

What a person's record does not say is presumed here, as the rulebook presumes, so that every row of
a column has an answer; a column about which no row says anything is left out: not recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from yibao.core.rules.declarations import Fact
from yibao.core.rules.encoding import given_or_presumed
from yibao.core.rules.facts import read_fact
from yibao.core.rules.values import Misread
from yibao.simulation.buckets import ORDER
from yibao.simulation.frame import BETWEEN, Words, arrow_type
from yibao.simulation.libraries import parquet
from yibao.simulation.partition import bucket_of, buckets_for
from yibao.simulation.refusals import RowWrong
from yibao.simulation.snapshot import PERSON, PERSONS, VISITS, Snapshot, SnapshotWriter

MADE_BY = "database"
_AT_ONCE = 20_000
_WIDTHS = {
    "bool": "bool_",
    "int64": "int64",
    "int32": "int32",
    "int16": "int16",
    "string": "string",
}
Row = tuple[str, int, Mapping[str, object]]


def take(
    place: Path,
    *,
    words: Words,
    region: str,
    year: int,
    people: int,
    rows: Iterable[Row],
) -> Snapshot:
    """Write a snapshot of rows in any order: "persons" or "visits", the person's key, facts in JSON
    form. `people` is about how many there are; it decides the number of buckets.

    Facts that the rulebook has no word for are left out. Raises ExtraMissing, RowWrong.
    """
    parquet()
    buckets = buckets_for(people)
    parts = {name: _Part(words, name, buckets) for name in (PERSONS, VISITS)}
    for part, key, facts in rows:
        parts[part].add(key, facts)
    writer = SnapshotWriter(place)
    try:
        for bucket in range(buckets):
            writer.add(bucket, parts[PERSONS].table(bucket), parts[VISITS].table(bucket))
        return writer.finish(region=region, year=year, made_by=MADE_BY, buckets=buckets)
    except BaseException:
        writer.abandon()
        raise


class _Part:
    """The persons, or the visits: rows on their way into buckets, as Arrow tables."""

    def __init__(self, words: Words, name: str, buckets: int) -> None:
        self.words, self.name, self.buckets = words, name, buckets
        per_visit = name == VISITS
        self.facts = {
            name: fact
            for name, fact in words.facts.items()
            if fact.per_visit is per_visit
            and fact.type.kind not in ("period", "rounding", "levels")
        }
        # Even where nobody was treated, a snapshot has the columns that visits are sorted by.
        self.said: set[str] = set(ORDER) if per_visit else set()
        self.tables: dict[int, list[Any]] = defaultdict(list)
        self.batch: list[tuple[int, dict[str, object]]] = []
        self.rows = 0

    def add(self, key: int, facts: Mapping[str, object]) -> None:
        self.rows += 1
        self.batch.append((key, self._read(facts)))
        if len(self.batch) == _AT_ONCE:
            self._spread()

    def table(self, bucket: int) -> Any:
        """A bucket's rows, sorted, with the columns that any row says something about."""
        import pyarrow as pa

        self._spread()
        names = [PERSON, *(name for name in self.facts if name in self.said)]
        found = self.tables.get(bucket)
        if not found:
            return self._arrow([], []).select(names)
        whole = pa.concat_tables(found).unify_dictionaries().combine_chunks().select(names)
        keys = (PERSON, *(name for name in ORDER if name in names))
        return whole.sort_by([(name, "ascending") for name in keys])

    def _spread(self) -> None:
        """Put what waits into the buckets."""
        keys = [key for key, _ in self.batch]
        if not keys:
            return
        table = self._arrow(keys, [row for _, row in self.batch])
        where = bucket_of(np.array(keys, np.int64), self.buckets)
        for bucket in np.unique(where).tolist():
            self.tables[bucket].append(table.take(np.flatnonzero(where == bucket)))
        self.batch = []

    def _read(self, facts: Mapping[str, object]) -> dict[str, object]:
        """One row's facts as the engine counts them. Raises RowWrong."""
        given: dict[str, object] = {}
        for name, value in facts.items():
            fact = self.facts.get(name)
            if fact is None:
                continue
            try:
                given[name] = read_fact(fact, value, self.words.codes)
            except Misread as wrong:
                raise self._wrong(name, str(wrong)) from wrong
        self.said |= given.keys()
        return given

    def _arrow(self, keys: list[int], rows: list[dict[str, object]]) -> Any:
        import pyarrow as pa

        columns: dict[str, Any] = {PERSON: pa.array(keys, pa.int64())}
        for name, fact in self.facts.items():
            columns[name] = self._column(fact, rows)
        return pa.table(columns)

    def _column(self, fact: Fact, rows: list[dict[str, object]]) -> Any:
        import pyarrow as pa

        values = []
        for row in rows:
            given, value = given_or_presumed(self.words.facts, fact.name, row)
            if not given and fact.name in self.said:
                raise self._wrong(fact.name, "nothing is recorded, and nothing is presumed")
            values.append(self._stored(fact, value))
        kind = arrow_type(fact)
        if kind.startswith("dictionary"):
            return pa.array(values, pa.string()).dictionary_encode()
        if kind.startswith("date32"):
            return pa.array(values, pa.int32()).cast(pa.date32())
        if kind.startswith("timestamp"):
            return pa.array(values, pa.int64()).cast(pa.timestamp("s"))
        return pa.array(values, getattr(pa, _WIDTHS[kind])())

    def _stored(self, fact: Fact, value: object) -> object:
        if isinstance(value, frozenset):
            order = {code: at for at, code in enumerate(self.words.codes[fact.type.of])}
            return BETWEEN.join(sorted(value, key=order.__getitem__))
        return value

    def _wrong(self, name: str, why: str) -> RowWrong:
        return RowWrong(file=self.name, row=self.rows, column=name, why=why, why_en=why)
