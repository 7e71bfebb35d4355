"""Edges: the last day of a range, the last fen of a rounding, who asks for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.core.rules.samples import (
    BENEFIT,
    CONTRIBUTION,
    answer,
    decided,
    decision,
    expression_faults,
    faults,
    read,
)
from yibao.core.refusal import Refusal
from yibao.core.rules import dates, fold
from yibao.core.rules.facts import FactFaults, read_facts
from yibao.core.rules.faults import Fault, FaultLog, Place, RulebookFaults, did_you_mean
from yibao.core.rules.fold import State, StateOutOfRange
from yibao.core.rules.runtime import NoWorkingCalendar, SumTooLong, round_by, span
from yibao.core.rules.scalar import EnsuresBroken, MissingFact, NoneRead, Silent
from yibao.core.rules.types import (
    DECLARABLE,
    FLAG,
    LEVEL,
    MONEY_RATE,
    NONE,
    NUMBER,
    ONE,
    ZERO,
    Period,
    Rounding,
    Type,
    declared,
    item_of,
)
from yibao.core.rules.units import Clash
from yibao.core.rules.values import (
    Misread,
    read_date,
    read_flag,
    read_moment,
    read_money,
    read_period,
    read_rate,
    read_rounding,
    read_whole,
    read_year,
    show_moment,
    show_money,
    show_rate,
)


def test_the_calendar_of_ten_thousand_years_agrees_with_the_standard_library() -> None:
    day, last = date(1, 1, 1), date(9990, 1, 1)
    while day < last:
        at = dates.to_number(day)
        assert dates.parts(at) == (day.year, day.month, day.day)
        assert dates.number(day.year, day.month, day.day) == at
        assert dates.to_date(dates.month_end(at)) == (
            date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
        )
        day += timedelta(days=97)


@pytest.mark.parametrize("day", ["1600-02-29", "1900-02-28", "1900-03-01", "2000-02-29"])
def test_the_days_around_a_leap_day_of_a_century_are_told_apart(day: str) -> None:
    at = dates.to_number(date.fromisoformat(day))
    for near in (at - 1, at, at + 1):
        found = dates.to_date(near)
        assert dates.parts(near) == (found.year, found.month, found.day)


HALF = 5_000  # parts of a fen; a whole one is 10,000


@pytest.mark.parametrize(
    ("mode", "rounded"),
    [
        ("up", [-1, 0, 0, 1, 1, 1, 1, 2, 2]),
        ("down", [-2, -1, 0, 0, 0, 0, 0, 1, 1]),
        ("half_up", [-1, 0, 0, 0, 0, 1, 1, 1, 2]),
        ("half_even", [-2, 0, 0, 0, 0, 0, 1, 1, 2]),
    ],
)
def test_each_rounding_turns_at_its_own_part_of_a_fen(mode: str, rounded: list[int]) -> None:
    parts = (-3 * HALF, -HALF, 0, 1, HALF - 1, HALF, HALF + 1, 2 * HALF + 1, 3 * HALF)
    assert [round_by(amount, Rounding(mode, 1), 10_000) for amount in parts] == rounded
    to_the_jiao = [round_by(amount * 10, Rounding(mode, 10), 10_000) for amount in parts]
    assert to_the_jiao == [10 * fen for fen in rounded]


@pytest.mark.parametrize(
    ("mode", "shown"),
    [("even", ["0.00", "0.12", "0.38"]), ("upward", ["1.00", "1.00", "1.00"])],
)
def test_a_rounding_that_is_written_into_the_program_turns_there_too(
    mode: str, shown: list[str]
) -> None:
    # 12.5 % of 0.01, 1.00 and 3.00 are 0.00125, 0.125 and 0.375.
    given = ("0.01", "1.00", "3.00")
    assert [answer(f"rounded(amount * part, {mode})", amount=a) for a in given] == shown


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("limit * 1", "100.00"),
        ("1 * limit", "100.00"),
        ("0 * limit", "0.00"),
        ("count * 1", 2),
        ("1 * 1", 1),
        ("part * 1", "12.5"),
        ("few // few", 1),
        ("some_days // few", 3),
    ],
)
def test_a_bare_nought_or_one_counts_times(expression: str, value: object) -> None:
    assert answer(expression, count=2) == value


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("amount * part * part", "1: “amount * part” is money×rate, “part” is rate; they cannot be multiplied"),
        ("student * few", "1: “student” is code of schooling, “few” is times; they cannot be multiplied"),
        ("1 * paid_on", "1: “1” is a bare 1, “paid_on” is date; they cannot be multiplied"),
        ("None * few", "1: “None” is None, “few” is times; they cannot be multiplied"),
        ("limit - None", "1: “None” is None, which cannot be subtracted"),
        ("max(limit, None)", "1: “None” is None, which cannot be compared"),
        ("None < limit", "1: “None” is None. write is None or is not None"),
        ("sum(limit for k in range(None, few))", "1: “None” is None, which cannot be counted over"),
        ("sum(limit for k in range(few, None))", "1: “None” is None, which cannot be counted over"),
        ("limit // price[child]", "1: “limit” is money, which cannot be divided"),
        ("few - paid_on", "1: “few” is times, “paid_on” is date. give both sides one unit"),
        ("orphan + orphan", "1: “orphan” is code of identity, which cannot be added"),
        ("None in stages", ""),
        ("limit in stages", "1: “limit” is money, “stages” is codes of schooling. ask for one of that set"),
        ("hospital_level in low_income", "1: “low_income” is flag, not a set of codes"),
        ("rounded(part, jiao)", "1: “part” is rate, not money×rate"),
        ("date_of(paid_on)", "1: “paid_on” is date, date_of takes date-time"),
        ("year_start(paid_on)", "1: “paid_on” is date, year_start takes year"),
        ("fees[personal]", "1: “fees” has 2 keys, not 1"),
        ("fees[personal, amount]", "1: “amount” is money, “fees” is keyed by hospital_level"),
        ("fees[low_income, 1]", "1: “low_income” is flag, “fees” is keyed by payer"),
        ("f(limit)", "1: “f” is no function of the language"),
        ("(limit).x", "1: “(limit).x” is not part of the language"),
        ("low_income and (not limit)", "17: “limit” is money, not a flag. and, or, not and when: ask flags"),
        ("sum(limit for k in range(0, few) if low_income)", "1: sum is written sum(… for k in range(a, b))"),
        ("sum(limit for k in range(0, few, few))", "1: sum is written sum(… for k in range(a, b))"),
        ("1.0", "1: “1.0” is a float. put the number in a parameter with its article"),
        ("00", "1: a number or text in a rule has no article: “00”. put it in a parameter and cite it"),
        ("'x'", "1: a number or text in a rule has no article: “'x'”. put it in a parameter and cite it"),
        ("limit ** few", "1: “limit ** few” is not part of the language"),
        ("~few", "1: “~few” is not part of the language"),
        ("limit is not limit", "1: “is limit” is not part of the language. write =="),
        ("qqq / zzz", "1: no fact, parameter, step, state or code “qqq”|7: no fact, parameter, step, state or code “zzz”|1: “/” loses fractions. use // by a parameter, or rounded"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told_where_it_stands(expression: str, found: str) -> None:
    assert sorted(expression_faults(expression)) == sorted(found.split("|") if found else [])


def test_a_clash_says_what_and_how_to_mend_it() -> None:
    clash = Clash("a is b", "write c")
    assert (str(clash), clash.what, clash.cure) == ("a is b", "a is b", "write c")
    assert Clash("a is b").cure == ""


VALUES = """
parameters:
  wait: {type: period, is: 3 months, from: 2008, cite: law 1}
  soon: {type: working_days, is: 3, from: 2008, cite: law 1}
  few: {type: times, is: 3, from: 2008, cite: law 1}
  jiao: {type: rounding, is: half_up to jiao, from: 2008, cite: law 1}
  rounds: {type: rounding, by: [kind], from: 2008, cite: law 1, is: {inpatient: up to fen, special_outpatient: up to fen}}
  fees: {type: money, by: [hospital_level], from: 2008, cite: law 1, is: {1: 1, 2: 2, 3: 3}}
