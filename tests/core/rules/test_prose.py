"""A rule in words: values with units, conditions that cannot be misread, nothing denied twice."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, EXPRESSIONS, read
from yibao.core.rules import prose
from yibao.core.rules.declarations import Label
from yibao.core.rules.graph import Cite, Node
from yibao.core.rules.prose.words import LANGUAGES, PHRASES
from yibao.core.rules.types import DATE, FLAG, LEVEL, MONEY, PERIOD, Period, Type

PLAIN = EXPRESSIONS.replace("  broken: {{is: nobody_knows, cite: law 1}}\n", "")


def sentence(expression: str, language: str = "zh", extra: str = "") -> str:
    """The sentence of a step `x` of one expression, without its article."""
    edition = read(PLAIN.format(expression, extra)).bind("answer", year=2009)
    (clause,) = [
        clause
        for paragraph in prose.rule(edition, language)
        for clause in paragraph.clauses
        if paragraph.step == "x"
    ]
    return clause.text


def amount(expression: str, language: str = "zh") -> str:
    """What stands after “x”."""
    return sentence(expression, language).removeprefix("x为").removeprefix("X: ")


def condition(expression: str, language: str = "zh") -> str:
    """What “x” means."""
    said = sentence(expression, language)
    return said.removeprefix("“x”是指").removeprefix("：").removeprefix("“x” means: ")


@pytest.mark.parametrize(
    ("expression", "zh", "en"),
    [
        ("limit", "limit100元", "100 yuan (limit)"),
        ("part", "part12.5%", "12.5% (part)"),
        ("few", "3次", "3"),
        ("grown", "18年", "18 years"),
        ("half", "6个月", "6 months"),
        ("some_days", "10日", "10 days"),
        ("work", "3个工作日", "3 working days"),
        ("opens", "2009年3月1日", "1 March 2009"),
        ("noon", "2009年3月1日12时00分", "1 March 2009, 12:00"),
        ("hospital_level", "hospital_level", "the hospital_level"),
        ("born", "出生日期", "the born"),
        ("year - 1", "2008年", "2008"),
        ("born + waiting", "出生日期加3个月", "the born plus 3 months"),
        ("born - waiting", "出生日期减3个月", "the born less 3 months"),
        ("born + work", "出生日期加3个工作日", "the born plus 3 working days"),
        ("opens + waiting", "2009年3月1日加3个月，即2009年6月1日", None),
        ("opens - waiting", "2009年3月1日减3个月，即2008年12月1日", None),
        ("opens + soon", "2009年3月1日加3个工作日", None),
        ("opens + waits[adult]", "2009年3月1日加10日", None),
        ("born + some_days", "出生日期加10日", None),
        ("born - some_days", "出生日期减10日", None),
        ("opens + some_days", "2009年3月11日", None),
        ("opens - some_days", "2009年2月19日", None),
        ("year_start(year) - some_days", "2008年12月22日", None),
        ("next_month(opens)", "2009年4月1日", None),
        ("year_start(year_of(born))", "出生日期所在年度的1月1日", "1 January of the year of the born"),
        ("year_end(year_of(born))", "出生日期所在年度的12月31日", None),
        ("month_end(born)", "出生日期所在月的最后一日", None),
        ("next_month(born)", "出生日期的下月1日", None),
        ("date_of(paid_at)", "paid_at的日期", None),
        ("admitted_on - born", "出生日期至admitted_on的日数", None),
        ("year_of(born) - year", "2009年至出生日期所在年度的年数", None),
        ("age(born, opens)", "按出生日期计算到2009年3月1日的周岁", None),
        ("months_between(born, admitted_on)", "出生日期至admitted_on的整月数", None),
        ("months_between(born, admitted_on) // half", "出生日期至admitted_on的整月数每满6个月计一次", None),
        ("loyal // few", "loyal除以3次取整数", None),
        ("cost + limit", "cost加上limit100元", "the cost plus 100 yuan (limit)"),
        ("cost + limit + amount", "cost、limit100元与amount之和", None),
        ("cost - limit", "cost减去limit100元", "the cost less 100 yuan (limit)"),
        ("cost - (limit - amount)", "cost减去（limit100元减去amount）", None),
        ("cost * count", "cost乘以count", None),
        ("max(cost - limit, 0)", "cost超过limit100元的部分", None),
        ("max(cost, 0)", "cost", None),
        ("max(cost, limit)", "cost，最少100元", "the cost, at least 100 yuan"),
        ("min(cost, limit)", "cost，最多100元", "the cost, at most 100 yuan"),
        ("min(cost, amount, limit)", "cost、amount与100元中较小者", None),
        ("max(cost, amount)", "cost与amount中较大者", None),
        ("min(born, opens)", "出生日期与2009年3月1日中较早者", None),
        ("max(born, admitted_on)", "出生日期与admitted_on中较晚者", None),
        ("max(hospital_level, 1)", "hospital_level与一级中较大者", "the most of the hospital_level and level 1"),
        ("rounded(cost * part, jiao)", "cost乘以part12.5%，四舍五入到角", None),
        ("rounded(cost * part, even)", "cost乘以part12.5%，四舍六入五成双到分", None),
        ("rounded(cost * part, upward)", "cost乘以part12.5%，向上取到元", None),
        ("rounded(cost * part, downward)", "cost乘以part12.5%，舍去分以下", None),
        ("rounded((cost - limit) * part, jiao)", "（cost减去limit100元）乘以part12.5%，四舍五入到角", None),
        ("price[child]", "3元", None),
        ("fees[personal, hospital_level]", "按hospital_level：一级5元、二级6元、三级7元", None),
        ("cost + price[chosen]", "cost加上按chosen的price（成年1元、困难成年2元、未成年3元、困难未成年4元）", None),
        ("cost + price[child]", "cost加上3元", None),
        (
            "sum(limit * k for k in range(count, count + few))",
            "逐次计算后相加，次数为3次，每次为：limit100元乘以“k”；其中“k”为该次以前的次数，第一次为count",
            None,
        ),
        (
            "sum(limit for k in range(0, count))",
            "逐一计算后相加，“k”从0次起、到count之前，每次为：100元",
            None,
        ),
    ],
)  # fmt: skip
def test_an_amount_in_words(expression: str, zh: str, en: str | None) -> None:
    assert amount(expression).removeprefix("x按").removeprefix("按") == zh.removeprefix("按")
    if en is not None:
        assert amount(expression, "en") == en


@pytest.mark.parametrize(
    ("expression", "zh", "en"),
    [
        ("low_income", "low_income", "low_income"),
        ("not low_income", "不是low_income", "not a low_income"),
        ("cost < limit", "cost少于100元", "the cost is less than 100 yuan"),
        ("cost <= limit", "cost不超过100元", "the cost is at most 100 yuan"),
        ("cost > limit", "cost超过100元", "the cost is more than 100 yuan"),
        ("cost >= limit", "cost不少于100元", "the cost is at least 100 yuan"),
        ("not cost < limit", "cost不少于100元", None),
        ("not cost == limit", "cost不是100元", None),
        ("limit < cost", "cost超过100元", None),
        ("age(born, opens) < grown", "按出生日期计算到2009年3月1日的周岁不满18周岁", None),
        ("loyal < grown", "loyal少于18年", None),
        ("born < opens", "出生日期早于2009年3月1日", "the born is before 1 March 2009"),
        ("born <= opens", "出生日期不晚于2009年3月1日", "the born is no later than 1 March 2009"),
        ("born > opens", "出生日期晚于2009年3月1日", None),
        ("opens <= born", "出生日期不早于2009年3月1日", None),
        ("admitted_on <= born", "admitted_on不晚于出生日期", None),
        ("paid_at < noon", "paid_at早于2009年3月1日12时00分", None),
        ("hospital_level < 1", "hospital_level低于一级", None),
        ("hospital_level >= 1", "hospital_level不低于一级", None),
        ("hospital_level == 1", "hospital_level为一级", "the hospital_level is level 1"),
        ("year == year_of(born)", "出生日期所在年度为2009年", None),
        ("year < year + 1", "year早于2010年", None),
        ("count > 0", "有count", "there are count"),
        ("not count > 0", "没有count", "there are no count"),
        ("count == 0", "没有count", None),
        ("count != 0", "有count", None),
        ("cost > 0", "cost大于零", "the cost is more than zero"),
        ("cost <= 0", "cost不大于零", None),
        ("cost == 0", "cost为零", "the cost is zero"),
        ("cost != 0", "cost不为零", None),
        ("kind == inpatient", "kind为住院", None),
        ("chosen != adult_aided", "chosen不是困难成年", None),
        ("kind != inpatient", "kind不是住院", None),
        ("student in stages", "student为小学", "the student is 小学"),
        ("student not in stages", "student不是小学", None),
        ("disability in severe", "disability为一级或二级", None),
        ("orphan in identities", "属于孤儿", "the identities include “孤儿”"),
        ("orphan not in identities", "不属于孤儿", "the identities do not include “孤儿”"),
        ("orphan in helped", "孤儿为孤儿", None),
        ("hospital_level in members", "hospital_level属于members", None),
        ("hospital_level not in members", "hospital_level不属于members", None),
        ("any_in(identities, helped)", "identities包括孤儿中的任何一项", None),
        ("any_in(helped, identities)", "identities包括孤儿中的任何一项", None),
        ("not any_in(identities, helped)", "identities不包括孤儿中的任何一项", None),
        ("student is None", "不在校", "the student is not recorded"),
        ("student is not None", "在校", "the student is recorded"),
        ("disability is None", "未登记disability", None),
        ("disability is not None", "登记了disability", None),
        ("paid_on is None", "未缴费", None),
        ("paid_on is not None", "已缴费", None),
        ("chosen is None", "没有chosen", "there is no chosen"),
        ("chosen is not None", "有chosen", "there is a chosen"),
        ("low_income and True", "low_income，且在任何情形下", None),
        ("low_income and False", "low_income，且本版规则中不适用", None),
        ("not (low_income and not insured_elsewhere)", "不是low_income，或者insured_elsewhere", None),
        ("paid_on is not None and paid_on < opens", "paid_on早于2009年3月1日", None),
        ("paid_on is None or paid_on < opens", "未缴费，或者paid_on早于2009年3月1日", None),
        ("low_income or low_income", "low_income", None),
        ("not (paid_on is not None or paid_on < opens)", "未缴费，且paid_on不早于2009年3月1日", None),
        ("student is not None and student in stages", "student为小学", None),
        ("disability is not None and disability != 1", "登记了disability，且disability不是一级", None),
        ("not (low_income or insured_elsewhere) and count > 0", "不是low_income，且不是insured_elsewhere，且有count", None),
    ],
)  # fmt: skip
def test_a_condition_in_words(expression: str, zh: str, en: str | None) -> None:
    assert condition(expression) == zh
    if en is not None:
        assert condition(expression, "en") == en


def test_and_below_or_is_numbered_and_never_left_to_precedence() -> None:
    said = condition("low_income or insured_elsewhere and cost > limit")
    assert said == "有下列情形之一：（1）low_income；（2）insured_elsewhere，且cost超过100元"
    said = condition("low_income and (insured_elsewhere or cost > limit)")
    assert said == "同时符合下列条件：（1）low_income；（2）insured_elsewhere，或者cost超过100元"
    said = condition("low_income or insured_elsewhere and cost > limit", "en")
    assert said == (
        "“x” means that any of the following holds: (1) low_income; "
        "(2) insured_elsewhere, and the cost is more than 100 yuan"
    )


def test_a_third_level_has_letters_of_its_own() -> None:
    said = condition(
        "low_income or insured_elsewhere and (cost > limit or student is None and count > 0)"
    )
    assert said == (
        "有下列情形之一：（1）low_income；（2）同时符合下列条件：a）insured_elsewhere；"
        "b）有下列情形之一：i．cost超过100元；ii．不在校，且有count"
    )


def rule_text(text: str, rule: str, language: str = "zh", *, year: int = 2009) -> str:
    edition = read(text).bind(rule, year=year)
    return "\n".join(prose.lines(edition, language))


def test_clauses_stand_in_order_with_article_number_and_what_goes_first() -> None:
    said = rule_text(CONTRIBUTION, "contribution")
    assert (
        "缴费类别：按先后顺序，适用第一条符合的\n"
        "  1. 未成年，且困难的，缴费类别为困难未成年。〔law 6〕\n"
        "  2. 未成年的，缴费类别为未成年。〔law 6〕与第3条同时符合的，适用本条〔本项目解读 43〕。\n"
        "  3. 有下列情形之一的，缴费类别为困难成年：（1）困难；"
        "（2）low_income，且上年末年龄不少于60周岁。〔law 5〕\n"
        "  4. 其他情形，缴费类别为成年。〔law 5〕"
    ) in said
    assert (
        "个人缴纳按缴费类别：成年130元、困难成年70元、未成年40元、困难未成年30元。〔law 5、6〕"
        in said
    )
    assert (
        "未登记的事项\n  student：不在校；identities：无；disability：无；low_income：否。" in said
    )
    english = rule_text(CONTRIBUTION, "contribution", "en")
    assert (
        "  2. If minor, then contribution_class: 未成年. [law 6] It goes before 3 where both hold [our"
        in english
    )
    assert "  4. Otherwise contribution_class: 成年. [law 5]" in english
    assert (
        "student: none; identities: none; disability: none; low_income: no. [our reading 45]"
        in (english.replace("Student", "student"))
    )


def test_a_page_takes_if_and_then_apart() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    (found,) = [p for p in prose.rule(edition) if p.step == "contribution_class"]
    second = found.clauses[1]
    assert (found.kind, second.number, second.name) == ("decision", 2, "minor_usual")
    assert (second.if_text, second.then_text) == ("未成年", "缴费类别为未成年")
    assert [str(cite) for cite in second.cites] == ["law 6"] and not second.ours
    assert second.over == ("与第3条同时符合的，适用本条〔本项目解读 43〕",)
    third = found.clauses[2]
    assert third.if_text.startswith("有下列情形之一：（1）困难；")
    assert found.clauses[3].if_text == ""


def test_a_fold_tells_its_key_its_order_its_state_and_its_ceilings() -> None:
    said = rule_text(BENEFIT, "benefit")
    assert "受理条件\n  1. 出院须在参保年度内。" in said
    assert "按每人、discharged_on所在年度分别累计" in said
    assert "先后次序按discharged_on、number" in said
    marked = BENEFIT.replace(
        "stays: {type: times, starts: 0, range: 0..6}",
        "stays: {type: times, starts: 0, range: 0..6, zh: 本年已住院, en: a stay is known}",
    )
    assert "开始时，本年未住院；每次就诊后，本年已住院更新为：" in rule_text(marked, "benefit")
    assert "To begin with, a stay is not known; after each visit it becomes" in rule_text(
        marked, "benefit", "en"
    )
    assert "stays从0次开始；每次就诊后，stays更新为：stays加上counted" in said
    assert (
        "fund_pay为cost超过deductible的部分乘以rate_paid，四舍五入到分，但受下列限额约束。〔law 4〕\n"
        "  1. verdict_of为按门诊的，累计支付不超过2000元（disease）。〔law 8〕\n"
        "  2. 累计支付不超过own_cap（year_total）。〔law 6〕"
    ) in said
    english = rule_text(BENEFIT, "benefit", "en")
    assert "all payments together are at most 2000 yuan (disease). [law 8]" in english
    assert "Admitted_on: discharged_on" in english


def shape(text: str, rule: str, language: str = "zh") -> list[tuple[object, ...]]:
    """Of each paragraph its kind, step and note, and number and name of its clauses."""
    told = prose.rule(read(text).bind(rule, year=2009), language)
    return [
        (p.kind, p.step, p.note, [(clause.number, clause.name) for clause in p.clauses])
        for p in told
    ]


def test_a_page_knows_what_each_paragraph_is() -> None:
    first = "按先后顺序，适用第一条符合的"
    found = shape(BENEFIT, "benefit")
    assert found[:3] == [
        ("requires", "", "", [(1, ""), (2, ""), (3, "")]),
        ("fold", "", "", [(0, ""), (0, ""), (0, ""), (0, "")]),
        ("definition", "filed", "", [(0, "")]),
    ]
    assert ("decision", "counted", first, [(1, "stay"), (2, "otherwise")]) in found
    assert ("outcome", "periods", "", [(0, "")]) in found
    assert ("outcome", "fund_pay", "", [(0, ""), (1, "disease"), (2, "year_total")]) in found
    assert found[-1] == ("presumed", "", "", [(0, "")])
    assert ("outcome", "own_share", "", [(0, "")]) in shape(CONTRIBUTION, "contribution")
    found = shape(GIVEN_AS_IT_IS, "answer")
    assert [one for one in found if one[1] in ("born", "cap", "year")] == [
        ("outcome", name, "", [(0, "")]) for name in ("born", "cap", "year")
    ]
    text = MORE.replace("v: v, ", "ends: ends, ")
    kinds = [one for one in shape(text, "answer") if one[0] in ("dated", "ensures", "open")]
    assert kinds == [
        ("dated", "", "", [(0, "")]),
        ("ensures", "", "", [(1, "")]),
        ("open", "", "", [(0, ""), (0, ""), (0, "")]),
    ]
    assert ("decision", "w", "几条同时符合的，先列出的优先〔本项目解读 44〕") in [
        one[:3] for one in shape(text, "answer")
    ]
    capped = CAPPED.replace("is: cost}", "is: cost + cap}").replace(
        "within: year\n        first_of:\n          any_cost: {when: cost >= cap or cost < cap, is: cost + cap}",
        "within: year\n        is: cost + cap",
    )
    assert "due为cost加上500元（cap）" not in rule_text(capped, "answer")
    assert "due为cost加上cap500元，但受下列限额约束。" in rule_text(capped, "answer")


MORE = """
parameters:
  line: {type: money, is: 100, from: 2008, cite: law 1, zh: 底数, en: base}
  lead: {type: period, is: 3 days, from: 2008, cite: law 1}
  closes: {type: date, is: 2009-04-30, from: 2008, cite: law 1}
  cap: {type: money, is: 500, from: 2008, cite: law 1}
  changing: {type: money, zh: 标准, en: standard, values: [{from: 2008, until: 2009-06-30, is: 100, cite: law 1}, {from: 2009-07-01, is: 200, cite: law 1}]}
  moving: {type: money, by: [class], zh: 分档, en: by class, values: [{from: 2008, until: 2009-06-30, cite: law 1, is: {adult: 1, adult_aided: 2, child: 3, child_aided: 4}}, {from: 2009-07-01, open: 下半年未定, cite: law 2}]}
  silent: {type: money, open: 文件未载, zh: 未定标准, en: open standard}
  allowed: {type: flag, is: true, from: 2008, cite: law 1, zh: 允许补缴, en: making up is allowed}
  unsettled: {type: flag, open: 文件未载可否, zh: 可以补缴, en: may be made up}
  yes_by: {type: flag, by: [class], from: 2008, cite: law 1, is: {adult: true, adult_aided: false, child: true, child_aided: false}}
  nobody: {type: codes, of: identity, is: [], from: 2008, cite: law 1}
