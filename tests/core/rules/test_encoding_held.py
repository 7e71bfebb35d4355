"""How facts stand in columns and come back; what is known of an operator before any row is seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.core.rules.samples import read
from yibao.core.refusal import Refusal
from yibao.core.rules import dates
from yibao.core.rules.constants import applied, direction, facts_below, foldable
from yibao.core.rules.declarations import Fact, Label
from yibao.core.rules.encoding import (
    Columns,
    NoColumn,
    TooManyCodes,
    columns_of,
    dtype_of,
    none_of,
    number_of,
    value_of,
    width_of,
)
from yibao.core.rules.facts import read_facts
from yibao.core.rules.faults import NO_PLACE
from yibao.core.rules.graph import Graph, Node
from yibao.core.rules.types import (
    DATE,
    DAYS,
    FLAG,
    MONEY,
    MONEY_RATE,
    NONE,
    PERIOD,
    RATE,
    ROUNDING,
    TIMES,
    YEARS,
    Period,
    Rounding,
    Type,
)

EDITION = read("rules: {r: {result: {x: low_income}}}").bind("r", year=2009)
CODES = EDITION.codes


def test_each_kind_of_fact_has_the_narrowest_width_that_holds_it_and_a_none() -> None:
    widths = {
        name: dtype_of(fact, CODES).name
        for name, fact in EDITION.facts.items()
        if fact.type.kind != "text"
    }
    assert widths == {
        "year": "int16",
        "born": "int32",
        "student": "uint8",
        "identities": "int8",
        "low_income": "bool",
        "disability": "int8",
        "insured_elsewhere": "bool",
        "paid_on": "int32",
        "paid_at": "int64",
        "amount": "int64",
        "share": "int16",
        "count": "int16",
        "members": "int64",
        "loyal": "int8",
        "kind": "uint8",
        "hospital_level": "int8",
        "reported_on": "int32",
        "admitted_on": "int32",
        "discharged_on": "int32",
        "cost": "int64",
    }


@pytest.mark.parametrize(
    ("low", "high", "width"),
    [
        (-127, 127, np.int8),
        (-128, 0, np.int16),
        (0, 128, np.int16),
        (-32_767, 32_767, np.int16),
        (-32_768, 0, np.int32),
        (0, 2**31 - 1, np.int32),
        (0, 2**31, np.int64),
        (0, 2**63 - 1, np.int64),
    ],
)
def test_a_width_leaves_its_least_value_for_none(low: int, high: int, width: type) -> None:
    assert width_of(low, high) == np.dtype(width)
    assert none_of(np.dtype(width)) == np.iinfo(width).min


def test_what_no_width_holds_is_told_as_our_mistake() -> None:
    with pytest.raises(OverflowError, match=r"^0\.\.9223372036854775808 needs more than 64 bits$"):
        width_of(0, 2**63)
    assert none_of(np.dtype(np.uint8)) == 255


def fact(type_: Type) -> Fact:
    return Fact("x", type_, 0, 1, None, False, Label("x"), None, NO_PLACE)


@pytest.mark.parametrize(
    ("asked", "refusal", "zh", "en"),
    [
        (
            lambda: dtype_of(fact(PERIOD), {}),
            NoColumn,
            "事实“x”是period,不能成列计算。请逐人计算,或改用代码、数字或日期",
            "Fact “x” is period, which has no column. "
            "Decide one by one, or declare a code, a number or a date",
        ),
        (
            lambda: dtype_of(fact(Type("code", "many")), {"many": tuple(map(str, range(256)))}),
            TooManyCodes,
            "代码表“many”有 256 个代码,超过成列计算的上限 255。请拆分代码表",
            "Enumeration “many” has 256 codes, more than the 255 of a column. "
            "Split the enumeration",
        ),
    ],
)
def test_what_has_no_column_is_refused_in_both_languages(
    asked: Callable[[], object], refusal: type[Refusal], zh: str, en: str
) -> None:
    with pytest.raises(refusal) as caught:
        asked()
    assert (caught.value.sentence(), caught.value.sentence("en")) == (zh, en)
    few = {"many": tuple(map(str, range(255)))}
    assert dtype_of(fact(Type("code", "many")), few) == np.dtype(np.uint8)


@pytest.mark.parametrize(
    ("value", "type_", "number"),
    [
        (True, FLAG, 1),
        (-150, MONEY, -150),
        ("secondary", Type("code", "schooling"), 1),
        (frozenset({"orphan"}), Type("codes", "identity"), 0b10),
        (frozenset({"orphan", "minimum_living"}), Type("codes", "identity"), 0b11),
        (frozenset[str](), Type("codes", "identity"), 0),
        (frozenset({1, 62}), Type("levels"), 1 << 62 | 0b10),
    ],
)
def test_a_value_has_a_number_and_the_number_its_value(
    value: object, type_: Type, number: int
) -> None:
    assert number_of(value, type_, CODES) == number
    back = value_of(number, type_, CODES)
    assert (back, type(back)) == (value, type(value))


def test_a_none_has_no_number_of_its_own() -> None:
    assert number_of(None, DATE, CODES) is None
    assert value_of(255, Type("code", "schooling"), CODES, none=255) is None
    assert value_of(2, Type("code", "schooling"), CODES, none=255) == "university"


def columns(*rows: dict[str, object], wanted: tuple[str, ...]) -> Columns:
    given = [read_facts(EDITION, row) for row in rows]
    return columns_of(EDITION.facts, CODES, given, wanted)


def test_rows_become_columns_with_presumptions_nones_and_what_is_missing() -> None:
    found = columns(
        {"student": "university", "paid_on": None, "discharged_on": "2009-01-03"},
        {"student": None, "admitted_on": "2009-01-02", "count": 3, "identities": ["orphan"]},
        wanted=("student", "paid_on", "admitted_on", "count", "identities", "low_income"),
    )
    low = dates.number(2000, 1, 1)
    none = -(2**31)
    assert found.size == 2
    assert {name: column.tolist() for name, column in found.values.items()} == {
        "student": [2, 255],
        "paid_on": [none, low],
        "admitted_on": [dates.number(2009, 1, 3), dates.number(2009, 1, 2)],
        "count": [0, 3],
        "identities": [0, 2],
        "low_income": [False, False],
    }
    assert {name: column.tolist() for name, column in found.missing.items()} == {
        "paid_on": [False, True],
        "count": [True, False],
    }


GRAPH = Graph()
DAY = GRAPH.node("fact", value="born", type_=DATE)


def const(value: object, type_: Type = TIMES) -> Node:
    return GRAPH.const(value, type_)


def op(name: str, *args: Node, value: object = None, type_: Type = TIMES) -> Node:
    return GRAPH.node(name, *args, value=value, type_=type_)


@pytest.mark.parametrize(
    ("name", "args", "value"),
    [
        ("lt", (1, 2), True),
        ("lt", (2, 2), False),
        ("le", (2, 2), True),
        ("eq", (None, None), True),
        ("ne", (None, 1), True),
        ("isnone", (None,), True),
        ("isnone", (0,), False),
        ("not", (True,), False),
        ("in", (1, 0b10), True),
        ("in", (0, 0b10), False),
        ("in", (None, 0b11), False),
        ("any_in", (0b01, 0b10), False),
        ("any_in", (0b11, 0b10), True),
        ("add", (2, 3), 5),
        ("sub", (2, 3), -1),
        ("mul", (2, 3), 6),
        ("floordiv", (-7, 2), -4),
        ("min", (2, 3), 2),
        ("max", (2, 3), 3),
        ("lt", (None, 2), False),
    ],
)
def test_an_operator_over_known_numbers_gives_a_known_number(
    name: str, args: tuple[int | None, ...], value: object
) -> None:
    node = op(name, *(const(arg) for arg in args), type_=FLAG)
    assert applied(node, args) == value


def test_a_none_that_cannot_be_read_gives_none_and_no_flag() -> None:
    assert applied(op("add", const(1), const(None, NONE)), (1, None)) is None
    assert applied(op("lt", const(1), const(None, NONE), type_=FLAG), (1, None)) is False


@pytest.mark.parametrize(
    ("mode", "fen"),
    [("up", [0, 1, 1, 1, 2]), ("down", [0, 0, 0, 1, 1]), ("half_up", [0, 0, 1, 1, 2]),
     ("half_even", [0, 0, 0, 1, 2])],
)  # fmt: skip
def test_a_known_amount_is_rounded_by_a_known_rounding(mode: str, fen: list[int]) -> None:
    amount, plain = const(0, MONEY_RATE), const(0, MONEY)
    how = const(Rounding(mode, 1), ROUNDING)
    rounded = op("rounded", amount, how, type_=MONEY)
    parts = (0, 1, 5_000, 10_000, 15_000)
    assert [applied(rounded, (part, Rounding(mode, 1))) for part in parts] == fen
    to_jiao = op("rounded", plain, how, type_=MONEY)
    assert applied(to_jiao, (30, Rounding(mode, 10))) == 30
    assert [applied(to_jiao, (part, Rounding(mode, 10))) for part in (0, 1, 5, 10, 15)] == [
        10 * one for one in fen
    ]


def test_a_known_day_is_shifted_by_known_months_and_a_known_row_is_read() -> None:
    day = dates.number(2009, 1, 31)
    months = const(Period(1, "months"), PERIOD)
    for sign, shown in ((1, dates.number(2009, 2, 28)), (-1, dates.number(2008, 12, 31))):
        node = op("shift", const(day, DATE), months, value=sign, type_=DATE)
        assert applied(node, (day, Period(1, "months"))) == shown
    table = op("table", const(0), const(1), value=(((0, 1), 7), ((1, 0), 9)))
    assert applied(table, (1, 0)) == 9


def test_only_a_shift_by_working_days_waits_for_a_calendar() -> None:
    day = const(1, DATE)
    lengths = [Period(1, "days"), Period(1, "months"), Period(1, "working_days")]
    assert [foldable("shift", (day, const(p, PERIOD))) for p in lengths] == [True, True, False]
    assert not foldable("shift", (day, op("fact", value="x", type_=PERIOD)))
    assert foldable("add", (day, day)) and foldable("rounded", (day, day))
    assert not foldable("fact", ()) and not foldable("pick", (day,))


FIXED = const(100, DATE)


@pytest.mark.parametrize(
    ("node", "way"),
    [
        (DAY, 1),
        (FIXED, 0),
        (op("year_of", DAY), 1),
        (op("month_end", DAY), 1),
        (op("add", DAY, const(3, DAYS)), 1),
        (op("min", DAY, FIXED), 1),
        (op("add", DAY, DAY), 0),
        (op("sub", DAY, FIXED), 1),
        (op("sub", FIXED, DAY), -1),
        (op("age", DAY, FIXED, type_=YEARS), -1),
        (op("age", FIXED, DAY, type_=YEARS), 1),
        (op("months_between", DAY, FIXED), -1),
        (op("sub", FIXED, op("age", DAY, FIXED)), 1),
        (op("mul", DAY, const(2)), 1),
        (op("mul", const(2), DAY), 1),
        (op("mul", DAY, const(0)), 0),
        (op("mul", DAY, const(-2)), 0),
        (op("mul", DAY, const("x")), 0),
        (op("floordiv", DAY, const(2)), 1),
        (op("floordiv", DAY, const(0)), 0),
        (op("floordiv", const(2), DAY), 0),
        (op("shift", DAY, const(Period(1, "months"), PERIOD), value=1), 1),
        (op("shift", DAY, const(Period(1, "working_days"), PERIOD), value=1), 0),
        (op("rounded", DAY, const(Rounding("up", 1), ROUNDING)), 0),
    ],
)
def test_an_expression_rises_or_falls_with_its_fact_or_is_not_known_to(
    node: Node, way: int
) -> None:
    assert direction(node) == way


def test_the_facts_below_an_expression_are_told_by_what_they_are() -> None:
    state = GRAPH.node("state", value="stays", type_=TIMES)
    missing = GRAPH.node("missing", value="born", type_=FLAG)
    whole = op("add", op("add", DAY, const(1, RATE)), op("sub", state, missing))
    assert facts_below(whole, {}) == {"fact born", "state stays", "missing born"}
    assert facts_below(const(1), {}) == frozenset()
