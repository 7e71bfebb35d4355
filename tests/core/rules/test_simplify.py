"""What the small graph looks like, construct by construct, and that it still says the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.core.rules.samples import EXPRESSIONS, read
from tests.core.rules.test_reduce import Eager
from yibao.core.rules import dates
from yibao.core.rules import reduce as reducing
from yibao.core.rules.columns import decide
from yibao.core.rules.declarations import Fact, Label
from yibao.core.rules.encoding import (
    NO_CODE,
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
from yibao.core.rules.facts import Facts
from yibao.core.rules.faults import Place
from yibao.core.rules.graph import Node, in_order
from yibao.core.rules.reduce import Reduced, reduce_edition
from yibao.core.rules.scalar import evaluate
from yibao.core.rules.types import Type
from yibao.rulebook.loader import calendar

YEAR = 2010


def small(expression: str, **how: Any) -> Reduced:
    book = read(
        EXPRESSIONS.format(expression, "").replace(
            "broken: {is: nobody_knows", "broken: {is: low_income"
        ),
        calendar=calendar(),
    )
    return reduce_edition(book.bind("answer", year=YEAR), **how)


def said(expression: str) -> str:
    return text(small(expression).result[0][1])


def text(node: Node) -> str:
    """A node as `op(arg, …)`."""
    if node.op == "const":
        return str(node.value)
    if node.op in ("fact", "state", "variable"):
        return str(node.value)
    if node.op == "missing":
        return f"missing({node.value})"
    return f"{node.op}({', '.join(map(text, node.args))})"


BORN_1992 = dates.number(1992, 1, 1) - 1


@pytest.mark.parametrize(
    ("expression", "small_form"),
    [
        # cut to a comparison of the fact: under 18 on 31 December 2009 is born in 1992 or later
        ("age(born, year_end(year - 1)) < grown", f"le({BORN_1992 + 1}, born)"),
        ("not age(born, year_end(year - 1)) < grown", f"le(born, {BORN_1992})"),
        ("months_between(born, opens) >= half", f"le(born, {dates.number(2008, 9, 1)})"),
        ("months_between(opens, born) >= half", f"le({dates.number(2009, 9, 1)}, born)"),
        ("born + some_days <= opens", f"le(born, {dates.number(2009, 2, 19)})"),
        ("born - some_days <= opens", f"le(born, {dates.number(2009, 3, 11)})"),
        ("opens - born <= some_days", f"le({dates.number(2009, 2, 19)}, born)"),
        ("born + waiting <= opens", f"le(born, {dates.number(2008, 12, 1)})"),
        ("month_end(born) < opens", f"le(born, {dates.number(2009, 3, 1) - 1})"),
        ("next_month(born) <= opens", f"le(born, {dates.number(2009, 3, 1) - 1})"),
        ("date_of(paid_at) < opens", f"le(paid_at, {dates.number(2009, 3, 1) * 86400 - 1})"),
        (
            "year_of(born) == year",
            f"and(le({dates.number(2010, 1, 1)}, born), le(born, {dates.number(2010, 12, 31)}))",
        ),
        ("amount * few <= limit", "le(amount, 3333)"),
        ("few * amount <= limit", "le(amount, 3333)"),
        ("count // few < few", "le(count, 8)"),
        ("min(count, few) < few", "le(count, 2)"),
        ("max(count, few) <= few", "le(count, 3)"),
        ("count < 0", "False"),
        ("0 <= count", "True"),
        # what moves both ways, or reads two facts, stays as it stands
        ("amount * nothing <= limit", "le(mul(amount, 0), 10000)"),
        ("count + count < few", "lt(add(count, count), 3)"),
        ("born < admitted_on", "lt(born, admitted_on)"),
        ("born + work <= opens", f"le(shift(born, 3), {dates.number(2009, 3, 1)})"),
        (
            "rounded(amount * part, even) < limit",
            "lt(rounded(mul(amount, 1250), half_even to fen), 10000)",
        ),
        # constants are worked out
        ("opens + some_days", str(dates.number(2009, 3, 11))),
        ("opens + waiting", str(dates.number(2009, 6, 1))),
        ("rounded(limit * part, even)", "1250"),
        ("rounded(limit * part, upward)", "1300"),
        ("rounded(limit * part, jiao)", "1250"),
        ("rounded(limit * part, downward)", "1250"),
        ("primary in stages", "True"),
        ("university in stages", "False"),
        ("fees[personal, hospital_level]", "table(0, hospital_level)"),
        # flags
        ("low_income and low_income", "low_income"),
        ("low_income or not low_income", "True"),
        ("low_income and not low_income", "False"),
        ("low_income and True", "low_income"),
        ("low_income and False", "False"),
        ("low_income or True", "True"),
        ("low_income or False", "low_income"),
        ("True and True", "True"),
        ("False or False", "False"),
        ("(low_income and insured_elsewhere) and low_income", "and(low_income, insured_elsewhere)"),
        ("(low_income or insured_elsewhere) or low_income", "or(low_income, insured_elsewhere)"),
        ("not not low_income", "low_income"),
        ("born is None", "False"),
        ("student is None", "isnone(student)"),
        ("kind == kind", "True"),
        ("kind != inpatient", "ne(kind, 0)"),
        ("orphan in identities", "in(1, identities)"),
        ("any_in(identities, helped)", "any_in(identities, 2)"),
        # outcomes of one pick
        ("price[chosen]", "cases(pick(low_income, True), 100, 300)"),
        ("price[chosen] + price[chosen]", "cases(pick(low_income, True), 200, 600)"),
        ("chosen == adult", "cases(pick(low_income, True), True, False)"),
        ("not chosen == adult", "cases(pick(low_income, True), False, True)"),
        ("price[chosen] <= price[adult]", "cases(pick(low_income, True), True, False)"),
        # periods and roundings that clauses choose
        (
            "born + waits[chosen]",
            "cases(pick(low_income, True), add(born, 10), shift(born, 12 months))",
        ),
        (
            "rounded(amount * part, rounds[chosen])",
            "cases(pick(low_income, True), rounded(mul(amount, 1250), up to fen), rounded(mul(amount, 1250), half_up to fen))",
        ),
        ("born + soon", "shift(born, 3 working_days)"),
        ("sum(amount for k in range(0, few))", "each(0, 3, amount)"),
    ],
)
def test_an_expression_is_as_small_as_it_can_be_said(expression: str, small_form: str) -> None:
    assert said(expression) == small_form


def test_a_table_of_periods_by_a_fact_becomes_clauses() -> None:
    book = read(
        """
