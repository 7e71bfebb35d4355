"""Receipts from numbered ranges, invoices of the tax hall, and the way of a tax voucher."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.models import Operator
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.locks import hold
from yibao.apps.collection.models import Payment, Receipt, ReceiptRange, VoucherStep
from yibao.apps.collection.policy import policy
from yibao.core.refusal import Refusal
from yibao.database.errors import refused

INVOICE, CASH_RECEIPT = "paper_invoice", "cash_receipt"


class NoReceiptsLeft(Refusal):
    """Raised where the operator holds no range with a free number."""

    code = "E730"
    message = "您没有可用的收据号"
    remedy = "请先到乡镇领取收据号段"
    message_en = "You hold no receipt number that is still free"
    remedy_en = "Have the township hand you a range of receipts first"


class RangeUnusable(Refusal):
    """Raised by `give_receipt_range` for numbers that run backwards or were handed out before."""

    code = "E731"
    message = "收据号段 {prefix}{first}—{last} 不能发放：{why}"
    remedy = "请核对起止号码和已发放的号段"
    message_en = "The range {prefix}{first}–{last} cannot be handed out: {why}"
    remedy_en = "Check its first and last number against the ranges handed out before"
    field = "first"


class InvoiceTooEarly(Refusal):
    """Raised by `issue_invoice` before the days that must pass after the payment (方案 四(三))."""

    code = "E732"
    message = "缴费成功 {days} 天后才能开具票据，最早 {earliest}"
    remedy = "请缴费人在 {earliest} 以后持缴费凭证到{place}办理"
    message_en = "An invoice is issued {days} day(s) after the payment, not before {earliest}"
    remedy_en = "Ask the payer to come on {earliest} or later with the payment voucher"


class InvoiceGivenBefore(Refusal):
    """Raised by `issue_invoice` where the payment has an invoice or the number is used."""

    code = "E733"
    message = "这笔缴费已开具票据，或票据号 {number} 已经用过"
    remedy = "请核对票据号；同一笔缴费只开具一次"
    message_en = "The payment has an invoice, or the number {number} is used"
    remedy_en = "Check the number: a payment gets one invoice"
    field = "number"


class StepOutOfTurn(Refusal):
    """Raised by `hand_over_voucher` for a step that is not the next one (参保缴费 15)."""

    code = "E734"
    message = "凭证现在应交到“{expected}”，不是“{step}”"
    remedy = "请按顺序登记交接"
    message_en = "The voucher goes to {expected} next, not to {step}"
    remedy_en = "Record the hand-overs in their order"


@dataclass(frozen=True, slots=True)
class Handed:
    """A receipt number taken from a range."""

    range_id: int
    number: str


def give_receipt_range(
    *, scope: Scope, holder_id: int, prefix: str, first: int, last: int, at: datetime
) -> ReceiptRange:
    """Hand a range of receipt numbers to a collector. Raises RangeUnusable."""
    scope.require("collection.receipts")
    if not 0 < first <= last:
        raise RangeUnusable(prefix=prefix, first=first, last=last, why=_("号码首尾颠倒"))
    with scoped(scope):
        holder = Operator.objects.select_related("organisation").filter(id=holder_id).first()
        if holder is None or not scope.holds(holder.organisation.area_from):
            raise NotThere(what=_("代办员 %(id)s") % {"id": holder_id})
        crossing = ReceiptRange.objects.filter(
            region=scope.region, prefix=prefix, first__lte=last, last__gte=first
        )
        given = RangeUnusable(prefix=prefix, first=first, last=last, why=_("与已发放的号段重叠"))
        if crossing.exists():
            raise given
        with refused({"a_receipt_range_is_given_once": given}):
            made = ReceiptRange.objects.create(
                region=scope.region,
                area_no=holder.organisation.area_from,  # where its holder can see it
                holder_id=holder_id,
                prefix=prefix,
                first=first,
                last=last,
                next=first,
                issued_at=at,
                issued_by=scope.operator_id,
            )
        _record(scope, "collection.give_receipts", "receipt_range", made.id, at)
        return made


def next_receipt(*, scope: Scope) -> Handed:
    """Take the operator's next receipt number, inside the caller's transaction.

    The range is locked to its end, so that numbers follow each other without a gap: what is
    rolled back gives its number back. Raises NoReceiptsLeft.
    """
    held = (
        ReceiptRange.objects.select_for_update(no_key=True)
        .filter(holder_id=scope.operator_id, next__lte=F("last"))
        .order_by("id")
        .first()
    )
    if held is None:
        raise NoReceiptsLeft()
    number = f"{held.prefix}{held.next:0{len(str(held.last))}d}"
    held.next += 1
    held.save(update_fields=["next"])
    return Handed(held.id, number)


def spoil_receipt(*, scope: Scope, because: str, at: datetime) -> Receipt:
    """Keep the operator's next receipt as spoilt, so that the numbers stay without a gap."""
    scope.require("collection.collect_cash")
    with scoped(scope):
        handed = next_receipt(scope=scope)
        made = Receipt.objects.create(
            region=scope.region,
            area_no=scope.area_from,
            range_id=handed.range_id,
            number=handed.number,
            kind=CASH_RECEIPT,
            amount_fen=0,
            issued_at=at,
            issued_by=scope.operator_id,
            spoilt_because=because,
        )
        _record(scope, "collection.spoil_receipt", "receipt", made.id, at)
        return made


