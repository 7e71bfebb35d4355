"""Libraries of extras, asked for by name only when they are needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from yibao.simulation.refusals import ExtraMissing


def parquet() -> ModuleType:
    """`pyarrow.parquet`. Raises ExtraMissing."""
    return _library("pyarrow.parquet", "cluster")


def ray() -> ModuleType:
    """`ray`. Raises ExtraMissing."""
    return _library("ray", "cluster")


def _library(name: str, extra: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as wrong:
        raise ExtraMissing(library=name, extra=extra) from wrong
