"""Payments find their dues: all at once by number, or one by hand where a clerk knows better."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.collection import matching
from yibao.apps.collection.booking import Arrived, post_money
from yibao.apps.collection.locks import hold
from yibao.apps.collection.matching import Candidate
from yibao.apps.collection.models import Due, UnmatchedPayment
from yibao.apps.collection.policy import cover_label, our_places
from yibao.apps.collection.queries.candidates import candidates
from yibao.apps.collection.settling import Pair, cover_pairs, lock_dues, pay_dues
from yibao.core.money import Fen
from yibao.core.refusal import Refusal

PAYMENT_FILE, PAYMENT = "payment_file", "payment"


class PaymentNotOpen(Refusal):
    """Raised by `claim_unmatched` for a payment that pays a due already."""

    code = "E710"
    message = "这笔缴费（凭证 {voucher}）已经有了对应的应缴"
    remedy = "请在缴费记录中查看它对应的人"
    message_en = "The payment of voucher {voucher} pays a due already"
    remedy_en = "Look up in the payments whose due it pays"


class PlaceNotOurs(Refusal):
    """Raised by `claim_unmatched` for money paid to another pooling region (方案 四(二))."""

    code = "E711"
    message = "这笔缴费的参保地是“{place}”，不是本统筹区，不能认领"
    remedy = "交错统筹区的款项原则上不退，请登记缴费人的请求"
    message_en = "This payment names the place of insurance {place}, which is not this region"
    remedy_en = "Such money is not paid back in principle; record what the payer asks for"


class AmountNotOwed(Refusal):
    """Raised where the amount is not what is open (方案 二)."""

    code = "E712"
    message = "金额 {amount} 元与应缴余额 {open} 元不符"
    remedy = "请核对是不是这个人的应缴；只能整笔对应"
    message_en = "The amount {amount} is not what is open, {open}"
    remedy_en = "Check whether this is the right due: a payment pays a due whole or not at all"
    field = "due_id"


class CoverRefused(Refusal):
    """Raised where the coverage rule does not accept the payment; `reason` is the rule's code."""

    code = "E713"
    message = "按参保规则不能参保：{label}"
    remedy = "请核对缴费日期与参保情形；款项留在待查款中"
    message_en = "The coverage rule does not accept this payment: {label}"
    remedy_en = "Check the date and the event; the money stays a temporary receipt"


class ReasonMissing(Refusal):
    """Raised where an exception is asked for without saying why."""

    code = "E714"
    message = "没有填写原因"
    remedy = "请写明原因，它会留在记录里"
    message_en = "No reason was given"
    remedy_en = "Give the reason, it is kept with the record"
    field = "reason"


@dataclass(frozen=True, slots=True)
class PaymentMatching:
    """What a run did: payments settled, their sum, and how many stay under which reason."""

    matched: int
    amount_fen: int
    unmatched: Mapping[str, int]


def match_payments(*, scope: Scope, year: int, at: datetime) -> PaymentMatching:
    """Match every payment of the year that pays nothing yet; settle, cover and book in one go.

    Unmatched money becomes a temporary receipt under its reason, to be claimed or to be matched
    by a later run. The answer does not depend on the order of files (`matching.decide`).
    """
    scope.require("collection.match")
    with scoped(scope):
        hold("collection.match", scope.region, year)
        found = candidates(scope=scope, year=year, our_places=our_places(scope.region))
        decided = matching.decide(found)
        kept = matching.still_open(decided.pairs, lock_dues(p.due_id for p in decided.pairs))
        answered = cover_pairs(scope=scope, year=year, pairs=kept.pairs, at=at)
        pay_dues(scope=scope, pairs=answered.accepted, reason="", at=at)
        refused = {
            payment: f"{matching.NOT_COVERED}:{reason}"
            for payment, reason in answered.refused.items()
        }
        reasons = {**decided.reasons, **kept.reasons, **refused}
        _keep_unmatched(scope, found, reasons, at)
        _close_unmatched(scope, [pair.payment_id for pair in answered.accepted], at)
        post_money(scope=scope, arrived=_arrived(scope, found, reasons), at=at)
        result = _summary(answered.accepted, reasons)
        audit.record(
            scope=scope,
            action="collection.match",
            at=at,
            object_kind="year",
            object_id=str(year),
            area_no=scope.area_from,
            detail={
                "matched": result.matched,
                "amount_fen": result.amount_fen,
                "unmatched": dict(result.unmatched),
            },
        )
        return result


