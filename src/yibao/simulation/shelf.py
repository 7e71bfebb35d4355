"""Where workers find compiled rules: on disk, so that one compiles for all; else in memory."""

from __future__ import annotations

from yibao.core.rules.compiled import IN_MEMORY, Functions
from yibao.rulebook.kernels import DiskShelf, cache_directory


class WorkersShelf:
    """The account's own cache, or memory where nothing can be written."""

    def functions(self, sense: str, text: str) -> Functions:
        """The functions of a kernel's text."""
        try:
            return DiskShelf(cache_directory()).functions(sense, text)
        except OSError:
            return IN_MEMORY.functions(sense, text)


SHELF = WorkersShelf()
