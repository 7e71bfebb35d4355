"""Who may what: the declared policy of routes by post, and posts that exclude each other."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yibao.apps.access.models import Role
from yibao.apps.access.roles import ACTIONS, FOUR_EYES, ROLE_ACTIONS, exclude_each_other
from yibao.console.page import ConsoleRequest, console_page, page
from yibao.console.routes import persons_posts, routes


@dataclass(frozen=True)
class Line:
    """An action in words, which posts may do it, and how many pages it opens."""

    action: str
    words: str
    may: tuple[bool, ...]
    pages: int


@console_page()
def matrix(request: ConsoleRequest) -> HttpResponse:
    """Show every action by post, as the policy file and the roles declare it."""
    opened: dict[str, int] = {}
    for route in routes().values():
        for right in {route.right, route.change} - {""}:
            opened[right] = opened.get(right, 0) + 1
    sections: dict[str, list[Line]] = {}
    for action, words in ACTIONS.items():
        may = tuple(action in ROLE_ACTIONS[role] for role in persons_posts())
        line = Line(action=action, words=words, may=may, pages=opened.get(action, 0))
        sections.setdefault(action.partition(".")[0], []).append(line)
    context = {
        "roles": [Role(role).label for role in persons_posts()],
        "sections": list(sections.items()),
        "routes": len(routes()),
    }
    return page(request, "console/access/matrix.html", context)


@console_page()
def exclusive(request: ConsoleRequest) -> HttpResponse:
    """Show which posts one person never holds together, and which acts need two persons."""
    roles = persons_posts()
    context = {
        "roles": [Role(role).label for role in roles],
        "rows": [
            (
                Role(role).label,
                [
                    "same" if role == other else "no" if exclude_each_other(role, other) else "yes"
                    for other in roles
                ],
            )
            for role in roles
        ],
        "pairs": [(ACTIONS[first], ACTIONS[second]) for first, second in FOUR_EYES],
        "empty": _("—"),
    }
    return page(request, "console/access/exclusive.html", context)
