"""The lock of the screen: a button of the bureau bar, and the page that asks who is there again.

The session goes on, and so do its limits; nothing opens until its operator gives the password, and
the code where the office's profile of passwords asks for it. What was being typed stays a draft.
"""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from yibao.apps.access import operations, queries
from yibao.apps.access.operations.sessions import SessionEnded
from yibao.console import session, signing
from yibao.console.forms import ConsoleForm
from yibao.console.page import ConsoleRequest, address_of, console_page, sent_back
from yibao.core.refusal import Refusal


class UnlockForm(ConsoleForm):
    """The password, and the code where it is asked."""

    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label=_("动态码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "num"}
        ),
    )


@console_page()
def lock(request: ConsoleRequest) -> HttpResponse:
    """Lock the session now, in every tab; pages that the browser still holds are forgotten."""
    operations.lock_session(session_id=request.presence.session_id, at=request.at, now=request.now)
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        session.keep_wanted(request, back)
    response = HttpResponseRedirect(reverse("console:locked"))
    # The back button shows what a browser kept of a page in its memory.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def locked(request: HttpRequest) -> HttpResponse:
    """Show whose screen it is and no more; unlock it for whoever gives what is asked."""
    now = queries.clock().now
    who = session.signed_in(request)
    if who is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    try:
        one = operations.locked_session(session_id=who.session_id, now=now)
    except SessionEnded as refusal:
        return sent_back(request, refusal)
    if one is None:
        return HttpResponseRedirect(session.wanted(request) or reverse("console:home"))
    form = UnlockForm(request.POST or None)
    if not operations.asks_code(operator_id=one.operator_id):
        del form.fields["code"]
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            operations.unlock_session(
                session_id=one.id,
                password=form.cleaned_data["password"],
                code=form.cleaned_data.get("code", ""),
                address=address_of(request),
                now=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = signing.status_of(refusal)
        else:
            return HttpResponseRedirect(session.wanted(request) or reverse("console:home"))
    context = {"form": form, "operator": one.operator}
    return signing.answer(request, "console/locked.html", context, status=status)