def claim_unmatched(
    *, scope: Scope, payment_id: int, due_id: int, reason: str, at: datetime
) -> None:
    """Say by hand that a payment pays a due, with a reason that is kept.

    For a number or name that the channel wrote wrong. Raises ReasonMissing, PaymentNotOpen,
    PlaceNotOurs, AmountNotOwed, CoverRefused.
    """
    scope.require("collection.claim")
    if not reason.strip():
        raise ReasonMissing()
    with scoped(scope):
        waiting, due = _lock_claim(payment_id, due_id)
        payment = waiting.payment
        if payment.insured_place not in our_places(scope.region):
            raise PlaceNotOurs(place=payment.insured_place)
        open_fen = lock_dues([due_id]).get(due_id, 0)
        if payment.amount_fen != open_fen or payment.year != due.year:
            raise AmountNotOwed(amount=Fen(payment.amount_fen).shown(), open=Fen(open_fen).shown())
        pair = Pair(
            payment_id, due_id, due.person_id, due.area_no, payment.amount_fen, payment.paid_at
        )
        answered = cover_pairs(scope=scope, year=due.year, pairs=[pair], at=at)
        for code in answered.refused.values():
            raise CoverRefused(reason=code, label=cover_label(scope.region, code))
        pay_dues(scope=scope, pairs=[pair], reason=reason.strip(), at=at)
        _close_unmatched(scope, [payment_id], at)
        claimed = Arrived(PAYMENT, payment_id, payment.area_no, claimed_fen=payment.amount_fen)
        post_money(scope=scope, arrived=[claimed], at=at)
        audit.record(
            scope=scope,
            action="collection.claim",
            at=at,
            object_kind="payment",
            object_id=str(payment_id),
            area_no=due.area_no,
            detail={"due": due_id, "reason": reason.strip()},
        )


def keep_unmatched(
    *, scope: Scope, payments: Mapping[int, str], areas: Mapping[int, int], at: datetime
) -> None:
    """Keep these payments as unmatched, each under its reason code; `areas` by payment."""
    UnmatchedPayment.objects.bulk_create(
        UnmatchedPayment(
            region=scope.region,
            area_no=areas[payment],
            payment_id=payment,
            reason=reason,
            found_at=at,
        )
        for payment, reason in payments.items()
    )


def _lock_claim(payment_id: int, due_id: int) -> tuple[UnmatchedPayment, Due]:
    waiting = (
        UnmatchedPayment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("payment")
        .filter(payment_id=payment_id)
        .first()
    )
    due = Due.objects.filter(id=due_id, cancelled_at__isnull=True).first()
    if waiting is None:
        raise NotThere(what=_("待查缴费 %(id)s") % {"id": payment_id})
    if waiting.closed_at is not None:
        raise PaymentNotOpen(voucher=waiting.payment.voucher_no)
    if due is None:
        raise NotThere(what=_("应缴 %(id)s") % {"id": due_id})
    return waiting, due


def _keep_unmatched(
    scope: Scope, found: Sequence[Candidate], reasons: Mapping[int, str], at: datetime
) -> None:
    rows = [one for one in found if one.payment_id in reasons]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into collection_unmatchedpayment
                   (region, area_no, payment_id, reason, due_id, found_at)
            select %s, area_no, payment_id, reason, due_id, %s
              from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
                as t (area_no, payment_id, reason, due_id)
            on conflict (payment_id) do update set reason = excluded.reason,
                                                   due_id = excluded.due_id
            """,
            [
                scope.region,
                at,
                [one.area_no for one in rows],
                [one.payment_id for one in rows],
                [reasons[one.payment_id] for one in rows],
                [one.due_id for one in rows],
            ],
        )


def _close_unmatched(scope: Scope, payment_ids: Sequence[int], at: datetime) -> None:
    UnmatchedPayment.objects.filter(payment_id__in=payment_ids, closed_at__isnull=True).update(
        closed_at=at, closed_by=scope.operator_id
    )


def _arrived(scope: Scope, found: Iterable[Candidate], reasons: Mapping[int, str]) -> list[Arrived]:
    """Sum what a run decided by the file that the money came with, in the order of the files."""
    sums: dict[tuple[str, int], Arrived] = {}
    for one in found:
        unmatched = one.payment_id in reasons
        if unmatched and one.was_unmatched:
            continue  # it is a temporary receipt already
        source = (PAYMENT_FILE, one.file_id) if one.file_id else (PAYMENT, one.payment_id)
        so_far = sums.get(source) or Arrived(*source, area_no=scope.area_from)
        kind = "unmatched_fen" if unmatched else _becomes(one)
        amount = getattr(so_far, kind) + one.amount_fen
        sums[source] = replace(so_far, **{kind: amount})
    return [sums[source] for source in sorted(sums)]


def _becomes(one: Candidate) -> str:
    return "claimed_fen" if one.was_unmatched else "matched_fen"


def _summary(settled: Sequence[Pair], reasons: Mapping[int, str]) -> PaymentMatching:
    counts: dict[str, int] = defaultdict(int)
    for reason in reasons.values():
        counts[reason] += 1
    return PaymentMatching(
        matched=len(settled),
        amount_fen=sum(pair.amount_fen for pair in settled),
        unmatched=dict(sorted(counts.items())),
    )
