"""The state of the system, for the system administrator."""

from datetime import datetime
from importlib.metadata import version

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yibao.apps.access import heads
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.database.figures import everywhere, figures
from yibao.database.health import FAIL, OK, WARN, Check, checks, worst


@console_page()
def health(request: ConsoleRequest) -> HttpResponse:
    """Show every check with what to do about it; nothing of persons or money."""
    with everywhere(connection) as cursor:
        found = figures(cursor)
    said = checks(found, settings.HOME, embedded=settings.DATABASE_EMBEDDED)
    said.sort(key=lambda one: (FAIL, WARN, OK).index(one.mark))
    kept = heads.newest()
    context = {
        "rows": [_row(one) for one in said],
        "mark": _marked(worst(said)),
        "bad": sum(one.mark == FAIL for one in said),
        "odd": sum(one.mark == WARN for one in said),
        "checked_at": found.now,
        "version": version("yibao"),
        "kept": datetime.fromisoformat(kept["at"]) if kept else None,
    }
    return page(request, "console/system/health.html", context)


def _row(one: Check) -> dict[str, object]:
    name, found, remedy = one.words(get_language() or "zh")
    return {
        "name": name,
        "found": found,
        "remedy": remedy if one.mark != OK else "",
        **_marked(one.mark),
    }


def _marked(mark: str) -> dict[str, str]:
    kinds = {OK: ("done", _("正常")), WARN: ("near", _("注意")), FAIL: ("refused", _("异常"))}
    kind, word = kinds[mark]
    return {"kind": kind, "word": word}
