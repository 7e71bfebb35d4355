"""Writing a checked ledger: in chunks, each its own transaction, to be taken up again at any time.

A line is written when its `written_at` is set, in the same transaction as everything that it
became. So a killed run left whole chunks and nothing else, and calling again goes on after them.
Two runs at once take different lines (SKIP LOCKED) and never the same one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection

from yibao.apps.access import audit
from yibao.apps.access.scope import Scope, scoped
from yibao.apps.enrolment.checks import NUMBER_KINDS
from yibao.apps.enrolment.ledgers.forms import COVER_KINDS, INSURED_ELSEWHERE, NEW_ENTRANTS
from yibao.apps.enrolment.models import LEDGER_IMPORT, LedgerImport, LedgerRow
from yibao.apps.enrolment.operations.checking import recheck
from yibao.apps.enrolment.operations.enrolling import (
    Entry,
    NewOtherCover,
    write_enrolments,
    write_other_covers,
)
from yibao.apps.enrolment.operations.uploading import SECRET_CELLS, the_ledger
from yibao.apps.enrolment.operations.years import the_open_year
from yibao.apps.registry.cells import NUMBER_READ, whole
from yibao.apps.registry.people import NewDocument, NewPerson
from yibao.apps.registry.writing import (
    HouseholdKey,
    find_or_make_households,
    place_in_households,
    write_persons,
)
from yibao.core.identity.documents import FOREIGN_PERMANENT, RESIDENCE_PERMIT, RESIDENT
from yibao.core.identity.resident import PERMIT_PROVINCES
from yibao.core.refusal import Refusal
from yibao.database.errors import UNIQUE, constraint_of
from yibao.database.sealing import unseal
from yibao.rulebook.national import code_of

CHUNK_ROWS = 5_000
SOURCE = "ledger_row"
_TAKEN = """
    select r.id, r.household_no, r.name, r.relation, r.sex, r.born, r.claimed_fen,
           r.number_index, r.cells, r.secret_cells
      from enrolment_ledgerrow r
     where r.ledger_id = %s and r.fault_code = '' and r.written_at is null
     order by r.id limit %s for update of r skip locked"""
# Apart from the lines: the planner knows nothing of lines that were only just stored.
_KNOWN = """
    select d.number_index, p.id, p.household_id
      from registry_identitydocument d join registry_person p on p.id = d.person_id
     where d.number_index = any(%s::bytea[]) and d.valid_until is null and d.kind = any(%s)"""
_MARKED = """
    update enrolment_ledgerrow r set person_id = k.person_id, written_at = %s
      from unnest(%s::bigint[], %s::bigint[]) as k (id, person_id) where r.id = k.id"""


class NothingToWrite(Refusal):
    """Raised for a ledger without a line that may be written."""

    code = "E675"
    message = "没有可以入库的行"
    remedy = "请改正错误行后重新上传"
    message_en = "The ledger has no line that may be written"
    remedy_en = "Correct the lines and upload them again"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: lines written so far, of all good ones."""

    written: int
    of: int


class _OvertakenError(Exception):
    """Somebody else enrolled a person of the chunk after the check; the chunk is taken back."""


@dataclass(frozen=True, slots=True)
class _Line:
    pk: int
    household_no: str
    name: str
    relation: str
    sex: str
    born: date
    claimed_fen: int | None
    cells: dict[str, str]
    person_id: int | None
    household_id: int | None


def confirm_ledger(
    *,
    scope: Scope,
    import_id: int,
    at: datetime,
    chunk_rows: int = CHUNK_ROWS,
    on_chunk: Callable[[Progress], None] | None = None,
) -> LedgerImport:
    """Write every good line of a checked ledger; or go on with one whose run was killed.

    The ledger is checked once more first, so that what changed since the dry run is not written.
    Not one transaction but one a chunk: do not call it inside another. Raises NotAllowed, NotThere,
    YearNotOpen, StepNotAllowed, NothingToWrite.
    """
    scope.require("enrolment.confirm")
    ledger = _begin(scope, import_id, at)
    while _write_chunk(scope, ledger, at, chunk_rows):
        if on_chunk is not None:
            on_chunk(_progress(scope, ledger))
    return _finish(scope, import_id, at)


