"""What payers ask for after paying: recorded, and answered with the article it rests on."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.models import Payment, RefundRequest
from yibao.apps.collection.operations.matching import ReasonMissing
from yibao.apps.collection.policy import ruled
from yibao.core.refusal import Refusal

REFUND, CHANGE = "refund", "change"
_PARAMETERS = {REFUND: "refund_after_payment", CHANGE: "change_after_payment"}
_ANSWERS = {
    REFUND: "多缴、错缴、交错统筹区的，原则上不予退费",
    CHANGE: "已缴费的参保信息，原则上不得修改",
}


class LeftToTheAuthority(Refusal):
    """Raised where the region's text allows what this software does not carry out by itself."""

    code = "E765"
    message = "本统筹区的规定允许办理，须由有权机关另行审批"
    remedy = "请按线下流程审批后登记结果"
    message_en = "The region's text allows this; it needs the authority's own decision"
    remedy_en = "Have it decided and record the result"


def request_refund(*, scope: Scope, payment_id: int, reason: str, at: datetime) -> RefundRequest:
    """Record that somebody wants a payment back, and the answer with its article.

    Where the text refuses (方案 四(二)) the answer is a refusal that names who keyed the payment.
    Raises ReasonMissing, Silent where the text says nothing, LeftToTheAuthority.
    """
    return _answered(scope, REFUND, payment_id, reason, at)


def change_payment(*, scope: Scope, payment_id: int, reason: str, at: datetime) -> RefundRequest:
    """Record that somebody wants a paid entry changed, and the answer. Raises as above."""
    return _answered(scope, CHANGE, payment_id, reason, at)


def _answered(scope: Scope, kind: str, payment_id: int, reason: str, at: datetime) -> RefundRequest:
    scope.require("collection.refund")
    if not reason.strip():
        raise ReasonMissing()
    with scoped(scope):
        payment = (
            Payment.objects.select_related("cash_line__collection__collector")
            .filter(id=payment_id)
            .first()
        )
        if payment is None:
            raise NotThere(what=_("缴费 %(id)s") % {"id": payment_id})
        rule = ruled(scope.region, payment.year, _PARAMETERS[kind])
        if rule.allowed:
            raise LeftToTheAuthority()
        made = RefundRequest.objects.create(
            region=scope.region,
            area_no=payment.area_no,
            payment=payment,
            kind=kind,
            asked_at=at,
            asked_by=scope.operator_id,
            reason=reason.strip(),
            decision="refused",
            answer=_ANSWERS[kind],
            cite=rule.cite,
            responsible=_responsible(payment),
        )
        audit.record(
            scope=scope,
            action=f"collection.{kind}_request",
            at=at,
            object_kind="payment",
            object_id=str(payment_id),
            area_no=payment.area_no,
            detail={"decision": made.decision, "cite": made.cite},
        )
        return made


def _responsible(payment: Payment) -> str:
    """Return who keyed the payment and answers for it; nobody here where the payer did."""
    line = getattr(payment, "cash_line", None)
    return line.collection.collector.name if line else ""
