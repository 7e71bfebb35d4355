"""Things found by a code that is printed on them: one shape for every app's finders.

A finder asks for whole codes by an index; it never walks a table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.names import masked

# A number that a page shows as "批次 12" is no longer than this.
ID_DIGITS = 9


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A thing that bears the code: its number as printed, whose it is (masked), its facts."""

    id: int
    number: str
    name_masked: str
    area_no: int
    facts: Mapping[str, Any]


def found_codes(*, scope: Scope, sql: str, values: Mapping[str, Any]) -> list[FoundCode]:
    """Return what the statement (id, number, name, area_no, facts) finds. One query."""
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            FoundCode(pk, number, masked(name) if name else "", area_no, json.loads(facts))
            for pk, number, name, area_no, facts in cursor.fetchall()
        ]


def as_id(text: str) -> int | None:
    """Return the number of a row that the text is; None where it is none."""
    is_one = text.isascii() and text.isdigit() and len(text) <= ID_DIGITS
    return int(text) if is_one else None
