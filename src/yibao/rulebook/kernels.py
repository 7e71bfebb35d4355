"""Compiled rules kept on disk between processes, by the hash of what they mean.

A kernel's text is a file of its own, named after its sense and its content: a changed sense, or a
changed engine, is another file, and a label mended in a rulebook compiles nothing again. Files
are put in place whole and never changed, so that two processes may meet on one; the machine code
beside it is written by numba in the same way.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OWN = 0o700
_PLAIN = "nogil=True, "
_KEPT = "nogil=True, cache=True, "
_SHOWN = 16  # digits of a hash that a name carries


class DiskShelf:
    """Keeps kernels in a directory that only this account may write."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=_OWN, parents=True, exist_ok=True)
        self._directory = directory

    def functions(self, sense: str, text: str) -> Mapping[str, Any]:
        """The functions of a kernel's text: compiled once for this machine, then only loaded."""
        text = text.replace(_PLAIN, _KEPT)
        content = hashlib.sha256(text.encode()).hexdigest()
        name = f"kernel_{sense[:_SHOWN]}_{content[:_SHOWN]}"
        place = self._directory / f"{name}.py"
        if not place.exists():
            self._put(place, text)
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # what is loaded from the disk is looked up by its module
        spec.loader.exec_module(module)
        return vars(module)

    def _put(self, place: Path, text: str) -> None:
        """Write a whole file under its name, unless somebody else was first."""
        with tempfile.NamedTemporaryFile(
            "w", dir=self._directory, suffix=".tmp", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        written = Path(file.name)
        try:
            os.link(written, place)
        except FileExistsError:
            pass
        finally:
            written.unlink()


def cache_directory() -> Path:
    """Where kernels are kept unless a caller says otherwise: the account's own cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "yibao" / "kernels"
