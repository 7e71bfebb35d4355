"""Jobs: asked for in a request, done by `yibao work`, seen and held by who may.

A job is claimed by one worker (`for update skip locked`) and works with the rights that its post
has at that moment. A worker that died is noticed by its heartbeat; the job goes on with another.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import audit, queries
from yibao.apps.access.audit import EVERYWHERE
from yibao.apps.access.operations.sessions import scope_of
from yibao.apps.access.scope import NotThere, Scope, scoped
from yibao.apps.desk.kinds import Kind, kind_of
from yibao.apps.desk.models import JOB, Job, JobState
from yibao.apps.desk.running import CANCEL, HOLD, Cancelled, Held, Lost, Running
from yibao.core.refusal import Refusal
from yibao.database import scope as database_scope
from yibao.database.errors import refusal_of
from yibao.rulebook import desk as limits

_UNDER_WAY = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED)
_LONGEST = 300
_LONGEST_OUTCOME = 200
_log = logging.getLogger(__name__)


class JobBroke(Refusal):
    """Stands in a job's error for a mistake of ours; the server's log has the rest."""

    code = "E865"
    message = "任务因程序错误中断（{what}）"
    remedy = "已完成的部分有效；请重试一次，仍失败时把任务编号告诉系统管理员"
    message_en = "The job broke off by an error of the program ({what})"
    remedy_en = "What was done stands; try once more, then tell the administrator its number"


class JobGivenUp(Refusal):
    """Stands in a job's error when its workers died as often as is allowed."""

    code = "E866"
    message = "任务进程中断了 {attempts} 次，已停止重试"
    remedy = "请系统管理员查看服务器日志后，在任务页点“重试”"
    message_en = "The job's workers died {attempts} times, it is not tried again by itself"
    remedy_en = "Have the administrator read the server's log, then press retry on the jobs page"


class JobNotHoldable(Refusal):
    """Raised by `hold` for a job that is done in one step."""

    code = "E867"
    message = "“{what}”一次完成，不能暂停"
    remedy = "可以取消，或等待完成"
    message_en = '"{what}" is done in one step and cannot be held'
    remedy_en = "Cancel it, or wait for its end"


def enqueue(
    *,
    scope: Scope,
    kind: str,
    title: str,
    at: datetime,
    object_id: int | None = None,
    given: dict[str, Any] | None = None,
    total: int = 0,
) -> Job:
    """Put a job in the queue and return it; one that works on the same thing is returned instead.

    `scope` is where it will work: the post's area, or a part of it. Raises NotAllowed.
    """
    found = kind_of(kind)
    scope.require(found.action)
    wanted = Job(
        region=scope.region,
        area_no=scope.area_from,
        area_until=scope.area_until,
        area_name=scope.area_name,
        kind=kind,
        title=title,
        object_id=object_id,
        given=given or {},
        operator_id=scope.operator_id,
        operator_name=scope.operator_name,
        post_id=scope.post_id,
        total=total,
        asked_at=at,
    )
    with scoped(scope):
        made = _under_way(wanted) or _added(wanted)
        if made is wanted:
            _recorded(scope, made, at, "asked")
        return made


def _under_way(wanted: Job) -> Job | None:
    """Return the job that works on the same thing already."""
    if wanted.object_id is None:
        return None
    rows = Job.objects.filter(kind=wanted.kind, object_id=wanted.object_id, state__in=_UNDER_WAY)
    return rows.order_by("id").first()


def _added(wanted: Job) -> Job:
    """Insert the job; where another request was quicker, return that one's."""
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError as error:
        there = _under_way(wanted)
        if there is None:
            raise error
        return there
    return wanted


def hold(*, scope: Scope, job_id: int, at: datetime) -> Job:
    """Hold a job: one that waits at once, one that runs at its next whole step.

    Raises NotThere, NotAllowed, StepNotAllowed, JobNotHoldable.
    """
    with scoped(scope):
        job = _mine(scope, job_id)
        kind = kind_of(job.kind)
        if not kind.holdable:
            raise JobNotHoldable(what=kind.label)
        return _wanted(scope, job, HOLD, at)


def cancel(*, scope: Scope, job_id: int, at: datetime) -> Job:
    """Give a job up: one that runs leaves at its next whole step; what it did stands.

    Raises NotThere, NotAllowed, StepNotAllowed.
    """
    with scoped(scope):
        return _wanted(scope, _mine(scope, job_id), CANCEL, at)


def go_on(*, scope: Scope, job_id: int, at: datetime) -> Job:
    """Let a held or failed job go on where it stopped.

    Raises NotThere, NotAllowed, StepNotAllowed.
    """
    with scoped(scope):
        job = _mine(scope, job_id)
        job.state = JOB.next(job.state, "go on")
        job.wanted, job.attempts, job.ended_at = "", 0, None
        job.error_code = job.error = job.error_en = ""
        job.save()
        _recorded(scope, job, at, "go on")
        return job


def claim(*, worker: str) -> Job | None:
    """Take the oldest job that waits, or None; first give back those whose worker is dead."""
    with database_scope.scoped(*EVERYWHERE), connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [limits.jobs().lost_after])
        lost = [row[0] for row in cursor.fetchall()]
        _give_up(lost)
        cursor.execute(_CLAIM, [worker])
        row = cursor.fetchone()
        return Job.objects.get(id=row[0]) if row else None


