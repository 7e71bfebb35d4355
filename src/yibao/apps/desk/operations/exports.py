"""The one door through which a list of persons leaves the house.

Ask with a purpose; a second person approves what is large; a job makes the sealed file; the asker
takes it once; retention shreds it. The row stays: it is the ledger of exports.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit
from yibao.apps.access.audit import EVERYWHERE
from yibao.apps.access.roles import apart
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.access.spoken import language
from yibao.apps.desk import exported, files, jobs, sheets
from yibao.apps.desk.models import EXPORT, Export, ExportState
from yibao.apps.desk.running import Running
from yibao.apps.desk.sources import WHOLE, kind_of_cell, sources, written
from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal
from yibao.database import scope as database_scope
from yibao.rulebook import desk as limits

KINDS = ("xlsx", "csv")
JOB = "export"
_LONGEST_WORDS = 200
_LONGEST_CONDITIONS = 300
_REPORT_EVERY = 2000
_MARK = 6


class PurposeMissing(Refusal):
    """Raised by `ask_export` where the purpose is not told in words."""

    code = "E850"
    message = "用途“{purpose}”没有写清楚"
    remedy = "请写明用途，例如“查泉村第二次排查上门告知”"
    message_en = 'The purpose "{purpose}" says nothing'
    remedy_en = "Say what the list is for"
    field = "purpose_words"


class WholeNotAllowed(Refusal):
    """Raised by `ask_export` for values in full that purpose or post do not allow."""

    code = "E870"
    message = "用途“{purpose}”不能导出不遮盖的{what}"
    remedy = "请取消勾选，或选择确需完整信息的用途；岗位无此权限时由县级经办导出"
    message_en = 'The purpose "{purpose}" does not allow these in full: {what}'
    remedy_en = "Take the mark off, or choose a purpose that needs them; a county clerk may ask"
    field = "whole"


class NothingToExport(Refusal):
    """Raised by `ask_export` for a list without rows."""

    code = "E871"
    message = "按当前条件没有可导出的行"
    remedy = "请返回列表放宽条件"
    message_en = "The list has no rows under these conditions"
    remedy_en = "Go back to the list and widen the conditions"


class ExportNotReady(Refusal):
    """Raised by `take_export` where there is no file to take."""

    code = "E872"
    message = "导出编号 {number} 没有可下载的文件（{state}）"
    remedy = "待审批或制作中的请稍候；已销毁的请重新申请"
    message_en = "Export {number} has no file to take ({state})"
    remedy_en = "Wait for approval and the making; ask again for one that was shredded"


class ExportTaken(Refusal):
    """Raised by `take_export` for a file that was taken already."""

    code = "E873"
    message = "导出编号 {number} 已于 {taken} 下载，文件只能下载一次"
    remedy = "请使用已下载的文件；确需再次取得时重新申请"
    message_en = "Export {number} was taken at {taken}; a file is taken once"
    remedy_en = "Use the file that you have, or ask for the export again"


class NotYourExport(Refusal):
    """Raised by `take_export` for somebody else's file."""

    code = "E874"
    message = "导出编号 {number} 由{asker}申请，只能由本人下载"
    remedy = "请由申请人下载，或以自己的用途另行申请"
    message_en = "Export {number} was asked for by {asker}, who alone may take it"
    remedy_en = "Let them take it, or ask for one of your own"


class ReasonMissing(Refusal):
    """Raised by `reject_export` without a reason."""

    code = "E875"
    message = "没有写明退回的原因"
    remedy = "请写明原因，申请人会看到"
    message_en = "No reason is given"
    remedy_en = "Say why: the asker reads it"
    field = "because"


@transaction.atomic
def ask_export(
    *,
    scope: Scope,
    of: str,
    title: str,
    given: dict[str, Any],
    purpose: str,
    purpose_words: str,
    whole: Sequence[str],
    kind: str,
    at: datetime,
) -> Export:
    """Ask for a list as a file; beyond the limit of rows a second person decides first.

    `given`: what the source is asked. Counts the rows; writes one audit record. Raises NotAllowed,
    PurposeMissing, WholeNotAllowed, NothingToExport.
    """
    source = sources()[of]
    scope.require("export.ask")
    scope.require(source.action)
    assert kind in KINDS, f"{kind} is no kind of file"
    words = purpose_words.strip()[:_LONGEST_WORDS]
    if len(words) < limits.exports().least_words:
        raise PurposeMissing(purpose=words)
    _check_whole(scope, purpose, whole)
    with scoped(scope):
        rows = source.count(scope, given, at)
        if not rows:
            raise NothingToExport
        large = exported.needs_a_second_person(scope=scope, rows=rows, at=at)
        made = Export.objects.create(
            region=scope.region,
            area_no=scope.area_from,
            area_until=scope.area_until,
            area_name=scope.area_name,
            of=of,
            title=title,
            given=given,
            conditions=source.conditions(scope, given)[:_LONGEST_CONDITIONS],
            purpose=purpose,
            purpose_words=words,
            whole=sorted(whole),
            kind=kind,
            rows=rows,
            operator_id=scope.operator_id,
            operator_name=scope.operator_name,
            post_id=scope.post_id,
            asked_at=at,
            state=ExportState.WAITING if large else ExportState.APPROVED,
            needs_approval=large,
        )
        _recorded(scope, made, "export.ask", at, {"large": large})
        if not large:
            _enqueue(scope, made, at)
        return made


