"""Lists that an operator keeps under a name."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yibao.apps.desk import operations
from yibao.console import listing
from yibao.console.page import ConsoleRequest, address, console_page


@console_page()
def save_list(request: ConsoleRequest, of: str) -> HttpResponse:
    """Keep a list's conditions, order and columns under a name."""
    if of not in listing.lists():
        raise Http404
    state = QueryDict(request.POST.get("query", ""))
    name = request.POST.get("name", "").strip()
    if not name:
        messages.error(request, _("请填写名称"))
        return _back(request)
    operations.save_list(
        scope=request.scope,
        of=of,
        name=name,
        query=state.urlencode(),
        columns=state.getlist(listing.COLUMNS),
        is_default="is_default" in request.POST,
        at=request.at,
    )
    messages.success(request, _("已保存为常用列表“%(name)s”") % {"name": name})
    return _back(request)


@console_page()
def saved_list(request: ConsoleRequest, list_id: int) -> HttpResponse:
    """Let a saved list open first, or forget it."""
    if request.POST.get("do") == "forget":
        operations.forget_list(scope=request.scope, list_id=list_id)
        messages.success(request, _("已删除"))
    else:
        operations.open_first(scope=request.scope, list_id=list_id)
        messages.success(request, _("已更改"))
    return _back(request)


def _back(request: ConsoleRequest) -> HttpResponse:
    """Go back to the list, which is one of ours."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = address(request, "console:home")
    return HttpResponseRedirect(to)
