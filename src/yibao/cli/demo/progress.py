"""What the demonstration says while it runs: one line a stage, on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Writes what was done, how much of it, and how long it has taken since the start."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._began = time.monotonic()

    def say(self, what: str, count: int | None = None) -> None:
        """Write one line: elapsed seconds, what, how many."""
        if self._quiet:
            return
        elapsed = time.monotonic() - self._began
        counted = "" if count is None else f": {count:,}"
        print(f"[{elapsed:6.1f} s] {what}{counted}", file=sys.stderr, flush=True)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Frame a part of the run with its name."""
        self.say(f"— {name} —")
        yield
