"""Departments' rosters: taken row by row, confirmed by a second person, answered by the towns."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.models import Organisation
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.registry.cells import sealed
from yibao.apps.registry.models import Person
from yibao.apps.subsidy.models import ROSTER, Roster, RosterRow
from yibao.apps.subsidy.sheets import KINDS, ReadRosterRow, category_words, read_roster
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.database.errors import refused

MATCHED, UNMATCHED, FAULTY, REJECTED = "matched", "unmatched", "faulty", "rejected"
NAME_LENGTH = 60
# What the sealed cells are called in their values.
SECRET_CELLS = "subsidy.rosterrow.secret_cells"  # noqa: S105
FILE_NAME_LENGTH = ANSWER_LENGTH = 200
CONFIRM, REJECT, MATCH = "confirm", "reject", "match"


class RosterTakenBefore(Refusal):
    """Raised by `upload_roster` for content that this department handed in already."""

    code = "E775"
    message = "文件“{file_name}”的内容已经上传过"
    remedy = "请在名单清单中查看；内容有误的先作废再上传"
    message_en = "The content of {file_name} was uploaded before"
    remedy_en = "See the list of rosters; drop the earlier one first if it was wrong"
    field = "file"


class RosterUnusable(Refusal):
    """Raised by `upload_roster` for an unknown kind or category, or a day in the future."""

    code = "E776"
    message = "名单不能上传：{why}"
    remedy = "请核对名单种类、类别和数据截止日"
    message_en = "The roster cannot be taken: {why_en}"
    remedy_en = "Check its kind, its category and its day"


class SealMissing(Refusal):
    """Raised by `confirm_roster` without the sealed paper list (方案 四(四))."""

    code = "E777"
    message = "没有收到加盖公章的纸质名单，不能确认"
    remedy = "请部门补交盖章纸质名单，登记后再确认"
    message_en = "The sealed paper list has not been handed in"
    remedy_en = "Have the department hand it in, record it and confirm then"
    field = "paper_sealed"


class AnswerUnusable(Refusal):
    """Raised by `answer_row` for an answer that the row cannot have."""

    code = "E778"
    message = "这一行不能这样答复：{why}"
    remedy = "可以：确认、退回，或指定登记的人员"
    message_en = "The row cannot be answered so: {why_en}"
    remedy_en = "Confirm it, reject it, or name the registered person"


def upload_roster(
    *,
    scope: Scope,
    year: int,
    department_id: int,
    kind: str,
    category: str | None,
    as_of: date,
    file_name: str,
    content: bytes,
    paper_sealed: bool,
    at: datetime,
) -> Roster:
    """Take a department's roster, row by row, and find its persons.

    A row with a fault is kept with it and not used; a row whose number nobody has, or whose name
    differs, waits unmatched until somebody answers. Raises UnreadableFile, RosterUnusable,
    RosterTakenBefore.
    """
    scope.require("subsidy.upload")
    _check_upload(scope, kind, category, as_of, at)
    rows = read_roster(content, region=scope.region, kind=kind, category=category or "")
    with scoped(scope):
        if not Organisation.objects.filter(id=department_id, region_id=scope.region).exists():
            raise NotThere(what=_("部门 %(id)s") % {"id": department_id})
        before = RosterTakenBefore(file_name=file_name)
        with refused({"a_roster_file_is_taken_once": before}):
            roster = Roster.objects.create(
                region=scope.region,
                area_no=scope.area_from,
                year=year,
                department_id=department_id,
                category=category or "",
                kind=kind,
                as_of=as_of,
                file_name=file_name[:FILE_NAME_LENGTH],
                file_sha256=hashlib.sha256(content).hexdigest(),
                paper_sealed=paper_sealed,
                uploaded_at=at,
                uploaded_by=scope.operator_id,
                state="checked",
                rows_total=len(rows),
            )
        _insert_rows(scope, roster, rows)
        roster.rows_good = roster.rows.filter(state=MATCHED).count()
        roster.save(update_fields=["rows_good"])
        _record(scope, "subsidy.upload", roster, at, rows=roster.rows_total, good=roster.rows_good)
        return roster


def confirm_roster(
    *, scope: Scope, roster_id: int, at: datetime, paper_sealed: bool = False
) -> Roster:
    """Confirm a roster, so that the next match uses its rows. Not by who uploaded it.

    `paper_sealed` records that the sealed paper came in the meantime. Raises SealMissing,
    SecondPersonNeeded, StepNotAllowed.
    """
    scope.require("subsidy.confirm")
    with scoped(scope):
        roster = _locked(roster_id)
        state = ROSTER.next(roster.state, "confirm")
        apart(
            first="subsidy.upload",
            second="subsidy.confirm",
            first_operator_id=roster.uploaded_by,
            operator_id=scope.operator_id,
        )
        roster.paper_sealed = roster.paper_sealed or paper_sealed
        if not roster.paper_sealed:
            raise SealMissing()
        roster.state = state
        roster.confirmed_at, roster.confirmed_by = at, scope.operator_id
        roster.save(update_fields=["state", "paper_sealed", "confirmed_at", "confirmed_by"])
        _record(scope, "subsidy.confirm", roster, at)
        return roster


def drop_roster(*, scope: Scope, roster_id: int, at: datetime) -> Roster:
    """Set a roster aside before it is confirmed. Raises StepNotAllowed."""
    scope.require("subsidy.upload")
    with scoped(scope):
        roster = _locked(roster_id)
        roster.state = ROSTER.next(roster.state, "drop")
        roster.save(update_fields=["state"])
        _record(scope, "subsidy.drop", roster, at)
        return roster


def answer_row(
    *,
    scope: Scope,
    row_id: int,
    answer: str,
    person_id: int | None = None,
    note: str = "",
    at: datetime,
) -> RosterRow:
    """Answer for a row: `confirm` it, `reject` it, or `match` it with a registered person.

    The five town offices verify the rows of their town so (方案 六). Raises AnswerUnusable.
    """
    scope.require("subsidy.answer")
    with scoped(scope):
        row = RosterRow.objects.select_for_update(no_key=True).filter(id=row_id).first()
        if row is None:
            raise NotThere(what=_("名单行 %(id)s") % {"id": row_id})
        if answer == MATCH:
            person = Person.objects.filter(id=person_id).first()
            if person is None or row.state == FAULTY:
                raise AnswerUnusable(
                    why=_("没有指定登记的人员"), why_en="no registered person named"
                )
            row.person, row.area_no, row.state = person, person.area_no, MATCHED
        elif answer == REJECT:
            row.state = REJECTED
        elif answer == CONFIRM:
            if row.state != MATCHED:
                raise AnswerUnusable(why=_("还没有对应的人员"), why_en="no person is found yet")
        else:
            raise AnswerUnusable(why=f"没有“{answer}”", why_en=f"no answer {answer}")
        row.answer = f"{answer} {note}".strip()[:ANSWER_LENGTH]
        row.answered_at, row.answered_by = at, scope.operator_id
        row.save()
        audit.record(
            scope=scope,
            action="subsidy.answer",
            at=at,
            object_kind="roster_row",
            object_id=str(row_id),
            area_no=row.area_no,
            detail={"answer": answer, "person": person_id},
        )
        return row


def _check_upload(scope: Scope, kind: str, category: str | None, as_of: date, at: datetime) -> None:
    if kind not in KINDS:
        raise RosterUnusable(why=f"没有“{kind}”这种名单", why_en=f"no kind {kind}")
    if category and category not in category_words(scope.region).values():
        raise RosterUnusable(why=f"没有“{category}”这种类别", why_en=f"no category {category}")
    if as_of > at.date():
        raise RosterUnusable(why=_("数据截止日在今天之后"), why_en="its day lies in the future")


def _locked(roster_id: int) -> Roster:
    roster = Roster.objects.select_for_update(no_key=True).filter(id=roster_id).first()
    if roster is None:
        raise NotThere(what=_("名单 %(id)s") % {"id": roster_id})
    return roster


_INSERT = """
insert into subsidy_rosterrow (region, roster_id, area_no, sheet, row_no, cells, secret_cells,
                               number_index, name, category, faults, person_id, state, answer)
