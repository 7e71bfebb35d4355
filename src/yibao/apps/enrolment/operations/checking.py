"""Checking a ledger against register, lists and rules: set-wise, as often as wanted."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.checks import find_faults
from yibao.apps.enrolment.ledgers.faults import first_of, is_error, told
from yibao.apps.enrolment.ledgers.kinds import KINDS
from yibao.apps.enrolment.models import LEDGER_IMPORT, LedgerImport
from yibao.database.bulk import load

Faults = list[dict[str, Any]]
_COLUMN_NAME = 20
_NONE_WRONG = """
    update enrolment_ledgerrow r set faults = '[]', fault_code = '', fault_column = ''
     where r.ledger_id = %s and r.written_at is null and r.faults <> '[]'
       and not exists (select from line_fault f where f.id = r.id)"""
_WRONG = """
    update enrolment_ledgerrow r
       set faults = f.faults, fault_code = f.code, fault_column = f.col
      from line_fault f where r.id = f.id and r.faults <> f.faults"""
_COUNTS = """
    select count(*), count(*) filter (where r.fault_code = ''),
           count(*) filter (where r.fault_code = any(%s)),
           coalesce(sum(r.claimed_fen) filter (where r.fault_code = ''), 0)
      from enrolment_ledgerrow r where r.ledger_id = %s"""


def check_ledger(*, scope: Scope, import_id: int, at: datetime) -> LedgerImport:
    """Check every line not yet written again, and count. Nothing but the import changes.

    Raises NotAllowed, NotThere, StepNotAllowed.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = LedgerImport.objects.select_for_update().filter(pk=import_id).first()
        if ledger is None:
            raise NotThere(what=_("导入批次"))
        run_checks(scope=scope, ledger=ledger, at=at)
    return ledger


def decide_warnings(
    *, scope: Scope, import_id: int, at: datetime, code: str = "", row_id: int | None = None
) -> LedgerImport:
    """Let lines be written that waited for a clerk's word: all, those of one code, or one line.

    The word, its hour and whose it is stay with the line. Raises NotAllowed, NotThere.
    """
    scope.require("enrolment.confirm")
    with scoped(scope), connection.cursor() as cursor:
        ledger = LedgerImport.objects.select_for_update().filter(pk=import_id).first()
        if ledger is None:
            raise NotThere(what=_("导入批次"))
        asked = [one for one, kind in KINDS.items() if kind.decides and code in ("", one)]
        cursor.execute(
            "select r.id, r.faults from enrolment_ledgerrow r where r.ledger_id = %s"
            " and r.fault_code = any(%s) and r.written_at is null and (%s or r.id = %s)",
            [import_id, asked, row_id is None, row_id or 0],
        )
        word = {"accepted_by": scope.operator_id, "accepted_at": at.isoformat()}
        lines = {
            pk: [one | word if one["code"] in asked else one for one in _listed(faults)]
            for pk, faults in cursor.fetchall()
        }
        _load(cursor, lines)
        cursor.execute(_WRONG)
        count(cursor=cursor, ledger=ledger)
        audit.record(
            scope=scope,
            action="enrolment.decide_warnings",
            at=at,
            object_kind="ledger_import",
            object_id=str(import_id),
            area_no=ledger.area_no,
            detail={"rows": len(lines), "codes": asked},
        )
    return ledger


def run_checks(*, scope: Scope, ledger: LedgerImport, at: datetime) -> None:
    """Check the lines inside the caller's transaction, write their faults, count, save."""
    ledger.state = LEDGER_IMPORT.next(ledger.state, "check")
    with connection.cursor() as cursor:
        recheck(cursor=cursor, scope=scope, ledger=ledger, at=at)
    ledger.save(update_fields=["state"])


def recheck(*, cursor: Any, scope: Scope, ledger: LedgerImport, at: datetime) -> None:
    """Find the faults of every line not yet written and count; the state stays as it is."""
    cursor.execute(
        "select r.id, r.faults from enrolment_ledgerrow r"
        " where r.ledger_id = %s and r.written_at is null and r.faults <> '[]'",
        [ledger.pk],
    )
    before = {pk: _listed(faults) for pk, faults in cursor.fetchall()}
    lines = {pk: [one for one in kept if one.get("read")] for pk, kept in before.items()}
    for pk, found in find_faults(cursor, scope=scope, ledger=ledger, at=at):
        lines.setdefault(pk, []).append(found)
    lines = {pk: _with_words(faults, before.get(pk, [])) for pk, faults in lines.items() if faults}
    _load(cursor, lines)
    cursor.execute(_NONE_WRONG, [ledger.pk])
    cursor.execute(_WRONG)
    count(cursor=cursor, ledger=ledger)


def count(*, cursor: Any, ledger: LedgerImport) -> None:
    """Count lines good, bad and to be decided; what is left of the sum is to be decided."""
    errors = [code for code in KINDS if is_error(code)]
    cursor.execute(_COUNTS, [errors, ledger.pk])
    ledger.rows_total, ledger.rows_good, ledger.rows_bad, ledger.claimed_fen = cursor.fetchone()
    ledger.save(update_fields=["rows_total", "rows_good", "rows_bad", "claimed_fen"])


def _with_words(faults: Faults, before: Faults) -> Faults:
    """A clerk's word holds for the same question, not for another answer of the register."""
    words = {_question(one): one for one in before if "accepted_at" in one}
    return [
        one
        | {
            key: words[_question(one)][key]
            for key in ("accepted_by", "accepted_at")
            if _question(one) in words
        }
        for one in faults
    ]


def _question(fault: dict[str, Any]) -> tuple[str, str]:
    return fault["code"], told(fault).reason


def _load(cursor: Any, lines: Mapping[int, Faults]) -> None:
    def rows() -> Any:
        for pk, faults in lines.items():
            first = first_of([one for one in faults if "accepted_at" not in one])
            code, column = (first["code"], first["column"]) if first else ("", "")
            yield pk, json.dumps(faults, ensure_ascii=False), code, column[:_COLUMN_NAME]

    load(
        cursor, "line_fault", {"id": "bigint", "faults": "jsonb", "code": "text", "col": "text"},
        rows(),
    )  # fmt: skip


def _listed(faults: str) -> Faults:
    # Django leaves jsonb of a plain cursor as text.
    found: Faults = json.loads(faults)
    return found
