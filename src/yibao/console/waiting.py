"""What waits for a post: one function a kind of work, each asked only where the post may do it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yibao.console.page import ConsoleRequest

_NEAR_DAYS = 3


@dataclass(frozen=True)
class Task:
    """Something that waits: until when, what, about whom, by which article, and where to do it."""

    due_on: date | None
    title: str
    about: str
    stage: str
    cite: str
    address: str
    verb: str


@dataclass(frozen=True)
class Row:
    """A task as the page shows it."""

    task: Task
    mark: str
    words: str


@dataclass(frozen=True)
class Deadline:
    """A heading of the queue with its tasks."""

    label: str
    rows: tuple[Row, ...]


Source = Callable[[ConsoleRequest], Iterable[Task]]
# (the right that it needs, the function)
SOURCES: tuple[tuple[str, Source], ...] = ()


def waiting_for(request: ConsoleRequest) -> list[Task]:
    """Return what waits for the post in the chosen area, the earliest deadline first."""
    tasks = [
        task
        for action, source in SOURCES
        if request.scope.allows(action)
        for task in source(request)
    ]
    return sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max))


def by_deadline(tasks: list[Task], *, on: date) -> list[Deadline]:
    """Group tasks: overdue, today, within three days, later, without a deadline."""
    labels: dict[str, Any] = {
        "overdue": _("已超期"),
        "today": _("今天"),
        "near": _("三天内"),
        "later": _("之后"),
        "open": _("无期限"),
    }
    groups: dict[str, list[Row]] = {key: [] for key in labels}
    for task in tasks:
        key, row = _row(task, on)
        groups[key].append(row)
    return [Deadline(label=labels[key], rows=tuple(rows)) for key, rows in groups.items() if rows]


def _row(task: Task, on: date) -> tuple[str, Row]:
    if task.due_on is None:
        return "open", Row(task, "open", _("待办"))
    days = (task.due_on - on).days
    if days < 0:
        return "overdue", Row(task, "overdue", _("超 %(days)s 天") % {"days": -days})
    if days == 0:
        return "today", Row(task, "near", _("今天到期"))
    words = _("%(days)s 天") % {"days": days}
    return ("near" if days <= _NEAR_DAYS else "later"), Row(task, "open", words)
