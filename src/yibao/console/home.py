"""The first page: what waits, by its deadline; beside it what is below its target."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Role
from yibao.console.page import ConsoleRequest, address, console_page, page
from yibao.console.schedule import schedule
from yibao.console.targets import below_target
from yibao.console.waiting import by_deadline, waiting_for

WEEKDAYS = (
    _("星期一"),
    _("星期二"),
    _("星期三"),
    _("星期四"),
    _("星期五"),
    _("星期六"),
    _("星期日"),
)


@console_page()
def home(request: ConsoleRequest) -> HttpResponse:
    """Show the post's queue; an agent's first page is the village."""
    if request.scope.role == Role.VILLAGE_AGENT:
        return HttpResponseRedirect(address(request, "village:mine"))
    tasks = waiting_for(request)
    context = {
        "groups": by_deadline(tasks, on=request.served_on),
        "waiting": len(tasks),
        "overdue": sum(
            task.due_on is not None and task.due_on < request.served_on for task in tasks
        ),
        "today": sum(task.due_on == request.served_on for task in tasks),
        "below": below_target(request),
        "schedule": schedule(region=request.scope.region, year=request.year, on=request.served_on),
        "weekday": WEEKDAYS[request.served_on.weekday()],
    }
    return page(request, "console/home.html", context)
