"""Jobs and exports, one by one, and those that wait for somebody."""

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.desk.models import Export, ExportState, Job, JobState

_AT_MOST = 20


def find_job(*, scope: Scope, job_id: int) -> Job:
    """Return an own job, or one of the scope for who may see those. Raises NotThere."""
    with scoped(scope):
        found = Job.objects.filter(id=job_id, region=scope.region).first()
    own = found is not None and found.operator_id == scope.operator_id
    if found is None or not (own or scope.allows("desk.jobs")):
        raise NotThere(what=_("任务 %(id)s") % {"id": job_id})
    return found


def find_export(*, scope: Scope, export_id: int) -> Export:
    """Return an own export, or one of the scope for ledger and approval. Raises NotThere."""
    with scoped(scope):
        found = Export.objects.filter(id=export_id, region=scope.region).first()
    if found is None or not (found.operator_id == scope.operator_id or sees_all(scope)):
        raise NotThere(what=_("导出编号 %(id)s") % {"id": export_id})
    return found


def sees_all(scope: Scope) -> bool:
    """Tell whether a post sees other people's exports."""
    return scope.allows("export.ledger") or scope.allows("export.approve")


def exports_to_approve(*, scope: Scope) -> list[Export]:
    """Return what others ask for in the scope and waits for a second person. One statement."""
    with scoped(scope):
        rows = Export.objects.filter(region=scope.region, state=ExportState.WAITING)
        return list(rows.exclude(operator_id=scope.operator_id).order_by("id")[:_AT_MOST])


def failed_jobs(*, scope: Scope) -> list[Job]:
    """Return the operator's own failed jobs, the newest first. One statement."""
    with scoped(scope):
        rows = Job.objects.filter(operator_id=scope.operator_id, state=JobState.FAILED)
        return list(rows.filter(region=scope.region).order_by("-id")[:_AT_MOST])


def job_of(*, scope: Scope, kind: str, object_id: int) -> Job | None:
    """Return the newest job that works or worked on a thing. One statement."""
    with scoped(scope):
        return Job.objects.filter(kind=kind, object_id=object_id).order_by("-id").first()
