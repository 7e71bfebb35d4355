"""The data dictionary: what a column holds, how sensitive it is, on what ground, and how long.

Read from `national/dictionary.yaml`, by patterns; which columns there are, the caller says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from yibao.rulebook import national
from yibao.rulebook.retention import kinds


@dataclass(frozen=True, slots=True)
class Entry:
    """A column: its level (L1 to L4), what it is for, on what ground, how long it is kept."""

    table: str
    column: str
    level: str
    purpose: str
    ground: str
    keep: str


@cache
def _declared() -> Mapping[str, Any]:
    found: Mapping[str, Any] = national.declaration("dictionary.yaml")
    return found


def entry(table: str, column: str) -> Entry | None:
    """Return what is said of a column, None where nothing is."""
    declared = _declared()
    group = _first(declared["groups"], table)
    if group is None:
        return None
    said = _fitting(declared["shared"], column) or _fitting(group.get("columns", {}), column)
    said = {**group, **(said or {})}
    return Entry(
        table=table,
        column=column,
        level=said["level"] if said["level"] in declared["levels"] else "",
        purpose=said["purpose"],
        ground=declared["grounds"].get(said["ground"], ""),
        keep=said["keep"] if said["keep"] in kinds() else "",
    )


def unused(columns: Iterable[tuple[str, str]]) -> list[str]:
    """Return the patterns of tables and columns that describe none of the columns."""
    known = list(columns)
    left = []
    groups = _declared()["groups"]
    for group in groups:
        tables = {table for table, _ in known if _first(groups, table) is group}
        left += [one for one in group["tables"] if not any(fnmatchcase(t, one) for t in tables)]
        inside = [column for table, column in known if table in tables]
        left += [
            f"{group['tables'][0]}.{one}"
            for one in group.get("columns", {})
            if not any(fnmatchcase(column, one) for column in inside)
        ]
    return left


def page(columns: Iterable[tuple[str, str]]) -> str:
    """Return docs/reference/data-dictionary.md: a table of the columns, one line each."""
    levels = _declared()["levels"]
    lines = ["# Data dictionary", ""]
    lines += ["Written from `rulebook/national/dictionary.yaml` and the models (`make docs`).", ""]
    lines += [f"- {code}: {words}" for code, words in levels.items()]
    lines += ["", "| kept | for | ground |", "| --- | --- | --- |"]
    lines += [f"| {one.zh} | {one.keep.words()} | {one.basis} |" for one in kinds().values()]
    last = ""
    for table, column in columns:
        found = entry(table, column)
        assert found is not None, f"nothing is said of {table}.{column}"
        if table != last:
            lines += ["", f"## {table}", "", "| column | level | purpose | ground | kept |"]
            lines.append("| --- | --- | --- | --- | --- |")
            last = table
        kept = kinds()[found.keep].zh
        lines.append(f"| `{column}` | {found.level} | {found.purpose} | {found.ground} | {kept} |")
    return "\n".join(lines) + "\n"


def _first(groups: Iterable[Mapping[str, Any]], table: str) -> Mapping[str, Any] | None:
    for group in groups:
        if any(fnmatchcase(table, pattern) for pattern in group["tables"]):
            return group
    return None


def _fitting(patterns: Mapping[str, Any], column: str) -> Mapping[str, Any] | None:
    return next((said for one, said in patterns.items() if fnmatchcase(column, one)), None)