rules:
  answer:
    dated_by: discharged_on
    zh: 示例
    result: {r: r, papers: papers, x: x, y: y, z: z, starts: starts, w: w, v: v, u: u, t: t, s: s}
    ensures: [{when: x >= line, zh: 不少于, en: at least}]
    steps:
      r: {is: closes + lead, cite: law 1}
      papers: {is: nobody, cite: law 1, zh: 材料, en: papers}
      x: {is: changing + line, cite: law 1}
      y: {is: "moving[adult]", cite: law 1}
      z: {is: silent, cite: law 1}
      w:
        zh: 补缴办法
        en: making up
        order: reading 44
        first_of:
          by_rule: {when: allowed and unsettled, is: not low_income, cite: law 1}
          by_table: {when: "not yes_by[adult] and not unsettled and any_in(identities, nobody)", is: True, cite: law 1}
          otherwise: {is: False, cite: law 1}
      v:
        cite: law 1
        outcomes: {starts: {zh: 首日, en: first day, type: date}, ends: {zh: 末日, en: last day, type: date}}
        first_of:
          paid: {when: paid_on is not None, is: {starts: paid_on, ends: None}}
          otherwise: {is: {starts: None, ends: None}}
      u: {is: not away and not poor, cite: law 1}
      poor: {is: low_income, cite: law 1, zh: 困难, en: in hardship}
      away: {is: not low_income or insured_elsewhere, cite: law 1, zh: 非低收入或异地, en: not low income or elsewhere}
      t:
        zh: 已查明
        en: it is known
        first_of:
          yes: {when: low_income, is: 1, cite: law 1}
          otherwise: {is: 0, cite: law 1}
      s: {is: t > 0, cite: law 1}
