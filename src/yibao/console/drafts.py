"""The addresses of drafts: kept by the page's script while one types, forgotten by a button."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yibao.apps.desk.operations.drafts import drop_draft
from yibao.console import kept, marks, session
from yibao.console.page import ConsoleRequest, console_page

_BAD, _CONFLICT, _TOO_LARGE = 400, 409, 413


def draft(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form now. The form's mark says whose it is, also after a time-out."""
    mark = marks.read(request)
    if mark is None:
        return JsonResponse({"said": _("这张表单已过期")}, status=_BAD)
    who = session.signed_in(request)
    if who is not None and who.operator_id != mark.operator_id:
        return JsonResponse({"said": _("这张表单是另一账号打开的")}, status=_CONFLICT)
    made = kept.keep(request, action=request.POST.get(kept.ACTION, "") or mark.path)
    if made is None:
        return JsonResponse({"kept": ""})
    at = localtime(made.kept_at).strftime("%H:%M")
    return JsonResponse({"kept": at, "said": _("已保存草稿 %(at)s") % {"at": at}})


@console_page()
def draft_drop(request: ConsoleRequest, draft_id: int) -> HttpResponse:
    """Forget a draft, and go back to the form's page."""
    drop_draft(
        operator_id=request.scope.operator_id, post_id=request.scope.post_id, draft_id=draft_id
    )
    wanted = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return HttpResponseRedirect(
        wanted if wanted.startswith("/") and own else reverse("console:home")
    )
