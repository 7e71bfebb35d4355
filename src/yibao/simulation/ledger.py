"""What a run keeps in its directory: what it is, each finished bucket once, and the result.

DIR/run.json          the run's fingerprint; a directory keeps one run
DIR/buckets/K.json    what bucket K came to; not run again
DIR/result.json       the result, written once
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yibao.simulation.counting import Counted
from yibao.simulation.refusals import AnotherRun

_RUN, _BUCKETS, RESULT = "run.json", "buckets", "result.json"
_FINGERPRINT = "fingerprint"
_KEPT = 0o444


class Ledger:
    """Finished buckets, each counted once; on disk where the run has a directory."""

    def __init__(self, place: Path | None, fingerprint: str) -> None:
        """Open or begin a run's directory. Raises AnotherRun."""
        self.place = place
        self.found: dict[int, Counted] = {}
        if place is None:
            return
        place.joinpath(_BUCKETS).mkdir(parents=True, exist_ok=True)
        kept = read_json(place.joinpath(_RUN))
        if kept is None:
            write_once(place.joinpath(_RUN), {_FINGERPRINT: fingerprint})
        elif kept.get(_FINGERPRINT) != fingerprint:
            raise AnotherRun(place=place.name)
        for path in sorted(place.joinpath(_BUCKETS).glob("*.json")):
            data = read_json(path)
            if data is not None:
                counted = Counted.from_json(data)
                self.found[counted.bucket] = counted
        self.resumed = len(self.found)

    resumed = 0

    def waiting(self, buckets: int) -> list[int]:
        """The buckets that are still to be run."""
        return [bucket for bucket in range(buckets) if bucket not in self.found]

    def keep(self, counted: Counted) -> None:
        """Take a bucket's count. One that is there already stays: nothing counts twice."""
        if counted.bucket in self.found:
            return
        self.found[counted.bucket] = counted
        if self.place is not None:
            path = self.place.joinpath(_BUCKETS, f"{counted.bucket}.json")
            write_once(path, counted.as_json())

    def result(self) -> Any:
        """The kept result, or None."""
        return None if self.place is None else read_json(self.place.joinpath(RESULT))

    def keep_result(self, data: Mapping[str, Any]) -> None:
        """Write the result, if there is none yet."""
        if self.place is not None:
            write_once(self.place.joinpath(RESULT), data)


def read_json(path: Path) -> Any:
    """What a file of ours holds; None where there is none, or a power cut left half of one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def write_once(path: Path, data: Mapping[str, Any]) -> None:
    """Write a file whole, readable only; one that is there and can be read stays as it is."""
    if read_json(path) is not None:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(_KEPT)
    draft.replace(path)
