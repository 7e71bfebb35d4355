"""Runs buckets on this machine: in this process, or in processes of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from yibao.simulation.counting import Counted, count_bucket
from yibao.simulation.job import Job
from yibao.simulation.refusals import WorkersLost

Work = Callable[[Job, int], Counted]
_TRIES = 3


def run_here(job: Job, buckets: Sequence[int], *, work: Work = count_bucket) -> Iterator[Counted]:
    """One bucket after the other, in this process."""
    for bucket in buckets:
        yield work(job, bucket)


def run_in_processes(
    job: Job, buckets: Sequence[int], *, workers: int, work: Work = count_bucket
) -> Iterator[Counted]:
    """In worker processes. When one dies, what may have killed it is run again, each alone.

    Raises WorkersLost where a bucket kills its process again and again.
    """
    waiting = list(buckets)
    while waiting:
        done: set[int] = set()
        try:
            for counted in _pooled(job, waiting, workers, work):
                done.add(counted.bucket)
                yield counted
        except BrokenProcessPool:
            waiting = [bucket for bucket in waiting if bucket not in done]
            # Work is handed out in order: one of the first was in the hands of who died.
            for bucket in waiting[:workers]:
                yield _alone(job, bucket, work)
            waiting = waiting[workers:]
        else:
            return


def _alone(job: Job, bucket: int, work: Work) -> Counted:
    for _ in range(_TRIES):
        try:
            return next(_pooled(job, [bucket], 1, work))
        except BrokenProcessPool:
            continue
    raise WorkersLost(bucket=bucket, times=_TRIES)


def _pooled(job: Job, buckets: list[int], workers: int, work: Work) -> Iterator[Counted]:
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        futures: set[Future[Counted]] = {pool.submit(work, job, bucket) for bucket in buckets}
        while futures:
            ready, futures = wait(futures, return_when=FIRST_COMPLETED)
            whole = [future for future in ready if not _broken(future)]
            for future in whole:
                yield future.result()
            if len(whole) < len(ready):
                raise BrokenProcessPool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _broken(future: Future[Counted]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)
