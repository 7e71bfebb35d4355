"""Take a settlement back: a row of its own with negative amounts, and the later visits again."""

import hashlib
from datetime import datetime

from django.utils.timezone import localdate

from yibao.apps.access.roles import apart
from yibao.apps.access.scope import Scope
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import benefit_rule
from yibao.apps.claims.replies import KeyMissing, SettledReply, answer, stored_reply, write_reply
from yibao.apps.claims.rows import (
    SETTLED,
    Ids,
    Place,
    corrections,
    reversed_row,
    write_audit,
    write_settlements,
    write_year,
)
from yibao.apps.claims.year import Standing, Year, decide_again
from yibao.apps.claims.year_change import LAWS
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.database.writer import Writer, writing


class SettlementUnknown(Refusal):
    """Raised for a settlement that the scope does not see, or that is itself a correction."""

    code = "E657"
    message = "您的范围内没有可冲正的结算 {settlement_id}"
    remedy = "请从结算列表中选择原结算"
    message_en = "There is no settlement {settlement_id} in your scope that can be reversed"
    remedy_en = "Choose the original settlement from the list"


class SettlementReversed(Refusal):
    """Raised for a settlement that has been reversed."""

    code = "E658"
    message = "结算 {settlement_no} 已经冲正，冲正号 {by}"
    remedy = "请打开冲正记录核对，不要重复冲正"
    message_en = "Settlement {settlement_no} is reversed already as {by}"
    remedy_en = "Open the reversal instead of reversing again"


class ReasonMissing(Refusal):
    """Raised by `reverse` without a reason."""

    code = "E659"
    field = "because"
    message = "没有写明冲正原因"
    remedy = "请填写冲正原因"
    message_en = "The reversal gives no reason"
    remedy_en = "Enter the reason"


def reverse(
    *, scope: Scope, client: str, key: str, settlement_id: int, because: str, at: datetime
) -> SettledReply:
    """Take back all that was settled for a visit, and decide the visits after it again.

    The same request again gets the same bytes. Raises SettlementUnknown, SettlementReversed,
    ReasonMissing, KeyMissing, KeyUsedForAnother, SecondPersonNeeded for whoever settled it.
    """
    scope.require("claims.reverse")
    if not key.strip():
        raise KeyMissing()
    if not because.strip():
        raise ReasonMissing()
    with refused(LAWS), writing(scope.area_from, scope.area_until) as w:
        return _reversed(w, scope, client, key, settlement_id, because.strip(), at)


def _reversed(
    w: Writer,
    scope: Scope,
    client: str,
    key: str,
    settlement_id: int,
    because: str,
    at: datetime,
) -> SettledReply:
    fingerprint = hashlib.sha256(f"reverse {settlement_id} {because}".encode()).hexdigest()
    claim = [client, key, fingerprint, at, settlement_id]
    claimed = w.run(sql.CLAIM_KEY_FOR_SETTLEMENT, claim)
    named = w.run(sql.SETTLEMENT, [settlement_id])
    reply_row = claimed.fetchone()
    if reply_row is None:
        found = stored_reply(w, client=client, key=key, fingerprint=fingerprint)
        if found is None:
            raise SettlementUnknown(settlement_id=settlement_id)
        return found
    person_id, year_no, visit_id, kind, settlement_no, settled_by, *rest = named.fetchone() or ()
    if kind != SETTLED:
        raise SettlementUnknown(settlement_id=settlement_id)
    if scope.operator_id:
        apart(
            first="claims.settle",
            second="claims.reverse",
            first_operator_id=settled_by,
            operator_id=scope.operator_id,
        )
    locked = w.run(sql.LOCK_YEAR, [person_id, year_no])
    stood = w.run(sql.STANDING, [person_id, year_no])
    already = w.run(sql.REVERSED_AS, [visit_id])
    drawn = w.run(sql.MORE_IDS, [1])
    year = Year.of(locked.fetchone() or ())
    standing = {visit.visit_id: visit for visit in map(Standing.of, stood.fetchall())}
    if visit_id not in standing:
        by = already.fetchone() or ("",)
        raise SettlementReversed(settlement_no=settlement_no, by=by[0])
    taken = standing.pop(visit_id)
    rule = benefit_rule(scope.region, year_no, localdate(at))
    decided = decide_again(year, rule, list(standing.values()))
    place = Place.of(scope, *rest, person_id, year_no, at)
    row = reversed_row(Ids(*drawn.fetchall()[0]), taken, rule.witness(), because)
    others = corrections(w, decided, because=f"冲正 {settlement_no}，按序重算")
    write_settlements(w, place, [row, *others])
    write_year(w, year, decided.year)
    reply = answer(place, row, others)
    write_audit(
        w,
        place,
        action="claims.reverse",
        object_id=settlement_id,
        detail={"no": settlement_no, "by": reply.settlement_no, "because": because},
    )
    write_reply(w, reply_row[0], reply)
    return reply
