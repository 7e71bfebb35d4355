"""Registering persons: one at a counter, or tens of thousands set-wise."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.registry.models import Person
from yibao.apps.registry.operations.elsewhere import numbers_elsewhere
from yibao.apps.registry.people import NewPerson, checked
from yibao.apps.registry.writing import write_persons
from yibao.core.identity import mask_number
from yibao.core.refusal import Refusal
from yibao.database.sealing import NUMBER, index_of


class AlreadyRegistered(Refusal):
    """Raised where a number names a person of the clerk's own area, or stands twice in a list."""

    code = "E182"
    message = "证件号码 {number} 已经登记"
    remedy = "请按号码查找此人；信息有变的办理信息变更"
    message_en = "The number {number} is registered already"
    remedy_en = "Find the person by the number; change the record where facts have changed"
    field = "number"


class RegisteredElsewhere(Refusal):
    """Raised where a number names a person of another area; says no more than that."""

    code = "E183"
    message = "证件号码 {number} 已在其他地区登记"
    remedy = "请联系上级经办机构核实，办理关系转移后再登记"
    message_en = "The number {number} is registered in another area"
    remedy_en = "Ask the agency above to check it, and register after the transfer"
    field = "number"


def register_person(*, scope: Scope, person: NewPerson, at: datetime) -> Person:
    """Register one person with documents, standings and household; return the row.

    Raises NotAllowed, OutsideScope, AlreadyRegistered, RegisteredElsewhere, PersonIncomplete,
    DocumentContradictsPerson, or the refusal of what is wrong with a number.
    """
    with scoped(scope):
        (person_id,) = register_many(scope=scope, persons=[person], at=at)
        return Person.objects.get(pk=person_id)


def register_many(*, scope: Scope, persons: Sequence[NewPerson], at: datetime) -> list[int]:
    """Register all of the persons or none, in a fixed number of statements; return their ids.

    The ids stand in the order of the persons. Raises what `register_person` raises, for the first
    person concerned.
    """
    scope.require("registry.register")
    read = [checked(person) for person in persons]
    for area_no in {person.area_no for person in read}:
        scope.narrowed(area_no, area_no + 1)
    with scoped(scope), connection.cursor() as cursor:
        _refuse_known_numbers(cursor, scope, read, at)
        ids = write_persons(cursor, region=scope.region, persons=read, at=at)
        audit.record(
            scope=scope,
            action="registry.register",
            at=at,
            object_kind="person",
            object_id=str(ids[0]) if len(ids) == 1 else "",
            area_no=read[0].area_no if len(ids) == 1 else scope.area_from,
            detail={"persons": len(ids)},
        )
    return ids


def _refuse_known_numbers(
    cursor: object, scope: Scope, persons: Sequence[NewPerson], at: datetime
) -> None:
    """A number names one person anywhere: in this list, in the scope, and beyond it."""
    seen: set[tuple[str, str]] = set()
    for person in persons:
        for document in person.documents:
            if (document.kind, document.number) in seen:
                raise AlreadyRegistered(number=mask_number(document.number))
            seen.add((document.kind, document.number))
    numbers = [number for _, number in seen if number]
    if not numbers:
        return
    index = {index_of(number, of=NUMBER): number for number in numbers}
    cursor.execute(
        "select kind, number_index from registry_identitydocument"
        " where number_index = any(%s::bytea[]) and valid_until is null order by id",
        [list(index)],
    )
    for kind, found in cursor.fetchall():
        number = index[bytes(found)]
        if (kind, number) in seen:
            raise AlreadyRegistered(number=mask_number(number))
    for number in sorted(numbers_elsewhere(scope=scope, numbers=numbers, at=at)):
        raise RegisteredElsewhere(number=mask_number(number))
