"""What waits for a post: one function a kind of work, each asked only where the post may do it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from yibao.apps.access.queries import rights
from yibao.apps.access.rulebooks import article_of, book_of
from yibao.apps.collection import queries as collection
from yibao.apps.desk import queries as desk
from yibao.apps.desk.kinds import kind_of
from yibao.apps.enrolment import queries as enrolment
from yibao.apps.policy import queries as policy
from yibao.apps.registry import queries as registry
from yibao.apps.subsidy import queries as subsidy
from yibao.console.page import ConsoleRequest, address
from yibao.core.rules.book import UnknownParameter
from yibao.core.rules.scalar import Silent
from yibao.rulebook.loader import UnknownRegion
from yibao.web.figures import yuan

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


def _held_cash(request: ConsoleRequest) -> Iterable[Task]:
    """Cash that agents hold, one task a collector, due on the earliest day of what they hold."""
    cite = _article(request, "cash_deposit_time")
    for held in collection.cash_by_collector(scope=request.area_scope, on=request.served_on):
        yield Task(
            due_on=held.earliest,
            title=_("代收现金入库"),
            about=_("%(name)s %(count)s 笔，%(amount)s 元")
            % {"name": held.collector, "count": held.held, "amount": yuan(held.held_fen)},
            stage=_("代收"),
            cite=cite,
            address=optional_address(request, "collection:cash", collector=held.collector_id),
            # Whoever took the cash pays it in; anybody else can only look after it.
            verb=_("登记入库") if held.collector_id == request.scope.operator_id else _("查看"),
        )


def _ledgers_with_errors(request: ConsoleRequest) -> Iterable[Task]:
    """Ledgers that were checked and hold faulty lines: nothing of those is written."""
    for one in enrolment.imports(scope=request.area_scope, year=request.year):
        if one.state == "checked" and one.rows_bad:
            yield Task(
                due_on=None,
                title=_("台账导入错误行"),
                about=_("%(place)s，%(count)s 行")
                % {"place": one.area_name or one.file_name, "count": one.rows_bad},
                stage=_("更正"),
                cite=one.kind_name,
                address=optional_address(request, "enrolment:import", one.import_id),
                verb=_("继续"),
            )


def _unmatched_payments(request: ConsoleRequest) -> Iterable[Task]:
    """Money that pays no due yet."""
    count = collection.unmatched_count(request.area_scope, request.year)
    if count:
        yield Task(
            due_on=None,
            title=_("缴费未匹配"),
            about=_("%(count)s 笔") % {"count": count},
            stage=_("认领"),
            cite="",
            address=optional_address(request, "collection:unmatched"),
            verb=_("核对"),
        )


def _roster_rows(request: ConsoleRequest) -> Iterable[Task]:
    """Lines of departments' lists that name nobody of the register."""
    count = subsidy.unmatched_badge(request.area_scope, request.year)
    if count:
        day = _day(request, "roster_last_day")
        yield Task(
            due_on=day,
            title=_("资助名单比对差异"),
            about=_("%(count)s 人") % {"count": count},
            stage=_("核对"),
            cite=_article(request, "roster_last_day"),
            address=optional_address(request, "subsidy:waiting"),
            verb=_("核对"),
        )


def _grants(request: ConsoleRequest) -> Iterable[Task]:
    """Posts that somebody else asked for, one task a request: due on the day they begin."""
    for one in rights.waiting_requests(request.area_scope):
        yield Task(
            due_on=max(one.valid_from, request.served_on),
            title=_("岗位授权待批准"),
            about=_("%(name)s，%(post)s，%(place)s")
            % {
                "name": one.operator.name,
                "post": one.get_role_display(),
                "place": one.organisation.name,
            },
            stage=_("批准"),
            cite="",
            address=optional_address(request, "access:grant", one.id),
            verb=_("核对"),
        )


def _expiring_posts(request: ConsoleRequest) -> Iterable[Task]:
    """Posts that end soon and that no later one follows: ask for them again, or let them end."""
    for one in rights.expiring(request.area_scope, on=request.served_on):
        yield Task(
            due_on=one.valid_until,
            title=_("岗位即将到期"),
            about=_("%(name)s，%(post)s，%(place)s")
            % {
                "name": one.operator.name,
                "post": one.get_role_display(),
                "place": one.organisation.name,
            },
            stage=_("续期"),
            cite="",
            address=optional_address(request, "access:operator", one.operator_id),
            verb=_("处理"),
        )


