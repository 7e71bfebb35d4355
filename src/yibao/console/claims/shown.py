"""A decision as people read it: the words of each line, and the bar beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yibao.apps.access.spoken import language, region_words
from yibao.apps.claims.explanation import Cite, Explanation, Law, Line, Step
from yibao.core.money import Fen

WIDTH = 400
# The line of the ceiling shows its article though nothing is cut.
LAST = 5


@dataclass(frozen=True)
class ShownLine:
    """A line with its words and its bar of `width` at `x`."""

    line: Line
    sign: str
    label: str
    note: str
    place: str
    shade: str
    x: int
    width: int
    end: int
    is_result: bool
    is_final: bool


@dataclass(frozen=True)
class ShownLaw:
    """An article's summary with its place and the lines that rest on it."""

    place: str
    words: str
    title: str


@dataclass(frozen=True)
class Shown:
    """An explanation ready for the page."""

    told: Explanation
    lines: list[ShownLine]
    laws: list[ShownLaw]
    steps: list[tuple[Step, str]]
    parts: str
    reason: str
    kind: str


def shown(told: Explanation, *, region: str, facts: Mapping[str, Any]) -> Shown:
    """Return the explanation in words."""
    english = language() == "en"
    return Shown(
        told=told,
        lines=[_line(told, line, facts) for line in told.lines],
        steps=[(step, place_of(step.cite)) for step in told.steps],
        laws=[_law(law, english=english) for law in told.laws],
        parts=" ＋ ".join(Fen(part).shown() for part in told.own_parts_fen) or Fen(0).shown(),
        reason=told.reason_en if english else told.reason_zh,
        kind=region_words(region, "visit_kind", str(facts.get("kind", ""))),
    )


def place_of(cite: Cite) -> str:
    """Return where an article stands; a reading of our own says that it is one."""
    return _("解读 %(article)s") % {"article": cite.article} if cite.ours else cite.place


def _line(told: Explanation, line: Line, facts: Mapping[str, Any]) -> ShownLine:
    total = max(told.amounts.total_fen, 1)
    x = line.start_fen * WIDTH // total
    end = (line.start_fen + line.amount_fen) * WIDTH // total
    label, note = _words(told, line, facts)
    final = line.part == "fund"
    shade = "fund" if final else "minus" if line.sign == "-" else "base"
    return ShownLine(
        line=line,
        sign={"-": "−", "=": "＝"}.get(line.sign, ""),
        label=label,
        note=note,
        place=place_of(line.cite) if line.cite and (line.amount_fen or line.number == LAST) else "",
        shade=shade,
        x=x,
        width=max(end - x, 1) if line.amount_fen else 0,
        end=end,
        is_result=line.sign == "=",
        is_final=final,
    )


def _words(told: Explanation, line: Line, facts: Mapping[str, Any]) -> tuple[str, str]:
    if line.part == "ceiling":
        return _("超过最高支付限额部分"), _ceiling(told)
    if line.part == "refused":
        return _("不予支付"), told.reason_zh
    labels = {
        "total": (_("医疗费总额"), _bill(facts)),
        "outside": (_("目录外费用"), _("三个目录以外，基金不予支付") if line.amount_fen else ""),
        "eligible": (_("合理费用"), ""),
        "deductible": (_("起付标准"), _deductible(told, facts)),
        "base": (_("计入支付的费用"), ""),
        "own": (
            _("个人按比例负担 %(rate)s") % {"rate": told.own_rate_shown},
            _("支付比例 %(rate)s") % {"rate": told.rate_shown},
        ),
        "fund": (_("基金支付"), ""),
    }
    return labels[line.part]


def _bill(facts: Mapping[str, Any]) -> str:
    return _("结算清单 %(number)s") % {"number": facts.get("number", "")}


def _deductible(told: Explanation, facts: Mapping[str, Any]) -> str:
    if not told.amounts.deductible_fen:
        return _("本次不设起付标准")
    level = {1: _("一级"), 2: _("二级"), 3: _("三级")}.get(facts.get("hospital_level", 0), "")
    full = Fen(told.amounts.deductible_fen).shown()
    return _("%(level)s医院本次 %(fen)s 元") % {"level": level, "fen": full}


def _ceiling(told: Explanation) -> str:
    ceiling = told.ceiling
    if ceiling is None:
        return _("本次不计入限额")
    words = {
        "limit": Fen(ceiling.limit_fen).shown(),
        "used": Fen(ceiling.used_before_fen).shown(),
        "room": Fen(ceiling.room_before_fen).shown(),
    }
    return _("限额 %(limit)s，此前已付 %(used)s，余 %(room)s") % words


def _law(law: Law, *, english: bool) -> ShownLaw:
    cite = law.cite
    numbers = "、".join(str(number) for number in law.lines)
    place = _("%(place)s　第 %(numbers)s 步") % {"place": place_of(cite), "numbers": numbers}
    return ShownLaw(place, cite.summary_en if english else cite.summary_zh, cite.title)
