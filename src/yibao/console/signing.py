"""Signing in, in three steps: number and password, code, post. The first time sets up both factors.

`signing` holds the steps, `factor` the setting up of a device. Between the steps the session keeps
who gave a right password, for a few minutes; nothing opens before the code was right.
"""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.apps.access import operations, queries
from yibao.apps.access.models import Operator, PoolingRegion, Post
from yibao.apps.access.operations.sessions import PasswordExpired, SessionEnded
from yibao.apps.access.operations.signing import SessionLocked
from yibao.apps.access.operations.tries import TooManyTries
from yibao.apps.access.passwords import is_expired, profile_of
from yibao.apps.access.training import TrainingLacking
from yibao.apps.desk.queries import public_notices
from yibao.console import session
from yibao.console.forms import ConsoleForm
from yibao.console.menu import first_page
from yibao.console.page import address_of
from yibao.core.refusal import Refusal

_NOT_TAKEN, _TOO_MANY = 422, 429
# Everything that a browser keeps of us; the pages themselves were never stored.
_CLEARED = '"cookies", "storage"'


class SignInForm(ConsoleForm):
    """Staff number and password."""

    staff_no = forms.CharField(
        label=gettext_lazy("工号"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "inputmode": "numeric", "class": "num"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(ConsoleForm):
    """Six figures of the device, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "num"}
        ),
    )


class PasswordForm(ConsoleForm):
    """The old password and the new one, twice."""

    old = forms.CharField(
        label=gettext_lazy("原密码（一次性密码）"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输入一次新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a second entry that differs."""
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两次输入的新密码不一致"))
        return given


def but_not_locked(
    view: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Send whoever is locked out to the lock's page from a view that asks for no post."""

    @functools.wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except SessionLocked:
            return session.to_the_lock(request)

    return asked


def sign_in(request: HttpRequest) -> HttpResponse:
    """Step one: number and password. Every attempt is counted and recorded."""
    form = SignInForm(request.POST or None)
    status = 0
    if request.method == "POST" and form.is_valid():
        now = queries.clock().now
        try:
            operator = operations.enter_password(
                staff_no=form.cleaned_data["staff_no"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            session.pend(request, operator, now=now)
            return HttpResponseRedirect(with_next(_second_step(operator), next_of(request)))
    context = {
        "form": form,
        "next": next_of(request),
        "regions": PoolingRegion.objects.all(),
        "public_notices": public_notices(now=queries.clock().now),
    }
    return answer(request, "console/sign_in.html", context, status=status)


def _second_step(operator: Operator) -> str:
    """Return where a right password leads: to the code, or to setting one up the first time."""
    if operations.has_factor(operator_id=operator.id):
        return reverse("console:code")
    return reverse("console:password" if operator.password_is_one_time else "console:factor")


def code(request: HttpRequest) -> HttpResponse:
    """Step two: the code. It is accepted once."""
    now = queries.clock().now
    operator = session.pending(request, now=now)
    if operator is None:
        return begin_again(request)
    if not operations.has_factor(operator_id=operator.id):
        return HttpResponseRedirect(with_next(_second_step(operator), next_of(request)))
    form = CodeForm(request.POST or None)
    status = 0
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        given = form.cleaned_data["code"]
        try:
            operations.enter_code(operator_id=operator.id, code=given, address=address, at=now)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            wanted = next_of(request)
            session.begin(request, operator, address=address, now=now)
            return go_on(request, operator, wanted)
    context = {"form": form, "next": next_of(request), "operator": operator}
    return answer(request, "console/sign_code.html", context, status=status)


@but_not_locked
def password(request: HttpRequest) -> HttpResponse:
    """Replace the one-time password, one that has had its days, or one's own."""
    now = queries.clock().now
    operator = signed_in_or_pending(request)
    if operator is None:
        return begin_again(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = operations.change_password(
                operator_id=operator.id,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            session.renew(request, changed, now=now)
            if session.signed_in(request) is None:
                return HttpResponseRedirect(with_next(_second_step(changed), next_of(request)))
            return go_on(request, changed, next_of(request))
    context = {
        "form": form,
        "operator": operator,
        "next": next_of(request),
        "profile": profile_of(operator),
        "expired": not operator.password_is_one_time and is_expired(operator, now=now),
    }
    return answer(request, "console/password.html", context)


@but_not_locked
def posts(request: HttpRequest) -> HttpResponse:
    """Step three: in which post. The choice is recorded, and ends another session in that post."""
    operator = _signed_in(request)
    if operator is None:
        return begin_again(request)
    if operator.password_is_one_time:
        return HttpResponseRedirect(reverse("console:password"))
    held = _held(operator.id)
    if request.method == "POST":
        wanted = request.POST.get("post", "")
        post = next((one for one in held if str(one.id) == wanted), None)
        if post is not None:
            return _take(request, post, next_of(request))
    context = {"held": held, "operator": operator, "next": next_of(request)}
    return answer(request, "console/posts.html", context)


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and have the browser forget what it kept."""
    who = session.signed_in(request)
    if who is not None:
        operations.sign_out(session_id=who.session_id, at=queries.clock().now)
    session.end(request)
    return signed_out(request)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer after signing out."""
    response = HttpResponseRedirect(reverse("console:sign_in"))
    response.headers["Clear-Site-Data"] = _CLEARED
    return response


def go_on(request: HttpRequest, operator: Operator, wanted: str) -> HttpResponse:
    """Go on to the choice of a post; who has one only is spared the choice."""
    if operator.password_is_one_time:
        return HttpResponseRedirect(with_next(reverse("console:password"), wanted))
    held = _held(operator.id)
    if len(held) == 1:
        return _take(request, held[0], wanted)
    return HttpResponseRedirect(with_next(reverse("console:posts"), wanted))


def begin_again(request: HttpRequest) -> HttpResponse:
    """Send to the first step, keeping what was asked for."""
    return HttpResponseRedirect(with_next(reverse("console:sign_in"), next_of(request)))


def signed_in_or_pending(request: HttpRequest) -> Operator | None:
    """Return whose session this is; before the code only who has no device to ask yet."""
    found = _signed_in(request)
    if found is not None:
        return found
    waiting = session.pending(request, now=queries.clock().now)
    if waiting is None or operations.has_factor(operator_id=waiting.id):
        return None
    return waiting


def _signed_in(request: HttpRequest) -> Operator | None:
    """Return whose session this is, if it still is one."""
    try:
        found = session.standing(request, now=queries.clock().now)
    except SessionEnded:
        return None
    return Operator.objects.select_related("organisation__region").get(id=found.operator_id)


def _held(operator_id: int) -> list[Post]:
    """Return the posts in force, each on its own region's served day."""
    return [
        post
        for region in PoolingRegion.objects.values_list("code", flat=True)
        for post in queries.posts_of(operator_id, queries.clock(region=region).served_on)
        if post.organisation.region_id == region
    ]


def _take(request: HttpRequest, post: Post, wanted: str) -> HttpResponse:
    region = post.organisation.region_id
    clock = queries.clock(region=region)
    who = session.signed_in(request)
    assert who is not None, "a post is chosen after signing in"
    try:
        operations.take_post(session_id=who.session_id, post_id=post.id, at=clock.at, now=clock.now)
    except PasswordExpired:
        return HttpResponseRedirect(with_next(reverse("console:password"), wanted))
    except TrainingLacking as refusal:
        context = {"refusal": refusal, "held": _held(post.operator_id), "operator": post.operator}
        return answer(request, "console/posts.html", context, status=_NOT_TAKEN)
    session.choose(request, post_id=post.id, region=region)
    return HttpResponseRedirect(wanted or reverse(first_page(post.role)))


def next_of(request: HttpRequest) -> str:
    """Return the page that was asked for before signing in; never one elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if wanted.startswith("/") and own else ""


def with_next(path: str, wanted: str) -> str:
    """Return a step's address with the page that was asked for."""
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 0
) -> HttpResponse:
    """Return a page before a post is chosen; 422 where its form was not taken."""
    form = context.get("form")
    if not status:
        status = _NOT_TAKEN if form is not None and form.is_bound and form.errors else 200
    return HttpResponse(render_to_string(template, context, request), status=status)


def status_of(refusal: Refusal) -> int:
    """Return the status of a page that asks again: 429 where it is to wait."""
    return _TOO_MANY if isinstance(refusal, TooManyTries) else _NOT_TAKEN
