"""Implementations take turns, each in a process of its own, so that noise falls on all alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

OPENFISCA_PYTHON = "YIBAO_BENCH_OPENFISCA_PYTHON"  # an interpreter that has openfisca_core
_ROOT = Path(__file__).resolve().parents[1]


class Took(NamedTuple):
    """Seconds of each run: processor time over all threads, and wall."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    def rates(self, rows: int) -> tuple[float, float, float]:
        """Least, median and most rows a processor second."""
        found = sorted(rows / seconds for seconds in self.cpu)
        return found[0], statistics.median(found), found[-1]


class Worker:
    """One implementation's process."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        python = os.environ.get(OPENFISCA_PYTHON) if name == "OpenFisca" else None
        path = os.pathsep.join([str(_ROOT), str(_ROOT / "src")])
        self._process = subprocess.Popen(
            [python or sys.executable, "-m", "bench.rules_worker", name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"},
        )
        answer = self._answer()
        self.parts, self.runs = tuple(answer.get("ready", ())), int(answer.get("runs", 0))

    def run(self, part: str) -> dict[str, Any]:
        """Let it run a part, or save its outcomes."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{part}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: see the lines above")
        return dict(json.loads(line))

    def close(self) -> None:
        """End the process and wait for it."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()


@contextmanager
def workers(names: Sequence[str], folder: Path) -> Iterator[dict[str, Worker]]:
    """Start the implementations that this machine has; end them afterwards."""
    started: dict[str, Worker] = {}
    try:
        for name in names:
            started[name] = Worker(name, folder)
        yield {name: worker for name, worker in started.items() if worker.parts}
    finally:
        for worker in started.values():
            worker.close()


def in_turns(at_work: dict[str, Worker], runs: int) -> dict[tuple[str, str], Took]:
    """Every part of everybody, round by round; the first round only warms caches."""
    took: dict[tuple[str, str], list[dict[str, float]]] = {}
    for turn in range(runs + 1):
        for name, worker in at_work.items():
            if turn and (turn > worker.runs):
                continue
            for part in worker.parts:
                once = worker.runs == 1
                if turn == 0 and once:
                    continue
                answer = worker.run(part)
                if turn or once:
                    took.setdefault((name, part), []).append(answer)
    return {
        key: Took(tuple(a["cpu"] for a in found), tuple(a["wall"] for a in found))
        for key, found in took.items()
    }


def compare(at_work: dict[str, Worker], folder: Path, reference: str) -> dict[str, int]:
    """Rows in which each implementation differs from the reference, over all columns."""
    for worker in at_work.values():
        worker.run("save")
    wanted = _saved(folder, reference)
    return {name: _differing(wanted, _saved(folder, name)) for name in at_work}


def _saved(folder: Path, name: str) -> dict[str, np.ndarray]:
    with np.load(folder / f"{name.replace(' ', '_').replace(':', '')}.npz") as found:
        return {key: found[key] for key in found.files}


def _differing(wanted: dict[str, np.ndarray], got: dict[str, np.ndarray]) -> int:
    return sum(
        int((values.astype(np.int64) != got[name].astype(np.int64)).sum())
        for name, values in wanted.items()
        if name in got
    )


def bandwidth() -> float:
    """Bytes a processor second that one thread moves in a large copy, read and written."""
    import time

    size = 256 << 20
    source, target = np.ones(size >> 3), np.zeros(size >> 3)
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        np.copyto(target, source)
        best = max(best, 2 * size / (time.process_time() - start))
    return best
