"""The menu, declared once: one line an entry, shown to the posts that have the right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Role
from yibao.apps.access.queries import rights
from yibao.apps.access.scope import Scope
from yibao.apps.collection import queries as collection
from yibao.apps.policy import queries as policy
from yibao.apps.registry import queries as registry
from yibao.apps.subsidy import queries as subsidy

# In the order of the menu; the first has no heading.
GROUPS: dict[str, Any] = {
    "work": "",
    "enrol": _("参保与缴费"),
    "benefit": _("待遇与结算"),
    "fund": _("基金"),
    "report": _("看板与报表"),
    "policy": _("政策"),
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
    # The only post that has it, where the right alone does not say whose work it is.
    role: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry("console:home", _("待办"), "work", "", icon="list"),
    Entry("console:search", _("查人"), "work", "registry.search", icon="person"),
    Entry(
        "village:mine",
        _("我的村"),
        "work",
        "collection.collect_cash",
        icon="people",
        role=Role.VILLAGE_AGENT,
    ),
    Entry("enrolment:imports", _("台账导入"), "enrol", "enrolment.read", icon="tray"),
    Entry("enrolment:coverages", _("参保记录"), "enrol", "enrolment.read", icon="list"),
    Entry("collection:dues", _("应缴台账"), "enrol", "collection.read", icon="book"),
    Entry("collection:payments", _("缴费"), "enrol", "collection.read", icon="yuan"),
    Entry(
        "collection:unmatched",
        _("待查缴费"),
        "enrol",
        "collection.claim",
        icon="find",
        badge=collection.unmatched_count,
    ),
    Entry("collection:cash", _("代收现金"), "enrol", "collection.deposit", icon="tray"),
    Entry("subsidy:rosters", _("资助名单"), "enrol", "subsidy.read", icon="hand"),
    Entry(
        "subsidy:waiting",
        _("名单差异"),
        "enrol",
        "subsidy.answer",
        icon="list",
        badge=subsidy.unmatched_badge,
    ),
    Entry("statistics:board", _("征缴看板"), "report", "statistics.read", icon="board"),
    Entry("statistics:people", _("花名册"), "enrol", "statistics.people", icon="people"),
    Entry("statistics:households", _("家庭"), "enrol", "statistics.people", icon="people"),
    Entry("statistics:unpaid", _("未缴名单"), "report", "statistics.people", icon="people"),
    Entry("claims:settlements", _("机构结算"), "benefit", "claims.read", icon="cross"),
    Entry("care:institutions", _("医疗机构"), "benefit", "care.read", icon="form"),
    Entry("fund:books", _("账簿"), "fund", "fund.read", icon="book"),
    Entry("fund:reconcile", _("收款对账"), "fund", "fund.read", icon="list"),
    Entry("fund:verify", _("独立校验"), "fund", "fund.read", icon="list"),
    Entry("policy:rules", _("政策规则"), "policy", "policy.read", icon="book"),
    Entry("policy:settings", _("待定参数"), "policy", "policy.read", icon="form"),
    Entry(
        "policy:proposals",
        _("政策提案"),
        "policy",
        "policy.study",
        icon="flask",
        badge=policy.waiting_for_second,
    ),
    Entry("desk:jobs", _("任务"), "work", "", icon="clock"),
    Entry("desk:exports", _("导出台账"), "report", "export.ask", icon="download"),
    Entry("desk:notices", _("通知公告"), "work", "", icon="bell"),
    Entry("access:operators", _("账号与岗位"), "admin", "access.read", icon="people"),
    Entry(
        "access:grants",
        _("岗位授权"),
        "admin",
        "access.approve_grant",
        icon="hand",
        badge=rights.waiting_count,
    ),
    Entry("access:matrix", _("权限对照"), "admin", "access.matrix", icon="list"),
    Entry(
        "registry:erasures",
        _("身份信息删除"),
        "admin",
        "registry.erase",
        icon="lock",
        badge=registry.erasures_waiting,
    ),
    Entry("console:active_sessions", _("登录会话"), "admin", "access.end_session", icon="lock"),
    Entry("access:organisations", _("组织与区划"), "admin", "access.organisations", icon="people"),
    Entry("access:audit", _("审计日志"), "admin", "audit.read", icon="lock"),
    Entry("system:health", _("系统状态"), "admin", "system.health", icon="board"),
)

# What a post sees first, heading by heading; an entry that is not named here follows in its own
# group of GROUPS. Only what the post may do is ever drawn.
Headings = tuple[tuple[Any, tuple[str, ...]], ...]
MENUS: dict[str, Headings] = {
    Role.VILLAGE_AGENT: (
        ("", ("console:home", "village:mine", "console:search")),
        (
            _("本村"),
            ("statistics:people", "statistics:unpaid", "collection:cash", "statistics:board"),
        ),
        (_("上报"), ("enrolment:imports", "subsidy:rosters")),
    ),
    Role.TOWNSHIP_CLERK: (
        ("", ("console:home", "console:search")),
        (_("参保与缴费"), ("enrolment:imports", "collection:payments", "collection:cash")),
        (_("特殊人群"), ("subsidy:rosters", "subsidy:waiting")),
        (_("村级管理"), ("statistics:board", "statistics:unpaid")),
    ),
    Role.COUNTY_CLERK: (
        ("", ("console:home", "console:search")),
        (_("参保与缴费"), ("enrolment:imports", "collection:payments", "collection:unmatched")),
        (_("补助"), ("subsidy:rosters", "subsidy:waiting")),
        (_("待遇与结算"), ("claims:settlements", "care:institutions")),
        (_("看板与报表"), ("statistics:board", "statistics:unpaid")),
    ),
    Role.COUNTY_REVIEWER: (
        ("", ("console:home", "console:search")),
        (
            _("复核"),
            (
                "policy:proposals",
                "desk:exports",
                "registry:erasures",
                "claims:settlements",
                "subsidy:rosters",
            ),
        ),
        (_("抽查"), ("enrolment:imports", "collection:payments", "statistics:board")),
    ),
    Role.MEDICAL_CLERK: (
        ("", ("console:home", "console:search")),
        (_("报销与结算"), ("claims:settlements", "care:institutions")),
    ),
    Role.FUND_ACCOUNTANT: (
        ("", ("console:home",)),
        (_("账簿与对账"), ("fund:reconcile", "fund:books", "fund:verify")),
        (_("收入"), ("collection:payments", "subsidy:rosters")),
        (_("支出"), ("claims:settlements",)),
    ),
    Role.POLICY_OFFICER: (
        ("", ("console:home", "console:search")),
        (_("政策"), ("policy:proposals", "policy:rules", "policy:settings")),
    ),
    Role.AUDITOR: (
        ("", ("console:home", "console:search")),
        (
            _("稽核"),
            ("access:audit", "fund:verify", "fund:books", "fund:reconcile", "desk:exports"),
        ),
        (_("抽样"), ("claims:settlements", "collection:payments", "subsidy:rosters")),
    ),
    Role.SECURITY_ADMIN: (
        ("", ("console:home",)),
        (
            _("账号与权限"),
            ("access:operators", "access:grants", "access:matrix", "console:active_sessions"),
        ),
    ),
    Role.SYSTEM_ADMIN: (
        ("", ("console:home",)),
        (_("运行"), ("system:health", "access:organisations", "desk:jobs", "desk:notices")),
    ),
}


# Where a post stands after signing in, unless it asked for another page; else the queue of home.
FIRST: dict[str, str] = {
    Role.VILLAGE_AGENT: "village:mine",
    Role.FUND_ACCOUNTANT: "fund:reconcile",
    Role.AUDITOR: "access:audit",
    Role.SYSTEM_ADMIN: "system:health",
}


def first_page(role: str) -> str:
    """Return the route of a post's first page."""
    return FIRST.get(role, "console:home")


def headings_for(role: str) -> Headings:
    """Return the whole menu of a post: its own headings, then what is left in its own group."""
    own = MENUS.get(role, ())
    named = {name for _heading, names in own for name in names}
    left = [entry for entry in ENTRIES if entry.name not in named]
    follow = {code: tuple(entry.name for entry in left if entry.group == code) for code in GROUPS}
    merged = [(label, names) for label, names in own]
    for code, names in follow.items():
        at = next((i for i, (label, _names) in enumerate(merged) if label == GROUPS[code]), None)
        if at is None:
            merged.append((GROUPS[code], names))
        else:
            merged[at] = (merged[at][0], merged[at][1] + names)
    return tuple((label, names) for label, names in merged if names)
