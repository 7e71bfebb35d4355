"""Decide a visit without writing: what would be paid, why, and what would change beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from yibao.apps.access.scope import Scope, scoped
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import Paid, benefit_rule
from yibao.apps.claims.case import nobody, read_case
from yibao.apps.claims.request import VisitRequest, read_request
from yibao.apps.claims.year import (
    Difference,
    Standing,
    Year,
    decide,
    seen_of,
)

# Sorts after every number that an institution writes: a trial has none of its own.
NO_NUMBER = "\uffff"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a settlement would pay: the decision, and the other visits that it would change."""

    request: VisitRequest
    paid: Paid
    differences: tuple[Difference, ...]
    fund_paid_before_fen: int
    fund_paid_after_fen: int
    hospital_level: int
    seen: str


def trial(
    *,
    scope: Scope,
    person_id: int,
    institution_id: int,
    facts: Mapping[str, Any],
    at: datetime,
    number: str = NO_NUMBER,
) -> Outcome:
    """Decide a visit as `settle` would at this moment, and write nothing.

    Raises as `settle`, keys apart.
    """
    scope.require("claims.trial")
    today = localdate(at)
    request = read_request(
        person_id=person_id,
        institution_id=institution_id,
        number=number,
        facts=facts,
        today=today,
    )
    rule = benefit_rule(scope.region, request.year, today)
    asked = {
        "person": person_id,
        "institution": institution_id,
        "number": request.number,
        "admitted_on": request.admitted_on,
        "year": request.year,
    }
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute("select 1 from registry_person where id = %s", [person_id])
        if cursor.fetchone() is None:
            raise nobody()
        cursor.execute(sql.READ, asked)
        case = read_case(cursor.fetchone(), request, rule)
        cursor.execute(sql.READ_YEAR, [person_id, request.year])
        row = cursor.fetchone()
        year = Year.of(row or (0, (), (), (), "[]", "", 0, 0))
        decided = decide(year, rule, case.new, lambda: _standing(cursor, person_id, request.year))
    assert decided.paid is not None, "a new visit is decided"
    return Outcome(
        request=request,
        paid=decided.paid,
        differences=decided.differences,
        fund_paid_before_fen=year.fund_paid_fen,
        fund_paid_after_fen=decided.year.fund_paid_fen,
        hospital_level=case.new.visit["hospital_level"],
        seen=seen_of(year, decided.paid),
    )


def _standing(cursor: Any, person_id: int, year: int) -> list[Standing]:
    cursor.execute(sql.STANDING, [person_id, year])
    return [Standing.of(row) for row in cursor.fetchall()]
