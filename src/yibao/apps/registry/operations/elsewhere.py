"""The one look across the wall: is a number registered in another area, yes or no (design 7)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.core.identity import mask_number
from yibao.database.scope import scoped as area_scoped
from yibao.database.sealing import NUMBER, indexes_of

# Every area number has twelve digits.
_ANYWHERE = (0, 10**12)


def number_exists_elsewhere(*, scope: Scope, number: str, at: datetime) -> bool:
    """Tell whether the number names a person of an area outside the scope. Logged each time.

    Who the person is and where stays unsaid. Raises NotAllowed.
    """
    return number in numbers_elsewhere(scope=scope, numbers=[number], at=at)


def numbers_elsewhere(*, scope: Scope, numbers: Sequence[str], at: datetime) -> frozenset[str]:
    """Return those of the numbers that name a person outside the scope: one question, one record.

    The record tells how many were asked and found; a single number stands in it masked.
    """
    indexes = indexes_of(numbers, of=NUMBER)
    masked = mask_number(numbers[0]) if len(numbers) == 1 else ""
    found = indexes_elsewhere(scope=scope, indexes=indexes, at=at, masked=masked)
    return frozenset(number for number, index in zip(numbers, indexes) if index in found)


def indexes_elsewhere(
    *, scope: Scope, indexes: Sequence[bytes], at: datetime, masked: str = ""
) -> frozenset[bytes]:
    """Return as `numbers_elsewhere`, asked by the keyed indexes of the numbers."""
    scope.require("registry.search")
    with scoped(scope):
        found = _outside(scope, indexes) if indexes else frozenset()
        detail: dict[str, int | str] = {"asked": len(indexes), "found": len(found)}
        if masked:
            detail["number"] = masked
        audit.record(
            scope=scope,
            action="registry.elsewhere_asked",
            at=at,
            object_kind="identity_document",
            area_no=scope.area_from,
            detail=detail,
        )
    return found


def _outside(scope: Scope, indexes: Sequence[bytes]) -> frozenset[bytes]:
    with area_scoped(*_ANYWHERE), connection.cursor() as cursor:
        cursor.execute(
            """
            select d.number_index from registry_identitydocument d
             where d.number_index = any(%s::bytea[]) and d.valid_until is null
               and (d.area_no < %s or d.area_no >= %s)""",
            [list(indexes), scope.area_from, scope.area_until],
        )
        return frozenset(bytes(index) for (index,) in cursor.fetchall())
