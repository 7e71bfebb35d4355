"""What a check asks and what it found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg


@dataclass(frozen=True, slots=True)
class Question:
    """A check in SQL: `counted` gives how many rows it looks at, `faults` one sentence a fault."""

    name: str
    zh: str
    counted: str
    faults: str


@dataclass(frozen=True, slots=True)
class Computation:
    """A check that needs arithmetic beyond SQL: it returns rows looked at and the faults."""

    name: str
    zh: str
    compute: "Callable[[psycopg.Cursor[Any]], tuple[int, list[str]]]"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check: how many rows were looked at, and what is wrong, row by row."""

    name: str
    zh: str
    rows: int
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one run, read in one snapshot of the database."""

    checks: tuple[Check, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether no check found a fault."""
        return all(check.ok for check in self.checks)

    def as_data(self) -> dict[str, Any]:
        """Return the report for `--json`."""
        return {
            "verify": "ok" if self.ok else "faults",
            "checks": [
                {
                    "name": check.name,
                    "zh": check.zh,
                    "rows": check.rows,
                    "faults": list(check.faults),
                }
                for check in self.checks
            ],
        }
