"""Notices: what a post is told, and the editor of who tells it."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.models import Role
from yibao.apps.desk import operations, queries
from yibao.console.desk.forms import NoticeForm
from yibao.console.page import ConsoleRequest, console_page, done, page

_AT_MOST = 50
_A_WEEK = timedelta(days=7)


@console_page()
def notices(request: ConsoleRequest) -> HttpResponse:
    """Show what the post is told; a POST notes that all of it was read."""
    rows = queries.notices_for(scope=request.scope, at=request.at)
    if request.method == "POST":
        numbers = [row.notice.id for row in rows if not row.is_read]
        operations.mark_read(scope=request.scope, notice_ids=numbers, at=request.at)
        return done(request, _("已标记为已读"), "desk:notices")
    written = []
    if request.scope.allows("desk.notice"):
        written = [
            (one, [str(Role(role).label) for role in one.roles], _stands(request, one))
            for one in queries.written_notices(scope=request.scope, limit=_AT_MOST)
        ]
    context = {
        "rows": rows,
        "unread": sum(not row.is_read for row in rows),
        "written": written,
    }
    return page(request, "console/desk/notices.html", context)


@console_page()
def write_notice(request: ConsoleRequest) -> HttpResponse:
    """Write a notice for the chosen area."""
    first = {"shown_from": request.at, "shown_until": request.at + _A_WEEK}
    form = NoticeForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            operations.write_notice(scope=request.area_scope, at=request.at, **form.cleaned_data)
            return done(request, _("已发布"), "desk:notices")
    return page(request, "console/desk/notice.html", {"form": form})


@console_page()
def withdraw_notice(request: ConsoleRequest, notice_id: int) -> HttpResponse:
    """Show a notice no more."""
    operations.withdraw_notice(scope=request.scope, notice_id=notice_id, at=request.at)
    return done(request, _("已撤下"), "desk:notices")


def _stands(request: ConsoleRequest, one: object) -> tuple[str, str]:
    if one.withdrawn_at:  # type: ignore[attr-defined]
        return "refused", _("已撤下")
    if one.shown_from > request.at:  # type: ignore[attr-defined]
        return "open", _("未开始")
    if one.shown_until <= request.at:  # type: ignore[attr-defined]
        return "done", _("已结束")
    return "progress", _("显示中")