"""


def test_what_changes_in_the_year_what_is_open_and_what_is_none() -> None:
    text = MORE.replace("v: v, ", "ends: ends, ")
    said = rule_text(text, "answer")
    assert "x为2009年7月1日以前100元、2009年7月1日起200元加上底数100元" in said
    assert "r为2009年4月30日加3日，即2009年5月3日" in said
    assert "没有材料。〔law 1〕" in said
    assert "y为2009年7月1日以前1元、2009年7月1日起分档（文件未规定）" in said
    assert "年内变动的数值，按discharged_on当日的执行。" in said
    assert "z为未定标准（文件未规定）" in said
    assert "文件未规定的事项\n  分档：下半年未定。" in said
    assert "未定标准：文件未载。" in said and "可以补缴：文件未载可否。" in said
    assert "补缴办法：几条同时符合的，先列出的优先〔本项目解读 44〕" in said
    assert (
        "允许补缴，且“可以补缴”（文件未规定）的，补缴办法：以下列条件为准：不是low_income" in said
    )
    assert "，且不是“可以补缴”（文件未规定），且identities包括无中的任何一项的" in said
    assert "  3. 其他情形，不是补缴办法。" in said
    assert "首日、末日：按先后顺序" in said and "1. 已缴费的，首日为paid_on" in said
    assert "2. 其他情形，没有首日或末日" in said
    assert "“u”是指：low_income，且不是insured_elsewhere，且不是困难" in said
    assert "1. low_income的，已查明" in said and "2. 其他情形，未查明" in said
    assert "“s”是指：已查明" in said
    assert "结果须符合\n  1. 不少于。" in said
    english = rule_text(text, "answer", "en")
    assert "100 yuan before 1 July 2009, 200 yuan from 1 July 2009" in english
    assert "“may be made up” (not settled by the text)" in english
    assert "not “may be made up” (not settled by the text)" in english
    assert "“u” means: low_income, and not an insured_elsewhere, and not in hardship" in english
    assert "plus 100 yuan (base)" in english
    assert "2. Otherwise it is not known." in english


GIVEN_AS_IT_IS = """
parameters:
  cap: {type: money, is: 500, from: 2008, cite: law 1, zh: 年度限额, en: yearly limit}
  caps: {type: money, by: [class], open: 文件未载, zh: 分档限额, en: limits}
