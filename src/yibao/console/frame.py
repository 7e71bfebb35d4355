"""The frame around a page: bureau bar, menu, year and area."""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from yibao.apps.access.models import Role
from yibao.apps.desk.models import Notice
from yibao.apps.desk.queries import notices_for
from yibao.console.menu import ENTRIES, Entry, headings_for
from yibao.core.pinyin import initials
from yibao.rulebook.regions import region

if TYPE_CHECKING:
    from yibao.console.page import ConsoleRequest


@dataclass(frozen=True)
class Item:
    """A menu entry as it is drawn; `key` is what the menu's filter looks in."""

    label: str
    path: str
    icon: str
    number: int
    key: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """A heading of the menu with its entries."""

    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Frame:
    """What the frame shows."""

    region_name: str
    bureau: str
    role: str
    groups: tuple[Group, ...]
    # What the office tells the post and was not read: how many, and the first urgent one.
    unread: int = 0
    urgent: Notice | None = None


def frame_of(request: "ConsoleRequest") -> Frame:
    """Return the frame: the menu holds what the post may do, with the numbers that wait."""
    allowed = {
        entry.name: (entry, path)
        for entry in ENTRIES
        if (not entry.action or request.scope.allows(entry.action))
        and entry.role in ("", request.scope.role)
        and (path := _path(entry))
    }
    # Every address begins with that of the first page: a page without an entry has none.
    current = max(
        (
            path
            for name, (_entry, path) in allowed.items()
            if request.path == path or (name != "console:home" and request.path.startswith(path))
        ),
        key=len,
        default="",
    )
    groups = (
        Group(
            label=str(label),
            items=tuple(
                _item(request, *allowed[name], current=current) for name in names if name in allowed
            ),
        )
        for label, names in headings_for(request.scope.role)
    )
    found = region(request.scope.region)
    told = notices_for(scope=request.scope, at=request.at)
    unread = [row.notice for row in told if not row.is_read]
    return Frame(
        region_name=found.name,
        bureau=found.bureau,
        role=str(Role(request.scope.role).label),
        groups=tuple(group for group in groups if group.items),
        unread=len(unread),
        urgent=next((one for one in unread if one.is_urgent), None),
    )


def _item(request: "ConsoleRequest", entry: Entry, path: str, *, current: str) -> Item:
    label = str(entry.label)
    return Item(
        label=label,
        path=path,
        icon=entry.icon,
        number=entry.badge(request.area_scope, request.year) if entry.badge else 0,
        key=_key(label),
        is_current=path == current,
    )


@functools.cache
def _key(label: str) -> str:
    """Return a label's own letters and its initials: 待办事项 is found by 待办 and by dbsx."""
    return f"{''.join(label.split())} {initials(label)}".lower()


def _path(entry: Entry) -> str:
    """Return the entry's path; an entry of a part that is not installed has none."""
    try:
        return reverse(entry.name)
    except NoReverseMatch:
        return ""
