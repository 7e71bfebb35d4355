"""Settle a visit: two round trips, a fixed number of statements, one lock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import Rule, benefit_rule
from yibao.apps.claims.case import nobody, read_case
from yibao.apps.claims.replies import (
    KeyMissing,
    SettledReply,
    answer,
    stored_reply,
    write_reply,
)
from yibao.apps.claims.request import VisitRequest, read_request
from yibao.apps.claims.rows import (
    Ids,
    Place,
    corrections,
    settled_row,
    write_audit,
    write_settlements,
    write_visit,
    write_year,
)
from yibao.apps.claims.year import (
    Standing,
    Year,
    decide,
    seen_of,
)
from yibao.apps.claims.year_change import LAWS
from yibao.core.refusal import Refusal
from yibao.database.errors import refused
from yibao.database.writer import Writer, writing


class TrialOutdated(Refusal):
    """Raised where a settlement would not do what the trial showed: another came between."""

    code = "E660"
    message = "试算之后，本人本年的结算已有变动"
    remedy = "请核对现在的试算结果，再结算；本次没有写入任何数据"
    message_en = "This person's year has changed since the trial"
    remedy_en = "Check the trial as it stands now, then settle; nothing has been written"


def settle(
    *,
    scope: Scope,
    client: str,
    key: str,
    person_id: int,
    institution_id: int,
    number: str,
    facts: Mapping[str, Any],
    at: datetime,
    seen: str = "",
) -> SettledReply:
    """Settle a visit and return the answer; the same request again gets the same bytes.

    `facts` are the visit's facts by the rulebook's names, with `total_fen` (the whole bill) and
    `eligible_cost` (its part inside the catalogues). A visit that comes before one already
    settled replays the year: others are corrected by settlements of their own.

    `seen` is the mark of the trial that somebody has looked at: where the year or the amount is
    another by now, nothing is settled unseen.

    Raises TrialOutdated for that, the refusals of `read_request` and `read_case`, KeyMissing,
    KeyUsedForAnother, NotThere for a person outside the scope, FactFaults and the other refusals
    of the rule.
    """
    scope.require("claims.settle")
    if not key.strip():
        raise KeyMissing()
    today = localdate(at)
    request = read_request(
        person_id=person_id,
        institution_id=institution_id,
        number=number,
        facts=facts,
        today=today,
    )
    rule = benefit_rule(scope.region, request.year, today)
    with refused(LAWS), writing(scope.area_from, scope.area_until) as w:
        return _settled(w, scope, rule, client, key, request, at, seen)


def _settled(
    w: Writer,
    scope: Scope,
    rule: Rule,
    client: str,
    key: str,
    request: VisitRequest,
    at: datetime,
    seen: str,
) -> SettledReply:
    person_id, year_no, fingerprint = request.person_id, request.year, request.fingerprint()
    claimed = w.run(sql.CLAIM_KEY, [client, key, fingerprint, at, person_id])
    w.run(sql.OPEN_YEAR, [year_no, person_id, year_no])
    locked = w.run(sql.LOCK_YEAR, [person_id, year_no])
    read = w.run(
        sql.READ,
        {
            "person": person_id,
            "institution": request.institution_id,
            "number": request.number,
            "admitted_on": request.admitted_on,
            "year": year_no,
        },
    )
    drawn = w.run(sql.IDS)
    reply_row = claimed.fetchone()
    if reply_row is None:
        found = stored_reply(w, client=client, key=key, fingerprint=fingerprint)
        if found is None:
            raise nobody()
        return found
    year = Year.of(locked.fetchone() or ())
    case = read_case(read.fetchone(), request, rule)
    visit_id, *numbers = drawn.fetchone() or ()
    place = Place.of(scope, case.region, case.area_no, case.book_id, person_id, year_no, at)
    decided = decide(year, rule, case.new, lambda: _standing(w, person_id, year_no))
    assert decided.paid is not None, "a new visit is decided"
    if seen and seen != seen_of(year, decided.paid):
        raise TrialOutdated()
    write_visit(w, place, visit_id, request, case.new)
    row = settled_row(Ids(*numbers), visit_id, request, decided.paid)
    others = corrections(w, decided, because=f"补结 {request.number}，按序重算")
    write_settlements(w, place, [row, *others])
    write_year(w, year, decided.year)
    reply = answer(place, row, others)
    write_audit(
        w,
        place,
        action="claims.settle",
        object_id=reply.settlement_id,
        detail={"no": reply.settlement_no, "fund_pay_fen": row.fund_pay_fen},
    )
    write_reply(w, reply_row[0], reply)
    return reply


def _standing(w: Writer, person_id: int, year: int) -> list[Standing]:
    return [Standing.of(row) for row in w.run(sql.STANDING, [person_id, year]).fetchall()]
