"""Accounts and posts for the security administrator, the audit log for the auditor."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator
from yibao.apps.access.queries import rights
from yibao.apps.access.training import article_asking_for_training
from yibao.console.access.forms import AccountForm, CertificateForm, CloseForm
from yibao.console.access.listed import OPERATORS_LIST, ORGANISATIONS_LIST
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.rulebook.regions import region


@console_page()
def operators(request: ConsoleRequest) -> HttpResponse:
    """Show who has an account, with posts and trainings, by number, name, post and state."""
    return list_page(request, OPERATORS_LIST, template="console/access/operators.html")


@console_page()
def organisations(request: ConsoleRequest) -> HttpResponse:
    """Show the places and offices of the area: what the system administrator answers for."""
    return list_page(request, ORGANISATIONS_LIST, template="console/access/organisations.html")


@console_page()
def operator(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Show one account: posts in words, requests, trainings, sessions."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    return page(request, "console/access/operator.html", shown(request, found))


def shown(request: ConsoleRequest, found: Operator, **more: object) -> dict[str, object]:
    """Return what the page of an account shows."""
    on = request.served_on
    return {
        "operator": found,
        "posts": rights.held_posts(found.posts.all(), on=on),
        "requests": rights.requests_for(request.scope, operator_id=found.id),
        "others": rights.other_accounts(found),
        "sessions": rights.sessions_of(found),
        "article": article_asking_for_training(request.scope.region, on=on),
        "trained": rights.is_trained(found, on=on),
        "on": on,
        "is_own": rights.is_own(request.scope, found),
        "close": CloseForm(),
        **more,
    }


@console_page()
def open_account(request: ConsoleRequest) -> HttpResponse:
    """Open an account; the answer shows its one-time password, which is kept nowhere."""
    form = AccountForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            made, password = operations.open_account(
                scope=request.scope,
                staff_no=form.cleaned_data["staff_no"],
                name=form.cleaned_data["name"],
                organisation_id=form.cleaned_data["organisation"].id,
                certificate=form.certificate(),
                identity_number=form.cleaned_data["identity_number"],
                at=request.at,
            )
            found = queries.operator_of(request.scope, operator_id=made.id)
            context = shown(request, found, one_time_password=password)
            return page(request, "console/access/operator.html", context)
    context = {
        "form": form,
        "region": region(request.scope.region),
        "article": article_asking_for_training(request.scope.region, on=request.served_on),
    }
    return page(request, "console/access/open_account.html", context)


@console_page()
def certificate(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Record a passed training."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    form = CertificateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.record_certificate(
                scope=request.scope,
                operator_id=operator_id,
                certificate=form.certificate(),
                at=request.at,
            )
            return done(request, _("已登记培训合格证明"), "access:operator", operator_id)
    return page(request, "console/access/certificate.html", {"form": form, "operator": found})


@console_page()
def renew_password(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Replace a password by a one-time one; the answer shows it, and it is kept nowhere."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "access:operator", operator_id))
    password = operations.renew_password(
        scope=request.scope, operator_id=operator_id, at=request.at
    )
    found = queries.operator_of(request.scope, operator_id=operator_id)
    context = shown(request, found, one_time_password=password)
    return page(request, "console/access/operator.html", context)


@console_page()
def close_account(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Close an account, with the reason."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    form = CloseForm(request.POST or None)
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "access:operator", operator_id))
    if form.is_valid():
        with form.refusals(request):
            operations.close_account(
                scope=request.scope,
                operator_id=operator_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            messages.success(request, _("已停用账号，此人下一次操作即被退出"))
            return HttpResponseRedirect(address(request, "access:operator", operator_id))
    context = shown(request, found) | {"close": form, "form": form}
    return page(request, "console/access/operator.html", context)