parameters:
  waits: {type: period, by: [student], from: 2008, cite: law 1, is: {primary: 1 days, secondary: 2 months, university: 3 days}}
rules:
  answer: {result: {x: x}, steps: {x: {is: "born + waits[student]", cite: law 1}}}
"""
    )
    reduced = reduce_edition(book.bind("answer", year=YEAR))
    assert text(reduced.result[0][1]) == (
        "cases(pick(eq(student, 0), eq(student, 1), True), add(born, 1), shift(born, 2 months), add(born, 3))"
    )


@pytest.mark.parametrize(
    ("expression", "flag"),
    [
        ("amount", "missing(amount)"),
        (
            "low_income and amount < limit",
            "or(missing(low_income), and(low_income, missing(amount)))",
        ),
        (
            "low_income or amount < limit",
            "or(missing(low_income), and(not(low_income), missing(amount)))",
        ),
        ("sum(amount * k for k in range(0, few))", "missing(amount)"),
        (
            "sum(amount for k in range(0, count))",
            "or(missing(count), le(13, count), and(le(1, count), missing(amount)))",
        ),
        # the flag of a term that asks for the variable is taken for every term
        (
            "sum(min(max(k, few), k + count) for k in range(0, few))",
            "missing(count)",
        ),
    ],
)
def test_what_is_missing_is_asked_for_in_the_lazy_order(expression: str, flag: str) -> None:
    reduced = small(expression, missing=frozenset({"amount", "low_income", "count"}))
    assert text(reduced.unanswered) == flag


def terms(guard: str, then: str, otherwise: str) -> str:
    return f"""
parameters:
  few: {{type: times, is: 3, from: 2008, cite: law 1}}
