"""What may be done, by which role, and what one person may not do twice."""

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.models import Operator, Role
from yibao.core.refusal import Refusal

ACTIONS: dict[str, str] = {
    "access.read": _("查看账号与岗位"),
    "access.open_account": _("开立账号"),
    "access.grant_post": _("申请岗位授权"),
    "access.approve_grant": _("批准岗位授权"),
    "access.end_post": _("结束岗位"),
    "access.review_posts": _("年度复核岗位"),
    "access.close_account": _("停用账号"),
    "access.end_session": _("查看与结束登录会话"),
    "access.reset_factor": _("重置动态码"),
    "access.organisations": _("管理机构"),
    "access.matrix": _("查看岗位权限对照"),
    "system.health": _("查看运行状况"),
    "audit.read": _("查看审计日志"),
    "audit.evidence": _("制作证据包"),
    "registry.read": _("查看人员与家庭"),
    "registry.search": _("查找人员"),
    "registry.register": _("登记人员"),
    "registry.change": _("变更人员信息"),
    "registry.reveal": _("查看完整号码"),
    "registry.who_looked": _("查看谁查询过某人"),
    "registry.ask_erasure": _("申请删除个人身份信息"),
    "registry.erase": _("审批删除个人身份信息"),
    "enrolment.read": _("查看参保"),
    "enrolment.import": _("导入台账"),
    "enrolment.confirm": _("确认台账入库"),
    "enrolment.undo": _("撤销台账批次"),
    "enrolment.enrol": _("登记参保"),
    "enrolment.open_year": _("开启与结束参保年度"),
    "subsidy.read": _("查看资助"),
    "subsidy.upload": _("上传资助名单"),
    "subsidy.confirm": _("确认资助名单"),
    "subsidy.answer": _("核对资助名单差异"),
    "subsidy.match": _("比对资助对象"),
    "subsidy.fix": _("锁定资助名单"),
    "subsidy.grant": _("申请与登记资助资金"),
    "collection.read": _("查看缴费"),
    "collection.raise_dues": _("生成应缴"),
    "collection.payment_file": _("接收缴费文件"),
    "collection.match": _("匹配缴费"),
    "collection.claim": _("认领缴费"),
    "collection.collect_cash": _("代收现金"),
    "collection.deposit": _("现金入库"),
    "collection.receipts": _("发放收据号段"),
    "collection.refund": _("受理退费申请"),
    "collection.invoice": _("开具发票"),
    "care.read": _("查看医疗机构"),
    "care.manage": _("管理医疗机构"),
    "claims.read": _("查看结算"),
    "claims.trial": _("待遇试算"),
    "claims.settle": _("结算"),
    "claims.reverse": _("冲正"),
    "claims.replay": _("复算"),
    "fund.read": _("查看账簿"),
    "fund.open_books": _("建账"),
    "fund.post": _("记账"),
    "fund.close": _("结账"),
    "fund.verify": _("运行独立校验"),
    "statistics.read": _("查看看板与报表"),
    "statistics.people": _("查看各户与未缴人员"),
    "statistics.export": _("导出未缴名单"),
    "desk.notice": _("发布通知公告"),
    "desk.jobs": _("查看范围内的任务"),
    "export.ask": _("导出名单"),
    "export.whole": _("导出不遮盖的姓名、号码或电话"),
    "export.approve": _("审批名单导出"),
    "export.ledger": _("查看导出台账"),
    "policy.read": _("查看政策规则"),
    "policy.study": _("查看提案与试算"),
    "policy.propose": _("拟订政策提案"),
    "policy.simulate": _("试算政策提案"),
    "policy.decide": _("填报待定参数"),
    "policy.activate": _("审定提案与参数"),
    "policy.review_cells": _("审阅规则结果"),
}

_LOOK = frozenset(
    {"registry.read", "registry.search", "enrolment.read", "collection.read", "subsidy.read"}
    | {"statistics.read", "statistics.people", "policy.read"}
)
_VILLAGE = _LOOK | {"enrolment.import", "collection.collect_cash", "collection.deposit"}
_TOWNSHIP = _VILLAGE | {
    "registry.register",
    "registry.change",
    "registry.reveal",
    "enrolment.confirm",
    "enrolment.enrol",
    "subsidy.upload",
    "subsidy.answer",
    "collection.receipts",
    "collection.refund",
    "statistics.export",
    "export.ask",
    "export.whole",
    "desk.jobs",
}
_CLAIMS = frozenset({"care.read", "claims.read", "claims.trial"})
_COUNTY = (_TOWNSHIP - {"collection.collect_cash"}) | {
    "registry.ask_erasure",
    "subsidy.confirm",
    "subsidy.match",
    "collection.raise_dues",
    "collection.payment_file",
    "collection.match",
    "collection.claim",
    "collection.invoice",
    "care.manage",
    "claims.settle",
    "enrolment.open_year",
    *_CLAIMS,
}

