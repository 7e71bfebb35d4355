"""Mending the faulty lines of a ledger in place, in a grid or by the corrected error file."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.ledgers.faults import first_of
from yibao.apps.enrolment.ledgers.reading import form_of, lines_by_origin
from yibao.apps.enrolment.ledgers.rows import ReadRow, read_row
from yibao.apps.enrolment.models import LEDGER_IMPORT, LedgerImport, LedgerRow
from yibao.apps.enrolment.operations.checking import run_checks
from yibao.apps.enrolment.operations.uploading import the_ledger
from yibao.apps.registry.cells import parted
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal

_COLUMN_NAME = 20
_CHANGED = (
    "cells",
    "secret_cells",
    "number_index",
    "phone_index",
    "household_no",
    "name",
    "relation",
    "sex",
    "born",
    "claimed_fen",
    "fault_code",
    "fault_column",
    "faults",
)


class LinesNotOfThisLedger(Refusal):
    """Raised for a corrected error file whose lines are not those of the ledger."""

    code = "E220"
    message = "文件里有 {count} 行对不上这一批次的错误行"
    remedy = "请下载本批次的错误表，在其中改正，不要删去“原行号”一列"
    message_en = "{count} lines of the file are no faulty lines of this ledger"
    remedy_en = "Correct the ledger's own error file and leave its column of row numbers in place"
    field = "file"


class NothingMended(Refusal):
    """Raised where no line was changed."""

    code = "E221"
    message = "没有改动任何一行"
    remedy = "请先改正内容再保存"
    message_en = "No line was changed"
    remedy_en = "Correct something before saving"


def mend_rows(
    *, scope: Scope, import_id: int, cells: Mapping[int, Mapping[str, str]], at: datetime
) -> LedgerImport:
    """Put the given cells (by line's id, by column key) in place of what was written, check anew.

    Lines that were written already, or that are another ledger's, are left alone. Nothing but the
    import changes. Raises NotAllowed, NotThere, StepNotAllowed, NothingMended.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = the_ledger(import_id=import_id)
        LEDGER_IMPORT.next(ledger.state, "check")
        rows = LedgerRow.objects.filter(ledger=ledger, pk__in=list(cells), written_at=None)
        mended = [row for row in rows.order_by("id") if _mend(ledger, row, cells[row.pk])]
        if not mended:
            raise NothingMended()
        run_checks(scope=scope, ledger=ledger, at=at)
        audit.record(
            scope=scope,
            action="enrolment.mend_rows",
            at=at,
            object_kind="ledger_import",
            object_id=str(import_id),
            area_no=ledger.area_no,
            detail={"rows": len(mended), "good": ledger.rows_good, "bad": ledger.rows_bad},
        )
    return ledger


def mend_by_file(*, scope: Scope, import_id: int, content: bytes, at: datetime) -> LedgerImport:
    """Take the corrected error file of a ledger: only its lines, each in its old place.

    Raises NotAllowed, NotThere, StepNotAllowed, LinesNotOfThisLedger, NothingMended or a member of
    UnreadableFile.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = the_ledger(import_id=import_id)
        faulty = LedgerRow.objects.filter(ledger=ledger, written_at=None).exclude(fault_code="")
        waiting: dict[int, list[LedgerRow]] = {}
        for row in faulty.order_by("id"):
            waiting.setdefault(row.row_no, []).append(row)
        cells, lost = _matched(lines_by_origin(content, ledger.kind), waiting)
        if lost:
            raise LinesNotOfThisLedger(count=lost)
        return mend_rows(scope=scope, import_id=import_id, cells=cells, at=at)


def _matched(
    lines: Sequence[tuple[int, ReadRow]], waiting: Mapping[int, Sequence[LedgerRow]]
) -> tuple[dict[int, dict[str, str]], int]:
    """Return cells by line, and how many lines belong to none; sheets may share a row."""
    cells: dict[int, dict[str, str]] = {}
    lost = 0
    for origin, read in lines:
        there = [row for row in waiting.get(origin, ()) if row.pk not in cells]
        same = [row for row in there if row.words().get("name", "") == read.cells["name"]]
        found = (same or there)[:1]
        if found:
            cells[found[0].pk] = read.cells
        else:
            lost += 1
    return cells, lost


def _mend(ledger: LedgerImport, row: LedgerRow, given: Mapping[str, str]) -> bool:
    """Read the line again with the given cells; tell whether anything differs."""
    form = form_of(ledger.kind)
    before = row.words()
    values = {key: before.get(key, "") for key in _keys(form, before)}
    wanted = values | {key: text for key, text in given.items() if key in values}
    if wanted == values:
        return False
    read = read_row(
        form=form, sheet=row.sheet, row_no=row.row_no, values=wanted, family=row.household_no
    )
    _take(row, read)
    row.save(update_fields=_CHANGED)
    return True


def _keys(form: Any, before: Mapping[str, str]) -> list[str]:
    keys = [column.key for column in form.columns]
    return [*keys, "place"] if "place" in before else keys


def _take(row: LedgerRow, read: ReadRow) -> None:
    first = first_of(read.faults)
    shown, secret = parted(read.cells, read.number)
    row.cells = shown
    row.secret_cells = json.dumps(secret, ensure_ascii=False) if secret else ""
    row.household_no, row.name = read.household_no, mask_within(read.name)
    row.relation, row.sex, row.born = read.relation, read.sex, read.born
    row.claimed_fen = read.claimed_fen
    row.fault_code = first["code"] if first else ""
    row.fault_column = first["column"][:_COLUMN_NAME] if first else ""
    # What the line shows by itself stays with it however often it is checked again.
    row.faults = [one | {"read": True} for one in read.faults]
