"""The lists of the desk: jobs, and the ledger of exports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.access.spoken import language
from yibao.apps.desk.kinds import kind_of
from yibao.apps.desk.models import ExportState, JobState
from yibao.apps.desk.queries.desk import sees_all
from yibao.apps.desk.sources import COUNT, MOMENT
from yibao.apps.desk.tables import Row, Table
from yibao.console.desk.forms import ExportsForm, JobsForm
from yibao.console.listing import MARK, Column, List, Narrowed, register
from yibao.core.identity import mask_within
from yibao.rulebook import desk as limits
from yibao.web import figures

JOB_MARKS = {
    JobState.WAITING: "open",
    JobState.RUNNING: "progress",
    JobState.PAUSED: "near",
    JobState.DONE: "done",
    JobState.FAILED: "refused",
    JobState.CANCELLED: "refused",
}
EXPORT_MARKS = {
    ExportState.WAITING: "near",
    ExportState.APPROVED: "progress",
    ExportState.READY: "done",
    ExportState.REJECTED: "refused",
    ExportState.WITHDRAWN: "open",
    ExportState.FAILED: "refused",
    ExportState.SHREDDED: "open",
}


def job_mark(row: Any, scope: Scope) -> tuple[str, str]:
    """Return how a job stands, as a mark."""
    return JOB_MARKS[JobState(row.state)], str(JobState(row.state).label)


def export_mark(row: Any, scope: Scope) -> tuple[str, str]:
    """Return how an export stands, as a mark."""
    return EXPORT_MARKS[ExportState(row.state)], str(ExportState(row.state).label)


def _how_far(row: Row, scope: Scope) -> str:
    if not row.total:
        return figures.count(row.done) if row.done else ""
    return f"{figures.count(row.done)} / {figures.count(row.total)}"


def _kind(row: Row, scope: Scope) -> str:
    return str(kind_of(row.kind).label)


def _purpose(row: Row, scope: Scope) -> str:
    found = limits.exports().purposes.get(row.purpose)
    said = found.label(language()) if found else row.purpose
    return f"{said}：{mask_within(row.purpose_words)}"


def _jobs(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = [], {}
    if given["state"]:
        where.append("t.state = %(state)s")
        values["state"] = given["state"]
    if given["mine"]:
        where.append("t.operator_id = %(me)s")
        values["me"] = scope.operator_id
    return where, values


def _own_jobs(scope: Scope) -> Narrowed:
    where, values = ["t.region = %(region)s"], {"region": scope.region}
    if not scope.allows("desk.jobs"):
        where.append("t.operator_id = %(asker)s")
        values["asker"] = scope.operator_id  # type: ignore[assignment]
    return where, values


def _exports(given: dict[str, Any], scope: Scope) -> Narrowed:
    where, values = [], {}
    for name in ("state", "purpose"):
        if given[name]:
            where.append(f"t.{name} = %({name})s")
            values[name] = given[name]
    if given["who"]:
        where.append("t.operator_name = %(who)s")
        values["who"] = given["who"]
    return where, values


def _own_exports(scope: Scope) -> Narrowed:
    where, values = ["t.region = %(region)s"], {"region": scope.region}
    if not sees_all(scope):
        where.append("t.operator_id = %(asker)s")
        values["asker"] = scope.operator_id  # type: ignore[assignment]
    return where, values


JOBS = register(
    List(
        "jobs",
        _("任务"),
        route="desk:jobs",
        action="",
        table=Table("select j.* from desk_job j"),
        columns=(
            Column("title", _("任务"), to="desk:job"),
            Column("kind", _("类型"), words=_kind, opt=True),
            Column("state", _("状态"), kind=MARK, mark=job_mark),
            Column("done", _("进度"), words=_how_far, needs=("done", "total")),
            Column("operator_name", _("申请人"), opt=True),
            Column("area_name", _("范围"), opt=True),
            Column("asked_at", _("申请时间"), kind=MOMENT, opt=True),
            Column("ended_at", _("结束时间"), kind=MOMENT, opt=True, shown=False),
            Column(
                "outcome",
                _("结果"),
                words=lambda row, scope: row.outcome or row.error,
                needs=("outcome", "error"),
                opt=True,
            ),
        ),
        order=("id",),
        descending=True,
        form=JobsForm,
        narrow=_jobs,
        always=_own_jobs,
        persons=False,
        picks=False,
        empty=(_("没有任务"), _("导入、试算和导出等较长的工作会列在这里。")),
    )
)
EXPORTS = register(
    List(
        "exports",
        _("导出台账"),
        route="desk:exports",
        action="",
        table=Table("select e.* from desk_export e"),
        columns=(
            Column("id", _("编号"), to="desk:export"),
            Column("title", _("名单")),
            Column(
                "purpose", _("用途"), words=_purpose, needs=("purpose", "purpose_words"), opt=True
            ),
            Column("rows", _("行数"), kind=COUNT, sorts=True),
            Column("state", _("状态"), kind=MARK, mark=export_mark),
            Column("operator_name", _("申请人"), opt=True),
            Column("asked_at", _("申请时间"), kind=MOMENT, opt=True),
            Column("decided_name", _("审批人"), opt=True),
            Column("taken_at", _("下载时间"), kind=MOMENT, opt=True),
            Column("conditions", _("条件"), opt=True, shown=False),
            Column("area_name", _("范围"), opt=True, shown=False),
            Column("expires_at", _("到期时间"), kind=MOMENT, opt=True, shown=False),
            Column("shredded_at", _("销毁时间"), kind=MOMENT, opt=True, shown=False),
            Column("file_digest", _("文件摘要"), opt=True, shown=False),
        ),
        order=("id",),
        descending=True,
        form=ExportsForm,
        narrow=_exports,
        always=_own_exports,
        persons=False,
        picks=False,
        empty=(_("没有导出记录"), _("在任一名单页点“导出”即可申请。")),
    )
)
