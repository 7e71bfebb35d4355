"""A whole number, telephone or name is shown once, for one purpose, and it is written down."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.models import IdentityDocument, Person
from yibao.core.refusal import Refusal
from yibao.rulebook.national import codes

NAME, NUMBER, PHONE = "name", "number", "phone"
WHAT = (NUMBER, PHONE, NAME)
PURPOSES = "reveal_purpose"
REASON_LENGTH = 200


class RevealUnfounded(Refusal):
    """Raised by `reveal` without a purpose of the list, a reason in words, or anything to show."""

    code = "E189"
    message = "不能显示完整信息：没有写明用途和理由"
    remedy = "请选择用途，并写明办理的业务"
    message_en = "Nothing is shown without a purpose and a reason"
    remedy_en = "Choose the purpose and say what it is for"
    field = "reason"


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was asked for, whole; "" or empty for what was not, or is not recorded."""

    name: str
    numbers: tuple[tuple[str, str], ...]  # (kind of the document, number)
    phone: str


def reveal(
    *,
    scope: Scope,
    person_id: int,
    what: Collection[str],
    purpose: str,
    reason: str,
    at: datetime,
) -> Revealed:
    """Return what is asked of a person, whole. The record names purpose, reason and what was shown.

    Raises NotAllowed, NotThere, RevealUnfounded.
    """
    scope.require("registry.reveal")
    asked = [one for one in WHAT if one in what]
    if not asked or purpose not in codes(PURPOSES) or not reason.strip():
        raise RevealUnfounded()
    with scoped(scope):
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise NotThere(what=_("人员"))
        documents = IdentityDocument.objects.filter(person=person, valid_until=None).order_by("id")
        shown = Revealed(
            name=person.name if NAME in asked else "",
            numbers=tuple((one.kind, one.number) for one in documents) if NUMBER in asked else (),
            phone=person.phone if PHONE in asked else "",
        )
        audit.record(
            scope=scope,
            action="registry.reveal",
            at=at,
            object_kind="person",
            object_id=str(person_id),
            area_no=person.area_no,
            detail={"purpose": purpose, "reason": reason.strip()[:REASON_LENGTH], "what": asked},
        )
    return shown
