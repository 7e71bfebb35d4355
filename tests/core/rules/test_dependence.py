"""What an outcome rests on: values, articles, facts and steps; of a decision, the path it took."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from tests.core.rules.test_prose import CAPPED
from yibao.core.rules import dependence, fold
from yibao.core.rules.facts import read_facts
from yibao.core.rules.scalar import decide


def articles(found: dependence.Dependence) -> list[str]:
    return [str(cite) for cite in found.articles]


def test_a_whole_rule_rests_on_all_its_values_articles_and_facts() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    found = dependence.of_rule(edition)
    assert {v.name for v in found.values} == {
        "split", "pupil_stages", "adult_age", "severe_levels", "aided_age",
    }  # fmt: skip
    assert len([v for v in found.values if v.name == "split"]) == 8
    assert articles(found) == [
        "law 6", "law 3(1)", "law 5", "reading 43", "reading 45",
    ]  # fmt: skip
    assert [str(cite) for cite in found.ours] == ["reading 43", "reading 45"]
    assert found.facts == ("student", "born", "year", "identities", "disability", "low_income")
    assert found.steps[-1] == "standard" and found.open == ()


def test_one_outcome_rests_on_less_than_the_rule() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    found = dependence.of_outcome(edition, "personal")
    assert {v.key[1] for v in found.values if v.name == "split"} == {"personal"}
    assert "central_share" not in found.steps
    with pytest.raises(KeyError):
        dependence.of_outcome(edition, "nothing")


def test_a_decision_rests_on_the_path_it_took() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    given = read_facts(edition, {"born": "1980-01-01", "student": "primary", "year": 2009})
    found = dependence.of_decision(decide(edition, given), [given], "personal")
    row = next(v for v in found.values if v.name == "split")
    assert (row.key, row.value, str(row.cite)) == (("child", "personal"), 4000, "law 6")
    # a pupil is a minor whatever the age: nobody asked for it
    assert "age_at" not in found.steps and "adult_aided" not in {
        k for v in found.values for k in v.key
    }
    assert "low_income" not in found.facts
    assert articles(found) == ["law 5", "law 6", "law 3(1)", "reading 43", "reading 45"]


def test_without_the_facts_a_table_tells_every_row_that_a_fact_might_ask_for() -> None:
    edition = read(BENEFIT).bind("benefit", year=2009)
    person = read_facts(edition, {"loyal": 1})
    visit = read_facts(
        edition,
        {
            "kind": "inpatient",
            "number": "1",
            "hospital_level": 3,
            "discharged_on": "2009-03-01",
            "cost": "1000.00",
        },
    )
    decision, _ = fold.step(edition, person, visit, fold.first_state(edition))
    known = dependence.of_decision(decision, [person, visit])
    assert [v.value for v in known.values if v.name == "ratio"] == [5500]
    assert "law 4(3)" in articles(known)
    blind = dependence.of_decision(decision)
    assert [v.value for v in blind.values if v.name == "ratio"] == [6500, 6000, 5500]
    # the ceiling of special diseases did not count this visit, the yearly one did
    assert "disease_cap" not in {v.name for v in known.values}
    assert {"law 6", "law 5"} <= set(articles(known)) and "law 8" not in articles(known)
    assert "disease_cap" in {v.name for v in dependence.of_rule(edition).values}


def test_what_a_ceiling_counts_by_is_rested_on_too() -> None:
    found = dependence.of_rule(read(CAPPED).bind("answer", year=2009))
    assert "low_income" in found.facts and "law 2" in articles(found)
    assert [v.name for v in found.values] == ["cap"]


CHANGING = """
parameters:
  price: {type: money, values: [{from: 2008, until: 2009-06-30, is: 100, cite: law 1}, {from: 2009-07-01, is: 200, cite: law 2}]}
  later: {type: money, values: [{from: 2010, is: 1, cite: law 3}]}
  silent: {type: money, open: 文件未载}
  steady: {type: money, values: [{from: 2008, is: 5, known: 2009-02-01, cite: law 1}, {from: 2009, is: 4, cite: law 1}]}
rules:
  answer:
    dated_by: paid_on
    result: {owed: owed, more: more, bare: silent, born: born}
    steps:
      owed: {is: price, cite: law 1}
      more:
        order: reading 44
        first_of:
          rich: {when: low_income, is: later, cite: law 4}
          otherwise: {is: price + steady, cite: law 5}
"""


def test_a_value_that_changes_counts_by_its_day_where_that_is_known() -> None:
    edition = read(CHANGING.replace("bare: silent, ", "")).bind("answer", year=2009)
    given = read_facts(
        edition, {"paid_on": "2009-08-01", "born": "1980-01-01", "low_income": False}
    )
    decision = decide(edition, given)
    told = dependence.of_decision(decision, [given])
    assert [(v.name, v.value) for v in told.values] == [("price", 20000), ("steady", 500)]
    blind = dependence.of_decision(decision)
    assert [v.value for v in blind.values if v.name == "price"][-2:] == [10000, 20000]
    assert [v.value for v in blind.values if v.name == "steady"] == [500]
    assert articles(told) == ["law 1", "law 2", "law 5", "reading 44"]


def test_what_the_text_leaves_open_is_named() -> None:
    edition = read(CHANGING).bind("answer", year=2009, known=date(2009, 1, 1))
    found = dependence.of_rule(edition)
    assert found.open == ("price", "later", "steady", "silent")
    reasons = {v.name: v.silent for v in found.values if v.silent}
    assert reasons["silent"] == "文件未载"
    assert found.facts == ("paid_on", "low_income", "born")
