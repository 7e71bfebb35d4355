"""The rows that a settlement writes, given to the pipeline one statement a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import Scope
from yibao.apps.claims import sql
from yibao.apps.claims.benefit import Paid
from yibao.apps.claims.models import Settlement, Visit
from yibao.apps.claims.request import VisitRequest
from yibao.apps.claims.year import Decided, Difference, NewVisit, Standing, Year
from yibao.apps.fund import pipeline
from yibao.core.books.entry import Entry
from yibao.core.books.subledgers import benefit_owed, benefit_reversed
from yibao.core.money import Fen
from yibao.database.writer import Writer
from yibao.rulebook.subledgers import subledger_chart

SETTLED, REVERSED, ADJUSTED = "settled", "reversed", "adjusted"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a settlement belong, who writes them and when."""

    scope: Scope
    region: str
    area_no: int
    book_id: int
    person_id: int
    year: int
    at: datetime
    on: date

    @classmethod
    def of(
        cls,
        scope: Scope,
        region: str,
        area_no: int,
        book_id: int,
        person_id: int,
        year: int,
        at: datetime,
    ) -> "Place":
        """Return the place; its day is that of `at` where the settlement is made."""
        return cls(scope, region, area_no, book_id, person_id, year, at, localdate(at))


@dataclass(frozen=True, slots=True)
class Ids:
    """Fresh numbers for a settlement and its entry."""

    settlement_id: int
    entry_id: int
    number: int

    def settlement_no(self, on: date) -> str:
        """The number that people read: the day, then a count that never repeats."""
        return f"S{on:%Y%m%d}-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Row:
    """A settlement to be written, amounts in fen, negative where it takes back."""

    ids: Ids
    kind: str
    visit_id: int
    institution_id: int
    corrects_id: int | None
    total_fen: int
    eligible_fen: int
    deductible_fen: int
    rate: int
    fund_pay_fen: int
    reason: str
    result: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    witness: Mapping[str, Any]
    because: str = ""


def settled_row(ids: Ids, visit_id: int, request: VisitRequest, paid: Paid) -> Row:
    """Return the settlement of a visit as decided."""
    return Row(
        ids=ids,
        kind=SETTLED,
        visit_id=visit_id,
        institution_id=request.institution_id,
        corrects_id=None,
        total_fen=request.total_fen,
        eligible_fen=request.eligible_fen,
        deductible_fen=paid.deductible_fen,
        rate=paid.rate,
        fund_pay_fen=paid.fund_pay_fen,
        reason=paid.reason,
        result=paid.stored_result(),
        steps=paid.steps,
        witness=paid.witness,
    )


def adjusted_row(ids: Ids, difference: Difference, because: str) -> Row:
    """Return the settlement that adds a replay's difference to what was settled."""
    paid = difference.paid
    return Row(
        ids=ids,
        kind=ADJUSTED,
        visit_id=difference.visit.visit_id,
        institution_id=difference.visit.institution_id,
        corrects_id=difference.visit.settled_id,
        total_fen=0,
        eligible_fen=0,
        deductible_fen=difference.deductible_fen,
        rate=paid.rate,
        fund_pay_fen=difference.fund_pay_fen,
        reason=paid.reason,
        result={**paid.stored_result(), "ceilings": list(difference.added_fen)},
        steps=paid.steps,
        witness=paid.witness,
        because=because,
    )


def reversed_row(ids: Ids, visit: Standing, witness: Mapping[str, Any], because: str) -> Row:
    """Return the settlement that takes back all that was settled for a visit."""
    return Row(
        ids=ids,
        kind=REVERSED,
        visit_id=visit.visit_id,
        institution_id=visit.institution_id,
        corrects_id=visit.settled_id,
        total_fen=-visit.total_fen,
        eligible_fen=-visit.eligible_fen,
        deductible_fen=-visit.deductible_fen,
        rate=0,
        fund_pay_fen=-visit.fund_pay_fen,
        reason=REVERSED,
        result={"ceilings": [-fen for fen in visit.added_fen]},
        steps=[],
        witness=witness,
        because=because,
    )


