"""One implementation in a process of its own, told over standard input which part to run next.

    python -m bench.rules_worker NAME FOLDER

The folder has the inputs as .npy files. Each line read is a part ("contribution", "benefit" …) or
"save"; each is answered by one line of JSON: wall and processor seconds, or a word why not.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.rules_data import Arrays

_LEAST = 0.05  # processor seconds that a measurement takes at the least


class Job(NamedTuple):
    """What a process can run: parts by name, and how outcomes are collected for comparison."""

    parts: dict[str, Callable[[], Any]]
    collect: Callable[[dict[str, Any]], Arrays]
    runs: int = 5


def job(name: str, folder: Path) -> Job:
    """Load the inputs and prepare an implementation. Raises ImportError where it needs more."""
    data = {path.stem: np.load(path) for path in sorted(folder.glob("*.npy"))}
    if name.startswith(("ours: ", "hinggan: ")):
        from bench import rules_ours

        return rules_ours.job(name, data)
    from bench import rules_openfisca, rules_others

    way = rules_openfisca.WAY if name == "OpenFisca" else rules_others.WAYS[name]
    if importlib.util.find_spec(way.needs) is None:
        raise ImportError(way.needs)
    made = way.prepare(data)
    return Job(
        {"contribution": lambda: way.contribution(made), "benefit": lambda: way.benefit(made)},
        lambda out: way.collect(made, out["contribution"], out["benefit"]),
        way.runs,
    )


def _timed(work: Job, part: str, found: dict[str, Any]) -> dict[str, float]:
    """Seconds of one go. What is short goes again and again, so that a clock can tell; its
    caches are as warm as those of what is long."""
    goes = 0
    wall, cpu = time.perf_counter(), time.process_time()
    while goes == 0 or (work.runs > 1 and time.process_time() - cpu < _LEAST):
        found[part] = None
        found[part] = work.parts[part]()
        goes += 1
    return {
        "cpu": (time.process_time() - cpu) / goes,
        "wall": (time.perf_counter() - wall) / goes,
    }


def main() -> None:
    """Serve until standard input ends."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    try:
        work = job(name, folder)
    except ImportError as lacking:
        print(json.dumps({"lacks": str(lacking)}), flush=True)
        return
    print(json.dumps({"ready": list(work.parts), "runs": work.runs}), flush=True)
    found: dict[str, Any] = {}
    for line in sys.stdin:
        part = line.strip()
        if part == "save":
            np.savez(
                folder / f"{name.replace(' ', '_').replace(':', '')}.npz", **work.collect(found)
            )
            print(json.dumps({"saved": True}), flush=True)
            continue
        found.pop(part, None)
        print(json.dumps(_timed(work, part, found)), flush=True)


if __name__ == "__main__":
    main()