steps:
  bad: {{is: "{guard}", cite: law 1}}
  part:
    first_of:
      first: {{when: bad, is: "{then}", cite: law 1}}
      otherwise: {{is: "{otherwise}", cite: law 1}}
rules:
  answer: {{result: {{x: x}}, steps: {{x: {{is: "part", cite: law 1}}}}}}
"""


def test_a_flag_inside_chosen_clauses_counts_only_where_the_clause_is_taken() -> None:
    book = read(terms("low_income", "reported_on", "paid_on"))
    reduced = reduce_edition(book.bind("answer", year=YEAR), missing=frozenset({"paid_on"}))
    assert text(reduced.unanswered) == "cases(pick(low_income, True), False, missing(paid_on))"


def test_a_none_that_a_guard_excludes_is_no_reading_of_a_none() -> None:
    reduced = small("reported_on is not None and reported_on <= born")
    assert text(reduced.unanswered) == "False"
    reduced = small("reported_on <= born")
    assert text(reduced.unanswered) == "isnone(reported_on)"
    assert text(small("reported_on <= born", nones_proved=True).unanswered) == "False"


def test_what_earlier_clauses_refuted_is_known_in_later_ones() -> None:
    book = read(
        """
steps:
  chosen:
    first_of:
      either: {when: low_income or insured_elsewhere, is: True, cite: law 1}
      unpaid: {when: paid_on is None and insured_elsewhere, is: True, cite: law 1}
      nothing_told: {when: low_income and reported_on is None, is: False, cite: law 1}
      late: {when: reported_on <= paid_on and insured_elsewhere, is: False, cite: law 1}
      otherwise: {is: True, cite: law 1}
rules:
  answer: {result: {x: x}, steps: {x: {is: chosen, cite: law 1}}}
"""
    )
    reduced = reduce_edition(book.bind("answer", year=YEAR))
    assert text(reduced.unanswered) == (
        "and(not(or(low_income, insured_elsewhere)), not(and(isnone(paid_on), insured_elsewhere)), "
        "not(and(low_income, isnone(reported_on))), or(isnone(reported_on), isnone(paid_on)))"
    )


def test_a_ceiling_that_never_counts_leaves_the_small_graph() -> None:
    ceilings = """
parameters:
  most: {type: money, is: 100, from: 2008, cite: law 1}
rules:
  answer:
    result: {x: x}
    fold: {key: [person], order: [discharged_on], state: {}, next: {}}
    ceilings:
      never: {limit: most, counts: COUNTS, cite: law 1}
      ever: {limit: most, counts: OTHER, cite: law 1}
    steps: {x: {is: cost, within: [never, ever], cite: law 1}}
