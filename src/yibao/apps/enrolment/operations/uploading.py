"""Taking in a village's ledger: every line is kept as it was written, and checked at once."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.enrolment.ledgers.faults import first_of
from yibao.apps.enrolment.ledgers.reading import ReadLedger, read_ledger
from yibao.apps.enrolment.ledgers.rows import ReadRow
from yibao.apps.enrolment.models import LEDGER_IMPORT, LedgerImport
from yibao.apps.enrolment.operations.checking import run_checks
from yibao.apps.enrolment.operations.years import the_open_year
from yibao.apps.registry.cells import PHONE_READ, sealed
from yibao.apps.registry.queries import area_names
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.database.bulk import load
from yibao.database.sealing import PHONE, index_of

_ROW = {
    "sheet": "text",
    "row_no": "integer",
    "cells": "jsonb",
    "secret_cells": "bytea",
    "number_index": "bytea",
    "phone_index": "bytea",
    "household_no": "text",
    "name": "text",
    "relation": "text",
    "sex": "text",
    "born": "date",
    "claimed_fen": "bigint",
    "fault_code": "text",
    "fault_column": "text",
    "faults": "jsonb",
}
_FILE_NAME = 200
# What the sealed cells are called in their values.
SECRET_CELLS = "enrolment.ledgerrow.secret_cells"  # noqa: S105
_COLUMN_NAME = 20
# What a village's name ends in says what it is, not which one.
_ENDINGS = ("社区居委会", "村委会", "居委会", "社区", "村")


class LedgerEmpty(Refusal):
    """Raised for a template that nobody filled in."""

    code = "E812"
    message = "文件“{file_name}”里没有填写的行"
    remedy = "请填好后再上传"
    message_en = 'The file "{file_name}" has no line'
    remedy_en = "Fill it in and upload it again"
    field = "file"


class LedgerOfAnotherPlace(Refusal):
    """Raised where the ledger's head names another village than was chosen."""

    code = "E813"
    message = "台账上的填报单位是“{unit}”，您选的是“{chosen}”"
    remedy = "请核对所选的村，或改正台账的填报单位"
    message_en = 'The ledger is of "{unit}", you chose "{chosen}"'
    remedy_en = "Choose the right village, or correct the ledger's head"
    field = "area"


class NotAVillage(Refusal):
    """Raised where the chosen area is no village: a ledger is always one village's."""

    code = "E814"
    message = "请选择一个村（社区），台账按村上传"
    remedy = "在区划中选到村级"
    message_en = "A ledger is one village's"
    remedy_en = "Choose a village"
    field = "area"


def upload_ledger(
    *,
    scope: Scope,
    kind: str,
    year: int,
    area_no: int,
    file_name: str,
    content: bytes,
    at: datetime,
) -> LedgerImport:
    """Store the ledger of a village line by line, and check it (a dry run: nothing else changes).

    Raises NotAllowed, OutsideScope, YearNotOpen, NotAVillage, LedgerEmpty, LedgerOfAnotherPlace,
    LedgerKindUnknown or a member of UnreadableFile.
    """
    scope.require("enrolment.import")
    village = scope.narrowed(area_no, area_no + 1)
    read = read_ledger(content, kind)
    if not read.rows:
        raise LedgerEmpty(file_name=file_name)
    with scoped(scope):
        the_open_year(region=scope.region, year=year)
        _check_place(read, area_no)
        ledger = LedgerImport.objects.create(
            region=scope.region,
            area_no=village.area_from,
            kind=kind,
            year=year,
            file_name=file_name[-_FILE_NAME:],
            file_sha256=hashlib.sha256(content).hexdigest(),
            file_bytes=len(content),
            uploaded_at=at,
            uploaded_by=scope.operator_id,
            note=read.header.get("unit", "")[:_FILE_NAME],
        )
        store_rows(ledger=ledger, rows=read.rows)
        run_checks(scope=scope, ledger=ledger, at=at)
        audit.record(
            scope=scope,
            action="enrolment.upload_ledger",
            at=at,
            object_kind="ledger_import",
            object_id=str(ledger.pk),
            area_no=area_no,
            detail={"kind": kind, "year": year, "sha256": ledger.file_sha256}
            | {"rows": ledger.rows_total, "good": ledger.rows_good, "bad": ledger.rows_bad},
        )
    return ledger


def drop_ledger(*, scope: Scope, import_id: int, at: datetime) -> LedgerImport:
    """Give a ledger up that was not confirmed; its lines stay readable.

    Raises NotAllowed, NotThere, StepNotAllowed.
    """
    scope.require("enrolment.import")
    with scoped(scope):
        ledger = the_ledger(import_id=import_id)
        ledger.state = LEDGER_IMPORT.next(ledger.state, "drop")
        ledger.save(update_fields=["state"])
        audit.record(
            scope=scope,
            action="enrolment.drop_ledger",
            at=at,
            object_kind="ledger_import",
            object_id=str(import_id),
            area_no=ledger.area_no,
        )
    return ledger


def the_ledger(*, import_id: int) -> LedgerImport:
    """Return the import of the scope, locked. Raises NotThere."""
    found = LedgerImport.objects.select_for_update().filter(pk=import_id).first()
    if found is None:
        raise NotThere(what=_("导入批次"))
    return found


def store_rows(*, ledger: LedgerImport, rows: Iterable[ReadRow]) -> None:
    """Insert the lines of a ledger, in one statement."""
    names = ", ".join(_ROW)
    with connection.cursor() as cursor:
        load(cursor, "ledger_in", _ROW, (_row(row) for row in rows), joined=False)
        cursor.execute(
            f"insert into enrolment_ledgerrow ({names}, ledger_id, region, area_no)"  # noqa: S608
            f" select {names}, %s, %s, %s from ledger_in order by sheet, row_no",
            [ledger.pk, ledger.region, ledger.area_no],
        )


def _row(row: ReadRow) -> tuple[Any, ...]:
    first = first_of(row.faults)
    # What the file shows by itself stays with the line however often it is checked again.
    faults = [one | {"read": True} for one in row.faults]
    return (
        row.sheet,
        row.row_no,
        *sealed(row.cells, row.number, of=SECRET_CELLS),
        index_of(row.cells.get(PHONE_READ, ""), of=PHONE),
        row.household_no,
        mask_within(row.name),
        row.relation,
        row.sex,
        row.born,
        row.claimed_fen,
        first["code"] if first else "",
        first["column"][:_COLUMN_NAME] if first else "",
        json.dumps(faults, ensure_ascii=False),
    )


def _check_place(read: ReadLedger, area_no: int) -> None:
    name = area_names([area_no]).get(area_no)
    if name is None:
        raise NotAVillage()
    unit = read.header.get("unit", "")
    words = "".join(unit.replace("乡镇", "").replace("村（居委会）", "").split())
    if words and _stem(name) not in words:
        raise LedgerOfAnotherPlace(unit=unit, chosen=name)


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name