ROLE_ACTIONS: dict[str, frozenset[str]] = {
    Role.VILLAGE_AGENT: _VILLAGE,
    Role.TOWNSHIP_CLERK: _TOWNSHIP,
    Role.COUNTY_CLERK: _COUNTY,
    Role.COUNTY_REVIEWER: _LOOK
    | _CLAIMS
    | {"registry.reveal", "registry.who_looked", "registry.erase"}
    | {"enrolment.undo", "subsidy.fix", "claims.reverse", "claims.replay"}
    | {"policy.study", "policy.simulate", "policy.activate", "policy.review_cells"}
    | {"export.ask", "export.approve", "export.ledger", "desk.jobs"},
    Role.MEDICAL_CLERK: _CLAIMS
    | {"registry.read", "registry.search", "registry.reveal", "claims.settle", "policy.read"}
    | {"export.ask"},
    Role.FUND_ACCOUNTANT: frozenset(
        {"fund.read", "fund.open_books", "fund.post", "fund.close", "fund.verify"}
        | {"subsidy.grant", "export.ask"}
        | {"collection.read", "subsidy.read", "statistics.read", "claims.read", "policy.read"}
    ),
    Role.POLICY_OFFICER: frozenset(
        {"policy.read", "policy.study", "policy.propose", "policy.simulate", "policy.decide"}
        | {"policy.review_cells", "statistics.read", "claims.read", "registry.read"}
        | {"registry.search", "care.read", "fund.read"}
    ),
    Role.AUDITOR: _LOOK
    | {
        "audit.read",
        "audit.evidence",
        "registry.who_looked",
        "access.read",
        "access.matrix",
        "fund.read",
        "fund.verify",
        "claims.read",
        "care.read",
        "claims.replay",
    }
    | {"policy.study", "export.ask", "export.ledger", "desk.jobs"},
    Role.SECURITY_ADMIN: frozenset(
        {"access.read", "access.open_account", "access.grant_post", "access.close_account"}
        | {"access.approve_grant", "access.end_post", "access.review_posts", "access.matrix"}
        | {"access.end_session", "access.reset_factor"}
    ),
    # Machines and offices; nobody's data, and nobody's rights.
    Role.SYSTEM_ADMIN: frozenset(
        {"access.organisations", "system.health", "desk.notice", "desk.jobs"}
    ),
    Role.SYSTEM: frozenset(ACTIONS),
}

_BUSINESS = frozenset(
    {Role.VILLAGE_AGENT, Role.TOWNSHIP_CLERK, Role.COUNTY_CLERK, Role.MEDICAL_CLERK}
    | {Role.POLICY_OFFICER}
)
# Families of posts that one person never holds together: business, review, money, watch, and the
# administrators of rights and of the system. The database holds the same (access/0005_rights).
FAMILIES: tuple[frozenset[str], ...] = (
    _BUSINESS,
    frozenset({Role.COUNTY_REVIEWER}),
    frozenset({Role.FUND_ACCOUNTANT}),
    frozenset({Role.AUDITOR}),
    frozenset({Role.SECURITY_ADMIN}),
    frozenset({Role.SYSTEM_ADMIN}),
)
# (what somebody did, what the same person may not do to it afterwards)
FOUR_EYES: tuple[tuple[str, str], ...] = (
    ("enrolment.confirm", "enrolment.undo"),
    ("subsidy.upload", "subsidy.confirm"),
    ("subsidy.match", "subsidy.fix"),
    ("claims.settle", "claims.reverse"),
    ("policy.propose", "policy.activate"),
    ("policy.decide", "policy.activate"),
    ("access.grant_post", "access.approve_grant"),
    ("export.ask", "export.approve"),
    ("registry.ask_erasure", "registry.erase"),
)


class SecondPersonNeeded(Refusal):
    """Raised by `apart`: the second step belongs to somebody else."""

    code = "E903"
    message = "“{first}”是您本人办理的，“{second}”须由另一人办理"
    remedy = "请交给有此岗位的同事"
    message_en = "You did the first step yourself ({first}); the second ({second}) needs another"
    remedy_en = "Hand it to a colleague who holds such a post"


def exclude_each_other(role: str, other: str) -> bool:
    """Tell whether one person may not hold both roles."""
    return any((role in family) != (other in family) for family in FAMILIES)


def apart(*, first: str, second: str, first_operator_id: int, operator_id: int) -> None:
    """Refuse the second of two acts to the person who did the first. Raises SecondPersonNeeded.

    By person: a second account of his is refused like the first.
    """
    assert (first, second) in FOUR_EYES, f"{first} and {second} are not declared as four eyes"
    if is_same_person(first_operator_id, operator_id):
        raise SecondPersonNeeded(first=ACTIONS[first], second=ACTIONS[second])


def is_same_person(operator_id: int, other_id: int) -> bool:
    """Tell whether two accounts are one person's; the system (0) is like itself only."""
    if operator_id == other_id or not (operator_id and other_id):
        return operator_id == other_id
    accounts = Operator.objects.filter(id__in=[operator_id, other_id])
    return len(set(accounts.values_list("person_id", flat=True))) == 1
