"""The one look across the wall: is a number registered in another area, yes or no (design 7)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.core.identity import mask_number
from yibao.database.scope import scoped as area_scoped

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
    scope.require("registry.search")
    with scoped(scope):
        found = _outside(scope, numbers) if numbers else frozenset()
        detail = {"asked": len(numbers), "found": len(found)}
        if len(numbers) == 1:
            detail["number"] = mask_number(numbers[0])
        audit.record(
            scope=scope,
            action="registry.elsewhere_asked",
            at=at,
            object_kind="identity_document",
            area_no=scope.area_from,
            detail=detail,
        )
    return found


def _outside(scope: Scope, numbers: Sequence[str]) -> frozenset[str]:
    with area_scoped(*_ANYWHERE), connection.cursor() as cursor:
        cursor.execute(
            """
            select d.number from registry_identitydocument d
             where d.number = any(%s) and d.valid_until is null
               and (d.area_no < %s or d.area_no >= %s)""",
            [list(numbers), scope.area_from, scope.area_until],
        )
        return frozenset(number for (number,) in cursor.fetchall())
