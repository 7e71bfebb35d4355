"""The truth-table plan: constants by clause, one look-up a column."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.rules.random_columns import facts_read, random_columns
from tests.core.rules.samples import CONTRIBUTION, read
from yibao.core.rules import truth
from yibao.core.rules.columns import completed, decide, inputs_of, prepared
from yibao.core.rules.edition import Edition
from yibao.core.rules.plan import Plan


def slow(edition: Edition, rows: int) -> list[object]:
    """All roots by the plan that works every branch out."""
    plan = prepared(edition)
    columns = completed(edition, random_columns(edition, rows, facts_read(edition)))
    return Plan(plan.roots, plan.ranges).run(inputs_of(plan.roots, columns), rows)


@pytest.mark.parametrize("rows", [1, 2, 7, 1000, 70_001])
@pytest.mark.parametrize("paired", [8, 2])
def test_one_row_at_a_time_and_two_at_once_are_the_plan(
    rows: int, paired: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(truth, "PAIRED", paired)
    edition = read(CONTRIBUTION.replace("zh: 缴费类别", f"zh: 缴费类别{paired}")).bind(
        "contribution", year=2009
    )
    assert prepared(edition).table is not None
    decided = decide(edition, random_columns(edition, rows, facts_read(edition)))
    told = [*decided.values.values(), *decided.clauses.values(), decided.unanswered]
    for fast, value in zip(told, slow(edition, rows)):
        assert (np.broadcast_to(value, rows) == fast).all()  # type: ignore[arg-type]


def test_a_rule_that_works_a_value_out_has_no_table() -> None:
    text = CONTRIBUTION.replace("standard: standard}", "standard: standard, age: age_at}")
    assert prepared(read(text).bind("contribution", year=2009)).table is None


def test_too_many_atoms_have_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth, "MOST_ATOMS", 3)
    text = CONTRIBUTION.replace("zh: 缴费类别", "zh: 多")
    assert prepared(read(text).bind("contribution", year=2009)).table is None


def test_more_than_eight_atoms_take_a_wider_index_and_nones_keep_their_value() -> None:
    text = CONTRIBUTION.replace(
        "when: hardship or low_income and age_at >= aided_age",
        "when: hardship or low_income and age_at >= aided_age or insured_elsewhere and disability is None"
        " or disability == 3 and orphan in identities",
    ).replace("standard: standard}", "standard: standard, paid: bonus}")
    text += """      bonus:
        cite: law 5
        type: money
        first_of: {none: {when: insured_elsewhere, is: None}, otherwise: {is: own_share}}
"""
    text = text.replace("disability == 3", "disability in severe_levels")
    edition = read(text).bind("contribution", year=2009)
    table = prepared(edition).table
    assert table is not None
    decided = decide(edition, random_columns(edition, 500, facts_read(edition)))
    told = [*decided.values.values(), *decided.clauses.values(), decided.unanswered]
    for name, fast, value in zip([*decided.values, "", ""], told, slow(edition, 500)):
        value = np.broadcast_to(value, 500)  # type: ignore[arg-type]
        if name == "paid":
            gone = value == np.iinfo(value.dtype).min
            assert (fast[gone] == np.iinfo(fast.dtype).min).all()
            assert gone.any() and not gone.all()
            fast, value = fast[~gone], value[~gone]
        assert (value == fast).all()
