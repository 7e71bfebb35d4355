"""The right to be deleted: a person's identifiers are destroyed, the ledger stays (PIPL 47).

What is destroyed: names, numbers, telephones, addresses of a one-person household, and the sealed
cells of every line that named the person. What stays is the person's own number with what it owes,
paid and was paid, so that the books still balance; nobody can be told from it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from yibao.apps.access import audit
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.models import Erasure, IdentityDocument, Person
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.database.models import ScopedModel
from yibao.database.sealing import NUMBER, IndexField, SealedField

NAME_ERASED = "（已删除）"
REASON_LENGTH = 200


class ErasureNotPossible(Refusal):
    """Raised by `ask_erasure` for a person with a wish that waits, or erased already."""

    code = "E186"
    message = "不能申请删除此人的身份信息：{why}"
    remedy = "请在删除申请清单中查看"
    message_en = "The person's identifiers cannot be asked to be deleted: {why_en}"
    remedy_en = "See the list of erasures"


class ErasureDecided(Refusal):
    """Raised by `decide_erasure` for a wish that was decided already."""

    code = "E187"
    message = "此申请已经办结"
    remedy = "请刷新页面"
    message_en = "The wish was decided already"
    remedy_en = "Reload the page"


class ErasureReasonMissing(Refusal):
    """Raised for a wish or an answer without words: the law asks for the ground."""

    code = "E188"
    message = "请写明依据或理由"
    remedy = "写明本人或继承人的申请、法定情形"
    message_en = "Give the ground"
    remedy_en = "Name the request of the person or heirs, or the case of the law"
    field = "reason"


def ask_erasure(*, scope: Scope, person_id: int, reason: str, at: datetime) -> Erasure:
    """Ask that a person's identifiers be destroyed; another person decides.

    Raises NotAllowed, NotThere, ErasureReasonMissing, ErasureNotPossible.
    """
    scope.require("registry.ask_erasure")
    if not reason.strip():
        raise ErasureReasonMissing()
    with scoped(scope):
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise NotThere(what=_("人员"))
        if person.name == NAME_ERASED:
            raise ErasureNotPossible(why=_("已经删除"), why_en="they are deleted already")
        waits = ErasureNotPossible(why=_("已有申请待审批"), why_en="a wish waits already")
        with refused({"one_open_erasure_a_person": waits}):
            made = Erasure.objects.create(
                region=person.region,
                area_no=person.area_no,
                person=person,
                reason=reason.strip()[:REASON_LENGTH],
                asked_at=at,
                asked_by=scope.operator_id,
            )
        _tell(scope, "registry.ask_erasure", made, at, {"erasure": made.pk})
    return made


def decide_erasure(
    *, scope: Scope, erasure_id: int, approve: bool, answer: str, at: datetime
) -> Erasure:
    """Approve a wish, and destroy the identifiers at once; or refuse it with a reason.

    Not by who asked. Nothing brings the identifiers back but a backup made before. Raises
    NotAllowed, NotThere, SecondPersonNeeded, ErasureDecided, ErasureReasonMissing.
    """
    scope.require("registry.erase")
    if not approve and not answer.strip():
        raise ErasureReasonMissing()
    with scoped(scope), connection.cursor() as cursor:
        found = Erasure.objects.select_for_update().filter(pk=erasure_id).first()
        if found is None:
            raise NotThere(what=_("删除申请"))
        if found.decided_at is not None:
            raise ErasureDecided()
        apart(
            first="registry.ask_erasure",
            second="registry.erase",
            first_operator_id=found.asked_by,
            operator_id=scope.operator_id,
        )
        found.decided_at, found.decided_by = at, scope.operator_id
        found.approved, found.answer = approve, answer.strip()[:REASON_LENGTH]
        found.save(update_fields=["decided_at", "decided_by", "approved", "answer"])
        detail: dict[str, Any] = {"erasure": found.pk, "approved": approve}
        if approve:
            detail["rows"] = dict(_erase(cursor, found.person_id, at))
        _tell(scope, "registry.erase", found, at, detail)
    return found


def _erase(cursor: Any, person_id: int, at: datetime) -> Iterator[tuple[str, int]]:
    """Destroy the identifiers; yield each table with the number of its rows concerned."""
    documents = IdentityDocument.objects.filter(person_id=person_id)
    indexes = [bytes(one) for one in documents.values_list("number_index", flat=True) if one]
    # Lines first: they are found by the documents' indexes.
    for model in apps.get_models():
        names_numbers = any(_is_number(field) for field in model._meta.local_fields)
        if issubclass(model, ScopedModel) and model is not IdentityDocument and names_numbers:
            yield model._meta.db_table, _erase_lines(cursor, model, indexes, person_id)
    yield "registry_identitydocument", documents.count()
    documents.filter(valid_until=None).update(valid_until=at.date())
    cursor.execute(
        "update registry_identitydocument set number = '', number_index = '', source = ''"
        " where person_id = %s",
        [person_id],
    )
    yield "registry_person", 1
    cursor.execute(
        "update registry_person set name = %s, initials = '', phone = '', phone_index = '',"
        " phone_tail_index = '' where id = %s",
        [NAME_ERASED, person_id],
    )
    cursor.execute(
        "update registry_household h set address = '' where h.address <> '' and h.id ="
        " (select household_id from registry_person where id = %s) and not exists"
        " (select from registry_person p where p.household_id = h.id and p.id <> %s)",
        [person_id, person_id],
    )


def _erase_lines(cursor: Any, model: Any, indexes: list[bytes], person_id: int) -> int:
    """Empty the sealed columns, their indexes and the names in the lines that name the person."""
    empty = {
        field.column: b""
        for field in model._meta.local_fields
        if isinstance(field, SealedField | IndexField)
    }
    empty |= model.erased_with_person
    columns = {field.column for field in model._meta.local_fields}
    whose = "{index} = any(%s::bytea[])" + (" or person_id = %s" if "person_id" in columns else "")
    (index,) = (field.column for field in model._meta.local_fields if _is_number(field))
    cursor.execute(
        sql.SQL("update {0} set {1} where {2}").format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in empty),
            sql.SQL(whose).format(index=sql.Identifier(index)),
        ),
        [*empty.values(), indexes, *([person_id] if "person_id" in columns else [])],
    )
    return int(cursor.rowcount)


def _is_number(field: Any) -> bool:
    return isinstance(field, IndexField) and field.of == NUMBER


def _tell(
    scope: Scope, action: str, erasure: Erasure, at: datetime, detail: dict[str, Any]
) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="person",
        object_id=str(erasure.person_id),
        area_no=erasure.area_no,
        detail=detail,
    )
