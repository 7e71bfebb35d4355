"""Runs a job over its buckets, here or on a cluster, and puts the counts together."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

from yibao.simulation.assembly import section
from yibao.simulation.cluster import run_on_ray
from yibao.simulation.counting import Counted, count_bucket
from yibao.simulation.job import BENEFIT, CONTRIBUTION, SIDES, Job
from yibao.simulation.ledger import Ledger
from yibao.simulation.outcome import Outcome
from yibao.simulation.tally import Sums
from yibao.simulation.workers import Work, run_here, run_in_processes

LOCAL = "local"
Progress = Callable[[int, int], None]
Clock = Callable[[], float]
_MILLI = 1000
_LIBRARIES = ("yibao", "numpy", "pyarrow", "numba", "ray")


def run(
    job: Job,
    *,
    on: str = LOCAL,
    workers: int = 1,
    out: Path | None = None,
    progress: Progress | None = None,
    clock: Clock = time.perf_counter,
    work: Work = count_bucket,
) -> Outcome:
    """Run what is still to be run, and return the result; a kept one is returned as it is.

    `on` is "local", "ray" (one that is started here) or the address of a cluster. With `out`,
    finished buckets and the result are kept there. Raises AnotherRun, WorkersLost,
    ClusterUnreachable, ExtraMissing, and what reading the snapshot raises: then there is no result.
    """
    started = clock()
    ledger = Ledger(out, job.fingerprint())
    kept = ledger.result()
    if kept is not None:
        return Outcome.from_json(kept)
    buckets = job.population().manifest.buckets
    waiting = ledger.waiting(buckets)
    told(progress, buckets - len(waiting), buckets)
    for counted in _counted(job, waiting, on, workers, work):
        ledger.keep(counted)
        told(progress, len(ledger.found), buckets)
    spent = int((clock() - started) * _MILLI)
    how = {
        "on": on,
        "workers": workers,
        "reader": job.reader,
        "milliseconds": spent,
        "resumed_buckets": ledger.resumed,
    }
    outcome = assembled(job, [ledger.found[bucket] for bucket in range(buckets)], how)
    ledger.keep_result(outcome.to_json())
    return outcome


def told(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def assembled(job: Job, counts: Sequence[Counted], how: dict[str, object]) -> Outcome:
    """Put the counts of all buckets together, in the order of the buckets."""
    sums = Sums()
    for counted in counts:
        sums.merge(counted.sums)
    sections = {
        rule: section(
            job, rule, sums, chain.from_iterable(found.affected.get(rule, ()) for found in counts)
        )
        for rule in job.rules()
    }
    manifest = job.population().manifest
    return Outcome(
        region=job.region,
        year=job.year,
        known=job.known.isoformat() if job.known else None,
        proposal=asdict(job.proposal),
        rulebooks={
            side: {
                "text": job.book(side).text_hash,
                "sense": {rule: job.edition(side, rule).sense_hash for rule in sections},
            }
            for side in SIDES
        },
        snapshot={
            "hash": job.snapshot_hash,
            **{
                name: getattr(manifest, name)
                for name in ("schema", "made_by", "seed", "buckets", "persons", "visits")
            },
        },
        contribution=sections.get(CONTRIBUTION),
        benefit=sections.get(BENEFIT),
        versions=_versions(),
        run=how,
    ).hashed()


def _counted(
    job: Job, buckets: Sequence[int], on: str, workers: int, work: Work
) -> Iterator[Counted]:
    if not buckets:
        return iter(())
    if on != LOCAL:
        return run_on_ray(job, buckets, address=on, workers=workers, work=work)
    if workers > 1:
        return run_in_processes(job, buckets, workers=workers, work=work)
    return run_here(job, buckets, work=work)


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = None
    return found
