"""Posts as requests: asked for, checked, approved or returned by a second administrator."""

from datetime import date

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yibao.apps.access import operations, queries
from yibao.apps.access.models import GrantRequest, GrantState, Operator
from yibao.apps.access.operations.grants import mark_of
from yibao.apps.access.queries import rights
from yibao.console import queues
from yibao.console.access.forms import ReasonForm, RequestForm
from yibao.console.access.listed import POSTS_LIST, REQUESTS_LIST
from yibao.console.lists import list_page
from yibao.console.page import ConsoleRequest, address, console_page, done, page
from yibao.console.paging import Pager


@console_page()
def grants(request: ConsoleRequest) -> HttpResponse:
    """Show the requests for posts, those that wait where no state is asked, and what runs out."""
    expiring = rights.expiring(request.area_scope, on=request.served_on)
    context = {"expiring": rights.held_posts(expiring, on=request.served_on)}
    return list_page(request, REQUESTS_LIST, template="console/access/grants.html", context=context)


@console_page()
def grant_post(request: ConsoleRequest, operator_id: int) -> HttpResponse:
    """Ask for a post; `check` shows what it would open before it is sent."""
    found = queries.operator_of(request.scope, operator_id=operator_id)
    first = {"valid_from": request.served_on, "organisation": found.organisation_id}
    form = RequestForm(request.POST or None, scope=request.scope, initial=first)
    if request.method == "POST" and form.is_valid() and "send" in request.POST:
        with form.refusals(request):
            made = operations.request_post(
                scope=request.scope, operator_id=operator_id, at=request.at, **form.wanted()
            )
            return done(request, _("已提交，等待另一名安全管理员批准"), "access:grant", made.id)
    return _asked(request, found, form)


@console_page()
def revise(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Change a returned request and send it again."""
    one = rights.request_of(request.scope, request_id=request_id)
    first = {
        "role": one.role,
        "organisation": one.organisation_id,
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "reason": one.reason,
    }
    form = RequestForm(request.POST or None, scope=request.scope, initial=first)
    if request.method == "POST" and form.is_valid() and "send" in request.POST:
        with form.refusals(request):
            operations.revise_request(
                scope=request.scope, request_id=request_id, at=request.at, **form.wanted()
            )
            return done(request, _("已重新提交"), "access:grant", request_id)
    return _asked(request, one.operator, form, one)


def _asked(
    request: ConsoleRequest, found: Operator, form: RequestForm, one: GrantRequest | None = None
) -> HttpResponse:
    said = None
    if form.is_bound and not form.errors:
        wanted = form.wanted()
        said = rights.consequence(
            operator=found, **{key: wanted[key] for key in wanted if key != "reason"}
        )
    context = {"form": form, "operator": found, "said": said, "returned": one}
    return page(request, "console/access/grant_post.html", context)


@console_page()
def grant(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Show a request: who asks what for whom, what it opens, what speaks against it."""
    return _one(request, request_id)


@console_page()
def approve(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Put a requested post in force, as the second person."""
    if request.method != "POST":
        return _to_grant(request, request_id)
    here = queues.place_of(request, queues.GRANTS, request_id)
    operations.approve_request(
        scope=request.scope,
        request_id=request_id,
        at=request.at,
        shown=request.POST.get("shown"),
    )
    return queues.go_on(request, here, _("已批准，岗位生效"))


@console_page()
def send_back(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Return a request with the reason."""
    form = ReasonForm(request.POST or None)
    if request.method != "POST":
        return _to_grant(request, request_id)
    if form.is_valid():
        here = queues.place_of(request, queues.GRANTS, request_id)
        with form.refusals(request):
            operations.return_request(
                scope=request.scope,
                request_id=request_id,
                because=form.cleaned_data["reason"],
                at=request.at,
            )
            return queues.go_on(request, here, _("已退回给申请人"))
    return _one(request, request_id, form)


@console_page()
def withdraw(request: ConsoleRequest, request_id: int) -> HttpResponse:
    """Take one's own request back."""
    if request.method != "POST":
        return _to_grant(request, request_id)
    operations.withdraw_request(
        scope=request.scope, request_id=request_id, because="", at=request.at
    )
    return done(request, _("已撤回"), "access:grants")


@console_page()
def posts(request: ConsoleRequest) -> HttpResponse:
    """Show the ledger of rights: every post that was ever held, with who granted and ended it."""
    return list_page(request, POSTS_LIST, template="console/access/posts.html")


@console_page()
def end_post(request: ConsoleRequest, post_id: int) -> HttpResponse:
    """End a post from today on, with the reason."""
    post = rights.post_of(request.scope, post_id=post_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.end_post(
                scope=request.scope,
                post_id=post_id,
                reason=form.cleaned_data["reason"],
                at=request.at,
            )
            return done(request, _("岗位已结束"), "access:operator", post.operator_id)
    (shown,) = rights.held_posts([post], on=request.served_on)
    return page(request, "console/access/end_post.html", {"form": form, "one": shown})


@console_page()
def review(request: ConsoleRequest) -> HttpResponse:
    """Show the posts of this year's review: to look at, and decided."""
    return _review(request, request.served_on, ReasonForm())


@console_page()
def review_post(request: ConsoleRequest, post_id: int) -> HttpResponse:
    """Keep a post or end it, in the yearly review."""
    if request.method != "POST":
        return HttpResponseRedirect(address(request, "access:review"))
    rights.post_of(request.scope, post_id=post_id)
    keeps = request.POST.get("act") != "end"
    form = ReasonForm({"reason": request.POST.get("reason", "")})
    form.fields["reason"].required = not keeps
    if form.is_valid():
        with form.refusals(request):
            operations.review_post(
                scope=request.scope,
                post_id=post_id,
                year=request.served_on.year,
                keeps=keeps,
                because=form.cleaned_data["reason"],
                at=request.at,
            )
            said = _("已复核：保留") if keeps else _("已复核：结束")
            return done(request, said, "access:review")
    return _review(request, request.served_on, form)


def _review(request: ConsoleRequest, on: date, form: ReasonForm) -> HttpResponse:
    waiting = rights.to_review(request.area_scope, on=on)
    pager = Pager(request, total=len(waiting))
    rows = waiting[pager.offset : pager.offset + pager.limit]
    context = {
        "rows": rights.held_posts(rows, on=on),
        "pager": pager,
        "decided": rights.reviewed(request.area_scope, year=on.year),
        "year": on.year,
        "form": form,
    }
    return page(request, "console/access/review.html", context)


def _one(request: ConsoleRequest, request_id: int, form: ReasonForm | None = None) -> HttpResponse:
    one = rights.request_of(request.scope, request_id=request_id)
    context = {
        "queue": queues.place_of(request, queues.GRANTS, request_id),
        "one": one,
        "shown": mark_of(one=one),
        "said": rights.consequence(
            operator=one.operator,
            organisation_id=one.organisation_id,
            role=one.role,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
        ),
        "held": rights.held_posts(
            one.operator.posts.select_related("organisation"), on=request.served_on
        ),
        "is_drafter": rights.is_own(request.scope, one.drafted_by),
        "is_concerned": rights.is_own(request.scope, one.operator),
        "form": form or ReasonForm(),
        "waits": one.state == GrantState.WAITING,
        "is_returned": one.state == GrantState.RETURNED,
    }
    return page(request, "console/access/grant.html", context)


def _to_grant(request: ConsoleRequest, request_id: int) -> HttpResponse:
    return HttpResponseRedirect(address(request, "access:grant", request_id))