def _exports_to_approve(request: ConsoleRequest) -> Iterable[Task]:
    """Large lists that colleagues ask for: a second person decides."""
    for one in desk.exports_to_approve(scope=request.scope):
        yield Task(
            due_on=None,
            title=_("名单导出待审批"),
            about=_("%(who)s：%(title)s %(count)s 行")
            % {"who": one.operator_name, "title": one.title, "count": f"{one.rows:,}"},
            stage=_("审批"),
            cite="",
            address=optional_address(request, "desk:export", one.id),
            verb=_("审批"),
        )


def _proposals(request: ConsoleRequest) -> Iterable[Task]:
    """Proposals and settings of colleagues that a second person decides, the newest first."""
    waiting = policy.to_decide(scope=request.scope)
    if waiting:
        yield Task(
            due_on=None,
            title=_("政策提案待审定"),
            about=_("%(count)s 件") % {"count": len(waiting)},
            stage=_("审定"),
            cite="",
            address=optional_address(request, "policy:proposals"),
            verb=_("核对"),
        )


def _erasures(request: ConsoleRequest) -> Iterable[Task]:
    """Wishes that identity data be deleted: a second person approves or refuses."""
    count = registry.erasures_waiting(request.area_scope, request.year)
    if count:
        yield Task(
            due_on=None,
            title=_("身份信息删除待审批"),
            about=_("%(count)s 件") % {"count": count},
            stage=_("审批"),
            cite="",
            address=optional_address(request, "registry:erasures"),
            verb=_("审批"),
        )


def _failed_jobs(request: ConsoleRequest) -> Iterable[Task]:
    """One's own jobs that did not finish."""
    for one in desk.failed_jobs(scope=request.scope):
        yield Task(
            due_on=None,
            title=_("任务没有完成"),
            about=one.title,
            stage=str(kind_of(one.kind).label),
            cite="",
            address=optional_address(request, "desk:job", one.id),
            verb=_("查看"),
        )


def _unread_notices(request: ConsoleRequest) -> Iterable[Task]:
    """What the office told the post and was not read yet."""
    unread = [
        row.notice
        for row in desk.notices_for(scope=request.scope, at=request.at)
        if not row.is_read
    ]
    if unread:
        more = _("等 %(count)s 条") % {"count": len(unread)} if len(unread) > 1 else ""
        yield Task(
            due_on=None,
            title=_("通知公告未读"),
            about=f"{unread[0].title}{more}",
            stage=_("通知"),
            cite="",
            address=optional_address(request, "desk:notices"),
            verb=_("阅读"),
        )


Source = Callable[[ConsoleRequest], Iterable[Task]]
# (the right that it needs, nothing for every post, the function)
SOURCES: tuple[tuple[str, Source], ...] = (
    ("collection.deposit", _held_cash),
    ("enrolment.import", _ledgers_with_errors),
    ("collection.claim", _unmatched_payments),
    ("subsidy.answer", _roster_rows),
    ("export.approve", _exports_to_approve),
    ("policy.activate", _proposals),
    ("registry.erase", _erasures),
    ("", _failed_jobs),
    ("", _unread_notices),
    ("access.approve_grant", _grants),
    ("access.grant_post", _expiring_posts),
)


def optional_address(request: ConsoleRequest, name: str, *arguments: Any, **query: Any) -> str:
    """Return the page's address, or "" where the part that has it is not installed."""
    try:
        return address(request, name, *arguments, **query)
    except NoReverseMatch:
        return ""


def _article(request: ConsoleRequest, parameter: str) -> str:
    """Return the article that sets a deadline of the insured year."""
    return article_of(request.scope.region, parameter, on=date(request.year, 1, 1))


def _day(request: ConsoleRequest, parameter: str) -> date | None:
    """Return a day that the rulebook sets for the insured year, if it does."""
    try:
        found = book_of(request.scope.region).value_of(parameter, on=date(request.year, 1, 1))
    except (Silent, UnknownParameter, UnknownRegion):
        return None
    return found if isinstance(found, date) else None


def waiting_for(request: ConsoleRequest) -> list[Task]:
    """Return what waits for the post in the chosen area, the earliest deadline first."""
    tasks = [
        task
        for action, source in SOURCES
        if not action or request.scope.allows(action)
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