rules:
  answer:
    result: {born: born, cap: cap, year: year, always: verdict_of}
    steps:
      verdict_of: {is: cap, cite: law 1}
"""


def test_an_outcome_without_a_step_is_told_as_it_is() -> None:
    said = rule_text(GIVEN_AS_IT_IS, "answer")
    assert "年度限额\n  年度限额为500元。〔law 1〕" in said
    assert "出生日期\n  出生日期为出生日期。" in said
    edition = read(GIVEN_AS_IT_IS).bind("answer", year=2009)
    node = edition.origin.result[0][1]
    assert prose.outcome_label(edition, "born", node).zh == "出生日期"
    assert prose.outcome_label(edition, "kept", Node("const", (), 0, MONEY)).zh == "kept"


NOT_AIDED = """
enumerations: {aid: {aided: 救助对象, not_aided: {zh: 不是救助对象, en: not aided}}}
rules:
  answer:
    result: {x: x}
    steps:
      aid_of: {of: aid, first_of: {poor: {when: low_income, is: aided, cite: law 1}, otherwise: {is: not_aided, cite: law 1}}}
      x: {is: aid_of != not_aided, cite: law 1}
"""


def test_a_code_that_denies_is_quoted_where_it_is_denied() -> None:
    assert "aid_of不是“不是救助对象”" in rule_text(NOT_AIDED, "answer")
    assert "the aid_of is not “not aided”" in rule_text(NOT_AIDED, "answer", "en")


CAPPED = """
parameters: {cap: {type: money, is: 500, from: 2008, cite: law 1}}
rules:
  answer:
    result: {due: due}
    fold: {key: [person], order: [discharged_on], state: {}, next: {}}
    ceilings: {year: {limit: cap, counts: not low_income, cite: law 2, zh: 年度限额, en: yearly limit}}
    steps:
      due:
        cite: law 1
        within: year
        first_of:
          any_cost: {when: cost >= cap or cost < cap, is: cost}
