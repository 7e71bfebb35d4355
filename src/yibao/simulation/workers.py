"""Runs buckets on this machine: in this process, or in processes of its own.

Each process is asked for one bucket at a time over a pipe of its own, so that it is known what was
in the hands of one that died. (The pool of the standard library may wait for ever where a process
is killed while it is being fed, in the Python that Debian 12 ships.)
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from yibao.simulation.counting import Counted, count_bucket
from yibao.simulation.job import Job
from yibao.simulation.refusals import WorkersLost

Work = Callable[[Job, int], Counted]
_TRIES = 3
_SPAWNED = multiprocessing.get_context("spawn")
_GONE = (EOFError, ConnectionError)


def run_here(job: Job, buckets: Sequence[int], *, work: Work = count_bucket) -> Iterator[Counted]:
    """One bucket after the other, in this process."""
    for bucket in buckets:
        yield work(job, bucket)


def run_in_processes(
    job: Job, buckets: Sequence[int], *, workers: int, work: Work = count_bucket
) -> Iterator[Counted]:
    """In worker processes. A bucket whose process dies is run again, after all the others.

    Raises WorkersLost where a bucket kills its process again and again, and what the work raises.
    """
    waiting, lost = deque(buckets), Counter[int]()
    hands: dict[Connection, _Hand] = {}
    try:
        while waiting or hands:
            while waiting and len(hands) < workers:
                hand = _hired(job, work)
                hands[hand.pipe] = hand
                hand.ask(waiting.popleft())
            for pipe in wait(list(hands)):
                assert isinstance(pipe, Connection)
                hand = hands[pipe]
                try:
                    counted, wrong = pipe.recv()
                except _GONE as gone:
                    hands.pop(pipe).end()
                    lost[hand.bucket] += 1
                    if lost[hand.bucket] == _TRIES:
                        raise WorkersLost(bucket=hand.bucket, times=_TRIES) from gone
                    waiting.append(hand.bucket)
                    continue
                if wrong is not None:
                    raise wrong
                yield counted
                if waiting:
                    hand.ask(waiting.popleft())
                else:
                    hands.pop(pipe).end()
    finally:
        for hand in hands.values():
            hand.end()


@dataclass
class _Hand:
    """A worker process, its pipe, and the bucket that it was last asked for."""

    process: SpawnProcess
    pipe: Connection
    bucket: int = -1

    def ask(self, bucket: int) -> None:
        """Ask for a bucket; of one that is dead already the pipe tells when it is read."""
        self.bucket = bucket
        with contextlib.suppress(ConnectionError):
            self.pipe.send(bucket)

    def end(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def _hired(job: Job, work: Work) -> _Hand:
    ours, theirs = _SPAWNED.Pipe()
    process = _SPAWNED.Process(target=_serve, args=(theirs, job, work), daemon=True)
    process.start()
    theirs.close()  # so that its death is the end of the pipe
    return _Hand(process, ours)


def _serve(pipe: Connection, job: Job, work: Work) -> None:
    """What a worker process does until its pipe ends; who interrupts it speaks to its owner."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            bucket = pipe.recv()
        except _GONE:
            return
        answer: tuple[Counted | None, Exception | None]
        try:
            answer = (work(job, bucket), None)
        except Exception as wrong:  # it is raised again where the bucket was asked for
            answer = (None, wrong)
        pipe.send(answer)