def corrections(w: Writer, decided: Decided, *, because: str) -> list[Row]:
    """Return the settlements that correct other visits of the year, with fresh numbers."""
    if not decided.differences:
        return []
    drawn = w.run(sql.MORE_IDS, [len(decided.differences)]).fetchall()
    return [
        adjusted_row(Ids(*numbers), difference, because)
        for numbers, difference in zip(drawn, decided.differences)
    ]


def write_visit(
    w: Writer, place: Place, visit_id: int, request: VisitRequest, new: NewVisit
) -> None:
    """Send the visit with the facts that it was decided by."""
    w.add(
        Visit,
        id=visit_id,
        region=place.region,
        area_no=place.area_no,
        person=place.person_id,
        institution=request.institution_id,
        number=request.number,
        year=request.year,
        facts=new.stored(),
        admitted_on=request.admitted_on,
        discharged_on=request.discharged_on,
        total_fen=request.total_fen,
        eligible_fen=request.eligible_fen,
        recorded_at=place.at,
    )


def write_settlements(w: Writer, place: Place, rows: Sequence[Row]) -> None:
    """Send settlements, and the entries of those that move what an institution is owed."""
    for row in rows:
        w.add(Settlement, **_columns(place, row))
    pipeline.add_entries(
        w,
        book_id=place.book_id,
        region=place.region,
        area_no=place.area_no,
        entries=[
            pipeline.NewEntry(row.ids.entry_id, _entry(place, row), row.ids.settlement_id)
            for row in rows
            if row.fund_pay_fen
        ],
        source_kind="settlement",
        at=place.at,
        by=place.scope.operator_id,
    )


def write_year(w: Writer, before: Year, after: Year) -> None:
    """Send the year's new state, and what is added to its sums."""
    # Out of the state that was decided from: what this writer adds, whatever others added.
    had = before.state[len(before.state) - len(after.used_fen) :] or (0,) * len(after.used_fen)
    w.run(
        sql.STORE_YEAR,
        [
            list(after.state),
            [now - then for then, now in zip(had, after.used_fen)],
            list(after.limit_fen),
            json.dumps(after.last_order),
            after.sense_hash,
            after.fund_paid_fen - before.fund_paid_fen,
            after.settlements - before.settlements,
            after.row_id,
        ],
    )


def write_audit(
    w: Writer, place: Place, *, action: str, object_id: int, detail: Mapping[str, Any]
) -> None:
    """Send the record of the act; its detail holds numbers of ours and amounts only."""
    scope = place.scope
    w.add(
        AuditRecord,
        xid=0,
        at=place.at,
        operator_id=scope.operator_id or None,
        operator_name=scope.operator_name,
        post_id=scope.post_id or None,
        region=place.region,
        area_no=place.area_no,
        action=action,
        object_kind="settlement",
        object_id=str(object_id),
        outcome="done",
        detail=dict(detail),
        address=scope.address,
    )


def _columns(place: Place, row: Row) -> dict[str, Any]:
    return {
        "id": row.ids.settlement_id,
        "region": place.region,
        "area_no": place.area_no,
        "visit": row.visit_id,
        "person": place.person_id,
        "institution": row.institution_id,
        "settlement_no": row.ids.settlement_no(place.on),
        "year": place.year,
        "kind": row.kind,
        "corrects": row.corrects_id,
        "total_fen": row.total_fen,
        "eligible_fen": row.eligible_fen,
        "deductible_fen": row.deductible_fen,
        "rate": row.rate,
        "fund_pay_fen": row.fund_pay_fen,
        "self_pay_fen": row.eligible_fen - row.fund_pay_fen,
        "reason": row.reason,
        "result": dict(row.result),
        "steps": list(row.steps),
        "witness": dict(row.witness),
        "rulebook_hash": row.witness["text"],
        "settled_at": place.at,
        "settled_by": place.scope.operator_id,
        "because": row.because,
    }


def _entry(place: Place, row: Row) -> Entry:
    recipe = benefit_owed if row.fund_pay_fen > 0 else benefit_reversed
    return recipe(
        subledger_chart("institutions"),
        on=place.on,
        amount_fen=Fen(abs(row.fund_pay_fen)),
        institution_id=row.institution_id,
    )