"""


def test_a_list_of_clauses_may_be_held_by_ceilings_too() -> None:
    said = rule_text(CAPPED, "answer")
    assert "\ndue\n" in said  # one clause alone has no order
    assert "  1. 不是low_income的，累计支付不超过500元（年度限额）。〔law 2〕" in said
    silent = CAPPED.replace("is: 500, from: 2008, cite: law 1", "open: 文件未载, zh: 年度限额")
    silent = silent.replace("cost >= cap or cost < cap", "low_income or not low_income")
    assert "累计支付不超过年度限额（文件未规定）。" in rule_text(silent, "answer")


def label(zh: str, en: str) -> Label:
    return Label(zh, en)


@pytest.mark.parametrize(
    ("zh", "denied"),
    [
        ("是否参保", "不参保"),
        ("重度残疾", "不是重度残疾"),
        ("已在其他地方参保", "未在其他地方参保"),
        ("已知本年未缴费", "尚不知道本年未缴费"),
        ("转院已批准", "转院未批准"),
        ("可以参保", "不可以参保"),
        ("持有居住证", "未持有居住证"),
        ("统筹地区内", "不在统筹地区内"),
        ("在停止待遇期间", "不在停止待遇期间"),
        ("到龄", "未到龄"),
        ("未成年", "不属于“未成年”的情形"),
        ("低保或重度残疾", "不属于“低保或重度残疾”的情形"),
    ],
)
def test_a_chinese_label_is_denied_as_people_say_it(zh: str, denied: str) -> None:
    speaker = prose.Speaker({}, "zh")
    assert speaker.flag(label(zh, ""), positive=False) == denied
    assert speaker.flag(label("是否参保", ""), positive=True) == "参保"
    assert speaker.flag(label("低保或孤儿", ""), positive=True) == "“低保或孤儿”"
    assert speaker.told(label("可以参保", ""), True, FLAG) == "可以参保"
    assert speaker.alternatives(["老人和孩子", "学生"]) == "“老人和孩子”或学生"


@pytest.mark.parametrize(
    ("en", "denied"),
    [
        ("holds a residence permit", "does not hold a residence permit"),
        ("never insured here before", "insured here before"),
        ("this year's contribution is missing", "this year's contribution is not missing"),
        ("in work", "not in work"),
        ("severely disabled", "not severely disabled"),
        ("a pupil's accident", "not a pupil's accident"),
        ("transfer approved", "transfer not approved"),
        ("insured elsewhere", "not insured elsewhere"),
        ("insured", "not insured"),
        ("designated institution", "not a designated institution"),
        ("aided adult", "not an aided adult"),
        ("three years in a row", "not three years in a row"),
        ("years in a row", "not years in a row"),
        ("pupil", "not a pupil"),
        ("not yet grown", "not the case of “not yet grown”"),
        ("poor or disabled", "not the case of “poor or disabled”"),
    ],
)
def test_an_english_label_is_denied_as_people_say_it(en: str, denied: str) -> None:
    speaker = prose.Speaker({}, "en")
    assert speaker.flag(label("", en), positive=False) == denied
    assert speaker.flag(label("是否", "x or y"), positive=True) == "“x or y”"


@pytest.mark.parametrize(
    ("en", "noun"),
    [
        ("paid on", "the day paid"),
        ("made up on", "the day made up"),
        ("paid at", "the moment paid"),
        ("how it is paid", "“how it is paid”"),
        ("the person's limit", "the person's limit"),
        ("date of birth", "the date of birth"),
    ],
)
def test_an_english_label_becomes_a_noun(en: str, noun: str) -> None:
    assert prose.Speaker({}, "en").label(label("", en)) == noun


def test_values_stand_with_their_units() -> None:
    zh, en = prose.Speaker({}, "zh"), prose.Speaker({}, "en")
    assert [zh.value(v, FLAG) for v in (None, True, False)] == ["无", "是", "否"]
    assert (zh.value(13050, MONEY), en.value(13000, MONEY)) == ("130.50元", "130 yuan")
    assert (en.value(Period(1, "months"), PERIOD), zh.value(11, LEVEL)) == ("1 month", "11级")
    assert zh.value("somewhere", Type("text")) == "somewhere"
    assert zh.value(frozenset({2, 1}), Type("levels")) == "一级、二级"
    assert zh.value(frozenset(), Type("levels")) == "无"


def test_an_outcome_and_a_fact_supposed() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    zh, en = (prose.Speaker(edition.book.enumerations, language) for language in LANGUAGES)
    assert zh.told(label("首日", "first day"), None, DATE) == "没有首日"
    assert en.told(label("首日", "first day"), 0, DATE) == "first day: 1 January 1970"
    assert zh.told(label("可以参保", ""), False, FLAG) == "不可以参保"
    paid = replace(edition.facts["paid_on"], label=label("缴费日期", "paid on"))
    assert (zh.supposed(paid, None), en.supposed(paid, None)) == ("未缴费", "not paid")
    assert en.recorded(paid, positive=True) == "paid"
    assert zh.supposed(edition.facts["low_income"], True) == "low_income"
    assert prose.cited((Cite("", ""),), "zh") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_samples_can_be_told(language: str) -> None:
    for text, rule in ((CONTRIBUTION, "contribution"), (BENEFIT, "benefit")):
        edition = read(text).bind(rule, year=2009, known=date(2009, 1, 1))
        assert all("{" not in line for line in prose.lines(edition, language))


def test_each_phrase_names_the_same_parts_in_both_languages() -> None:
    for key, (zh, en) in PHRASES.items():
        parts = [
            {name for _, name, *_ in string.Formatter().parse(text) if name} for text in (zh, en)
        ]
        assert not parts[1] - parts[0] - {"month", "b"}, key