def issue_invoice(*, scope: Scope, payment_id: int, number: str, at: datetime) -> Receipt:
    """Record the paper invoice that the tax hall gave for a payment (方案 四(三)).

    Raises InvoiceTooEarly, InvoiceGivenBefore.
    """
    scope.require("collection.invoice")
    with scoped(scope):
        hold("collection.payment", payment_id)
        payment = Payment.objects.filter(id=payment_id).first()
        if payment is None:
            raise NotThere(what=_("缴费 %(id)s") % {"id": payment_id})
        rules = policy(scope.region, payment.year)
        earliest = localdate(payment.paid_at) + timedelta(days=rules.invoice_after_days)
        if localdate(at) < earliest:
            raise InvoiceTooEarly(
                days=rules.invoice_after_days, earliest=earliest, place=rules.invoice_place
            )
        before = InvoiceGivenBefore(number=number)
        if Receipt.objects.filter(payment=payment, kind=INVOICE).exists():
            raise before
        with refused({"a_receipt_number_is_given_once": before}):
            made = Receipt.objects.create(
                region=scope.region,
                area_no=payment.area_no,
                number=number,
                kind=INVOICE,
                payment=payment,
                amount_fen=payment.amount_fen,
                issued_at=at,
                issued_by=scope.operator_id,
            )
        _record(scope, "collection.invoice", "payment", payment.id, at)
        return made


def hand_over_voucher(*, scope: Scope, payment_id: int, step: str, at: datetime) -> VoucherStep:
    """Record that a voucher's accounting copy reached the next office (参保缴费 15).

    The offices and their order are the region's. Raises StepOutOfTurn.
    """
    scope.require("collection.match")
    with scoped(scope):
        hold("collection.payment", payment_id)
        payment = Payment.objects.filter(id=payment_id).first()
        if payment is None:
            raise NotThere(what=_("缴费 %(id)s") % {"id": payment_id})
        way = policy(scope.region, payment.year).voucher_way
        passed = VoucherStep.objects.filter(payment=payment).count()
        expected = way[passed] if passed < len(way) else ""
        if step != expected:
            raise StepOutOfTurn(step=step, expected=expected or _("已全部交接"))
        made = VoucherStep.objects.create(
            region=scope.region,
            area_no=payment.area_no,
            payment=payment,
            step=step,
            handed_at=at,
            handed_by=scope.operator_id,
        )
        _record(scope, "collection.hand_over_voucher", "payment", payment.id, at)
        return made


def _record(scope: Scope, action: str, kind: str, object_id: int, at: datetime) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind=kind,
        object_id=str(object_id),
        area_no=scope.area_from,
    )
