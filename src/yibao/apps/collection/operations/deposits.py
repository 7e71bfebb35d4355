"""Cash is paid in by whoever took it: only then it pays and covers (方案 四(二))."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection import matching
from yibao.apps.collection.booking import Arrived, CashMoved, post_cash, post_money
from yibao.apps.collection.models import (
    CashCollection,
    CashDeclarationLine,
    CashDeposit,
    CashDepositLine,
    Payment,
)
from yibao.apps.collection.operations.matching import keep_unmatched
from yibao.apps.collection.policy import policy
from yibao.apps.collection.settling import Pair, cover_pairs, lock_dues, pay_dues
from yibao.apps.registry.shown import number_of
from yibao.core.books import subledgers
from yibao.core.refusal import Refusal
from yibao.database.errors import refused

DEPOSIT = "cash_deposit"


class DepositNotYours(Refusal):
    """Raised by `deposit_cash` for cash that somebody else took: who collects is responsible."""

    code = "E726"
    message = "这些现金由 {collector} 代收，须由其本人缴库"
    remedy = "谁收取、谁录入、谁负责：请代收人本人办理"
    message_en = "This cash was taken by {collector}, who has to pay it in"
    remedy_en = "Whoever takes cash keys it in, pays it in and answers for it"


class DepositLate(Refusal):
    """Raised by `deposit_cash` on a later day than that of the collection, without a reason."""

    code = "E727"
    message = "{count} 笔现金没有在当日缴库，最早一笔收于 {first}"
    remedy = "请写明当日未能缴库的原因（如网络故障）"
    message_en = "{count} of these were not paid in on the day they were taken, the first {first}"
    remedy_en = "Give the reason why it was not possible that day, such as a network failure"
    field = "late_reason"


class DepositedBefore(Refusal):
    """Raised by `deposit_cash` for cash that was paid in already."""

    code = "E728"
    message = "{count} 笔现金已经缴库"
    remedy = "请刷新清单，只选未缴库的"
    message_en = "{count} of these were paid in already"
    remedy_en = "Reload the list and choose only what is still held"


class DepositVoucherUsed(Refusal):
    """Raised by `deposit_cash` for a voucher number that another deposit or payment carries."""

    code = "E729"
    message = "凭证号 {voucher} 已经用过"
    remedy = "请核对缴库凭证号"
    message_en = "The voucher number {voucher} is used already"
    remedy_en = "Check the number on the voucher"
    field = "voucher_no"


class NotAssessed(Refusal):
    """Raised by `deposit_cash` where the section assesses first and has not (参保缴费 13)."""

    code = "E768"
    message = "{count} 笔现金还没有核定表，不能缴库"
    remedy = "请先向征缴股室申报，持核定表缴费"
    message_en = "{count} of these have no assessment yet"
    remedy_en = "Declare them to the collection section and pay in with its assessment"


def deposit_cash(
    *,
    scope: Scope,
    collection_ids: Sequence[int],
    channel: str,
    voucher_no: str,
    late_reason: str,
    at: datetime,
) -> CashDeposit:
    """Record that the operator paid this cash in: it pays the dues and covers the persons.

    All of it under one voucher of an online channel. A due that was paid otherwise in the
    meantime, or that the coverage rule refuses, leaves the money as a temporary receipt. Raises
    DepositNotYours, DepositedBefore, NotAssessed, DepositLate, DepositVoucherUsed.
    """
    scope.require("collection.deposit")
    with scoped(scope):
        held = _lock_cash(scope, collection_ids)
        _check_assessed(scope, held)
        late = [one for one in held if localdate(one.collected_at) < localdate(at)]
        if late and not late_reason.strip():
            first = min(localdate(one.collected_at) for one in late)
            raise DepositLate(count=len(late), first=first)
        used = DepositVoucherUsed(voucher=voucher_no)
        with refused({"a_deposit_voucher_is_used_once": used, "a_voucher_pays_once": used}):
            deposit = CashDeposit.objects.create(
                region=scope.region,
                area_no=scope.area_from,
                collector_id=scope.operator_id,
                channel=channel,
                voucher_no=voucher_no,
                amount_fen=sum(one.amount_fen for one in held),
                deposited_at=at,
                late_reason=late_reason.strip(),
            )
            pairs = _insert_payments(scope, deposit, held, at)
        settled_fen = 0
        for year in sorted({one.due.year for one in held}):
            due_ids = {one.due_id for one in held if one.due.year == year}
            of_year = [pair for pair in pairs if pair.due_id in due_ids]
            settled_fen += _settle(scope, year, of_year, at)
        _post_deposit(scope, deposit, held, settled_fen, at)
        return deposit


def _lock_cash(scope: Scope, collection_ids: Sequence[int]) -> list[CashCollection]:
    """Lock the dues of the collections and see that the operator may pay these in."""
    held = list(
        CashCollection.objects.filter(id__in=set(collection_ids))
        .select_related("due__person", "collector")
        .order_by("id")
    )
    lock_dues(one.due_id for one in held)
    if not held or len(held) != len(set(collection_ids)):
        raise NotThere(what=_("所选的代收现金"))
    for one in held:
        if one.collector_id != scope.operator_id:
            raise DepositNotYours(collector=one.collector.name)
    before = CashDepositLine.objects.filter(collection__in=held).count()
    if before:
        raise DepositedBefore(count=before)
    return held


def _check_assessed(scope: Scope, held: Sequence[CashCollection]) -> None:
    if not policy(scope.region, held[0].due.year).assessed_before_paying_in:
        return
    assessed = CashDeclarationLine.objects.filter(
        collection__in=held, declaration__assessed_at__isnull=False
    ).count()
    if assessed < len(held):
        raise NotAssessed(count=len(held) - assessed)


def _insert_payments(
    scope: Scope, deposit: CashDeposit, held: Sequence[CashCollection], at: datetime
) -> list[Pair]:
    """Insert a payment for each collection, under the deposit's voucher and its own receipt."""
    year = held[0].due.year
    kind = policy(scope.region, year).voucher_kind(deposit.channel)
    numbers = _numbers_of([one.due.person_id for one in held])
    payments = Payment.objects.bulk_create(
        Payment(
            region=scope.region,
            area_no=one.area_no,
            channel=deposit.channel,
            year=one.due.year,
            number=numbers.get(one.due.person_id, ""),
            name=one.due.person.name,
            amount_fen=one.amount_fen,
            paid_at=at,
            voucher_kind=kind,
            voucher_no=f"{deposit.voucher_no}#{one.receipt_no}",
            insured_place=policy(scope.region, year).place,
            recorded_at=at,
        )
        for one in held
    )
    CashDepositLine.objects.bulk_create(
        CashDepositLine(
            region=scope.region,
            area_no=one.area_no,
            deposit=deposit,
            collection=one,
            payment=payment,
        )
        for one, payment in zip(held, payments)
    )
    return [
        Pair(payment.id, one.due_id, one.due.person_id, one.due.area_no, one.amount_fen, at)
        for one, payment in zip(held, payments)
    ]


