"""Many rows at once: each operator against the scalar reader, and what bad input gets."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.core.rules.random_columns import facts_of_row, random_columns
from tests.core.rules.samples import BENEFIT, CONTRIBUTION, EXPRESSIONS, read
from yibao.core.calendar import WorkingCalendar
from yibao.core.refusal import Refusal
from yibao.core.rules import columns as by_columns
from yibao.core.rules import dates, fold, scalar
from yibao.core.rules.columns import ColumnsDiffer, Decided, decide, fold_columns
from yibao.core.rules.edition import Edition
from yibao.core.rules.encoding import Columns, none_of, value_of
from yibao.core.rules.facts import FactFaults
from yibao.core.rules.ranges import NO_CLAUSE

ROWS = 120
CALENDAR = WorkingCalendar(
    holidays=[date(2009, 1, 1)],
    workdays=[date(2009, 1, 4)],
    first=date(2008, 7, 1),
    last=date(2010, 3, 31),
).ordinals


def bound(expression: str, *, step: str = "", calendar: object = CALENDAR) -> Edition:
    """The rule `answer` of the samples with one expression, or a whole step."""
    text = EXPRESSIONS.format(expression, "").replace(
        "  broken: {is: nobody_knows, cite: law 1}\n", ""
    )
    if step:
        text = text.replace(f'x: {{is: "{expression}", cite: law 1}}', f"x: {step}")
    text = text.replace(
        "steps:\n  chosen",
        "  waits_kind: {type: period, by: [kind], from: 2008, cite: law 1, is: {inpatient: 5 working_days, special_outpatient: 2 months}}\n"
        "  rounds_kind: {type: rounding, by: [kind], from: 2008, cite: law 1, is: {inpatient: up to yuan, special_outpatient: half_even to jiao}}\n"
        "  latest: {type: date, is: 2060-01-01, from: 2008, cite: law 1}\n  unsaid: {type: money, open: 未载}\n  later: {type: period, open: 未载}\nsteps:\n  chosen",
    )
    return read(text, calendar=calendar).bind("answer", year=2009)  # type: ignore[arg-type]


def agree(edition: Edition, columns: Columns) -> Decided:
    """Columns say what the scalar reader says, row by row, or leave the row to it."""
    decided = decide(edition, columns)
    for row in range(columns.size):
        try:
            result = scalar.decide(edition, facts_of_row(edition, columns, row)).result
        except Refusal:
            assert decided.unanswered[row]
            continue
        assert not decided.unanswered[row]
        for name, value in result.items():
            column = decided.values[name]
            none = none_of(column.dtype) if column.dtype != bool else None
            assert value_of(int(column[row]), edition.types[name], edition.codes, none) == value
    return decided


def facts(edition: Edition) -> list[str]:
    return [
        name for name, fact in edition.facts.items() if fact.type.kind != "text" and name != "year"
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "amount + limit",
        "amount - cost * few",
        "count // few",
        "min(amount, cost, limit)",
        "max(amount, cost)",
        "amount < cost",
        "amount <= limit",
        "loyal == count_years",
        "paid_on == reported_on",
        "paid_on != discharged_on",
        "paid_on < discharged_on",
        "paid_on is None",
        "low_income and not insured_elsewhere",
        "low_income or insured_elsewhere",
        "student == primary",
        "student in stages",
        "student in stages_most",
        "orphan in identities",
        "any_in(identities, helped)",
        "disability in severe",
        "disability in members",
        "hospital_level in members",
        "price[chosen]",
        "fees[personal, hospital_level]",
        "rounded(amount * share, even)",
        "rounded(amount * share, jiao)",
        "rounded(amount * share, upward)",
        "rounded(amount * share, downward)",
        "rounded(amount, upward)",
        "rounded(count_small * limit_small, jiao)",
        "rounded(amount * share, rounds[chosen])",
        "age(born, discharged_on)",
        "months_between(born, discharged_on)",
        "months_between(admitted_on, discharged_on)",
        "next_month(discharged_on)",
        "month_end(born)",
        "year_start(year_of(born))",
        "year_end(year_of(born) - 1)",
        "date_of(paid_at)",
        "discharged_on + some_days",
        "discharged_on - waiting",
        "discharged_on + soon",
        "discharged_on - soon",
        "discharged_on + work",
        "discharged_on + waits[chosen]",
        "discharged_on + waits_kind[kind]",
        "rounded(amount * share, rounds_kind[kind])",
        "discharged_on + later",
        "amount + unsaid",
        "sum(max(limit * k, cost) for k in range(few, few + count))",
        "sum(limit for k in range(few, few + few))",
        "sum(cost * k for k in range(few, few + few))",
        "identities == identities or low_income",
    ],
)
def test_an_operator_of_columns_is_the_scalar_one(expression: str) -> None:
    more = {
        "count_years": "loyal + 1",
        "stages_most": None,
        "count_small": None,
        "limit_small": None,
    }
    if expression.startswith("identities =="):
        expression = "any_in(identities, identities) or low_income"
    expression = expression.replace("count_years", str(more["count_years"]))
    expression = expression.replace("stages_most", "stages")
    expression = expression.replace("count_small * limit_small", "limit * few")
    edition = bound(expression)
    agree(edition, random_columns(edition, ROWS, facts(edition), missing=True))


STEP = "{{cite: law 1, first_of: {{{}}}}}"


@pytest.mark.parametrize(
    "clauses",
    [
        "a: {when: low_income, is: limit}, otherwise: {is: amount}",
        "a: {when: low_income, is: amount}, b: {when: insured_elsewhere, is: cost}",
        "a: {when: low_income, is: limit}, b: {when: insured_elsewhere, is: amount}, c: {when: count > few, is: limit}, otherwise: {is: amount}",
        "a: {when: low_income, is: None}, b: {when: insured_elsewhere, is: paid_on}, otherwise: {is: born}",
        "a: {when: low_income, is: None}, b: {when: insured_elsewhere, is: paid_on}",
        "a: {when: low_income, is: opens}, b: {when: insured_elsewhere, is: None}, otherwise: {is: opens}",
        "a: {when: low_income, is: True}, b: {when: insured_elsewhere, is: False}, otherwise: {is: count > few}",
        "a: {when: low_income, is: unsaid}, otherwise: {is: limit}",
        "a: {when: low_income, is: amount}, b: {when: insured_elsewhere, is: limit}, c: {when: count > few, is: amount}, otherwise: {is: cost}",
        "a: {when: low_income, is: disability}, b: {when: insured_elsewhere, is: None}, otherwise: {is: hospital_level}",
        "a: {when: low_income, is: insured_elsewhere}, b: {when: count > few, is: False}, otherwise: {is: True}",
        "a: {when: 'paid_on < born', is: limit}, otherwise: {is: amount}",
    ],
)
def test_a_list_of_clauses_in_columns_is_the_scalar_one(clauses: str) -> None:
    edition = bound("low_income", step=STEP.format(clauses))
    decided = agree(edition, random_columns(edition, ROWS, facts(edition), missing=True))
    assert set(decided.clauses) == {"x"}


def test_a_gap_has_no_clause_and_no_answer() -> None:
    edition = bound("low_income", step=STEP.format("a: {when: low_income, is: cost}"))
    flags = np.array([True, False])
    decided = decide(edition, Columns(2, {"low_income": flags, "cost": np.array([7, 8])}))
    assert decided.clauses["x"].tolist() == [0, NO_CLAUSE]
    assert decided.unanswered.tolist() == [False, True]
    assert decided.values["x"][0] == 7


def test_periods_chosen_by_a_table_may_count_working_days_beyond_the_calendar() -> None:
    edition = bound("discharged_on + waits_kind[kind]")
    days = np.array([dates.number(2009, 6, 1)] + [dates.number(2012, 6, 1)] * 2, np.int32)
    kinds = np.array([0, 1, 0], np.uint8)  # of the two kinds, the first one waits working days
    text = {"discharged_on": days, "kind": kinds}
    decided = decide(edition, Columns(3, text))
    assert decided.unanswered.tolist() == [False, False, True]
    with_no_calendar = bound("discharged_on + soon", calendar=None)
    assert decide(with_no_calendar, Columns(3, text)).unanswered.all()


def test_absent_columns_are_presumed_where_the_rulebook_presumes_and_missing_elsewhere() -> None:
    edition = bound("months_between(admitted_on, discharged_on)")
    day = np.array([dates.number(2009, 6, 1)], np.int32)
    assert decide(edition, Columns(1, {"discharged_on": day})).values["x"].tolist() == [0]
    assert decide(edition, Columns(1, {})).unanswered.all()
    lost = Columns(1, {"discharged_on": day}, {"discharged_on": np.array([True])})
    assert decide(edition, lost).unanswered.all()


def test_what_folding_made_superfluous_is_asked_for_all_the_same() -> None:
    edition = bound("born <= latest")
    born = {"born": np.zeros(2, np.int32)}
    assert decide(edition, Columns(2, born)).values["x"].tolist() == [True, True]
    lost = Columns(2, born, {"born": np.array([True, False])})
    assert decide(edition, lost).unanswered.tolist() == [True, False]


def test_an_absent_answer_is_presumed_as_none_or_as_its_value() -> None:
    edition = bound("student in stages or orphan in identities or low_income")
    assert decide(edition, Columns(3, {})).values["x"].tolist() == [False, False, False]


def test_a_column_of_another_length_is_refused() -> None:
    edition = bound("amount < cost")
    with pytest.raises(ColumnsDiffer) as caught:
        decide(
            edition, Columns(2, {"amount": np.zeros(2, np.int64), "cost": np.zeros(3, np.int64)})
        )
    assert (caught.value.facts["name"], caught.value.facts["length"]) == ("cost", 3)


def test_columns_of_other_widths_are_taken_and_many_blocks_are_one_answer() -> None:
    edition = bound("amount < limit")
    amounts = np.arange(by_columns.BLOCK * 2 + 5, dtype=np.int32)
    decided = decide(edition, Columns(len(amounts), {"amount": amounts}))
    assert decided.values["x"].sum() == 10_000


def test_nones_that_are_proved_away_are_not_asked_for() -> None:
    edition = bound("paid_on < discharged_on")
    day = np.array([dates.number(2009, 6, 1)], np.int32)
    none = np.array([none_of(day.dtype)], np.int32)
    columns = Columns(1, {"paid_on": none, "discharged_on": day})
    assert decide(edition, columns).unanswered.all()
    assert not decide(edition, columns, nones_proved=True).unanswered.any()


def test_plans_are_kept_and_let_go_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_columns, "_kept", {})
    monkeypatch.setattr(by_columns, "_KEPT_AT_MOST", 2)
    for expression in ("amount < limit", "amount < cost", "cost < limit"):
        edition = bound(expression)
        assert by_columns.prepared(edition) is by_columns.prepared(edition)
    assert len(by_columns._kept) == 1


EDITION = read(BENEFIT.replace("range: 0..6", "range: 0..400")).bind("benefit", year=2009)


def visits_of(*days: tuple[int, int], **others: object) -> Columns:
    """Visits discharged on days of 2009, given as month and day."""
    found = [dates.number(2009, *day) for day in days]
    size = len(found)
    values = {
        "discharged_on": np.array(found, np.int32),
        "cost": np.full(size, 1_000_000, np.int64),
        "hospital_level": np.full(size, 2, np.int8),
        "kind": np.zeros(size, np.uint8),
        "reported_on": np.array(found, np.int32),
    }
    return Columns(size, {**values, **others})  # type: ignore[dict-item]


PERSONS = Columns(3, {"loyal": np.array([0, 5, 2], np.int8)})


def test_a_fold_goes_on_from_one_visit_to_the_next_whoever_comes_between() -> None:
    visits = visits_of((1, 5), (1, 6), (2, 5), (3, 5))
    whose = np.array([1, 0, 1, 1])
    folded = fold_columns(EDITION, PERSONS, visits, whose)
    state = fold.first_state(EDITION)
    person = facts_of_row(EDITION, PERSONS, 1)
    for row in (0, 2, 3):
        decision, state = fold.step(EDITION, person, facts_of_row(EDITION, visits, row), state)
        assert folded.values["fund_pay"][row] == decision.result["fund_pay"]
        assert folded.values["deductible"][row] == decision.result["deductible"]
    assert tuple(int(folded.state[v.name][1]) for v in EDITION.fold.state) == state.values  # type: ignore[union-attr]
    assert [int(folded.state["level_before"][2]), int(folded.state["stays"][2])] == [1, 0]
    assert not folded.unanswered.any()
    assert set(folded.clauses) >= {"verdict_of", "own_cap"}


def test_a_fold_of_visits_grouped_by_person_is_the_same() -> None:
    visits = visits_of((1, 6), (1, 5), (2, 5), (3, 5))
    grouped = fold_columns(EDITION, PERSONS, visits, np.array([0, 1, 1, 1]), witness=False)
    mixed = fold_columns(
        EDITION, PERSONS, visits_of((1, 5), (1, 6), (2, 5), (3, 5)), np.array([1, 0, 1, 1])
    )
    assert grouped.values["fund_pay"][[1, 0, 2, 3]].tolist() == mixed.values["fund_pay"].tolist()
    assert grouped.clauses == {}
    assert {name: column.tolist() for name, column in grouped.state.items()} == {
        name: column.tolist() for name, column in mixed.state.items()
    }


def test_after_a_visit_without_an_answer_no_later_one_of_that_person_has_any() -> None:
    costs = np.array([1_000_000] * 3, np.int64)
    visits = visits_of((1, 5), (2, 5), (2, 6), cost=costs)
    lost = Columns(3, visits.values, {"cost": np.array([False, True, False])})
    folded = fold_columns(EDITION, PERSONS, lost, np.array([1, 1, 1]))
    assert folded.unanswered.tolist() == [False, True, True]
    assert folded.state["stays"].tolist() == [0, 1, 0]
    assert folded.state["used:year_total"][1] == folded.values["fund_pay"][0]


def test_visits_out_of_order_are_refused_with_their_rows() -> None:
    visits = visits_of((2, 5), (1, 6), (1, 5))
    with pytest.raises(FactFaults) as caught:
        fold_columns(EDITION, PERSONS, visits, np.array([1, 0, 1]))
    assert "第 3 行" in str(caught.value)
    assert "第 2 行" not in str(caught.value)


def test_an_order_that_cannot_be_seen_is_not_checked() -> None:
    text = BENEFIT.replace("order: [discharged_on, number]", "order: [number]")
    edition = read(text).bind("benefit", year=2009)
    assert not fold_columns(
        edition, PERSONS, visits_of((2, 5), (1, 5)), np.array([1, 1])
    ).unanswered.any()


def test_no_visit_at_all_leaves_every_state_as_it_starts() -> None:
    folded = fold_columns(EDITION, PERSONS, visits_of(), np.zeros(0, np.int64))
    assert folded.state["level_before"].tolist() == [1, 1, 1]
    assert folded.unanswered.size == 0


def test_what_rests_on_no_fact_is_worked_out_once() -> None:
    text = BENEFIT.replace("parameters:", "parameters:\n  unsaid: {type: money, open: 未载}", 1)
    text = text.replace("reason: why}", "reason: why, more: more}")
    text += '      more: {is: "unsaid + year_cap", cite: law 6}\n'
    edition = read(text).bind("benefit", year=2009)
    assert fold_columns(edition, PERSONS, visits_of((1, 5)), np.array([1])).unanswered.all()


def test_a_rule_is_asked_in_its_own_way() -> None:
    row = read(CONTRIBUTION).bind("contribution", year=2009)
    with pytest.raises(AssertionError, match="is a fold"):
        decide(EDITION, PERSONS)
    with pytest.raises(AssertionError, match="is no fold"):
        fold_columns(row, PERSONS, PERSONS, np.zeros(3, np.int64))