"""


def asked_for(text: str, rule: str, given: dict[str, object]) -> str:
    with pytest.raises(MissingFact) as caught:
        decided(read(text), rule, given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("when", "step", "name"),
    [
        ("{is: insured_elsewhere, cite: law 1}", "x", "insured_elsewhere"),
        ("{first_of: {a: {when: insured_elsewhere, is: 0, cite: law 1}, "
         "otherwise: {is: 1, cite: law 1}}}", "x", "insured_elsewhere"),
        ("{first_of: {a: {when: low_income, is: 0, cite: law 1}, "
         "otherwise: {is: count, cite: law 1}}}", "x", "count"),
        ("{is: paid_on + wait, cite: law 1}", "x", "paid_on"),
        ("{is: paid_on + soon, cite: law 1}", "x", "paid_on"),
        ("{is: 'age(born, paid_on)', cite: law 1}", "x", "born"),
        ("{is: 'rounded(amount * share, jiao)', cite: law 1}", "x", "amount"),
        ("{is: 'rounded(amount * share, rounds[kind])', cite: law 1}", "x", "amount"),
        ("{is: 'fees[hospital_level]', cite: law 1}", "x", "hospital_level"),
        ("{is: 'sum(few for k in range(0, count))', cite: law 1}", "x", "count"),
        ("{is: 'sum(k * loyal for k in range(0, few))', cite: law 1}", "x", "loyal"),
        ("{is: low_income or insured_elsewhere, cite: law 1}", "x", "insured_elsewhere"),
    ],
)  # fmt: skip
def test_a_missing_fact_is_asked_for_by_the_step_that_reads_it(
    when: str, step: str, name: str
) -> None:
    text = f"{VALUES}\nrules: {{r: {{result: {{x: x}}, steps: {{x: {when}}}}}}}"
    assert asked_for(text, "r", {}) == f"fact “{name}” is missing: step “{step}” asks for it"


def visit(edition: object, **more: object) -> object:
    given = {"discharged_on": "2009-02-01", "hospital_level": 3, "kind": "inpatient"}
    return read_facts(edition, {**given, "cost": "5000.00", **more})  # type: ignore[arg-type]


def test_a_ceiling_asks_for_its_facts_in_the_name_of_the_step_that_it_bounds() -> None:
    text = BENEFIT.replace("counts: verdict_of == paid_special", "counts: insured_elsewhere")
    edition = read(text).bind("benefit", year=2009)
    one = visit(edition)
    with pytest.raises(MissingFact) as caught:
        fold.run(edition, read_facts(edition, {"loyal": 0}), [one])  # type: ignore[list-item]
    assert str(caught.value) == ("fact “insured_elsewhere” is missing: step “fund_pay” asks for it")


def test_an_amount_that_a_ceiling_bounds_asks_in_the_name_of_its_step() -> None:
    edition = read(BENEFIT.replace("cost - deductible", "cost - less")).bind("benefit", year=2009)
    given = {"discharged_on": "2009-02-01", "hospital_level": 3, "kind": "inpatient"}
    with pytest.raises(MissingFact) as caught:
        fold.run(edition, read_facts(edition, {"loyal": 0}), [read_facts(edition, given)])
    assert str(caught.value) == "fact “cost” is missing: step “fund_pay” asks for it"


def test_a_none_that_a_ceiling_reads_is_read_by_the_step_that_it_bounds() -> None:
    text = BENEFIT.replace(
        "counts: verdict_of == paid_special", "counts: reported_on < admitted_on"
    )
    edition = read(text).bind("benefit", year=2009)
    with pytest.raises(NoneRead) as caught:
        fold.run(edition, read_facts(edition, {"loyal": 0}), [visit(edition)])  # type: ignore[list-item]
    assert caught.value.step == "fund_pay"


def test_facts_that_are_wrong_are_told_line_by_line() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    with pytest.raises(FactFaults) as caught:
        read_facts(edition, {"amount": 1, "low_income": "yes"})
    lines = "fact “amount”: 1 is not money: write it as a text\n"
    lines += "fact “low_income”: 'yes' is not a flag: write true or false"
    assert (str(caught.value), caught.value.sentence()) == (lines, f"{lines}。请改正后重试")
    assert caught.value.sentence("en") == f"{lines}. Correct the facts and try again"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "limit: disease_cap, counts",
            "limit: qqq, counts",
            "24: no fact, parameter, step, state or code “qqq”",
        ),
        (
            "counts: verdict_of == paid_special",
            "counts: qqq",
            "45: no fact, parameter, step, state or code “qqq”",
        ),
        (
            "counts: verdict_of == paid_special",
            "counts: [low_income]",
            "45: counts: of ceiling “disease” must be a single value",
        ),
    ],
)
def test_a_ceiling_that_cannot_be_read_is_told_once(old: str, new: str, found: str) -> None:
    assert faults(BENEFIT.replace(old, new)) == [f"region.yaml:27:{found}"]


def test_a_ceiling_that_comes_again_must_say_what_it_replaces() -> None:
    overlay = """
