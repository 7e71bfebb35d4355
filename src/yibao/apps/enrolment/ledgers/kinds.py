"""Every kind of fault that a line of a ledger can have, in Chinese and in English.

Codes E101 to E131 are what `yibao.core` says of a number or an amount: their sentences are its
own. Words in braces are the fault's facts. In English too the titles of columns, and what has to
stand in a cell, are given as the Chinese form has them.
"""

from dataclasses import dataclass

from yibao.core.identity.documents import ForeignPermanentMalformed
from yibao.core.identity.reading import NumberLostDigits
from yibao.core.identity.resident import (
    BirthDateImpossible,
    ProvinceUnknown,
    WrongCharacter,
    WrongCheckCharacter,
    WrongLength,
)
from yibao.core.money import AmountBelowFen, AmountUnreadable
from yibao.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: its label, cause and cure, each in Chinese and in English.

    `decides`: the line may be written once a clerk has said so.
    """

    label: tuple[str, str]
    reason: tuple[str, str]
    remedy: tuple[str, str]
    decides: bool = False


def _core(label: str, label_en: str, refusal: type[Refusal]) -> FaultKind:
    """Return the kind of what the core refuses: the sentences are the refusal's."""
    return FaultKind(
        (label, label_en),
        (refusal.message, refusal.message_en),
        (refusal.remedy, refusal.remedy_en),
    )


