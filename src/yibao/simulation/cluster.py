"""Runs buckets on Ray: one task a bucket, retried when its process dies, counted once."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Sequence
from typing import Any

from yibao.core.refusal import Refusal
from yibao.simulation import libraries
from yibao.simulation.counting import Counted, count_bucket
from yibao.simulation.job import Job
from yibao.simulation.refusals import ClusterUnreachable, WorkersLost
from yibao.simulation.workers import Work

LOCAL = "ray"
OURS = "ray://auto"
_ATTACH = "auto"
_TRIES_AGAIN = 3
_STORE_BYTES = 200_000_000  # results are small; the population is read from files
# Read when Ray is imported, and by the processes that it starts.
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
# A node that is no cluster listens on the loopback address only; one given by name is not heeded.
_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


def run_on_ray(
    job: Job, buckets: Sequence[int], *, address: str, workers: int, work: Work = count_bucket
) -> Iterator[Counted]:
    """Run on a cluster, or for `ray` on one that is started here, bound to loopback, and ended.

    `ray://auto` is the cluster that this machine is a node of; `ray://host:port` one elsewhere,
    for which Ray's own extra `client` must be installed.

    Every node must see the snapshot's directory. Raises ExtraMissing, ClusterUnreachable,
    WorkersLost, and what the work raises.
    """
    ray = _connected(address, workers)
    try:
        yield from _tasks(ray, job, buckets, work)
    finally:
        ray.shutdown()


def _connected(address: str, workers: int) -> Any:
    for name, value in (_QUIET | _ALONE if address == LOCAL else _QUIET).items():
        os.environ.setdefault(name, value)
    ray = libraries.ray()
    try:
        if address == LOCAL:
            ray.init(
                address="local",
                num_cpus=workers,
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
                log_to_driver=False,
                logging_level="ERROR",
            )
        else:
            where = _ATTACH if address == OURS else address
            ray.init(address=where, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as wrong:
        why = str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__
        raise ClusterUnreachable(address=address, why=why) from wrong
    if address == LOCAL and not _keeps_to_itself(ray):
        ray.shutdown()
        why = "it would listen beyond the loopback address, since Ray was imported before"
        raise ClusterUnreachable(address=address, why=why)
    return ray


def _keeps_to_itself(ray: Any) -> bool:
    return ipaddress.ip_address(ray.util.get_node_ip_address()).is_loopback


def _tasks(ray: Any, job: Job, buckets: Sequence[int], work: Work) -> Iterator[Counted]:
    task = ray.remote(num_cpus=1, max_retries=_TRIES_AGAIN, retry_exceptions=False)(_done)
    shared = ray.put((job, work))
    running = {task.remote(shared, bucket): bucket for bucket in buckets}
    while running:
        ready, _ = ray.wait(list(running), num_returns=1)
        bucket = running.pop(ready[0])
        try:
            counted: Counted = ray.get(ready[0])
        except ray.exceptions.WorkerCrashedError as wrong:
            raise WorkersLost(bucket=bucket, times=_TRIES_AGAIN + 1) from wrong
        except ray.exceptions.RayTaskError as wrong:
            raise _cause(wrong) from wrong
        yield counted


def _done(shared: tuple[Job, Work], bucket: int) -> Counted:
    job, work = shared
    return work(job, bucket)


def _cause(wrong: Any) -> BaseException:
    """The refusal that a task raised, as it would be raised here."""
    cause = wrong.cause
    return cause if isinstance(cause, Refusal) else wrong