overlay: more
over: region
authority: proposal
rules: {benefit: {ceilings: {disease: {limit: less, cite: law 8}}}}
"""
    assert faults(BENEFIT, overlay) == [
        "overlay.yaml:5:30: ceiling “disease” of “benefit” stands already in “region”. "
        "say replaces: and its layer, or choose another name"
    ]


def test_a_ceiling_whose_room_is_used_up_pays_nothing_more_and_never_takes_back() -> None:
    edition = read(BENEFIT).bind("benefit", year=2009)
    person = read_facts(edition, {"loyal": 0})
    full = State((1, 1, 0, 3_000_000))
    decided_, after = fold.step(edition, person, visit(edition), full)  # type: ignore[arg-type]
    assert decided_.as_json()["fund_pay"] == "0.00"
    beyond = State((1, 1, 0, 3_500_000))
    decided_, after = fold.step(edition, person, visit(edition), beyond)  # type: ignore[arg-type]
    assert decided_.as_json()["fund_pay"] == "0.00"
    assert after.values[3] == 3_500_000
    room = State((1, 1, 0, 2_999_999))
    decided_, after = fold.step(edition, person, visit(edition), room)  # type: ignore[arg-type]
    assert (decided_.as_json()["fund_pay"], after.values[3]) == ("0.01", 3_000_000)


def test_a_fold_without_any_key_or_order_is_told_so() -> None:
    text = BENEFIT.replace("      key: [person, year_of(discharged_on)]\n", "")
    assert faults(text) == [
        "region.yaml:20:7: fold of “benefit” has no key: that begins with person. add key:"
    ]


@pytest.mark.parametrize(("stays", "fits"), [(5, True), (6, False)])
def test_a_state_may_reach_the_end_of_its_range_and_not_pass_it(stays: int, fits: bool) -> None:
    edition = read(BENEFIT).bind("benefit", year=2009)
    person = read_facts(edition, {"loyal": 3})
    before = State((stays, 1, 0, 0))
    if fits:
        _, after = fold.step(edition, person, visit(edition), before)  # type: ignore[arg-type]
        assert after.values[0] == 6
        return
    with pytest.raises(StateOutOfRange) as caught:
        fold.step(edition, person, visit(edition), before)  # type: ignore[arg-type]
    assert caught.value.sentence("en") == (
        "State “stays” would become 7, outside 0 to 6. Check the visits for doubles"
    )


def test_a_value_that_changes_on_the_last_day_of_a_range_is_read_on_that_day() -> None:
    text = """