KINDS: dict[str, FaultKind] = {
    # -- The number itself -------------------------------------------------------------------------
    "E101": _core("身份证号位数不对", "Identity number of a wrong length", WrongLength),
    "E102": _core(
        "身份证号校验码不符", "Check character of the number does not agree", WrongCheckCharacter
    ),
    "E103": _core("号码被存成数字", "Number stored as a figure", NumberLostDigits),
    "E104": _core("身份证号有不该有的字符", "Character not possible in the number", WrongCharacter),
    "E105": _core(
        "身份证号出生日期不存在", "Birth date in the number does not exist", BirthDateImpossible
    ),
    "E106": _core("身份证号地区不存在", "Area in the number does not exist", ProvinceUnknown),
    "E115": _core(
        "永久居留身份证号格式不对",
        "Number of a permanent residence card malformed",
        ForeignPermanentMalformed,
    ),
    # -- What one line says ------------------------------------------------------------------------
    "E107": FaultKind(
        ("出生日期在将来", "Birth date in the future"),
        (
            "证件号码里的出生日期 {born} 还没有到",
            "The birth date in the number, {born}, is yet to come",
        ),
        ("核对第 7 至 14 位后改正", "Check characters 7 to 14 and correct them"),
    ),
    "E120": FaultKind(
        ("姓名与登记不一致", "Name differs from the register"),
        ("登记的姓名是“{registered}”", 'The register has the name "{registered}"'),
        (
            "核对证件，再走信息变更",
            "Check the document, then have the register changed",
        ),
    ),
    "E121": FaultKind(
        ("性别与身份证号不一致", "Sex does not agree with the number"),
        ("证件号码表明性别为{sex}", "By the number the sex is {sex}"),
        ("对照证件改正性别或号码", "Compare with the document; correct the sex or the number"),
    ),
    "E122": FaultKind(
        ("户主关系与性别不一致", "Relation does not agree with the sex"),
        ("户主关系“{relation}”应为{sex}", 'The relation "{relation}" asks for {sex}'),
        (
            "核对户口簿后改正关系或性别",
            "Check the household booklet; correct the relation or the sex",
        ),
    ),
    "E130": _core("金额不是数字", "Amount is no figure", AmountUnreadable),
    "E131": _core("金额多于两位小数", "Amount with more than two decimals", AmountBelowFen),
    "E201": FaultKind(
        ("必填项未填", "Required item empty"),
        ("“{column}”是必填项，没有填写", '"{column}" is required and was left empty'),
        ("按户口簿或实际情况补填", "Fill it in from the household booklet or as the case is"),
    ),
    "E202": FaultKind(
        ("姓名有不能识别的字符", "Name with an unreadable character"),
        ("姓名第 {position} 个字不能识别", "Character {position} of the name cannot be read"),
        (
            "换用规范汉字或间隔号“·”重新填写",
            'Write the name again in standard characters, with the mark "·" between parts',
        ),
    ),
    "E203": FaultKind(
        ("户主关系不在选项中", "Relation not in the list"),
        ("没有“{value}”这种户主关系", 'There is no relation "{value}"'),
        (
            "从下拉选项中选择，如户主、配偶、子、女",
            "Choose from the cell's list: head, spouse, son, daughter and so on",
        ),
    ),
    "E204": FaultKind(
        ("性别不在选项中", "Sex not in the list"),
        ("性别只能是男或女", "Sex can only be one of the two in the list"),
        ("从下拉选项中选择", "Choose from the cell's list"),
    ),
    "E205": FaultKind(
        ("告知方式不在选项中", "Way of notice not in the list"),
        ("告知、督促方式只能是{choices}", "The way of notice can only be one of: {choices}"),
        ("从下拉选项中选择，或留空", "Choose from the cell's list, or leave it empty"),
    ),
    "E206": FaultKind(
        ("参保类型不在选项中", "Kind of insurance not in the list"),
        ("参保类型只能是{choices}", "The kind of insurance can only be one of: {choices}"),
        ("从下拉选项中选择", "Choose from the cell's list"),
    ),
    "E207": FaultKind(
        ("金额为负数", "Amount below zero"),
        ("金额不能小于零", "An amount cannot be below zero"),
        ("填写应缴金额，不缴费的填 0", "Enter what is owed; 0 where nothing is paid"),
    ),
    "E208": FaultKind(
        ("联系电话格式不对", "Telephone malformed"),
        ("联系电话应为 7 至 12 位数字", "A telephone number has 7 to 12 digits"),
        ("核对后改正，没有的留空", "Check and correct it; leave it empty where there is none"),
    ),
    "E209": FaultKind(
        ("内容过长", "Too long"),
        ("“{column}”最多 {most} 个字", '"{column}" holds {most} characters at most'),
        ("缩短后重新填写", "Shorten it and enter it again"),
    ),
    "E210": FaultKind(
        ("参保地不对", "Wrong place of insurance"),
        ("参保地须选“{place}”", 'The place of insurance has to be "{place}"'),
        (
            "改为{place}，或转登异地参保表",
            "Change it to {place}, or move the line to the form of those insured elsewhere",
        ),
    ),
    "E211": FaultKind(
        ("异地参保地填了本地", "Insured elsewhere, but the place is here"),
        ("参保地“{place}”就在本统筹区", 'The place "{place}" is in this pooling region'),
        (
            "在本地参保的登记到参保缴费台账",
            "Whoever is insured here belongs in the payment ledger",
        ),
    ),
    "E212": FaultKind(
        ("异地参保凭证未填", "Voucher of insurance elsewhere missing"),
        ("没有填写参保凭证号", "The number of the voucher was left empty"),
        (
            "补填缴费凭证号并附复印件；没有凭证的列入未缴费名单",
            "Enter the payment voucher's number and attach a copy; without a voucher the person"
            " goes on the list of those who did not pay",
        ),
    ),
    # -- What is owed ------------------------------------------------------------------------------
    "E302": FaultKind(
        ("金额与应缴不符", "Amount differs from what is owed"),
        ("个人应缴 {owed} 元，填写了 {claimed} 元", "{owed} yuan are owed, {claimed} were entered"),
        (
            "改为 {owed}；不缴费的填 0 并写明原因",
            "Change it to {owed}; where nothing is paid enter 0 and the reason",
        ),
    ),
    "E305": FaultKind(
        ("全额资助对象填了金额", "Amount entered for a person supported in full"),
        ("全额资助对象，个人不缴费", "A person supported in full pays nothing"),
        ("金额改为 0.00", "Change the amount to 0.00"),
    ),
    "E306": FaultKind(
        ("未缴费没有写原因", "Nothing paid and no reason given"),
        (
            "个人缴费为 0，应缴 {owed} 元，没有写未缴费原因",
            "0 was entered, {owed} yuan are owed, and no reason for not paying is given",
        ),
        (
            "补填未缴费原因，或改为 {owed}",
            "Enter the reason for not paying, or change the amount to {owed}",
        ),
    ),
    "E307": FaultKind(
        ("已缴费却写了原因", "Paid, yet a reason for not paying given"),
        (
            "已填写个人缴费 {claimed} 元，又写了未缴费原因",
            "{claimed} yuan were entered, and also a reason for not paying",
        ),
        ("删去原因，或把金额改为 0", "Delete the reason, or change the amount to 0"),
    ),
    # -- What the register and other lists say -----------------------------------------------------
    "E401": FaultKind(
        ("已参加职工医保", "Insured as an employee"),
        ("已参加职工医保（{place}）", "Insured as an employee already ({place})"),
        (
            "改登异地参保表，附缴费凭证",
            "Move the line to the form of those insured elsewhere, with the payment voucher",
        ),
    ),
    "E402": FaultKind(
        ("同一人重复", "The same person twice"),
        ("与{sheet}第 {row} 行是同一人", "The same person as in row {row}{sheet}"),
        ("保留一行", "Keep one of the rows"),
    ),
    "E403": FaultKind(
        ("已在外地参加居民医保", "Insured as a resident elsewhere"),
        ("已在外地参加居民医保（{place}）", "Insured as a resident elsewhere already ({place})"),
        (
            "改登异地参保表，附缴费凭证",
            "Move the line to the form of those insured elsewhere, with the payment voucher",
        ),
    ),
    "E404": FaultKind(
        ("已在其他地区登记", "Registered in another region"),
        ("此人已在其他地区登记", "The person is registered in another region"),
        (
            "请上级经办机构核实，办理关系转移后再填报",
            "Have the office above check it; report the person once the transfer is made",
        ),
    ),
    "E405": FaultKind(
        ("本年度已登记参保", "Enrolled for the year already"),
        ("此人 {year} 年度已经登记参保", "The person is enrolled for {year} already"),
        ("删去此行", "Delete this row"),
    ),
    "E406": FaultKind(
        ("已死亡", "Dead"),
        ("登记的死亡日期为 {day}", "The register has {day} as the day of death"),
        (
            "删去此行；登记有误的走信息变更",
            "Delete this row; where the register is wrong have it changed",
        ),
    ),
    "E407": FaultKind(
        ("户口已迁出", "Moved away"),
        ("户口已于 {day} 迁出", "The household registration moved away on {day}"),
        (
            "删去此行；又迁回的先办理迁入登记",
            "Delete this row; register the return first where the person came back",
        ),
    ),
    "E408": FaultKind(
        ("登记在其他村", "Registered in another village"),
        ("此人登记在{area}", "The person is registered in {area}"),
        (
            "由该村填报，或先办理迁移登记",
            "That village reports the person; or register the move first",
        ),
    ),
    "E409": FaultKind(
        ("已登记异地参保", "Insurance elsewhere recorded already"),
        (
            "此人 {year} 年度的异地参保已经登记",
            "The person's insurance elsewhere is recorded for {year} already",
        ),
        ("删去此行", "Delete this row"),
    ),
    # -- The household -----------------------------------------------------------------------------
    "E501": FaultKind(
        ("家庭没有户主", "Household without a head"),
        ("家庭 {household} 没有户主", "Household {household} has no head"),
        ("补填户主一行，或改正户主关系", "Add the head's row, or correct a relation"),
    ),
    "E502": FaultKind(
        ("家庭有两个户主", "Household with two heads"),
        (
            "家庭 {household} 有两个户主，另一个在{where}",
            "Household {household} has two heads, the other one {where}",
        ),
        ("按户口簿保留一个户主", "Keep one head, as the household booklet has it"),
    ),
    # -- For a clerk to decide ---------------------------------------------------------------------
    "W501": FaultKind(
        ("新增人员晚于期限", "New entrant after the date"),
        ("新增参保应在 {last} 前处理完成", "New entrants had to be dealt with by {last}"),
        ("核实后确认入库，或退回村里", "Check and let the line in, or send it back to the village"),
        True,
    ),
    "W502": FaultKind(
        ("手机号与上年不同", "Telephone other than last year's"),
        ("登记的联系电话是 {registered}", "The register has the telephone {registered}"),
        (
            "核实后确认改用新号码，或退回村里",
            "Check and take the new number, or send the line back to the village",
        ),
        True,
    ),
    "W503": FaultKind(
        ("新增人员不知属哪一户", "New entrant of no known household"),
        (
            "本行之前没有户主，不知属于哪一户",
            "No head stands before this row: the household is not known",
        ),
        (
            "核实后确认入库，再到家庭页归户",
            "Check and let the line in, then put the person into a household on its page",
        ),
        True,
    ),
}
