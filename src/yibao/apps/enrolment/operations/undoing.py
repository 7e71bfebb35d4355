"""Undoing a written ledger: a correction that adds, by a second person, never for paid lines.

Who has paid is known to a later app, which says so through `yibao.apps.enrolment.guards`.
"""

from datetime import datetime

from django.db.models import QuerySet

from yibao.apps.access import audit
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.guards import paid_persons
from yibao.apps.enrolment.ledgers.forms import INSURED_ELSEWHERE
from yibao.apps.enrolment.models import (
    LEDGER_IMPORT,
    Coverage,
    Enrolment,
    LedgerImport,
    LedgerRow,
    OtherCover,
)
from yibao.apps.enrolment.operations.confirming import SOURCE
from yibao.apps.enrolment.operations.uploading import the_ledger
from yibao.core.refusal import Refusal

_NAMED = 20
_NOTE = 200


class LinesAlreadyPaid(Refusal):
    """Raised where lines of the ledger are paid: nothing is changed after payment (方案 四(二))."""

    code = "E678"
    message = "有 {count} 行已经缴费，不能撤销：{lines}"
    remedy = "已缴费的信息不得修改；写错的按差错登记，由责任人处理"
    message_en = "{count} lines are paid and cannot be undone: {lines_en}"
    remedy_en = "What is paid is not changed; record the error with the person responsible"
    rows: tuple[int, ...]


class CorrectionNotUndone(Refusal):
    """Raised for the undoing of an undoing: a fresh ledger is imported instead."""

    code = "E679"
    message = "这一批次本身就是撤销，不能再撤销"
    remedy = "请重新上传台账"
    message_en = "This import is itself a correction"
    remedy_en = "Upload the ledger again"


class ReasonMissing(Refusal):
    """Raised for an undoing without a reason."""

    code = "E680"
    message = "没有写撤销原因"
    remedy = "请写明为什么撤销，便于日后查考"
    message_en = "No reason is given"
    remedy_en = "Say why the import is undone"
    field = "reason"


def undo_ledger(*, scope: Scope, import_id: int, reason: str, at: datetime) -> LedgerImport:
    """Withdraw all that a written ledger put on the year's list; return the linked correction.

    Nothing is deleted: enrolments and cover elsewhere are marked withdrawn, persons stay
    registered. Raises NotAllowed, NotThere, ReasonMissing, CorrectionNotUndone, StepNotAllowed,
    SecondPersonNeeded (who confirmed may not undo), LinesAlreadyPaid with every such line.
    """
    scope.require("enrolment.undo")
    if not reason.strip():
        raise ReasonMissing()
    with scoped(scope):
        ledger = the_ledger(import_id=import_id)
        if ledger.undoes_id is not None:
            raise CorrectionNotUndone()
        state = LEDGER_IMPORT.next(ledger.state, "undo")
        apart(
            first="enrolment.confirm",
            second="enrolment.undo",
            first_operator_id=ledger.confirmed_by or 0,
            operator_id=scope.operator_id,
        )
        written = LedgerRow.objects.filter(ledger=ledger).exclude(written_at=None)
        _refuse_paid(ledger, written)
        count = _withdraw(ledger, at)
        ledger.state = state
        ledger.save(update_fields=["state"])
        correction = _correction(scope, ledger, reason, count, at)
        audit.record(
            scope=scope,
            action="enrolment.undo_ledger",
            at=at,
            object_kind="ledger_import",
            object_id=str(import_id),
            area_no=ledger.area_no,
            detail={"correction": correction.pk, "rows": count, "reason": reason},
        )
    return correction


def _refuse_paid(ledger: LedgerImport, written: QuerySet[LedgerRow]) -> None:
    """A covered person has paid; so has whoever a later app says."""
    rows = dict(written.values_list("person_id", "row_no"))
    persons = sorted(person for person in rows if person is not None)
    paid = set(
        Coverage.objects.filter(
            person_id__in=persons, year=ledger.year, cancelled_at=None
        ).values_list("person_id", flat=True)
    )
    paid |= paid_persons(year=ledger.year, person_ids=persons)
    lines = sorted(rows[person] for person in paid & rows.keys())
    if lines:
        more, more_en = ("等", " and others") if len(lines) > _NAMED else ("", "")
        raise LinesAlreadyPaid(
            count=len(lines),
            lines="、".join(f"第 {row} 行" for row in lines[:_NAMED]) + more,
            lines_en="rows " + ", ".join(map(str, lines[:_NAMED])) + more_en,
            rows=tuple(lines),
        )


def _withdraw(ledger: LedgerImport, at: datetime) -> int:
    sources = LedgerRow.objects.filter(ledger=ledger).values("pk")
    if ledger.kind == INSURED_ELSEWHERE:
        return OtherCover.objects.filter(
            source_kind=SOURCE, source_id__in=sources, cancelled_at=None
        ).update(cancelled_at=at)
    return Enrolment.objects.filter(
        source_kind=SOURCE, source_id__in=sources, withdrawn_at=None
    ).update(withdrawn_at=at)


def _correction(
    scope: Scope, ledger: LedgerImport, reason: str, count: int, at: datetime
) -> LedgerImport:
    return LedgerImport.objects.create(
        region=ledger.region,
        area_no=ledger.area_no,
        kind=ledger.kind,
        year=ledger.year,
        file_name=ledger.file_name,
        file_sha256=ledger.file_sha256,
        file_bytes=ledger.file_bytes,
        uploaded_at=at,
        uploaded_by=scope.operator_id,
        state=LEDGER_IMPORT.next("writing", "finish"),
        rows_total=count,
        rows_good=count,
        claimed_fen=-ledger.claimed_fen,
        confirmed_at=at,
        confirmed_by=scope.operator_id,
        finished_at=at,
        undoes=ledger,
        note=reason[:_NOTE],
    )