facts: {asked_on: {type: date, range: 2009-01-01..2009-12-31}}
parameters: {fee: {type: money, values: [
  {from: 2009-01-01, until: 2009-12-30, is: 1, cite: law 1}, {from: 2009-12-31, is: 2, cite: law 1}]}}
rules: {r: {dated_by: asked_on, result: {x: fee}}}
"""
    book = read(text)
    days = ("2009-01-01", "2009-12-30", "2009-12-31")
    found = [decided(book, "r", {"asked_on": day}).as_json()["x"] for day in days]
    assert found == ["1.00", "1.00", "2.00"]


def test_other_parameters_change_what_is_decided_and_keep_all_else() -> None:
    book = read(CONTRIBUTION)
    changed = book.changed(
        [read(CONTRIBUTION.replace("is: 18,", "is: 16,")).parameters["adult_age"]]
    )
    assert (changed.text_hash, changed.rules, changed.facts) == (
        book.text_hash,
        book.rules,
        book.facts,
    )
    assert (changed.sources, changed.enumerations) == (book.sources, book.enumerations)
    given = {"born": "1992-06-01", "insured_elsewhere": False}
    assert [decided(b, "contribution", given).as_json()["class"] for b in (book, changed)] == [
        "child",
        "adult",
    ]


@pytest.mark.parametrize(
    ("asked", "refusal", "zh", "en"),
    [
        (
            lambda: span(2, 15),
            SumTooLong,
            "规则中的求和有 13 项,超过上限 12 项。请核对事实",
            "A sum of the rule has 13 terms, more than 12. Check the facts",
        ),
        (
            lambda: answer("paid_on + work", paid_on="2009-03-01"),
            NoWorkingCalendar,
            "规则以工作日计期限,但未载入工作日历。请载入节假日数据后重试",
            "A rule counts working days, but no calendar is loaded. "
            "Load the holidays and read the rulebook with them",
        ),
        (
            lambda: decision("paid_on < opens", paid_on=None),
            NoneRead,
            "步骤“x”用到了填为“无”的事实。请核对事实,或在规则中先判断是否为无",
            "Step “x” reads a value that is none. Check the facts, or ask is not None first",
        ),
        (
            lambda: decided(
                read("parameters: {fee: {type: money, open: 未载}}\nrules: {r: {result: {x: fee}}}"),
                "r",
                {},
            ),
            Silent,
            "文件未规定“fee”:未载。请由主管部门以设置文件补充该参数",
            "The text is silent on “fee”: 未载. "
            "Lay a settings file with an authority over the rulebook",
        ),
        (
            lambda: decided(
                read("rules: {r: {result: {x: count}, ensures: [{when: count > 0, zh: 为正}]}}"),
                "r",
                {"count": 0},
            ),
            EnsuresBroken,
            "规则“r”的结果不符合“为正”。请停止使用该结果并报告规则库维护人员",
            "The result of rule “r” breaks “为正”. "
            "Do not use it; report it to whoever keeps the rulebook",
        ),
    ],
)  # fmt: skip
def test_a_refusal_says_what_and_what_to_do_in_both_languages(
    asked: Callable[[], object], refusal: type[Refusal], zh: str, en: str
) -> None:
    with pytest.raises(refusal) as caught:
        asked()
    assert (caught.value.sentence(), caught.value.sentence("en")) == (zh, en)


def test_twelve_terms_are_the_most_that_a_sum_has() -> None:
    assert list(span(2, 14)) == list(range(2, 14))
    assert list(span(3, 1)) == []


@pytest.mark.parametrize(
    ("read_one", "raw", "value"),
    [
        (read_money, "0", 0),
        (read_money, "-0.5", -50),
        (read_money, "007.05", 705),
        (read_rate, "0%", 0),
        (read_rate, "0.01%", 1),
        (read_rate, "12.5%", 1250),
        (read_rate, "150%", 15000),
        (read_whole, "-3", -3),
        (read_year, "2009", 2009),
        (read_date, "1970-01-02", 1),
        (read_moment, "1970-01-02 00:01", 86460),
        (read_moment, "1970-01-01T00:00:59", 59),
        (read_flag, "True", True),
        (read_flag, "FALSE", False),
        (read_period, "3 working_days", Period(3, "working_days")),
        (read_rounding, "half_even to yuan", Rounding("half_even", 100)),
    ],
)
def test_a_written_value_is_read_by_its_type(
    read_one: Callable[[str], object], raw: str, value: object
) -> None:
    assert read_one(raw) == value


@pytest.mark.parametrize(
    ("read_one", "raw", "words"),
    [
        (read_money, "1.234", "“1.234” is not money: yuan with at most two decimals"),
        (read_money, "+1", "“+1” is not money: yuan with at most two decimals"),
        (read_rate, "-5%", "“-5%” is not a rate: write it as 55% or 12.5%"),
        (read_rate, "5.555%", "“5.555%” is not a rate: write it as 55% or 12.5%"),
        (read_whole, "1.0", "“1.0” is not a whole number"),
        (read_year, "209", "“209” is not a year of four digits"),
        (read_date, "2009-02-29", "“2009-02-29” is not a date: write it as 2009-04-30"),
        (read_date, "20090228", "“20090228” is not a date: write it as 2009-04-30"),
        (
            read_moment,
            "2009-01-01",
            "“2009-01-01” is not a date-time: write it as 2009-04-30T16:30:00",
        ),
        (read_flag, "yes", "“yes” is not a flag: write true or false"),
        (
            read_period,
            "3 day",
            "“3 day” is not a period: a number and days, months, years or working_days",
        ),
        (
            read_rounding,
            "up to dollar",
            "“up to dollar” is not a rounding: one of half_up, half_even, up, down, "
            "then to fen, jiao or yuan",
        ),
    ],
)
def test_a_text_that_is_no_value_is_told_with_how_to_write_it(
    read_one: Callable[[str], object], raw: str, words: str
) -> None:
    with pytest.raises(Misread) as caught:
        read_one(raw)
    assert str(caught.value) == words


def test_values_are_shown_as_they_are_written() -> None:
    assert [show_money(fen) for fen in (0, 5, -5, -100, 123456)] == [
        "0.00",
        "0.05",
        "-0.05",
        "-1.00",
        "1234.56",
    ]
    assert [show_rate(parts) for parts in (0, 1, 10, 100, 1250, 10000)] == [
        0,
        "0.01",
        "0.1",
        1,
        "12.5",
        100,
    ]
    assert show_moment(86400 + 3661) == "1970-01-02T01:01:01"


def test_types_are_spoken_of_by_what_they_count() -> None:
    assert [str(type_) for type_ in (MONEY_RATE, ZERO, ONE, NONE, NUMBER, FLAG)] == [
        "money×rate",
        "a bare 0",
        "a bare 1",
        "None",
        "a clause number",
        "flag",
    ]
    assert [str(Type(*t)) for t in (("code", "class"), ("code",), ("codes", "class"))] == [
        "code of class",
        "a code",
        "codes of class",
    ]
    assert (str(Period(3, "days")), str(Rounding("up", 100))) == ("3 days", "up to yuan")
    assert item_of(Type("codes", "class")) == Type("code", "class")
    assert item_of(Type("levels")) == LEVEL


def test_a_type_is_declared_by_its_name_and_only_a_code_is_of_an_enumeration() -> None:
    assert declared("datetime", "") == declared("date-time", "class") == Type("date-time")
    assert declared("code", "class") == Type("code", "class")
    assert declared("codes", "class") == Type("codes", "class")
    assert declared("money", "class") == Type("money")
    assert [declared(kind, "") for kind in ("money_rate", "zero", "number", "Money")] == [None] * 4
    assert all(declared(kind, "") for kind in DECLARABLE)


def test_a_fault_is_a_line_of_place_what_article_and_cure_and_sorts_by_place() -> None:
    plain = Fault("a.yaml", 3, 5, "this is wrong")
    full = Fault("a.yaml", 3, 4, "this is wrong", "mend it", "law 5")
    asked = Fault("a.yaml", 2, 9, "no “x”; did you mean “y”?", "declare it")
    assert [str(fault) for fault in sorted([plain, full, asked])] == [
        "a.yaml:2:9: no “x”; did you mean “y”? declare it",
        "a.yaml:3:4: this is wrong [law 5]. mend it",
        "a.yaml:3:5: this is wrong",
    ]
    assert Place("a.yaml", 3, 5, "base").right(2) == Place("a.yaml", 3, 7, "base")


def test_a_log_raises_each_fault_once_with_count_and_lines_in_both_languages() -> None:
    log = FaultLog()
    log.raise_if_any()
    for line in (2, 1, 2):
        log.add(Place("a.yaml", line, 1), "wrong", "mend", "law 1")
    with pytest.raises(RulebookFaults) as caught:
        log.raise_if_any()
    lines = "a.yaml:1:1: wrong [law 1]. mend\na.yaml:2:1: wrong [law 1]. mend"
    assert str(caught.value) == lines
    assert caught.value.sentence() == f"规则库有 2 处错误:\n{lines}。请逐条改正后重新载入"
    assert caught.value.sentence("en") == (
        f"The rulebook has 2 faults:\n{lines}. Mend each and load again"
    )


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("studnet", "; did you mean “student”?"),
        ("ages", "; did you mean “age”?"),
        ("born", "; did you mean “born_on”?"),
        ("xyz", ""),
    ],
)
def test_a_name_that_is_nearly_known_is_guessed_and_no_other(name: str, guess: str) -> None:
    assert did_you_mean(name, ["student", "born_on", "age", "stdnt"]) == guess