@transaction.atomic
def approve_export(*, scope: Scope, export_id: int, at: datetime) -> Export:
    """Let a large export be made. Raises NotAllowed, NotThere, SecondPersonNeeded, StepNotAllowed.

    The asker's post must still be held: PostEnded, SessionEnded.
    """
    with scoped(scope):
        found = _decidable(scope, export_id)
        _decide(scope, found, "approve", "", at)
        asker = jobs.scope_of_post(
            region=found.region,
            operator_id=found.operator_id,
            post_id=found.post_id,
            on=at.date(),
        ).narrowed(found.area_no, found.area_until, found.area_name)
        _enqueue(asker, found, at)
        return found


@transaction.atomic
def reject_export(*, scope: Scope, export_id: int, because: str, at: datetime) -> Export:
    """Refuse a large export with a reason. Raises as `approve_export`, PurposeMissing."""
    if len(because.strip()) < limits.exports().least_words:
        raise ReasonMissing
    with scoped(scope):
        found = _decidable(scope, export_id)
        _decide(scope, found, "reject", because.strip()[:_LONGEST_WORDS], at)
        return found


@transaction.atomic
def withdraw_export(*, scope: Scope, export_id: int, at: datetime) -> Export:
    """Take back an own request that waits. Raises NotThere, NotYourExport, StepNotAllowed."""
    with scoped(scope):
        found = _own(scope, export_id)
        found.state = EXPORT.next(found.state, "withdraw")
        found.save(update_fields=["state"])
        _recorded(scope, found, "export.ask", at, {"step": "withdraw"})
        return found


@transaction.atomic
def retry_export(*, scope: Scope, export_id: int, at: datetime) -> Export:
    """Have a file made again whose job failed. Raises NotThere, NotYourExport, StepNotAllowed."""
    with scoped(scope):
        found = _own(scope, export_id)
        found.state, found.error = EXPORT.next(found.state, "retry"), ""
        found.save(update_fields=["state", "error"])
        _recorded(scope, found, "export.ask", at, {"step": "retry"})
        _enqueue(scope.narrowed(found.area_no, found.area_until, found.area_name), found, at)
        return found


@transaction.atomic
def take_export(*, scope: Scope, export_id: int, at: datetime) -> tuple[Export, Iterator[bytes]]:
    """Return an own export and its file in pieces; noted with time and address.

    A download that broke off may be repeated for some minutes. Raises NotThere, NotYourExport,
    ExportNotReady, ExportTaken, ExportFileBroken.
    """
    with scoped(scope):
        found = _own(scope, export_id)
        if found.state != ExportState.READY or found.expires_at <= at:
            raise ExportNotReady(number=found.id, state=ExportState(found.state).label)
        if found.taken_at and found.taken_at + limits.exports().again_for <= at:
            raise ExportTaken(
                number=found.id, taken=f"{found.taken_at.astimezone(at.tzinfo):%F %R}"
            )
        found.taken_at = found.taken_at or at
        found.taken_from = scope.address
        found.save(update_fields=["taken_at", "taken_from"])
        _recorded(scope, found, "export.ask", at, {"step": "take", "file": found.file_digest})
        return found, files.opened(found.id, found.file_key)


def make_export(*, running: Running) -> str:
    """Make the file of an export, as its job. Raises NotAllowed where the right is gone."""
    scope = running.scope
    with scoped(scope):
        found = Export.objects.get(id=running.object_id)
    source = sources()[found.of]
    scope.require("export.ask")
    scope.require(source.action)
    key = files.new_key()
    writer = files.SealedWriter(found.id, key)
    try:
        with scoped(scope):
            heads = source.heads(scope, found.given)
            sheet = sheets.Sheet(
                title=found.title,
                watermark=exported.watermark(found),
                footer=f"导出编号 {found.id}　{mask_within(found.purpose_words)}",
                heads=[str(head.label) for head in heads],
                kinds=[kind_of_cell(head.kind) for head in heads],
                rows_of_a_sheet=limits.exports().rows_of_a_sheet,
            )
            write = sheets.write_xlsx if found.kind == "xlsx" else sheets.write_csv
            walk = source.rows(scope, found.given, running.at)
            write(writer, sheet, _rows(running, found, [head.kind for head in heads], walk))  # type: ignore[arg-type]
        writer.close()
    except BaseException:
        writer.give_up()
        raise
    with scoped(scope):
        found.refresh_from_db()
        found.state = EXPORT.next(found.state, "make")
        found.rows_written, found.file_key = running.done, key
        found.file_bytes, found.file_digest = writer.bytes_written, writer.digest
        found.ready_at = running.at
        found.expires_at = running.at + limits.exports().kept_for
        found.save()
        _recorded(scope, found, "export.ask", running.at, {"step": "made", "rows": running.done})
    return f"{running.done} 行"


