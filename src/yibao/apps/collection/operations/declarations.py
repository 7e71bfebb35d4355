"""Where agents collect by rule: they declare what they took, the section assesses (参保缴费 13)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.locks import hold
from yibao.apps.collection.models import CashCollection, CashDeclaration, CashDeclarationLine
from yibao.core.refusal import Refusal
from yibao.database.errors import refused


class DeclaredBefore(Refusal):
    """Raised by `declare_cash` for cash that is declared already, or that somebody else took."""

    code = "E766"
    message = "所选现金中有 {count} 笔已经申报，或不是您代收的"
    remedy = "请刷新清单，只选本人代收、未申报的"
    message_en = "{count} of these are declared already, or were not taken by you"
    remedy_en = "Reload the list and choose only your own that are not declared"


class AssessmentRefused(Refusal):
    """Raised by `assess_declaration` for one's own declaration, one assessed, or a used number."""

    code = "E767"
    message = "不能核定：{why}"
    remedy = "请由征缴股室的另一人核定，并核对核定表编号"
    message_en = "The declaration cannot be assessed: {why}"
    remedy_en = "Another person of the collection section assesses it, under a fresh number"


def declare_cash(*, scope: Scope, collection_ids: Sequence[int], at: datetime) -> CashDeclaration:
    """Declare cash that the operator took to the collection section. Raises DeclaredBefore."""
    scope.require("collection.deposit")
    wanted = set(collection_ids)
    with scoped(scope):
        hold("collection.declare", scope.operator_id)
        held = list(
            CashCollection.objects.filter(
                id__in=wanted, collector_id=scope.operator_id, declared__isnull=True
            ).order_by("id")
        )
        if not held or len(held) != len(wanted):
            raise DeclaredBefore(count=len(wanted) - len(held))
        made = CashDeclaration.objects.create(
            region=scope.region,
            area_no=scope.area_from,
            collector_id=scope.operator_id,
            declared_at=at,
            amount_fen=sum(one.amount_fen for one in held),
        )
        CashDeclarationLine.objects.bulk_create(
            CashDeclarationLine(
                region=scope.region, area_no=one.area_no, declaration=made, collection=one
            )
            for one in held
        )
        _record(scope, "collection.declare_cash", made, at)
        return made


def assess_declaration(
    *, scope: Scope, declaration_id: int, assessment_no: str, at: datetime
) -> CashDeclaration:
    """Verify a declaration and issue its assessment, with which the agent pays at the tax office.

    Raises AssessmentRefused.
    """
    scope.require("collection.match")
    with scoped(scope):
        made = (
            CashDeclaration.objects.select_for_update(no_key=True).filter(id=declaration_id).first()
        )
        if made is None:
            raise NotThere(what=_("申报 %(id)s") % {"id": declaration_id})
        if made.assessed_at is not None:
            raise AssessmentRefused(
                why=_("已核定，核定表 %(number)s") % {"number": made.assessment_no}
            )
        if made.collector_id == scope.operator_id:
            raise AssessmentRefused(why=_("申报人不能核定自己的申报"))
        used = AssessmentRefused(
            why=_("核定表编号 %(number)s 已经用过") % {"number": assessment_no}
        )
        made.assessment_no, made.assessed_at = assessment_no, at
        made.assessed_by = scope.operator_id
        with refused({"an_assessment_number_is_given_once": used}):
            made.save(update_fields=["assessment_no", "assessed_at", "assessed_by"])
        _record(scope, "collection.assess_declaration", made, at)
        return made


def _record(scope: Scope, action: str, made: CashDeclaration, at: datetime) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="cash_declaration",
        object_id=str(made.id),
        area_no=made.area_no,
        detail={"amount_fen": made.amount_fen, "assessment_no": made.assessment_no},
    )
