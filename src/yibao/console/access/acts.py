"""What a record of the audit log says was done, in words: acts that are no right of a post."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.apps.access.roles import ACTIONS

_ACTS: dict[str, Any] = {
    "access.enter_password": _("输入工号和密码"),
    "access.sign_in": _("输入动态码，登录"),
    "access.sign_out": _("退出"),
    "access.lock": _("锁屏"),
    "access.unlock": _("解锁"),
    "access.choose_post": _("选择岗位"),
    "access.confirm_factor": _("绑定动态码设备"),
    "access.change_password": _("修改密码"),
    "access.renew_password": _("重发一次性密码"),
    "access.renew_recovery_codes": _("重新生成恢复码"),
    "access.record_certificate": _("登记培训"),
    "access.return_grant": _("退回岗位申请"),
    "access.withdraw_grant": _("撤回岗位申请"),
    "access.add_organisation": _("增加机构"),
    "access.keep_passwords": _("设定密码规则"),
    "access.open_region": _("开通统筹地区"),
    "access.serve_day": _("设定业务日期"),
    "collection.cancel_dues": _("撤销应缴"),
    "collection.change_request": _("受理更改请求"),
    "collection.refund_request": _("受理退费请求"),
    "collection.give_receipts": _("发放收据号段"),
    "enrolment.upload_ledger": _("上传台账"),
    "enrolment.confirm_ledger": _("确认台账入库"),
    "enrolment.decide_warnings": _("放行须决定的行"),
    "enrolment.drop_ledger": _("放弃台账批次"),
    "enrolment.error_file": _("下载错误表"),
    "enrolment.mend_rows": _("改正错误行"),
    "enrolment.undo_ledger": _("撤销台账批次"),
    "enrolment.other_cover": _("登记其他参保"),
    "enrolment.withdraw": _("取消参保登记"),
    "registry.identities": _("合并身份标识"),
    "registry.elsewhere_asked": _("核对外地参保"),
    "retention.apply": _("按保存期限清理"),
    "subsidy.claim_grants": _("核定资助资金应收"),
    "subsidy.receive_grant": _("登记资助资金到账"),
    "subsidy.send": _("下发锁定名单"),
}


def act_words(code: str) -> Any:
    """Return what the code of an act means; the code itself where it is neither right nor act.

    A page that was refused without a right of its own is recorded under its section alone.
    """
    if "." not in code:
        return _("打开页面")
    return _ACTS.get(code) or ACTIONS.get(code, code)


def all_acts() -> list[tuple[str, Any]]:
    """Return every code that a record may bear, with its words, in the order of the codes."""
    return sorted((_ACTS | ACTIONS).items(), key=lambda one: one[0])
