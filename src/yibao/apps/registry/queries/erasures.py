"""Wishes that a person's identifiers be destroyed: what waits, what was decided."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.models import Erasure
from yibao.apps.registry.names import masked

PAGE = 50


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """A wish as the list and its page show it."""

    erasure_id: int
    person_id: int
    person_no: str
    name_masked: str
    area_no: int
    reason: str
    asked_at: datetime
    asked_by: int
    asked_by_name: str
    decided_at: datetime | None
    decided_by_name: str
    approved: bool
    answer: str


def erasures(*, scope: Scope, offset: int = 0, limit: int = PAGE) -> list[ErasureLine]:
    """Return the wishes of the scope, those that wait first. Two queries."""
    scope.require("registry.read")
    with scoped(scope):
        found = Erasure.objects.select_related("person").order_by("-decided_at", "-id")
        return _lines(list(found[offset : offset + limit]))


def erasure(*, scope: Scope, erasure_id: int) -> ErasureLine:
    """Return one wish. Raises NotAllowed, NotThere."""
    scope.require("registry.read")
    with scoped(scope):
        found = Erasure.objects.select_related("person").filter(pk=erasure_id).first()
        if found is None:
            raise NotThere(what=_("删除申请"))
        return _lines([found])[0]


def erasures_waiting(scope: Scope, year: int) -> int:
    """Return how many wishes wait, for the menu; the year does not matter."""
    with scoped(scope):
        return Erasure.objects.filter(decided_at=None).count()


def _lines(found: list[Erasure]) -> list[ErasureLine]:
    ids = {pk for one in found for pk in (one.asked_by, one.decided_by or 0)}
    names = dict(Operator.objects.filter(pk__in=ids).values_list("id", "name"))
    return [
        ErasureLine(
            erasure_id=one.pk,
            person_id=one.person_id,
            person_no=one.person.person_no,
            name_masked=masked(one.person.name),
            area_no=one.area_no,
            reason=one.reason,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            asked_by_name=names.get(one.asked_by, ""),
            decided_at=one.decided_at,
            decided_by_name=names.get(one.decided_by or 0, ""),
            approved=one.approved,
            answer=one.answer,
        )
        for one in found
    ]