def export_ended(*, running: Running, why: str) -> None:
    """Say in the ledger that the job failed or was cancelled."""
    with database_scope.scoped(*EVERYWHERE):
        found = Export.objects.select_for_update().filter(id=running.object_id).first()
        if found is not None and found.state == ExportState.APPROVED:
            found.state, found.error = EXPORT.next(found.state, "fail"), why[:_LONGEST_CONDITIONS]
            found.save(update_fields=["state", "error"])


def shred_expired(*, region: str, at: datetime) -> int:
    """Forget the keys and remove the files that are past their time; return how many."""
    scope = Scope.system(region)
    with scoped(scope):
        ready = Export.objects.select_for_update().filter(region=region, state=ExportState.READY)
        over = [
            one
            for one in ready
            if one.expires_at <= at
            or (one.taken_at and one.taken_at + limits.exports().again_for <= at)
        ]
        for one in over:
            one.state, one.file_key = EXPORT.next(one.state, "shred"), None
            one.shredded_at = at
            one.save(update_fields=["state", "file_key", "shredded_at"])
            _recorded(scope, one, "export.ask", at, {"step": "shred"})
    for one in over:  # after the commit: without its key the file is worthless already
        files.shred(one.id)
    return len(over)


def _rows(
    running: Running, found: Export, kinds: list[str], walk: Iterator[Sequence[Any]]
) -> Iterator[tuple[list[Any], str]]:
    whole, secret = set(found.whole), str(settings.AUDIT_KEY).encode()
    number = 0
    for number, row in enumerate(walk, 1):
        cells = [written(value, kind, whole=whole) for value, kind in zip(row, kinds)]
        said = f"{found.id}-{number}"
        mark = hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()[:_MARK]
        yield cells, f"E{said}-{mark}"
        if number % _REPORT_EVERY == 0:
            running.report(number, max(number, found.rows))
    running.report(number, number)


def _check_whole(scope: Scope, purpose: str, whole: Sequence[str]) -> None:
    allowed = limits.exports().purposes[purpose]
    beyond = set(whole) - allowed.whole
    if whole and (beyond or not scope.allows("export.whole")):
        what = "、".join(str(WHOLE[one]) for one in sorted(beyond or whole))
        raise WholeNotAllowed(purpose=allowed.label(language()), what=what)


def _enqueue(scope: Scope, made: Export, at: datetime) -> None:
    jobs.enqueue(scope=scope, kind=JOB, title=made.title, object_id=made.id, total=made.rows, at=at)


def _decidable(scope: Scope, export_id: int) -> Export:
    scope.require("export.approve")
    found = _found(scope, export_id)
    apart(
        first="export.ask",
        second="export.approve",
        first_operator_id=found.operator_id,
        operator_id=scope.operator_id,
    )
    return found


def _decide(scope: Scope, found: Export, event: str, because: str, at: datetime) -> None:
    found.state, found.because = EXPORT.next(found.state, event), because
    found.decided_by, found.decided_name = scope.operator_id, scope.operator_name
    found.decided_at = at
    found.save()
    _recorded(scope, found, "export.approve", at, {"step": event, "because": because})


def _found(scope: Scope, export_id: int) -> Export:
    rows = Export.objects.select_for_update().filter(id=export_id, region=scope.region)
    found = rows.first()
    if found is None:
        raise NotThere(what=_("导出编号 %(id)s") % {"id": export_id})
    return found


def _own(scope: Scope, export_id: int) -> Export:
    found = _found(scope, export_id)
    if found.operator_id != scope.operator_id:
        raise NotYourExport(number=found.id, asker=found.operator_name)
    return found


def _recorded(
    scope: Scope, made: Export, action: str, at: datetime, detail: dict[str, Any]
) -> None:
    audit.record(
        scope=scope,
        action=action,
        at=at,
        object_kind="export",
        object_id=made.id,
        detail={
            "of": made.of,
            "purpose": made.purpose,
            "said": made.purpose_words,
            "rows": made.rows,
            "whole": made.whole,
            **detail,
        },
    )
