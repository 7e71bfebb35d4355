"""The menu, declared once: one line an entry, shown to the posts that have the right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.scope import Scope
from yibao.apps.collection import queries as collection
from yibao.apps.policy import queries as policy
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


ENTRIES: tuple[Entry, ...] = (
    Entry("console:home", _("待办"), "work", "", icon="list"),
    Entry("console:search", _("查人"), "work", "registry.search", icon="person"),
    Entry("enrolment:imports", _("台账导入"), "enrol", "enrolment.read", icon="tray"),
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
    Entry("statistics:unpaid", _("未缴名单"), "report", "statistics.people", icon="people"),
    Entry("claims:settlements", _("机构结算"), "benefit", "claims.read", icon="cross"),
    Entry("care:institutions", _("医疗机构"), "benefit", "care.read", icon="form"),
    Entry("fund:books", _("账簿"), "fund", "fund.read", icon="book"),
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
    Entry("access:operators", _("账号与岗位"), "admin", "access.read", icon="people"),
    Entry("access:audit", _("审计日志"), "admin", "audit.read", icon="lock"),
)
