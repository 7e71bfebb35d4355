"""Nothing that was typed is lost, and no form is done twice.

`page.py` asks here around every page: a POST is worked on once, what a refused or expired POST
brought is kept as a draft, a page offers the drafts of its forms, and `?draft=` fills them in.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from yibao.apps.access import audit
from yibao.apps.access import queries as access
from yibao.apps.desk.operations import drafts as desk
from yibao.apps.desk.operations.drafts import FormPlace, StillWorking
from yibao.apps.desk.queries import drafts as queries
from yibao.console import marks, restoring
from yibao.console.marks import Mark
from yibao.core.refusal import Refusal

# The form of the page that `?draft=` names, for `ConsoleForm` and grids; None on other pages.
restored: ContextVar[MultiValueDict[str, str] | None] = ContextVar("restored", default=None)

ACTION = "yb_action"
# What belongs to the way of sending, and what nobody may keep.
_NOT_TYPED = frozenset({marks.FIELD, ACTION, "csrfmiddlewaretoken", "find"})
_SECRET = ("password", "otp", "totp", "one_time")
_MAIN = 'id="main">'
_WAIT_SECONDS, _WAITS = 0.2, 25
_DIGITS = 19
_REFUSED = 400
_PATH_AT_MOST = 300


class OtherPost(Refusal):
    """Raised for a form that was opened in another post: an old tab."""

    code = "E944"
    message = "这张表单是以另一岗位打开的，没有办理"
    remedy = "请换回原岗位，填写的内容已存为那一岗位的草稿；或在现岗位重新打开页面"
    message_en = "This form was opened in another post; nothing was done"
    remedy_en = "Change back to that post, where what you typed is kept; or open the page anew"


class OtherAccount(Refusal):
    """Raised for a form that another operator opened in this browser."""

    code = "E947"
    message = "这张表单是另一账号打开的，没有办理"
    remedy = "请重新打开页面后填写；原账号登录后可以找回草稿"
    message_en = "This form was opened by another account; nothing was done"
    remedy_en = "Open the page anew; its account finds the draft after signing in"


class OtherYear(Refusal):
    """Raised for a form that was opened for another insured year than the address names."""

    code = "E948"
    message = "这张表单是 {form_year} 年度的，网址上是 {year} 年度，没有办理"
    remedy = "请核对顶部的年度，选对后重新打开页面；填写的内容已存为草稿"
    message_en = "This form is of {form_year}, the address of {year}; nothing was done"
    remedy_en = "Choose the right year above and open the page anew; what you typed is kept"


def once(request: Any, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do what a form asks, once: the same form sent again gets the first one's result.

    Raises StillWorking, BrokenOff.
    """
    mark = marks.read(request)
    if mark is None:
        return act()
    answer = _begin(mark, request)
    if answer is not None:
        messages.info(request, _("这张表单已经提交过，没有再办一次；下面是第一次的结果"))
        return HttpResponseRedirect(answer)
    try:
        response = act()
    except BaseException:
        desk.release_form(operator_id=mark.operator_id, key=mark.key)
        raise
    if isinstance(response, HttpResponseRedirect):
        where = response.headers["Location"]
        desk.end_form(operator_id=mark.operator_id, key=mark.key, answer=where)
        desk.forget_draft(place=_place(mark, request.path))
    else:
        desk.release_form(operator_id=mark.operator_id, key=mark.key)
        if response.status_code < _REFUSED and not _shown(request):
            desk.forget_draft(place=_place(mark, request.path))
    return response


def _begin(mark: Mark, request: Any) -> Any:
    """Note the form; where it is being worked on, wait a little for the first one's answer."""
    for _turn in range(_WAITS):
        try:
            return desk.begin_form(operator_id=mark.operator_id, key=mark.key, at=request.now)
        except StillWorking:
            time.sleep(_WAIT_SECONDS)
    return desk.begin_form(operator_id=mark.operator_id, key=mark.key, at=request.now)


def check(request: Any) -> None:
    """Refuse the form of an old tab: of another account, post or year than the session's.

    Raises OtherAccount, OtherPost, OtherYear.
    """
    mark = marks.read(request) if request.method == "POST" else None
    if mark is None:
        return
    if mark.operator_id != request.scope.operator_id:
        raise OtherAccount()
    if mark.post_id != request.scope.post_id:
        raise OtherPost()
    if mark.year != request.year:
        raise OtherYear(form_year=mark.year, year=request.year)


def _shown(request: Any) -> bool:
    """Tell whether the answer shows the form again, as a trial does."""
    return bool(getattr(request, "is_form_shown", False))


def keep(request: HttpRequest, *, action: str = "") -> Any:
    """Keep what a form brought as a draft of the operator who opened it; None for nothing typed."""
    mark = marks.read(request) if request.method == "POST" else None
    if mark is None:
        return None
    at = getattr(request, "now", None) or access.clock().now
    kept = desk.keep_draft(
        place=_place(mark, action or request.path),
        address=mark.page,
        fields=_typed(request),
        at=at,
    )
    request.kept_draft = kept  # type: ignore[attr-defined]
    return kept


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and not any(word in name for word in _SECRET)
    }
    return fields if any(value for values in fields.values() for value in values) else {}


def _place(mark: Mark, action: str) -> FormPlace:
    return FormPlace(
        mark.operator_id, mark.post_id, mark.path[:_PATH_AT_MOST], mark.year, action[:_PATH_AT_MOST]
    )


@contextlib.contextmanager
def filled_in(request: Any) -> Iterator[None]:
    """Let the forms of the page begin with the draft that the address names."""
    asked = request.GET.get("draft", "")
    found = None
    if asked.isascii() and asked.isdigit() and len(asked) < _DIGITS:
        found = queries.draft_fields(
            operator_id=request.scope.operator_id,
            post_id=request.scope.post_id,
            draft_id=int(asked),
            page=request.path,
            at=request.now,
        )
    if found is not None:
        # What was typed may name somebody whole: that it is shown again is written down.
        audit.record(
            scope=request.scope,
            action=request.route.right,
            at=request.at,
            object_kind="draft",
            object_id=asked,
        )
    token = restored.set(MultiValueDict(found[1]) if found is not None else None)
    request.restored_draft = int(asked) if found is not None else 0
    request.restored_form = found
    try:
        yield
    finally:
        restored.reset(token)


def offered(request: Any, html: str) -> str:
    """Return the page with what it offers at its head: to go on with what was typed before."""
    kept = getattr(request, "kept_draft", None)
    if kept is not None:
        context = {"kept": kept, "drafts": [], "taken": 0}
    elif request.method == "GET" and getattr(request, "is_marked", False):
        found = queries.drafts_of(
            operator_id=request.scope.operator_id,
            post_id=request.scope.post_id,
            page=request.path,
            year=request.year,
            at=request.now,
        )
        if not found:
            return html
        if request.restored_form is not None:
            action, typed = request.restored_form
            html = restoring.filled_in(html, page=request.path, action=action, typed=typed)
        context = {"kept": None, "drafts": found, "taken": request.restored_draft}
    else:
        return html
    asked = request.GET.copy()
    asked.pop("draft", None)
    others = [(name, value) for name, value in asked.items() if name not in ("year", "area")]
    back = f"{request.path}?{asked.urlencode()}" if asked else request.path
    words = render_to_string(
        "console/drafts.html", {**context, "others": others, "back": back}, request
    )
    return html.replace(_MAIN, _MAIN + words, 1)
