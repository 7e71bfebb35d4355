"""Signing in: account and password, one's own password at the first time, and the post."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.apps.access import audit, operations, queries
from yibao.apps.access.models import Operator, PoolingRegion, Post
from yibao.apps.access.operations.sessions import SessionEnded
from yibao.console import session
from yibao.console.forms import ConsoleForm
from yibao.console.page import address_of
from yibao.core.refusal import Refusal


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


def sign_in(request: HttpRequest) -> HttpResponse:
    """Step one: the account. Every attempt is counted and recorded."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clock = queries.clock()
        try:
            operator = operations.sign_in(
                staff_no=form.cleaned_data["staff_no"],
                password=form.cleaned_data["password"],
                address=address_of(request),
                at=clock.now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            session.begin(request, operator, now=clock.now)
            if operator.password_is_one_time:
                return HttpResponseRedirect(reverse("console:password"))
            return _to_post(request, operator.id)
    context = {"form": form, "next": _next(request), "regions": PoolingRegion.objects.all()}
    return _answer(request, "console/sign_in.html", context)


def password(request: HttpRequest) -> HttpResponse:
    """Replace the one-time password, or one's own."""
    operator = _operator(request)
    if operator is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clock = queries.clock()
        try:
            changed = operations.change_password(
                operator_id=operator.id,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                at=clock.now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            audit.record(
                scope=None,
                action="access.change_password",
                at=clock.now,
                object_kind="operator",
                object_id=operator.id,
                area_no=operator.organisation.area_from,
                outcome=audit.REFUSED,
                detail={"staff_no": operator.staff_no, "code": refusal.code},
                address=address_of(request),
            )
        else:
            session.renew(request, changed, now=clock.now)
            return _to_post(request, operator.id)
    return _answer(request, "console/password.html", {"form": form, "operator": operator})


def posts(request: HttpRequest) -> HttpResponse:
    """Step two: in which post. The choice is recorded."""
    operator = _operator(request)
    if operator is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    if operator.password_is_one_time:
        return HttpResponseRedirect(reverse("console:password"))
    held = _held(operator.id)
    if request.method == "POST":
        wanted = request.POST.get("post", "")
        post = next((one for one in held if str(one.id) == wanted), None)
        if post is not None:
            return _enter(request, post)
    context = {"held": held, "operator": operator, "next": _next(request)}
    return _answer(request, "console/posts.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, everywhere."""
    who = session.signed_in(request)
    if who is not None:
        operations.sign_out(operator_id=who.operator_id, at=queries.clock().now)
    session.end(request)
    return HttpResponseRedirect(reverse("console:sign_in"))


def _operator(request: HttpRequest) -> Operator | None:
    """Return whose session this is, if it still is one."""
    who = session.signed_in(request)
    if who is None:
        return None
    found = (
        Operator.objects.select_related("organisation")
        .filter(id=who.operator_id, session_generation=who.generation, is_active=True)
        .first()
    )
    try:
        session.keep_alive(request, now=queries.clock().now)
    except SessionEnded:
        return None
    return found


def _held(operator_id: int) -> list[Post]:
    """Return the posts in force, each on its own region's served day."""
    return [
        post
        for code in PoolingRegion.objects.values_list("code", flat=True)
        for post in queries.posts_of(operator_id, queries.clock(region=code).served_on)
        if post.organisation.region_id == code
    ]


def _to_post(request: HttpRequest, operator_id: int) -> HttpResponse:
    """Go on to the choice of a post; who has one only is spared the choice."""
    held = _held(operator_id)
    if len(held) == 1:
        return _enter(request, held[0])
    return HttpResponseRedirect(_with_next(reverse("console:posts"), _next(request)))


def _enter(request: HttpRequest, post: Post) -> HttpResponse:
    region = post.organisation.region_id
    at = queries.clock(region=region).at
    operations.choose_post(operator_id=post.operator_id, post_id=post.id, at=at)
    session.choose(request, post_id=post.id, region=region)
    return HttpResponseRedirect(_next(request) or reverse("console:home"))


def _next(request: HttpRequest) -> str:
    """Return the page that was asked for before signing in; never one elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if wanted.startswith("/") and own else ""


def _with_next(path: str, wanted: str) -> str:
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def _answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return HttpResponse(render_to_string(template, context, request), status=status)
