"""Measures what is fast beside something else doing the same, in one run."""

import argparse
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from yibao.core.refusal import Refusal

NAMES = ("settle", "import", "search", "rules", "pages")
_PLACE = Path(__file__).resolve().parents[3] / "bench"
_COLUMNS = ("name", "rate", "unit", "other", "ratio")
_SHARE = "share_of_bound"  # of what the machine's memory could move, where a measurement says it


class BenchMissing(Refusal):
    """Raised where the measurements are not at hand: they stay in the repository."""

    code = "E690"
    message = "没有找到测量程序 {name}"
    remedy = "请在代码仓库中运行 yibao bench"
    message_en = "The measurement {name} is not at hand"
    remedy_en = "Run yibao bench from a clone of the repository"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One measurement by its name."""
    parser.add_argument("name", choices=NAMES, help="what is measured")
    parser.add_argument("--json", action="store_true", help="print the results as data")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, return 0."""
    results = _module(arguments.name).run()
    for result in results:
        assert set(_COLUMNS) <= result.keys(), f"{result} lacks a column"
    if arguments.json:
        print(json.dumps({"results": results}, ensure_ascii=False))
    else:
        print(_table(results))
    return 0


def _module(name: str) -> ModuleType:
    """Load bench/<name>.py, which offers run() -> list[dict]."""
    if not (_PLACE / f"{name}.py").is_file():
        raise BenchMissing(name=name)
    # By its name, so that the processes that a measurement starts find it too.
    sys.path.insert(0, str(_PLACE.parent))
    return importlib.import_module(f"{_PLACE.name}.{name}")


def _table(results: list[dict[str, Any]]) -> str:
    shared = any(_SHARE in result for result in results)
    columns = (*_COLUMNS, _SHARE) if shared else _COLUMNS
    rows = [columns, *(tuple(_shown(result.get(key)) for key in columns) for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in (0, 2) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    )


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
