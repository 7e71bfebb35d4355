"""Accounts and posts for the security administrator, the audit log for the auditor."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.access import operations, queries
from yibao.apps.access.roles import ACTIONS
from yibao.apps.access.training import article_asking_for_training
from yibao.console.access.forms import AccountForm, CertificateForm, CloseForm, PostForm
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.paging import Pager
from yibao.rulebook.regions import region

_SIZE, _DIGITS = 50, 19


@console_page()
def operators(request: ConsoleRequest) -> HttpResponse:
    """Show who has an account, with posts and trainings."""
    found = queries.operators_of(request.area_scope)
    pager = Pager(request, total=found.count())
    rows = found[pager.offset : pager.offset + pager.limit]
    return page(request, "console/access/operators.html", {"rows": rows, "pager": pager})


@console_page()
def operator(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Show one account."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    return page(request, "console/access/operator.html", {"operator": found, "close": CloseForm()})


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
                at=request.at,
            )
            found = queries.operator_of(request.scope, operator_id=made.id)
            context = {"operator": found, "one_time_password": password, "close": CloseForm()}
            return page(request, "console/access/operator.html", context)
    context = {
        "form": form,
        "region": region(request.scope.region),
        "article": article_asking_for_training(request.scope.region, on=request.served_on),
    }
    return page(request, "console/access/open_account.html", context)


@console_page()
def grant_post(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Grant a post."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    first = {"valid_from": request.served_on, "organisation": found.organisation_id}
    form = PostForm(request.POST or None, scope=request.scope, initial=first)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.grant_post(
                scope=request.scope,
                operator_id=operator_id,
                organisation_id=form.cleaned_data["organisation"].id,
                role=form.cleaned_data["role"],
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                at=request.at,
            )
            return done(request, _("已授予岗位"), "access:operator", operator_id)
    return page(request, "console/access/grant_post.html", {"form": form, "operator": found})


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
    context = {"operator": found, "one_time_password": password, "close": CloseForm()}
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
    return page(
        request,
        "console/access/operator.html",
        {"operator": found, "close": form, "form": form},
    )


@console_page()
def audit_log(request: ConsoleRequest) -> HttpResponse:
    """Show the newest records of the area, or those of one thing."""
    asked = request.GET.get("before", "")
    before_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS else 0
    rows = queries.audit_records(request.area_scope, before_id=before_id, limit=_SIZE)
    shown = [{"row": row, "action": ACTIONS.get(row.action, row.action)} for row in rows]
    more = address(request, "access:audit", before=rows[-1].id) if len(rows) == _SIZE else ""
    return page(request, "console/access/audit.html", {"shown": shown, "more": more})
