"""Pages for what went wrong before or behind a view; they need no database and no session."""

import contextlib
import sys
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.console import kept
from yibao.database.errors import refusal_of


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer an address that no page has."""
    return _bare(request, 404, _("没有这个页面"), _("网址可能有误，或页面已移走。请从首页进入。"))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a mistake of ours: say that nothing half done was kept, and keep what was typed.

    A server that is full or restarting, and cannot even record that it refused, is none: say so.
    """
    with contextlib.suppress(DatabaseError):
        kept.keep(request)
    error = sys.exc_info()[1]  # Django calls this from where it caught it
    refusal = refusal_of(error) if isinstance(error, DatabaseError) else None
    if refusal is not None:
        return _bare(request, 503, *refusal.told(get_language() or "zh"))
    return _bare(
        request,
        500,
        _("系统出错"),
        _("本次操作没有写入任何数据，可以再试一次；仍不成功请联系系统管理员。"),
    )


def wrong_method(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """Answer a form sent to a page that takes none, or an address opened that only takes one."""
    answer = _bare(
        request,
        405,
        _("此页不能这样打开"),
        _("网址或表单可能已过期，没有写入任何数据。请从首页或菜单重新进入。"),
    )
    answer.headers["Allow"] = ", ".join(allowed)
    return answer


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token that our own page gave it; what was typed is kept.

    The form's own mark is signed: it tells whose draft it becomes, whoever sent it.
    """
    with contextlib.suppress(DatabaseError):
        kept.keep(request)
    return _bare(
        request,
        403,
        _("表单已过期"),
        _("没有写入任何数据。请返回上一页，刷新后重新提交；浏览器须允许本站的 Cookie。"),
    )


def _bare(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    draft = getattr(request, "kept_draft", None)
    number = getattr(request, "request_id", "")
    context = {"title": title, "words": words, "draft": draft, "number": number}
    return HttpResponse(render_to_string("console/error.html", context, request), status=status)
