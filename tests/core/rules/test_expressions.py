"""Expressions: what each operator gives, and every fault by its words."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import answer, decision, expression_faults
from yibao.core.rules import dates
from yibao.core.rules.runtime import NoWorkingCalendar, SumTooLong
from yibao.core.rules.scalar import NoneRead


class EverySecondDay:
    """A calendar whose working days are the even day numbers."""

    def add_working_days(self, date_ordinal: int, n: int) -> int:
        return date_ordinal // 2 * 2 + 2 * n


GIVEN = {
    "born": "2000-02-29",
    "paid_on": "2009-03-31",
    "paid_at": "2009-03-31T16:30:05",
    "amount": "130.55",
    "share": 55,
    "count": 2,
    "student": "primary",
    "identities": ["orphan"],
    "low_income": True,
    "members": [1, 3],
    "hospital_level": 3,
    "insured_elsewhere": True,
    "loyal": 4,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("low_income and not insured_elsewhere", False),
        ("low_income or insured_elsewhere", True),
        ("True", True),
        ("amount + limit", "230.55"),
        ("limit - amount", "-30.55"),
        ("amount + 0", "130.55"),
        ("limit * count", "200.00"),
        ("few * limit", "300.00"),
        ("part * count", 25),
        ("part", 12.5),
        ("few * count", 6),
        ("grown * count", 36),
        ("count + 1", 3),
        ("1 + 1", 2),
        ("0", 0),
        ("half // few", 2),
        ("grown // grown", 1),
        ("year", 2009),
        ("year - 1", 2008),
        ("year - year", 0),
        ("year + grown", 2027),
        ("paid_on - born", 3318),
        ("paid_on + some_days", "2009-04-10"),
        ("paid_on - some_days", "2009-03-21"),
        ("paid_on - waiting", "2008-12-31"),
        ("paid_on + waiting", "2009-06-30"),
        ("paid_on + waits[chosen]", "2009-04-10"),
        ("paid_on + waits[adult_aided]", "2009-05-31"),
        ("paid_on - waits[child]", "2008-03-31"),
        ("age(born, paid_on)", 9),
        ("months_between(born, paid_on)", 109),
        ("next_month(paid_on)", "2009-04-01"),
        ("month_end(paid_on)", "2009-03-31"),
        ("year_start(year)", "2009-01-01"),
        ("year_end(year_of(born))", "2000-12-31"),
        ("date_of(paid_at)", "2009-03-31"),
        ("paid_at > noon", True),
        ("noon", "2009-03-01T12:00:00"),
        ("opens <= paid_on < paid_on", False),
        ("count >= 1", True),
        ("count != few", True),
        ("student == primary", True),
        ("student in stages", True),
        ("student not in stages", False),
        ("university in stages", False),
        ("hospital_level in severe", False),
        ("1 in members", True),
        ("orphan in identities", True),
        ("any_in(identities, helped)", True),
        ("disability is None", True),
        ("student is not None", True),
        ("max(amount, limit, 0)", "130.55"),
        ("min(count, 1)", 1),
        ("price[chosen]", "1.00"),
        ("price[child]", "3.00"),
        ("fees[personal, hospital_level]", "7.00"),
        ("fees[central, 1]", "8.00"),
        ("rounded(amount * part, jiao)", "16.30"),
        ("rounded(amount * share, even)", "71.80"),
        ("rounded(amount * share, upward)", "72.00"),
        ("rounded(amount * share, downward)", "71.80"),
        ("rounded(amount * share + limit * share, rounds[chosen])", "126.81"),
        ("rounded(amount, upward)", "131.00"),
        ("sum(limit * k for k in range(0, few))", "300.00"),
        ("sum(limit for k in range(few, 1))", "0.00"),
        ("waiting", "3 months"),
        ("waits[child_aided]", "3 working_days"),
        ("stages", ["primary"]),
        ("severe", [1, 2]),
        ("jiao", "half_up to jiao"),
        ("chosen", "adult"),
        ("None", None),
        ("insured_elsewhere", True),
    ],
)
def test_an_expression_gives_its_value(expression: str, value: object) -> None:
    shown = answer(expression, **GIVEN)
    assert (float(shown) if isinstance(value, float) else shown) == value  # 12.5 comes as a text


def test_half_even_rounds_a_half_to_the_even_fen() -> None:
    assert answer("rounded(amount * part, even)", amount="0.04") == "0.00"
    assert answer("rounded(amount * part, even)", amount="0.12") == "0.02"
    assert answer("rounded(amount * part, even)", amount="0.20") == "0.02"
    assert answer("rounded(amount * part, even)", amount="0.05") == "0.01"


def test_a_dependent_rounding_knows_all_four_modes() -> None:
    at = "rounded(amount * part, rounds[{}])"
    for code, expected in (
        ("adult", "0.02"),
        ("adult_aided", "0.00"),
        ("child", "0.02"),
        ("child_aided", "0.02"),
    ):
        assert answer(at.format(code), amount="0.12") == expected


@pytest.mark.parametrize(
    ("expression", "day"),
    [
        ("paid_on + work", 6),
        ("paid_on - work", -6),
        ("paid_on + soon", 6),
        ("paid_on - soon", -6),
        ("paid_on + waits[child_aided]", 6),
    ],
)
def test_working_days_are_counted_by_the_calendar_that_is_given(expression: str, day: int) -> None:
    start = dates.number(2009, 3, 31) // 2 * 2
    found = answer(expression, calendar=EverySecondDay(), **GIVEN)
    assert found == dates.to_date(start + day).isoformat()
    with pytest.raises(NoWorkingCalendar):
        answer(expression, **GIVEN)


def test_a_working_day_period_is_counted_by_the_calendar() -> None:
    text = "paid_on + (waits[chosen])"
    found = answer(text, calendar=EverySecondDay(), **{**GIVEN, "low_income": False})
    assert found == "2010-03-31"


def test_a_sum_has_at_most_twelve_terms() -> None:
    assert answer("sum(limit for k in range(0, count))", count=12) == "1200.00"
    with pytest.raises(SumTooLong):
        answer("sum(limit for k in range(0, count))", count=13)


@pytest.mark.parametrize(
    "expression", ["paid_on < opens", "paid_on + some_days", "price[None]", "max(paid_on, opens)"]
)
def test_reading_a_none_names_the_step(expression: str) -> None:
    if "None" in expression:
        assert expression_faults(expression) == []
    with pytest.raises(NoneRead) as caught:
        decision(expression, paid_on=None)
    assert caught.value.step == "x"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (
            "studnet in stages",
            ["1: no fact, parameter, step, state or code “studnet”; did you mean “student”?"],
        ),
        ("qqq", ["1: no fact, parameter, step, state or code “qqq”"]),
        (
            "qqq < 18 or zzz",
            [
                "1: no fact, parameter, step, state or code “qqq”",
                "7: a number or text in a rule has no article: “18”. put it in a parameter and cite it",
                "13: no fact, parameter, step, state or code “zzz”",
            ],
        ),
        (
            "student == 'primary'",
            [
                "12: a number or text in a rule has no article: “'primary'”. "
                "put it in a parameter and cite it"
            ],
        ),
        ("18.5", ["1: “18.5” is a float. put the number in a parameter with its article"]),
        ("limit if low_income else amount", ["1: “if” has no clause to cite. write first_of"]),
        ("limit / few", ["1: “/” loses fractions. use // by a parameter, or rounded"]),
        ("limit % few", ["1: “limit % few” is not part of the language"]),
        ("-limit", ["1: “-limit” is not part of the language"]),
        ("[limit]", ["1: “[limit]” is not part of the language"]),
        ("student is primary", ["1: “is primary” is not part of the language. write =="]),
        ("(limit", ["1: “(limit” is not an expression"]),
        ("limit limit", ["7: “limit limit” is not an expression"]),
        (
            "loyal < half",
            ["1: “loyal” is years, “half” is months. give both sides one unit"],
        ),
        (
            "limit + few",
            ["1: “limit” is money, “few” is times. give both sides one unit"],
        ),
        ("limit + 1", ["1: “limit” is money, “1” is a bare 1. give both sides one unit"]),
        ("amount * part + limit", ["1: “amount * part” is money×rate, “limit” is money. give both sides one unit"]),
        ("limit * limit", ["1: “limit” is money, “limit” is money; they cannot be multiplied"]),
        ("paid_on + paid_on", ["1: “paid_on” is date, which cannot be added"]),
        ("student - student", ["1: “student” is code of schooling, which cannot be subtracted"]),
        ("year + few", ["1: “year” is year, “few” is times. give both sides one unit"]),
        ("limit + None", ["1: “None” is None, which cannot be added"]),
        ("limit // count", ["1: “count” is no parameter. divide by a cited parameter only"]),
        ("limit // few", ["1: “limit” is money, “few” is times. give both sides one unit"]),
        ("limit // limit", ["1: “limit” is money, which cannot be divided"]),
        ("count // nothing", ["1: “nothing” can be 0. a divisor must never be 0"]),
        ("paid_on == None", ["1: “None” is None. write is None or is not None"]),
        ("low_income == low_income", ["1: “low_income” is flag, which cannot be compared"]),
        ("student < student", ["1: “student” is code of schooling, which cannot be compared"]),
        ("student == orphan", ["1: “student” is code of schooling, “orphan” is a code. give both sides one unit"]),
        ("refused == refused", ["1: “refused” could be of reason or verdict. say of: and the enumeration"]),
        ("student in chosen", ["1: “chosen” is code of class, not a set of codes"]),
        ("chosen in stages", ["1: “chosen” is code of class, “stages” is codes of schooling. ask for one of that set"]),
        ("any_in(identities, student)", ["1: “student” is code of schooling, not a set of codes"]),
        ("any_in(identities, stages)", ["1: “identities” is codes of identity, “stages” is codes of schooling. give both sides one unit"]),
        ("any_in(identities)", ["1: any_in takes 2 values, not 1"]),
        ("rounded(limit)", ["1: rounded takes 2 values, not 1"]),
        ("rounded(few, jiao)", ["1: “few” is times, not money×rate"]),
        ("rounded(amount * part, few)", ["1: “few” is times, not a rounding. name a cited rounding parameter"]),
        ("max(limit)", ["1: max takes two values or more"]),
        ("min(stages, stages)", ["1: “stages” is codes of schooling, which cannot be compared"]),
        ("age(born)", ["1: age takes 2 values, not 1"]),
        ("age(born, few)", ["1: “few” is times, age takes date"]),
        ("months(born)", ["1: “months” is no function of the language"]),
        ("month_ends(born)", ["1: “month_ends” is no function of the language; did you mean “month_end”?"]),
        ("max(*stages)", ["1: max takes plain values only"]),
        ("max(limit, key=limit)", ["1: max takes plain values only"]),
        ("max(qqq, limit)", ["5: no fact, parameter, step, state or code “qqq”"]),
        ("limit and low_income", ["1: “limit” is money, not a flag. and, or, not and when: ask flags"]),
        ("not qqq", ["5: no fact, parameter, step, state or code “qqq”"]),
        ("price", ["1: “price” is a table. write price[…]"]),
        ("prise[adult]", ["1: “prise” is no table; did you mean “price”?"]),
        ("limit[adult]", ["1: “limit” is no table"]),
        ("price[qqq]", ["7: no fact, parameter, step, state or code “qqq”"]),
        ("price[adult, 1]", ["1: “price” has 1 keys, not 2"]),
        ("price[student]", ["1: “student” is code of schooling, “price” is keyed by class"]),
        ("sum(limit)", ["1: sum is written sum(… for k in range(a, b))"]),
        ("sum(limit for k in stages)", ["1: sum is written sum(… for k in range(a, b))"]),
        ("sum(limit for count in range(0, few))", ["1: “count” is declared already. choose another letter"]),
        ("sum(sum(limit for k in range(0, k)) for k in range(0, few))", ["5: “k” is declared already. choose another letter"]),
        ("sum(qqq for k in range(0, few))", ["5: no fact, parameter, step, state or code “qqq”"]),
        ("sum(limit for k in range(0, qqq))", ["29: no fact, parameter, step, state or code “qqq”"]),
        ("sum(low_income for k in range(0, few))", ["1: “low_income” is flag, which cannot be summed"]),
        ("sum(limit for k in range(limit, limit))", ["1: “limit” is money, which cannot be counted over"]),
        ("broken < few", []),
        ("broken[adult]", []),
        ("低保低保 in helped", ["1: no fact, parameter, step, state or code “低保低保”"]),
        ("low_income or 低保低保 or qqq", [
            "15: no fact, parameter, step, state or code “低保低保”",
            "23: no fact, parameter, step, state or code “qqq”",
        ]),
    ],
)  # fmt: skip
def test_a_fault_names_both_sides_and_its_column(expression: str, found: list[str]) -> None:
    assert expression_faults(expression) == found


def test_a_code_that_carries_a_facts_name_is_the_code_where_a_code_is_wanted() -> None:
    assert answer("insured_elsewhere", extra=", of: reason", insured_elsewhere=False) == (
        "insured_elsewhere"
    )
    text = "paid == insured_elsewhere"
    assert answer(text, insured_elsewhere=True) is False


def test_a_sum_of_a_poisoned_step_stays_quiet() -> None:
    assert expression_faults("sum(broken for k in range(0, few))") == []