"""

    def small_of(counts: str, other: str) -> str:
        book = read(ceilings.replace("COUNTS", counts).replace("OTHER", other))
        return text(reduce_edition(book.bind("answer", year=YEAR)).result[0][1])

    assert small_of("low_income and False", "low_income") == (
        "within(cost, low_income, 10000, used:ever)"
    )
    assert small_of("low_income and False", "False and low_income") == "cost"


def test_editions_are_reduced_once_and_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducing, "_KEPT_AT_MOST", 1)
    monkeypatch.setattr(reducing, "_kept", {})
    first = small("low_income")
    book = read(
        EXPRESSIONS.format("low_income", "").replace("nobody_knows", "low_income"),
        calendar=calendar(),
    )
    again = reduce_edition(book.bind("answer", year=YEAR))
    assert again is first
    reduce_edition(book.bind("answer", year=YEAR + 1))
    assert reduce_edition(book.bind("answer", year=YEAR)) is not first


def test_the_small_graph_of_a_sum_says_the_same_as_the_scalar_reader() -> None:
    book = read(
        EXPRESSIONS.format("sum(amount * k for k in range(0, few))", "").replace(
            "nobody_knows", "low_income"
        ),
        calendar=calendar(),
    )
    edition = book.bind("answer", year=YEAR)
    reduced = reduce_edition(edition)
    decision, _ = evaluate(edition, (Facts({"amount": 700}),), ())
    assert (
        Eager(reduced, {"amount": 700}, set(), {}).of(reduced.result[0][1])
        == decision.result["x"]
        == 2100
    )


def fact(kind: str, of: str = "", low: int = 0, high: int = 0) -> Fact:
    return Fact("one", Type(kind, of), low, high, None, False, Label("一"), None, Place("", 1, 1))


def test_a_column_is_as_narrow_as_its_range_and_its_none_allow() -> None:
    codes = {"few": ("a", "b"), "many": tuple(str(at) for at in range(300))}
    assert [
        str(dtype_of(one, codes))
        for one in (
            fact("flag"),
            fact("money", high=5),
            fact("date", high=9),
            fact("code", "few"),
            fact("codes", "few"),
            fact("levels"),
            fact("level", low=1, high=4),
            fact("level", high=128),
            fact("times", high=40_000),
        )
    ] == ["bool", "int64", "int32", "uint8", "int8", "int64", "int8", "int16", "int32"]
    assert none_of(dtype_of(fact("code", "few"), codes)) == NO_CODE
    assert none_of(width_of(1, 4)) == -128
    with pytest.raises(NoColumn) as text_column:
        dtype_of(fact("text"), codes)
    assert text_column.value.sentence("en").startswith("Fact “one” is text")
    with pytest.raises(TooManyCodes):
        dtype_of(fact("code", "many"), codes)
    with pytest.raises(OverflowError):
        width_of(0, 2**63)


def test_a_number_of_a_column_becomes_the_value_again() -> None:
    codes = {"few": ("a", "b", "c")}
    for type_, value in [
        (Type("code", "few"), "c"),
        (Type("codes", "few"), frozenset({"a", "c"})),
        (Type("levels"), frozenset({1, 2})),
        (Type("flag"), True),
        (Type("money"), 1250),
    ]:
        assert value_of(int(number_of(value, type_, codes) or 0), type_, codes) == value
    assert number_of(None, Type("date"), codes) is None
    assert value_of(-128, Type("level"), codes, none=-128) is None


def test_columns_take_what_is_presumed_and_mark_what_is_missing() -> None:
    book = read("rules: {answer: {result: {x: x}, steps: {x: {is: admitted_on, cite: law 1}}}}")
    codes = {name: tuple(found.codes) for name, found in book.enumerations.items()}
    rows = [Facts({"discharged_on": 5}), Facts({"admitted_on": 4}), Facts({})]
    columns = columns_of(book.facts, codes, rows, ["admitted_on", "student", "amount"])
    assert columns.values["admitted_on"].tolist()[:2] == [5, 4]
    assert columns.missing["admitted_on"].tolist() == [False, False, True]
    assert columns.values["student"].tolist() == [NO_CODE] * 3
    assert "student" not in columns.missing
    assert columns.missing["amount"].all()


def test_a_fact_that_decides_nothing_is_still_asked_for() -> None:
    reduced = small("0 <= count and admitted_on <= admitted_on")
    assert set(reduced.facts) == {"count", "admitted_on"}
    reduced = small("0 <= count", missing=frozenset({"count"}))
    assert text(reduced.unanswered) == "missing(count)"
    assert set(small("student is not None or True").facts) == {"student"}


def test_a_guard_that_only_a_missing_fact_needs_is_read_from_what_is_presumed() -> None:
    book = read(
        EXPRESSIONS.format("reported_on is not None and amount < limit and False", "").replace(
            "nobody_knows", "low_income"
        ),
        calendar=calendar(),
    )
    edition = book.bind("answer", year=YEAR)
    assert set(reduce_edition(edition).facts) == {"reported_on", "amount"}
    days = np.array([none_of(np.dtype(np.int32)), 14_000], np.int32)
    decided = decide(edition, Columns(2, {"reported_on": days}))
    assert decided.unanswered.tolist() == [False, True]
    assert decide(edition, Columns(2, {})).unanswered.tolist() == [False, False]


def test_every_node_of_a_small_graph_is_one_of_its_operators() -> None:
    ops = {node.op for node in in_order(n for _, n in small("born + waits[chosen]").result)}
    assert "step" not in ops and "param" not in ops
