"""How much memory the embedded server keeps pages of its tables in."""

import contextlib
import os
from pathlib import Path

MEGABYTE = 1024 * 1024
# PostgreSQL's own, and what it may grow to: an eighth of the memory up to a gigabyte. Beyond that
# the system's own cache, which serving processes share, is the better place.
SMALL_MB, MOST_MB, _PART = 128, 1024, 8
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def memory_bytes(container: Path = _CONTAINER) -> int:
    """Return the machine's memory, or the container's where that has less."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # "max" where nothing bounds it; no such file outside of a container, or of an older kind.
    with contextlib.suppress(OSError, ValueError):
        return min(whole, int(container.read_text(encoding="ascii")))
    return whole


def shared_megabytes(memory: int) -> int:
    """Return the server's shared buffers, in megabytes, for a memory of so many bytes."""
    return min(max(memory // _PART // MEGABYTE, SMALL_MB), MOST_MB)