def _begin(scope: Scope, import_id: int, at: datetime) -> LedgerImport:
    with scoped(scope), connection.cursor() as cursor:
        ledger = the_ledger(import_id=import_id)
        the_open_year(region=scope.region, year=ledger.year)
        event = "resume" if ledger.state == "writing" else "confirm"
        ledger.state = LEDGER_IMPORT.next(ledger.state, event)
        recheck(cursor=cursor, scope=scope, ledger=ledger, at=at)
        if event == "confirm":
            if not ledger.rows_good:
                raise NothingToWrite()
            ledger.confirmed_at, ledger.confirmed_by = at, scope.operator_id
            _tell(scope, ledger, "enrolment.confirm_ledger", at)
        ledger.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    return ledger


def _progress(scope: Scope, ledger: LedgerImport) -> Progress:
    with scoped(scope):
        written = LedgerRow.objects.filter(ledger=ledger).exclude(written_at=None).count()
    return Progress(written=written, of=ledger.rows_good)


def _write_chunk(scope: Scope, ledger: LedgerImport, at: datetime, chunk_rows: int) -> int:
    """Write the next lines; return how many were taken.

    Where another import wrote one of them a moment before, the rest of the ledger is checked
    again and the chunk begins anew without that line.
    """
    try:
        with scoped(scope), connection.cursor() as cursor:
            cursor.execute(_TAKEN, [ledger.pk, chunk_rows])
            lines = _known(cursor, cursor.fetchall())
            if lines:
                _write(cursor, ledger, lines, at)
            return len(lines)
    except _OvertakenError:
        pass
    except DatabaseError as error:
        state, _ = constraint_of(error)
        if state != UNIQUE:
            raise
    with scoped(scope), connection.cursor() as cursor:
        recheck(cursor=cursor, scope=scope, ledger=the_ledger(import_id=ledger.pk), at=at)
    return chunk_rows