def run_next(
    *,
    worker: str,
    beat: int | None = None,
    clock: Callable[..., queries.Clock] = queries.clock,
) -> Job | None:
    """Claim a job and do it to its end; return it, or None where nothing waits.

    `beat`: seconds between the signs of life of a thread of its own; None: only at reports.
    """
    job = claim(worker=worker)
    if job is None:
        return None
    at = clock(region=job.region).at
    running = Running(
        job_id=job.id,
        object_id=job.object_id,
        given=job.given,
        scope=_narrow(Scope.system(job.region), job),
        at=at,
        worker=worker,
        done=job.done,
        total=job.total,
    )
    kind = kind_of(job.kind)
    try:
        running.scope = _scope_of(job, at.date())
        running.scope.require(kind.action)
        with running.beating(beat):
            outcome = kind.run(running)
    except Lost:
        return job
    except Held:
        return _ended(running, kind, clock, "hold")
    except Cancelled:
        return _ended(running, kind, clock, "cancel", said="cancelled")
    except Refusal as refusal:
        return _ended(running, kind, clock, "fail", refusal=refusal)
    except DatabaseError as error:
        known = refusal_of(error)
        if known is None:
            _log.exception("job %s broke", job.id)
        broke = known or JobBroke(what=type(error).__name__)
        return _ended(running, kind, clock, "fail", refusal=broke)
    except Exception as error:
        # A job must not take the worker with it: the next one is somebody else's.
        _log.exception("job %s broke", job.id)
        return _ended(running, kind, clock, "fail", refusal=JobBroke(what=type(error).__name__))
    return _ended(running, kind, clock, "finish", said=outcome)


_GIVE_BACK = """
    update desk_job set state = 'waiting', worker = ''
     where state = 'running' and heartbeat_at < clock_timestamp() - %s
 returning id"""
_CLAIM = """
    update desk_job
       set state = 'running', worker = %s, heartbeat_at = clock_timestamp(),
           attempts = attempts + 1, wanted = ''
     where id = (select id from desk_job where state = 'waiting'
                  order by id limit 1 for update skip locked)
 returning id"""


def _give_up(lost: list[int]) -> None:
    """Fail the jobs whose workers died too often."""
    for job in Job.objects.filter(id__in=lost, attempts__gte=limits.jobs().attempts):
        refusal = JobGivenUp(attempts=job.attempts)
        _say_why(job, refusal)
        # The table of states has no step from waiting to failed: it goes by running.
        Job.objects.filter(id=job.id).update(state=JobState.RUNNING)
        job.state = JOB.next("running", "fail")
        job.save()


def _ended(
    running: Running,
    kind: Kind,
    clock: Callable[..., queries.Clock],
    event: str,
    *,
    said: str = "",
    refusal: Refusal | None = None,
) -> Job:
    """Write how a job ended, unless another worker has it by now."""
    scope = running.scope
    at = clock(region=scope.region).at
    with database_scope.scoped(*EVERYWHERE):
        job = Job.objects.select_for_update().get(id=running.job_id)
        if job.worker != running.worker or job.state != JobState.RUNNING:
            return job
        job.state = JOB.next(job.state, event)
        job.done, job.total, job.wanted = running.done, running.total, ""
        job.outcome = said[:_LONGEST_OUTCOME] if event == "finish" else ""
        if refusal is not None:
            _say_why(job, refusal)
        if event != "hold":
            job.ended_at = at
        job.started_at = job.started_at or running.at
        job.save()
        outcome = audit.REFUSED if refusal else audit.DONE
        _recorded(scope, job, at, event, outcome=outcome)
        if kind.ended and event in ("fail", "cancel"):
            kind.ended(running, job.error or event)
    return job


def _say_why(job: Job, refusal: Refusal) -> None:
    job.error_code = refusal.code
    job.error = refusal.sentence("zh")[:_LONGEST]
    job.error_en = refusal.sentence("en")[:_LONGEST]


def _wanted(scope: Scope, job: Job, wish: str, at: datetime) -> Job:
    after = JOB.next(job.state, wish)
    if job.state == JobState.RUNNING:
        job.wanted = wish
    else:
        job.state = after
        job.ended_at = at if wish == CANCEL else None
    job.save()
    kind = kind_of(job.kind)
    _recorded(scope, job, at, wish)
    if job.state == JobState.CANCELLED and kind.ended:
        kind.ended(Running(job.id, job.object_id, job.given, scope, at, ""), "cancelled")
    return job


def _mine(scope: Scope, job_id: int) -> Job:
    """Return a job that the operator may steer, locked: an own one, or one of the scope."""
    rows = Job.objects.select_for_update().filter(id=job_id, region=scope.region)
    job = rows.first()
    if job is None:
        raise NotThere(what=_("任务 %(id)s") % {"id": job_id})
    if job.operator_id != scope.operator_id:
        scope.require("desk.jobs")
    return job


def scope_of_post(*, region: str, operator_id: int, post_id: int, on: date) -> Scope:
    """Return the scope that a post has on a day, whoever is signed in; of operator 0 the system's.

    Raises PostEnded, SessionEnded.
    """
    if not operator_id:
        return Scope.system(region)
    return scope_of(operator_id=operator_id, post_id=post_id, on=on)


def _scope_of(job: Job, on: date) -> Scope:
    """Return the scope that the job's post has by now. Raises PostEnded, SessionEnded."""
    found = scope_of_post(
        region=job.region, operator_id=job.operator_id, post_id=job.post_id, on=on
    )
    return _narrow(found, job)


def _narrow(scope: Scope, job: Job) -> Scope:
    narrowed = scope.narrowed(job.area_no, job.area_until, job.area_name)
    return replace(narrowed, address="")


def _recorded(scope: Scope, job: Job, at: datetime, step: str, outcome: str = audit.DONE) -> None:
    audit.record(
        scope=scope,
        action="desk.jobs",
        at=at,
        object_kind="job",
        object_id=job.id,
        outcome=outcome,
        detail={"kind": job.kind, "step": step, "about": job.object_id, "error": job.error_code},
    )
