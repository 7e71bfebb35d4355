"""Sessions on pages: everybody's own, and those of the scope, which the administrator may end."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.apps.access import operations, queries
from yibao.apps.access.queries import sessions
from yibao.apps.access.scope import NotThere
from yibao.console import session, signing
from yibao.console.access.listed import SESSIONS_LIST
from yibao.console.forms import ConsoleForm, WordsField
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, done, page


class ReasonForm(ConsoleForm):
    """Why a session is ended, or a device taken away."""

    reason = WordsField(label=gettext_lazy("原因"), max_length=200)


@console_page()
def my_sessions(request: ConsoleRequest) -> HttpResponse:
    """Show one's own sessions and the newest sign-ins, failed ones too."""
    operator_id = request.scope.operator_id
    context = {
        "open": sessions.sessions_of(operator_id, now=request.now),
        "here": request.presence.session_id,
        "tries": sessions.sign_ins_of(operator_id),
        "codes_left": sessions.recovery_codes_left(operator_id),
    }
    return page(request, "console/my_sessions.html", context)


@console_page()
def sign_out_everywhere(request: ConsoleRequest) -> HttpResponse:
    """End every session of one's own, this one too."""
    operations.sign_out(session_id=request.presence.session_id, at=request.now, everywhere=True)
    session.end(request)
    return signing.signed_out(request)


@console_page()
def recovery_codes(request: ConsoleRequest) -> HttpResponse:
    """Replace the recovery codes; the answer shows them once."""
    codes = operations.renew_recovery_codes(operator_id=request.scope.operator_id, at=request.now)
    return page(request, "console/recovery_codes.html", {"codes": codes})


@console_page()
def active_sessions(request: ConsoleRequest) -> HttpResponse:
    """Show who is signed in now, in which post, since when, from where."""
    return list_page(request, SESSIONS_LIST, template="console/active_sessions.html")


@console_page()
def end_session(request: ConsoleRequest, session_id: int) -> HttpResponse:
    """End somebody's session, with the reason; it is told at its next request."""
    found = sessions.open_sessions(request.scope, now=request.now).filter(id=session_id).first()
    if found is None:
        raise NotThere(what=_("该登录会话"))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.force_out(
                scope=request.scope,
                session_id=session_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
                now=request.now,
            )
            return done(
                request, _("已结束该登录，对方下一次操作即被退出"), "console:active_sessions"
            )
    return page(request, "console/end_session.html", {"form": form, "one": found})


@console_page()
def reset_factor(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Take away a lost device, with the reason; the answer shows a one-time password once."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    if found.id == request.scope.operator_id:
        return HttpResponseRedirect(address(request, "access:operator", operator_id))
    form = ReasonForm(request.POST or None)
    password = ""
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            password = operations.reset_factor(
                scope=request.scope,
                operator_id=operator_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
    context = {"form": form, "operator": found, "one_time_password": password}
    return page(request, "console/reset_factor.html", context)
