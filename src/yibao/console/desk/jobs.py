"""Jobs: mine and the scope's, how far each is, held and let go on."""

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.apps.desk import jobs as steering
from yibao.apps.desk import queries
from yibao.apps.desk.kinds import kind_of
from yibao.apps.desk.models import JOB, Job, JobState
from yibao.console.desk.listed import JOBS, job_mark
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, done, page

_STEPS = {"hold": steering.hold, "go_on": steering.go_on, "cancel": steering.cancel}


@console_page()
def jobs(request: ConsoleRequest) -> HttpResponse:
    """Show one's own jobs, and the scope's for who may see those."""
    return list_page(request, JOBS, template="console/desk/jobs.html")


@console_page()
def job(request: ConsoleRequest, job_id: int) -> HttpResponse:
    """Show one job; a POST holds it, lets it go on, or gives it up."""
    if request.method == "POST":
        step = _STEPS.get(request.POST.get("do", ""))
        if step is None:
            raise Http404
        step(scope=request.scope, job_id=job_id, at=request.at)
        said = {"hold": _("已请求暂停"), "go_on": _("已继续"), "cancel": _("已请求取消")}
        return done(request, said[request.POST["do"]], "desk:job", job_id)
    found = queries.find_job(scope=request.scope, job_id=job_id)
    return page(request, "console/desk/job.html", _words(request, found))


@console_page()
def progress(request: ConsoleRequest, job_id: int) -> HttpResponse:
    """Give the part of a job's page that changes while it runs, for the page to fetch again."""
    found = queries.find_job(scope=request.scope, job_id=job_id)
    words = _words(request, found)
    return HttpResponse(render_to_string("console/desk/_progress.html", words, request))


def _words(request: ConsoleRequest, found: Job) -> dict[str, object]:
    kind = kind_of(found.kind)
    events = JOB.events_from(found.state)
    mine = found.operator_id == request.scope.operator_id
    may = mine or request.scope.allows("desk.jobs")
    result = ""
    if kind.page and found.object_id:
        result = address(request, kind.page, found.object_id)
    return {
        "one": found,
        "kind": kind,
        "mark": job_mark(found, request.scope),
        "is_moving": found.state in (JobState.WAITING, JobState.RUNNING),
        "error": found.error if (get_language() or "zh").startswith("zh") else found.error_en,
        "result": result,
        "part": f"{reverse('desk:progress', args=[found.id])}",
        "may_hold": may and "hold" in events and kind.holdable and not found.wanted,
        "may_go_on": may and "go on" in events,
        "may_cancel": may and "cancel" in events and not found.wanted,
    }
