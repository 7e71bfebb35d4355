"""The menu, declared once: one line an entry, shown to the posts that have the right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope

# In the order of the menu; the first has no heading.
GROUPS: dict[str, Any] = {
    "work": "",
    "enrol": _("参保与缴费"),
    "benefit": _("待遇与结算"),
    "fund": _("基金"),
    "report": _("看板与报表"),
    "admin": _("管理"),
}


@dataclass(frozen=True)
class Entry:
    """A line of the menu: where it leads, what right it needs, what number waits there."""

    name: str
    label: Any
    group: str
    action: str
    icon: str = "form"
    badge: Callable[[Scope, int], int] | None = None


ENTRIES: tuple[Entry, ...] = (
    Entry("console:home", _("待办"), "work", "", icon="list"),
    Entry("console:search", _("查人"), "work", "registry.search", icon="person"),
    Entry("access:operators", _("账号与岗位"), "admin", "access.read", icon="people"),
    Entry("access:audit", _("审计日志"), "admin", "audit.read", icon="lock"),
)