def _known(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> list[_Line]:
    """The lines with the person that each number names, where there is one."""
    cursor.execute(_KNOWN, [[index for *_, index, _, _ in rows], list(NUMBER_KINDS)])
    people = {bytes(index): (person_id, home) for index, person_id, home in cursor.fetchall()}
    return [
        _Line(
            *read,
            # Django leaves jsonb of a plain cursor as text.
            whole(json.loads(cells), unseal(secret, of=SECRET_CELLS)),
            *people.get(bytes(index), (None, None)),
        )
        for *read, index, cells, secret in rows
    ]


def _write(cursor: Any, ledger: LedgerImport, lines: Sequence[_Line], at: datetime) -> None:
    households = _households(cursor, ledger, lines, at)
    new = [line for line in lines if line.person_id is None]
    people = [_person(ledger, line, households.get(line.household_no), at) for line in new]
    ids = write_persons(cursor, region=ledger.region, persons=people, at=at)
    person_of = dict(zip((line.pk for line in new), ids))
    known = [line for line in lines if line.person_id is not None]
    for line in known:
        person_of[line.pk] = line.person_id or 0
    place_in_households(
        cursor,
        [
            (
                line.person_id or 0,
                households.get(line.household_no),
                line.relation,
                line.cells.get("phone_read", ""),
            )
            for line in known
            if line.household_id is None or line.cells.get("phone_read")
        ],
    )
    if ledger.kind == INSURED_ELSEWHERE:
        covers = [_cover(line, person_of[line.pk]) for line in lines]
        done = write_other_covers(cursor=cursor, year=ledger.year, covers=covers, at=at)
    else:
        entries = [_entry(ledger, line, person_of[line.pk]) for line in lines]
        done = len(write_enrolments(cursor=cursor, year=ledger.year, entries=entries, at=at))
    if done < len(lines):
        raise _OvertakenError()
    cursor.execute(
        _MARKED, [at, [line.pk for line in lines], [person_of[line.pk] for line in lines]]
    )


def _households(
    cursor: Any, ledger: LedgerImport, lines: Sequence[_Line], at: datetime
) -> dict[str, int]:
    """The household of each family's number in the file.

    A family without a number (“#17”) is the one that a line before wrote, or that a member has.
    """
    numbers = {line.household_no for line in lines if line.household_no}
    marks = sorted(number for number in numbers if number.startswith("#"))
    found = _households_of_marks(cursor, ledger, lines, marks) if marks else {}
    keys = {
        number: HouseholdKey(ledger.area_no, "", number)
        if number.startswith("#")
        else HouseholdKey(ledger.area_no, number)
        for number in numbers - found.keys()
    }
    made = find_or_make_households(cursor, region=ledger.region, keys=set(keys.values()), at=at)
    return found | {number: made[key] for number, key in keys.items()}


def _households_of_marks(
    cursor: Any, ledger: LedgerImport, lines: Sequence[_Line], marks: list[str]
) -> dict[str, int]:
    cursor.execute(
        """
        select distinct on (r.household_no) r.household_no, p.household_id
          from enrolment_ledgerrow r join registry_person p on p.id = r.person_id
         where r.ledger_id = %s and r.household_no = any(%s) and r.written_at is not null
           and p.household_id is not null order by r.household_no, r.id""",
        [ledger.pk, marks],
    )
    found = dict(cursor.fetchall())
    for line in lines:
        if line.household_id is not None and line.household_no in marks:
            found.setdefault(line.household_no, line.household_id)
    return found


def _person(ledger: LedgerImport, line: _Line, household_id: int | None, at: datetime) -> NewPerson:
    number = line.cells[NUMBER_READ]
    document = NewDocument(kind=_kind(number), number=number, source="台账")
    return NewPerson(
        name=line.name,
        sex=line.sex,
        born=line.born,
        area_no=ledger.area_no,
        household_id=household_id,
        relation=line.relation,
        documents=(document,),
        phone=line.cells.get("phone_read", ""),
        source_kind=SOURCE,
        source_id=line.pk,
    )


def _entry(ledger: LedgerImport, line: _Line, person_id: int) -> Entry:
    return Entry(
        person_id=person_id,
        first_time=ledger.kind == NEW_ENTRANTS and line.person_id is None,
        notice_method=code_of("notice_method", line.cells.get("notice", "")) or "",
        unpaid_reason=_reason(line.cells.get("unpaid_reason", "")),
        claimed_fen=line.claimed_fen,
        source_kind=SOURCE,
        source_id=line.pk,
    )


def _cover(line: _Line, person_id: int) -> NewOtherCover:
    return NewOtherCover(
        person_id=person_id,
        kind=COVER_KINDS[line.cells["cover_kind"]],
        place=line.cells["cover_place"],
        voucher_no=line.cells["voucher_no"],
        hukou_place=line.cells["hukou_place"],
        source_kind=SOURCE,
        source_id=line.pk,
    )


def _reason(words: str) -> str:
    """The code of a reason; words that no list has stay in the line and count as “other”."""
    return (code_of("unpaid_reason", words) or "other") if words else ""


def _kind(number: str) -> str:
    """Which document a number of the resident form belongs to; it was read when it came in."""
    if number.startswith("9"):
        return FOREIGN_PERMANENT
    return RESIDENCE_PERMIT if number[:2] in PERMIT_PROVINCES else RESIDENT


def _finish(scope: Scope, import_id: int, at: datetime) -> LedgerImport:
    """Close the run, unless another one still writes lines that it has locked."""
    with scoped(scope):
        ledger = the_ledger(import_id=import_id)
        left = LedgerRow.objects.filter(ledger=ledger, fault_code="", written_at=None)
        if ledger.state == "writing" and not left.exists():
            ledger.state = LEDGER_IMPORT.next(ledger.state, "finish")
            ledger.finished_at = at
            ledger.save(update_fields=["state", "finished_at"])
            _tell(scope, ledger, "enrolment.finish_ledger", at)
    return ledger


def _tell(scope: Scope, ledger: LedgerImport, action: str, at: datetime) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="ledger_import",
        object_id=str(ledger.pk),
        area_no=ledger.area_no,
        detail={"year": ledger.year, "rows": ledger.rows_good},
    )