def _numbers_of(person_ids: Sequence[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct on (person_id) person_id, number from registry_identitydocument
             where person_id = any(%s) order by person_id, valid_until is not null, id desc
            """,
            [list(person_ids)],
        )
        return {person_id: number_of(number) for person_id, number in cursor.fetchall()}


def _settle(scope: Scope, year: int, pairs: Sequence[Pair], at: datetime) -> int:
    """Settle what can be settled; keep the rest as unmatched. Returns the settled sum in fen."""
    kept = matching.still_open(pairs, lock_dues(pair.due_id for pair in pairs))
    answered = cover_pairs(scope=scope, year=year, pairs=kept.pairs, at=at)
    pay_dues(scope=scope, pairs=answered.accepted, reason="", at=at)
    refused_pairs = {
        payment: f"{matching.NOT_COVERED}:{reason}" for payment, reason in answered.refused.items()
    }
    areas = {pair.payment_id: pair.area_no for pair in pairs}
    keep_unmatched(scope=scope, payments={**kept.reasons, **refused_pairs}, areas=areas, at=at)
    return sum(pair.amount_fen for pair in answered.accepted)


def _post_deposit(
    scope: Scope,
    deposit: CashDeposit,
    held: Sequence[CashCollection],
    settled_fen: int,
    at: datetime,
) -> None:
    moved = CashMoved(
        deposit.collector_id, deposit.amount_fen, DEPOSIT, deposit.id, deposit.area_no
    )
    post_cash(scope=scope, recipe=subledgers.cash_deposited, held=[moved], at=at)
    arrived = Arrived(
        DEPOSIT,
        deposit.id,
        deposit.area_no,
        matched_fen=settled_fen,
        unmatched_fen=deposit.amount_fen - settled_fen,
    )
    post_money(scope=scope, arrived=[arrived], at=at)
    audit.record(
        scope=scope,
        action="collection.deposit",
        at=at,
        object_kind="cash_deposit",
        object_id=str(deposit.id),
        area_no=deposit.area_no,
        detail={
            "collections": len(held),
            "amount_fen": deposit.amount_fen,
            "settled_fen": settled_fen,
            "late_reason": deposit.late_reason,
        },
    )
