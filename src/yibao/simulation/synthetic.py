"""A made-up population of any size, the same for the same seed: people, cover, a year of visits.

Every bucket is drawn from the seed and its own number, so that buckets can be made one by one. The
shares below are plausible, not measured; nobody is meant by anybody here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from yibao.core.rules import dates
from yibao.rulebook.national import divisions
from yibao.rulebook.regions import regions
from yibao.simulation.frame import Words
from yibao.simulation.partition import bucket_of, buckets_for
from yibao.simulation.people import Draw, people
from yibao.simulation.snapshot import PERSON, Snapshot, SnapshotWriter
from yibao.simulation.stays import visits

Array = npt.NDArray[Any]
Progress = Callable[[int, int], None]
MADE_BY = "synthetic"


def towns_of(region: str) -> tuple[str, ...]:
    """The codes of the towns and streets of a region; none for one without a division."""
    found = regions().get(region)
    if found is None:
        return ()
    table = divisions()
    counties = [found.division]
    if table.get(found.division).level == "city":
        counties = [county.code for county in table.children(found.division)]
    return tuple(town.code for county in counties for town in table.children(county))


def make_population(
    place: Path,
    *,
    words: Words,
    region: str,
    year: int,
    people_wanted: int,
    seed: int,
    buckets: int | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Make and write a population of this many people with about two visits each."""
    buckets = buckets or buckets_for(people_wanted)
    keys = np.arange(1, people_wanted + 1, dtype=np.int64)
    bucket = bucket_of(keys, buckets)
    order = np.argsort(bucket, kind="stable")
    edges = np.searchsorted(bucket[order], np.arange(buckets + 1))
    towns = towns_of(region)
    writer = SnapshotWriter(place)
    try:
        for at in range(buckets):
            mine = keys[order[edges[at] : edges[at + 1]]]
            draw = Draw(words, year, towns, np.random.SeedSequence([seed, at]), seed)
            writer.add(at, *_tables(draw, mine))
            if progress is not None:
                progress(at + 1, buckets)
    except BaseException:
        writer.abandon()
        raise
    return writer.finish(region=region, year=year, made_by=MADE_BY, buckets=buckets, seed=seed)


def _tables(draw: Draw, keys: Array) -> tuple[Any, Any]:
    import pyarrow as pa

    assert dates.year_start(draw.year) > 0, "the generator counts days from 1970"
    who = people(draw, keys)
    stays = visits(draw, keys, who)
    known = draw.words.facts
    persons, drawn = (
        pa.table({name: col for name, col in table.items() if name == PERSON or name in known})
        for table in (who.table(keys), stays)
    )
    return persons, drawn
