"""Cash that an agent takes: only by exception, kept a short time, paid in by whoever took it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection.booking import CashMoved, post_cash
from yibao.apps.collection.models import CashCollection, Due, Receipt
from yibao.apps.collection.operations.matching import AmountNotOwed
from yibao.apps.collection.operations.receipts import next_receipt
from yibao.apps.collection.policy import CollectionPolicy, policy
from yibao.apps.collection.settling import lock_dues
from yibao.apps.enrolment.models import OtherCover
from yibao.core.books import subledgers
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

SOURCE = "cash_collection"
CASH_RECEIPT = "cash_receipt"


class CashOnlyByException(Refusal):
    """Raised by `collect_cash` without a special reason (方案 四(二))."""

    code = "E720"
    message = "原则上不再收取现金，确需收取的须写明特殊情况"
    remedy = "请引导本人用手机、POS 机或银行柜台缴费；确有特殊情况的写明原因"
    message_en = "Cash is not taken any more, except for a recorded special reason"
    remedy_en = "Help the person to pay by an online channel, or give the special reason"
    field = "special_reason"


class NotConfirmed(Refusal):
    """Raised by `collect_cash` where a check before keying is not confirmed (方案 四(二))."""

    code = "E721"
    message = "录入前没有确认：{checks}"
    remedy = "请当面核实后逐项确认"
    message_en = "Not confirmed before keying: {checks}"
    remedy_en = "Verify each with the person and confirm it"
    field = "confirmed"


class RecordSaysOtherwise(Refusal):
    """Raised by `collect_cash` where a confirmed answer contradicts the records."""

    code = "E722"
    message = "{check}：您确认的是“{said}”，系统记录是“{recorded}”"
    remedy = "请核实后再录入，不得将错就错"
    message_en = "{check}: you confirmed {said}, the record says {recorded}"
    remedy_en = "Find out which is right before keying"
    field = "confirmed"


class CashAlreadyHeld(Refusal):
    """Raised by `collect_cash` where an agent holds cash for this due."""

    code = "E723"
    message = "{collector} 已于 {on} 为此人代收现金，收据 {receipt}"
    remedy = "请不要重复收取；该笔现金缴库后即参保"
    message_en = "{collector} took the cash for this person on {on}, receipt {receipt}"
    remedy_en = "Do not collect again; the person is covered when that cash is paid in"


class DueSettled(Refusal):
    """Raised by `collect_cash` where nothing is owed."""

    code = "E724"
    message = "此人 {year} 年度没有未缴金额"
    remedy = "请在人员页查看缴费和资助记录"
    message_en = "Nothing is owed for this person and {year}"
    remedy_en = "See payments and support on the person's page"


class CashAfterFinalDay(Refusal):
    """Raised by `collect_cash` after the last day for paying cash in (方案 四(二))."""

    code = "E725"
    message = "现金最迟 {final} 缴库，此后不能再代收"
    remedy = "请本人通过线上渠道缴费"
    message_en = "Cash has to be paid in by {final}; none is taken after that"
    remedy_en = "The person pays by an online channel"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the collector verified before keying (方案 四(二)).

    `identity` and `place` must be true; `special_payer` and `employee` are answers that must
    agree with the records.
    """

    identity: bool
    special_payer: bool
    employee: bool
    place: bool


def collect_cash(
    *,
    scope: Scope,
    due_id: int,
    amount_fen: int,
    special_reason: str,
    confirmed: Confirmed,
    at: datetime,
) -> CashCollection:
    """Record cash that the operator took for a due, with a receipt from the operator's range.

    Taking cash insures nobody; paying it in does. Whoever collects keys and answers for it.
    Raises CashOnlyByException, CashAfterFinalDay, NotConfirmed, RecordSaysOtherwise, DueSettled,
    AmountNotOwed, CashAlreadyHeld, NoReceiptsLeft.
    """
    scope.require("collection.collect_cash")
    with scoped(scope):
        due = Due.objects.select_related("person").filter(id=due_id).first()
        if due is None:
            raise NotThere(what=_("应缴 %(id)s") % {"id": due_id})
        rules = policy(scope.region, due.year)
        if rules.cash_only_by_exception and not special_reason.strip():
            raise CashOnlyByException()
        if rules.cash_final_day and localdate(at) > rules.cash_final_day:
            raise CashAfterFinalDay(final=rules.cash_final_day)
        open_fen = lock_dues([due_id]).get(due_id, 0)
        _check_confirmed(due, confirmed)
        _check_open(due, open_fen, amount_fen)
        cash = _take(scope, due, amount_fen, special_reason.strip(), confirmed, rules, at)
        held = CashMoved(scope.operator_id, amount_fen, SOURCE, cash.id, due.area_no)
        post_cash(scope=scope, recipe=subledgers.cash_taken, held=[held], at=at)
        audit.record(
            scope=scope,
            action="collection.collect_cash",
            at=at,
            object_kind="cash_collection",
            object_id=str(cash.id),
            area_no=due.area_no,
            detail={"due": due_id, "amount_fen": amount_fen, "receipt": cash.receipt_no},
        )
        return cash


def _take(
    scope: Scope,
    due: Due,
    amount_fen: int,
    special_reason: str,
    confirmed: Confirmed,
    rules: CollectionPolicy,
    at: datetime,
) -> CashCollection:
    """Insert the collection and its receipt, the next number of the operator's range."""
    receipt = next_receipt(scope=scope)
    cash = CashCollection.objects.create(
        region=scope.region,
        area_no=due.area_no,
        due=due,
        collector_id=scope.operator_id,
        keyed_by_id=scope.operator_id,
        amount_fen=amount_fen,
        collected_at=at,
        deposit_by=rules.deposit_by(localdate(at)),
        special_reason=special_reason,
        receipt_no=receipt.number,
        confirmed=asdict(confirmed),
    )
    Receipt.objects.create(
        region=scope.region,
        area_no=due.area_no,
        range_id=receipt.range_id,
        number=receipt.number,
        kind=CASH_RECEIPT,
        collection=cash,
        amount_fen=amount_fen,
        issued_at=at,
        issued_by=scope.operator_id,
    )
    return cash


def _check_confirmed(due: Due, confirmed: Confirmed) -> None:
    open_checks = [
        label
        for label, answer in (
            (_("身份信息无误"), confirmed.identity),
            (_("参保地"), confirmed.place),
        )
        if not answer
    ]
    if open_checks:
        raise NotConfirmed(checks="、".join(map(str, open_checks)))
    employee = OtherCover.objects.filter(
        person_id=due.person_id, year=due.year, kind="employee", cancelled_at__isnull=True
    ).exists()
    for check, said, recorded in (
        (_("是否特殊缴费人员"), confirmed.special_payer, due.subsidised_fen > 0),
        (_("是否已参加职工医保"), confirmed.employee, employee),
    ):
        if said != recorded:
            raise RecordSaysOtherwise(check=check, said=_yes(said), recorded=_yes(recorded))


def _yes(answer: bool) -> str:
    return str(_("是") if answer else _("否"))


def _check_open(due: Due, open_fen: int, amount_fen: int) -> None:
    if open_fen == 0:
        raise DueSettled(year=due.year)
    if amount_fen != open_fen:
        raise AmountNotOwed(amount=Fen(amount_fen).shown(), open=Fen(open_fen).shown())
    held = (
        CashCollection.objects.filter(due=due, deposited__isnull=True)
        .select_related("collector")
        .first()
    )
    if held is not None:
        raise CashAlreadyHeld(
            collector=held.collector.name,
            on=localdate(held.collected_at),
            receipt=held.receipt_no,
        )
