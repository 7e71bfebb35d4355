"""Compiled rules kept on disk, so that each worker loads what one of them compiled.

A kernel's text is written once to a file of its own, named by its hash, in the user's cache
directory; numba keeps the machine code beside it. Where nothing can be written, each process
compiles for itself.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from yibao.core.rules.compiled import IN_MEMORY, Functions

_ASKS = "from numba import njit\n"
_KEEPS = """import functools
from numba import njit as _njit
njit = functools.partial(_njit, cache=True)
"""
_OWN = 0o700


class OnDisk:
    """A shelf of compiled kernels in a directory."""

    def __init__(self, place: Path | None = None) -> None:
        self.place = place or _cache_directory()

    def functions(self, sense: str, text: str) -> Functions:
        """The functions of a kernel's text, loaded if they were compiled here before."""
        kept = text.replace(_ASKS, _KEEPS, 1)
        name = f"kernel_{hashlib.sha256(kept.encode()).hexdigest()[:32]}"
        path = self.place / f"{name}.py"
        try:
            self._write(path, kept)
        except OSError:
            return IN_MEMORY.functions(sense, text)
        return _loaded(name, path)

    def _write(self, path: Path, text: str) -> None:
        """Write a text once: machine code is kept by the file's moment and size."""
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        self.place.mkdir(parents=True, exist_ok=True, mode=_OWN)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def _loaded(name: str, path: Path) -> Functions:
    """The file as a module of its name: numba finds by it what it kept."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return vars(sys.modules[name])


def _cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    return root / "yibao" / "kernels" / f"py{sys.version_info.major}{sys.version_info.minor}"


SHELF = OnDisk()