select %s, %s, coalesce(p.area_no, %s), t.sheet, t.row_no, t.cells, t.secret_cells,
       t.number_index, t.name, t.category,
       case when p.name <> t.name and t.faults = '[]'::jsonb then %s::jsonb else t.faults end,
       case when p.name = t.name and t.faults = '[]'::jsonb then p.id end,
       case when t.faults <> '[]'::jsonb then 'faulty'
            when p.name = t.name then 'matched' else 'unmatched' end, ''
  from unnest(%s::text[], %s::int[], %s::jsonb[], %s::bytea[], %s::bytea[], %s::text[], %s::text[],
              %s::jsonb[])
    as t (sheet, row_no, cells, secret_cells, number_index, name, category, faults)
  left join lateral (select n.id, n.name, n.area_no from registry_identitydocument i
                       join registry_person n on n.id = i.person_id
                      where i.number_index = t.number_index
                      order by i.valid_until is not null, i.id desc limit 1) p on true
"""
_NAME_DIFFERS = json.dumps(
    [{"code": "E120", "column": "姓名", "value": "", "facts": {}}], ensure_ascii=False
)


def _insert_rows(scope: Scope, roster: Roster, rows: Sequence[ReadRosterRow]) -> None:
    """Insert the rows and find their persons by number and name, in one statement."""
    cells = [sealed(row.cells, row.number, of=SECRET_CELLS) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                scope.region,
                roster.id,
                scope.area_from,
                _NAME_DIFFERS,
                [row.sheet for row in rows],
                [row.row_no for row in rows],
                [shown for shown, _, _ in cells],
                [secret for _, secret, _ in cells],
                [index for _, _, index in cells],
                [mask_within(row.name)[:NAME_LENGTH] for row in rows],
                [row.category for row in rows],
                [json.dumps(row.faults, ensure_ascii=False) for row in rows],
            ],
        )


def _record(scope: Scope, action: str, roster: Roster, at: datetime, **detail: object) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="roster",
        object_id=str(roster.id),
        area_no=roster.area_no,
        detail=detail,
    )
