"""Every fault that a line of a ledger can have: one table, one code each, cause and cure.

The same table makes the reasons menu of the page, the columns of the error file and
docs/reference/errors.md. Codes E101 to E131 are what `yibao.core` says of a number or an amount;
their sentences are written there, only the menu's label here.
"""

from dataclasses import dataclass
from typing import Any

from yibao.core.identity import mask_within
from yibao.core.refusal import Refusal

# Words in the titles of columns whose cells are sealed.
_SEALED = ("身份证", "电话")


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault. `decides`: the line may be written once a clerk has said so."""

    label: str
    reason: str = ""
    remedy: str = ""
    decides: bool = False


KINDS: dict[str, FaultKind] = {
    # -- The number itself (sentences in yibao.core.identity) --------------------------------------
    "E101": FaultKind("身份证号位数不对"),
    "E102": FaultKind("身份证号校验码不符"),
    "E103": FaultKind("号码被存成数字"),
    "E104": FaultKind("身份证号有不该有的字符"),
    "E105": FaultKind("身份证号出生日期不存在"),
    "E106": FaultKind("身份证号地区不存在"),
    "E115": FaultKind("永久居留身份证号格式不对"),
    # -- What one line says ------------------------------------------------------------------------
    "E107": FaultKind(
        "出生日期在将来", "证件号码里的出生日期 {born} 还没有到", "核对第 7 至 14 位后改正"
    ),
    "E120": FaultKind("姓名与登记不一致", "登记的姓名是“{registered}”", "核对证件，再走信息变更"),
    "E121": FaultKind("性别与身份证号不一致", "证件号码表明性别为{sex}", "对照证件改正性别或号码"),
    "E122": FaultKind(
        "户主关系与性别不一致", "户主关系“{relation}”应为{sex}", "核对户口簿后改正关系或性别"
    ),
    "E130": FaultKind("金额不是数字"),
    "E131": FaultKind("金额多于两位小数"),
    "E201": FaultKind("必填项未填", "“{column}”是必填项，没有填写", "按户口簿或实际情况补填"),
    "E202": FaultKind(
        "姓名有不能识别的字符", "姓名第 {position} 个字不能识别", "换用规范汉字或间隔号“·”重新填写"
    ),
    "E203": FaultKind(
        "户主关系不在选项中", "没有“{value}”这种户主关系", "从下拉选项中选择，如户主、配偶、子、女"
    ),
    "E204": FaultKind("性别不在选项中", "性别只能是男或女", "从下拉选项中选择"),
    "E205": FaultKind(
        "告知方式不在选项中", "告知、督促方式只能是{choices}", "从下拉选项中选择，或留空"
    ),
    "E206": FaultKind("参保类型不在选项中", "参保类型只能是{choices}", "从下拉选项中选择"),
    "E207": FaultKind("金额为负数", "金额不能小于零", "填写应缴金额，不缴费的填 0"),
    "E208": FaultKind("联系电话格式不对", "联系电话应为 7 至 12 位数字", "核对后改正，没有的留空"),
    "E209": FaultKind("内容过长", "“{column}”最多 {most} 个字", "缩短后重新填写"),
    "E210": FaultKind("参保地不对", "参保地须选“{place}”", "改为{place}，或转登异地参保表"),
    "E211": FaultKind(
        "异地参保地填了本地", "参保地“{place}”就在本统筹区", "在本地参保的登记到参保缴费台账"
    ),
    "E212": FaultKind(
        "异地参保凭证未填",
        "没有填写参保凭证号",
        "补填缴费凭证号并附复印件；没有凭证的列入未缴费名单",
    ),
    # -- What is owed ------------------------------------------------------------------------------
    "E302": FaultKind(
        "金额与应缴不符",
        "个人应缴 {owed} 元，填写了 {claimed} 元",
        "改为 {owed}；不缴费的填 0 并写明原因",
    ),
    "E305": FaultKind("全额资助对象填了金额", "全额资助对象，个人不缴费", "金额改为 0.00"),
    "E306": FaultKind(
        "未缴费没有写原因",
        "个人缴费为 0，应缴 {owed} 元，没有写未缴费原因",
        "补填未缴费原因，或改为 {owed}",
    ),
    "E307": FaultKind(
        "已缴费却写了原因",
        "已填写个人缴费 {claimed} 元，又写了未缴费原因",
        "删去原因，或把金额改为 0",
    ),
    # -- What the register and other lists say -----------------------------------------------------
    "E401": FaultKind("已参加职工医保", "已参加职工医保（{place}）", "改登异地参保表，附缴费凭证"),
    "E402": FaultKind("同一人重复", "与{sheet}第 {row} 行是同一人", "保留一行"),
    "E403": FaultKind(
        "已在外地参加居民医保", "已在外地参加居民医保（{place}）", "改登异地参保表，附缴费凭证"
    ),
    "E404": FaultKind(
        "已在其他地区登记", "此人已在其他地区登记", "请上级经办机构核实，办理关系转移后再填报"
    ),
    "E405": FaultKind("本年度已登记参保", "此人 {year} 年度已经登记参保", "删去此行"),
    "E406": FaultKind("已死亡", "登记的死亡日期为 {day}", "删去此行；登记有误的走信息变更"),
    "E407": FaultKind("户口已迁出", "户口已于 {day} 迁出", "删去此行；又迁回的先办理迁入登记"),
    "E408": FaultKind("登记在其他村", "此人登记在{area}", "由该村填报，或先办理迁移登记"),
    "E409": FaultKind("已登记异地参保", "此人 {year} 年度的异地参保已经登记", "删去此行"),
    # -- The household -----------------------------------------------------------------------------
    "E501": FaultKind("家庭没有户主", "家庭 {household} 没有户主", "补填户主一行，或改正户主关系"),
    "E502": FaultKind(
        "家庭有两个户主", "家庭 {household} 有两个户主，另一个在{where}", "按户口簿保留一个户主"
    ),
    # -- For a clerk to decide ---------------------------------------------------------------------
    "W501": FaultKind(
        "新增人员晚于期限", "新增参保应在 {last} 前处理完成", "核实后确认入库，或退回村里", True
    ),
    "W502": FaultKind(
        "手机号与上年不同",
        "登记的联系电话是 {registered}",
        "核实后确认改用新号码，或退回村里",
        True,
    ),
    "W503": FaultKind(
        "新增人员不知属哪一户",
        "本行之前没有户主，不知属于哪一户",
        "核实后确认入库，再到家庭页归户",
        True,
    ),
}


def fault(code: str, *, column: str, value: object = "", **facts: object) -> dict[str, Any]:
    """Return the fault as it is kept with the line: code, column, value, reason, remedy."""
    kind = KINDS[code]
    words = {"column": column, "value": value, **facts}
    return {
        "code": code,
        "column": column,
        "value": _kept(column, value),
        "reason": mask_within(kind.reason.format_map(words)),
        "remedy": kind.remedy.format_map(words),
    }


def refused(refusal: Refusal, *, column: str, value: object) -> dict[str, Any]:
    """Return what `yibao.core` says of a cell as a fault of the line."""
    assert refusal.code in KINDS, f"{refusal.code} has no label in the table of ledger faults"
    return {
        "code": refusal.code,
        "column": column,
        "value": _kept(column, value),
        "reason": mask_within(refusal.message),
        "remedy": refusal.remedy,
    }


def _kept(column: str, value: object) -> str:
    """A number or a telephone stays in its sealed cell; the fault says where it is."""
    return "" if any(word in column for word in _SEALED) else mask_within(str(value))


def is_error(code: str) -> bool:
    """Tell whether a line with this fault is never written as it stands."""
    return not KINDS[code].decides


def first_of(faults: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the fault that stands for the line: an error before a question, else in order."""
    return min(faults, key=lambda one: not is_error(one["code"]), default=None)


def reference_page() -> str:
    """Return docs/reference/errors.md: every fault of a ledger's line, as clerks read it."""
    lines = [
        "# Faults of a ledger's line",
        "",
        "Written from `apps/enrolment/ledgers/faults.py`. What a line with an E code says is never",
        "written; a line with a W code waits for a clerk's word. Words in braces are filled in.",
        "Codes without a cause here are those of `yibao.core`, see [refusals](refusals.md).",
        "",
        "| code | reason in the menu | cause | cure |",
        "| --- | --- | --- | --- |",
    ]
    for code, kind in sorted(KINDS.items()):
        lines.append(f"| {code} | {kind.label} | {kind.reason} | {kind.remedy} |")
    return "\n".join(lines) + "\n"
