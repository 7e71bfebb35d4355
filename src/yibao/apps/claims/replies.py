"""Answers under a key: the same request gets the first answer again, byte for byte."""

import json
from dataclasses import dataclass
from typing import Any

from yibao.apps.claims import sql
from yibao.apps.claims.rows import Place, Row
from yibao.core.money import Fen
from yibao.core.refusal import Refusal
from yibao.database.writer import Writer


class KeyUsedForAnother(Refusal):
    """Raised where a key comes again with another request."""

    code = "E653"
    field = "key"
    message = "业务流水号 {key} 已用于另一笔业务"
    remedy = "请换用新的流水号；同一笔业务重发时内容须完全一致"
    message_en = "The key {key} was used for another request"
    remedy_en = "Use a new key; a repeated request must be exactly the same"


class KeyMissing(Refusal):
    """Raised for a request without a key."""

    code = "E654"
    field = "key"
    message = "缺少业务流水号"
    remedy = "请为每笔业务编一个不重复的流水号"
    message_en = "The request has no key"
    remedy_en = "Give each request a key of its own"


@dataclass(frozen=True, slots=True)
class SettledReply:
    """The answer to settle or reverse; `body` is what the institution gets, always the same."""

    settlement_id: int
    settlement_no: str
    body: bytes
    replayed: bool


def stored_reply(w: Writer, *, client: str, key: str, fingerprint: str) -> SettledReply | None:
    """Return the first answer under a key, None where the scope sees none.

    Raises KeyUsedForAnother.
    """
    row = w.run(sql.STORED_REPLY, [client, key]).fetchone()
    if row is None:
        return None
    request_hash, body, settlement_id, settlement_no = row
    if request_hash != fingerprint:
        raise KeyUsedForAnother(key=key)
    return SettledReply(settlement_id, settlement_no, bytes(body), replayed=True)


def write_reply(w: Writer, reply_id: int, reply: SettledReply) -> None:
    """Send the answer, to be kept with the rest of the transaction."""
    w.run(sql.STORE_REPLY, [reply.body, reply.settlement_id, reply_id])


def body_of(row: Row, settlement_no: str, others: list[dict[str, Any]]) -> bytes:
    """Return the answer's bytes: the settlement, and what it changed in others of the year."""
    answer = {
        "settlement_no": settlement_no,
        "kind": row.kind,
        "total": Fen(row.total_fen).yuan(),
        "eligible": Fen(row.eligible_fen).yuan(),
        "deductible": Fen(row.deductible_fen).yuan(),
        "fund_pay": Fen(row.fund_pay_fen).yuan(),
        "self_pay": Fen(row.total_fen - row.fund_pay_fen).yuan(),
        "reason": row.reason,
        "rulebook": row.witness["text"],
        "adjusted": others,
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def other_of(row: Row, settlement_no: str) -> dict[str, Any]:
    """Return how an answer names a correction of another visit."""
    return {"settlement_no": settlement_no, "fund_pay_change": Fen(row.fund_pay_fen).yuan()}


def answer(place: Place, row: Row, others: list[Row]) -> SettledReply:
    """Return the answer for a settlement that was just written."""
    settlement_no = row.ids.settlement_no(place.on)
    named = [other_of(one, one.ids.settlement_no(place.on)) for one in others]
    body = body_of(row, settlement_no, named)
    return SettledReply(row.ids.settlement_id, settlement_no, body, replayed=False)
