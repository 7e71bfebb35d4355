"""Faults of a draft as its writer reads them: the line, what is wrong, how to mend it.

The rule engine says them in English, for whoever reads its log; here they are said in the language
of the page. A fault that no line of the table knows keeps its own words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.console.policy.words import language
from yibao.core.rules.faults import Fault

# (what the engine says, what is wrong, how to mend it); {0}, {1} stand for what was matched.
_SAID: tuple[tuple[str, Any, Any], ...] = (
    (r"this is not YAML: (.+)", _("这一行的写法无法识别：{0}"), _("核对缩进、冒号和括号")),
    (r"“(.+)” is written twice.*line (\d+)", _("“{0}”写了两遍，第一遍在第 {1} 行"), _("保留一处")),
    (r"(.+) has no citation", _("{0} 没有写依据"), _("加上 cite: 来源 条款")),
    (r"no source “(.+?)”.*", _("没有名为“{0}”的来源"), _("写本提案的来源名，或在 sources 下声明")),
    (r"“(.+)” names no article", _("“{0}”没有写条款"), _("写成 cite: 来源 条款")),
    (r"a value of “(.+)” has no from:", _("“{0}”的数值没有写生效时间"), _("加上 from: 和日期")),
    (r"a value of “(.+)” has no is:", _("“{0}”没有写数值"), _("加上 is: 和数值")),
    (r"a value of “(.+)” ends before it starts", _("“{0}”的截止早于生效"), _("核对 from 和 until")),
    (r"two values of “(.+)” are in force together from (.+)",
     _("“{0}”自 {1} 起有两个数值同时生效"), _("给前一个写上 until")),
    (r"table “(.+)” has no row for (.+)", _("表“{0}”缺少 {1} 这一行"), _("把每一行写全")),
    (r"table “(.+)” needs a row for each (.+)", _("表“{0}”要按 {1} 逐行写"), _("把每一行写全")),
    (r"parameter “(.+)” has no type:", _("没有名为“{0}”的参数"),
     _("核对参数的名称；新参数须写 type:")),
    (r"“(.+)” is not money.*", _("“{0}”不是金额"), _("写成元，最多两位小数，如 280.00")),
    (r"“(.+)” is not a rate.*", _("“{0}”不是比例"), _("写成 55% 或 12.5%")),
    (r"“(.+)” is not a whole number", _("“{0}”不是整数"), _("写成整数")),
    (r"“(.+)” is not a date:.*", _("“{0}”不是日期"), _("写成 2020-12-18")),
    (r"“(.+)” is neither a date.*", _("“{0}”既不是日期也不是年度"), _("写成 2021 或 2021-01-01")),
    (r"“(.+)” is not a period.*", _("“{0}”不是期限"), _("写成 90 days、6 months 等")),
    (r"“(.+)” is not a flag.*", _("“{0}”不是是或否"), _("写成 true 或 false")),
    (r"“(.+)” is not a rounding.*", _("“{0}”不是取整方式"), _("写成 half_up to fen 等")),
    (r"“(.+)” is no code of (\w+).*", _("“{0}”不是 {1} 的代码"), _("核对代码")),
    (r"a set is a list.*", _("这里要写成列表"), _("写成 [a, b]")),
    (r"this must be a single value", _("这里只能写一个值"), _("表格请核对参数的类型")),
    (r"(\w+) “(.+?)”.* stands already in “(.+)”", _("“{1}”在“{2}”中已有"),
     _("改写时写 replaces: {2}，或另取名称")),
    (r"(\w+) “(.+?)”.* is declared twice.*", _("“{1}”写了两遍"), _("保留一处")),
    (r"new clause “(.+)” of “(.+)” says no place", _("新增的条款“{0}”没有写放在哪里"),
     _("加上 before: 和后一条的名称")),
    (r"“(.+)” has no clause “(.+?)”.*", _("“{0}”没有名为“{1}”的条款"), _("核对条款的名称")),
    (r"no \w+ “(.+)” stands that it (\w+)", _("没有“{0}”可以{1}"), _("核对名称")),
    (r"“(.+)” stands in “(.+)”, not in “(.+)”", _("“{0}”在“{1}”中，不在“{2}”中"),
     _("写成所在的层 {1}")),
    (r".*no fact, parameter, step.*“(.+?)”.*", _("没有名为“{0}”的事实、参数或步骤"), _("核对名称")),
    (r"(.+) has no key “(.+?)”.*", _("{0} 没有“{1}”这一项"), _("核对拼写")),
    (r"a rulebook has no section “(.+?)”.*", _("没有“{0}”这一节"), _("可写 parameters、rules 等")),
    (r"settings have no authority", _("提案中不能写 settings"), _("待定参数请在“待定参数”页填报")),
    (r"the file is empty", _("没有写任何改动"), _("写出要改的参数或条款")),
    (r"section “(.+)” must be a mapping", _("“{0}”下要写名称和内容"), _("在下一行缩进两格写")),
    (r"a block scalar loses.*", _("不能用 | 或 > 分行"), _("写在一行内")),
)  # fmt: skip
_TABLE = tuple((re.compile(pattern), what, cure) for pattern, what, cure in _SAID)


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault with the line that it stands in; `elsewhere` names another file."""

    line: int
    quoted: str
    what: str
    cure: str
    article: str
    elsewhere: str


def shown_faults(faults: Iterable[Fault], text: str) -> list[ShownFault]:
    """Return faults in words, each with its line of the draft's text."""
    lines = text.splitlines()
    own = [fault.file for fault in faults if fault.file.startswith(("proposal_", "setting_"))]
    return [_shown(fault, lines, set(own)) for fault in faults]


def _shown(fault: Fault, lines: list[str], own: set[str]) -> ShownFault:
    what, cure = said(fault)
    is_own = fault.file in own
    quoted = lines[fault.line - 1].strip() if is_own and fault.line <= len(lines) else ""
    elsewhere = "" if is_own else fault.file
    return ShownFault(fault.line, quoted, what, cure, fault.article, elsewhere)


def said(fault: Fault) -> tuple[str, str]:
    """Return what is wrong and how to mend it, in the language of the page."""
    if language() != "en":
        for pattern, what, cure in _TABLE:
            found = pattern.fullmatch(fault.what)
            if found:
                parts = found.groups()
                return str(what).format(*parts), str(cure).format(*parts)
    return fault.what, fault.cure
