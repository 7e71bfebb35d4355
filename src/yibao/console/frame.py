"""The frame around a page: bureau bar, menu, year and area."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from yibao.apps.access.models import Role
from yibao.console.menu import ENTRIES, GROUPS, Entry
from yibao.rulebook.regions import region

if TYPE_CHECKING:
    from yibao.console.page import ConsoleRequest


@dataclass(frozen=True)
class Item:
    """A menu entry as it is drawn."""

    label: str
    path: str
    icon: str
    number: int
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


def frame_of(request: "ConsoleRequest") -> Frame:
    """Return the frame: the menu holds what the post may do, with the numbers that wait."""
    allowed = [entry for entry in ENTRIES if not entry.action or request.scope.allows(entry.action)]
    paths = {entry.name: path for entry in allowed if (path := _path(entry))}
    # Every address begins with that of the first page: a page without an entry has none.
    current = max(
        (
            path
            for name, path in paths.items()
            if request.path == path or (name != "console:home" and request.path.startswith(path))
        ),
        key=len,
        default="",
    )
    groups = []
    for code, label in GROUPS.items():
        items = tuple(
            Item(
                label=str(entry.label),
                path=paths[entry.name],
                icon=entry.icon,
                number=entry.badge(request.area_scope, request.year) if entry.badge else 0,
                is_current=paths[entry.name] == current,
            )
            for entry in allowed
            if entry.group == code and entry.name in paths
        )
        if items:
            groups.append(Group(label=str(label), items=items))
    found = region(request.scope.region)
    return Frame(
        region_name=found.name,
        bureau=found.bureau,
        role=str(Role(request.scope.role).label),
        groups=tuple(groups),
    )


def _path(entry: Entry) -> str:
    """Return the entry's path; an entry of a part that is not installed has none."""
    try:
        return reverse(entry.name)
    except NoReverseMatch:
        return ""
