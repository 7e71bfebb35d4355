"""Decisions: outcomes, steps with clause and article, witness, presumptions, silence, gaps."""

from __future__ import annotations

import pickle

import pytest

from tests.core.rules.samples import CONTRIBUTION, decided, read
from yibao.core.rules import scalar
from yibao.core.rules.facts import FactFaults, read_facts
from yibao.core.rules.scalar import EnsuresBroken, MissingFact, NoClauseHolds, NoneRead, Silent


def test_a_decision_gives_outcomes_steps_clauses_and_articles() -> None:
    book = read(CONTRIBUTION)
    decision = decided(
        book, "contribution", {"year": 2009, "born": "1949-05-01", "identities": ["minimum_living"]}
    )
    assert decision.as_json() == {"class": "adult_aided", "personal": "70.00", "standard": "140.00"}
    assert decision.result == {"class": "adult_aided", "personal": 7000, "standard": 14000}
    assert [step.name for step in decision.steps] == [
        "pupil",
        "age_at",
        "minor",
        "hardship",
        "contribution_class",
        "own_share",
        "central_share",
        "standard",
    ]
    chosen = decision.steps[4]
    assert chosen.as_json() == {
        "name": "contribution_class",
        "label": "缴费类别",
        "value": "adult_aided",
        "clause": "adult_in_hardship",
        "cite": {"source": "law", "article": "5"},
    }
    assert decision.steps[1].as_json("en")["label"] == "age on 31 December before"
    assert not chosen.ours
    assert decision.presumed == ("student",)
    assert decision.clauses == (("contribution_class", "adult_in_hardship"),)
    assert decision.ceilings == ()


def test_a_step_that_is_not_needed_is_not_listed_and_its_facts_are_not_presumed() -> None:
    decision = decided(read(CONTRIBUTION), "contribution", {"student": "primary"})
    names = [step.name for step in decision.steps]
    assert "age_at" not in names
    assert decision.presumed == ("identities", "disability")


def test_a_witness_holds_hashes_year_known_day_and_clauses() -> None:
    book = read(CONTRIBUTION)
    edition = book.bind("contribution", year=2009)
    decision = scalar.decide(edition, read_facts(edition, {"student": "primary"}))
    assert decision.witness() == {
        "text": book.text_hash,
        "sense": edition.sense_hash,
        "year": 2009,
        "known": None,
        "clauses": {"contribution_class": "minor_usual"},
    }


def test_a_missing_fact_names_itself_and_the_step_that_asks() -> None:
    with pytest.raises(MissingFact) as caught:
        decided(read(CONTRIBUTION), "contribution", {})
    assert str(caught.value) == "fact “born” is missing: step “age_at” asks for it"
    assert (caught.value.fact, caught.value.step) == ("born", "age_at")
    assert isinstance(caught.value, FactFaults)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


RULE = """
parameters:
  share: {{type: money, open: 文件未载, cite: law 9}}
  amount_2009: {{type: money, is: 10, from: 2009, until: 2009, cite: law 9}}
rules:
  small:
    cite: law 1
    result: {{x: x}}
    requires: [{{when: count < 10 or paid_on is None, zh: 次数须少于十}}, {{when: born <= paid_on}}]
    ensures: [{{when: x is None or x >= 0 and loyal >= 0, zh: 金额不为负}}]
    steps:
      x:
        first_of:
{}
"""


def small(*clauses: str) -> str:
    lines = "\n".join(f"          {clause}" for clause in clauses)
    text = (
        RULE.format(lines).replace("share:", "open_share:").replace("count < 10", "count < limit")
    )
    return text.replace(
        "rules:", "  limit: {type: times, is: 10, from: 2008, cite: law 1}\nrules:", 1
    )


GAP = small(
    "open: {when: low_income, is: open_share, cite: law 1}",
    "negative: {when: insured_elsewhere, is: amount, cite: law 1}",
    "dated: {when: count == 1, is: amount_2009, cite: law 1}",
    "late: {when: paid_on > born, is: None, cite: law 1}",
)


def test_a_silent_text_stops_only_the_decisions_that_reach_it() -> None:
    book = read(GAP)
    with pytest.raises(Silent) as caught:
        decided(book, "small", {"low_income": True, "count": 3})
    assert (caught.value.name, caught.value.reason) == ("open_share", "文件未载")
    given = {"insured_elsewhere": True, "amount": "5.00", "count": 3}
    assert decided(book, "small", given).as_json() == {"x": "5.00"}


def test_a_year_without_a_value_in_force_is_silent() -> None:
    book = read(GAP)
    given = {"insured_elsewhere": False, "count": 1}
    assert decided(book, "small", given).as_json() == {"x": "10.00"}
    with pytest.raises(Silent) as caught:
        decided(book, "small", given, year=2010)
    assert str(caught.value) == (
        "文件未规定“amount_2009”:没有生效的数值。请由主管部门以设置文件补充该参数"
    )


def test_a_gap_names_the_step_and_the_facts() -> None:
    given = {
        "insured_elsewhere": False,
        "count": 3,
        "paid_on": "2009-01-01",
        "born": "2009-01-01",
    }
    with pytest.raises(NoClauseHolds) as caught:
        decided(read(GAP), "small", given)
    assert caught.value.step == "x"
    assert caught.value.sentence("en") == (
        "No clause of step “x” holds for born: 2009-01-01, count: 3, insured_elsewhere: False, "
        "low_income: False, paid_on: 2009-01-01. Check the facts, or add a clause or otherwise"
    )


def test_a_none_that_is_compared_names_the_step() -> None:
    given = {"insured_elsewhere": False, "count": 3, "paid_on": None, "born": "2009-01-01"}
    with pytest.raises(NoneRead) as caught:
        decided(read(GAP), "small", given)
    assert caught.value.step == "x"


def test_input_that_breaks_a_requirement_is_refused_in_its_own_words() -> None:
    given = {"count": 10, "paid_on": "2009-01-01", "born": "2009-01-02"}
    with pytest.raises(FactFaults) as caught:
        decided(read(GAP), "small", given)
    assert caught.value.lines == ("次数须少于十", "born <= paid_on")
    assert str(caught.value) == "次数须少于十\nborn <= paid_on"


def test_a_result_that_breaks_what_is_ensured_names_the_rule() -> None:
    given = {"insured_elsewhere": True, "amount": "-5.00", "count": 3}
    with pytest.raises(EnsuresBroken) as caught:
        decided(read(GAP), "small", given)
    assert str(caught.value) == (
        "规则“small”的结果不符合“金额不为负”。请停止使用该结果并报告规则库维护人员"
    )


def test_several_outcomes_of_one_clause_are_steps_of_their_own_with_one_witness() -> None:
    book = read(
        """
rules:
  cover:
    result: {accepted: accepted, reason: why, starts: starts}
    steps:
      decision:
        order: reading 44
        outcomes: {why: {zh: 理由, en: reason, of: reason}, starts: {zh: 起始}}
        first_of:
          elsewhere: {when: insured_elsewhere, is: {accepted: False, why: insured_elsewhere, starts: None}, cite: law 4}
          otherwise: {is: {accepted: True, why: paid, starts: next_month(paid_on)}, cite: reading 2}
"""
    )
    decision = decided(book, "cover", {"insured_elsewhere": False, "paid_on": "2009-12-05"})
    assert decision.as_json() == {"accepted": True, "reason": "paid", "starts": "2010-01-01"}
    assert decision.clauses == (("decision", "otherwise"),)
    assert [(s.name, s.label_zh, s.label_en, s.clause, s.ours) for s in decision.steps] == [
        ("accepted", "accepted", "accepted", "otherwise", True),
        ("why", "理由", "reason", "otherwise", True),
        ("starts", "起始", "starts", "otherwise", True),
    ]
    refused = decided(book, "cover", {"insured_elsewhere": True})
    assert refused.as_json() == {"accepted": False, "reason": "insured_elsewhere", "starts": None}


def test_a_value_that_changes_within_the_year_follows_the_day_that_dates_the_rule() -> None:
    book = read(
        """
parameters:
  price: {type: money, cite: law 1, values: [
    {from: 2008, until: 2009-04-30, is: 100, cite: law 1},
    {from: 2009-05-01, until: 2009-12-31, is: 120, cite: law 2}]}
  same: {type: money, is: 7, from: 1990, cite: law 1}
  table: {type: money, by: [class], values: [
    {from: 2008, until: 2009-04-30, cite: law 1, is: {adult: 1, adult_aided: 2, child: 3, child_aided: 4}},
    {from: 2009-05-01, cite: law 1, is: {adult: 5, adult_aided: 6, child: 7, child_aided: 8}}]}
rules:
  dated:
    dated_by: paid_on
    result: {price: total, row: row}
    steps:
      total: {is: price + same, cite: law 1}
      row: {is: "table[child]", cite: law 1}
""".replace(", cite: law 1, values", ", values")
    )
    found = [
        decided(book, "dated", {"paid_on": day}).as_json()
        for day in ("2009-04-30", "2009-05-01", None)
    ]
    assert [f["price"] for f in found] == ["107.00", "127.00", "107.00"]
    assert [f["row"] for f in found] == ["3.00", "7.00", "3.00"]
    for day in ("2007-12-31", "2010-01-01"):
        with pytest.raises(Silent):
            decided(book, "dated", {"paid_on": day})
    with pytest.raises(MissingFact) as caught:
        decided(book, "dated", {})
    assert str(caught.value) == "fact “paid_on” is missing: step “total” asks for it"


def test_a_rule_dated_by_a_fact_that_is_never_none_asks_it_only_where_values_differ() -> None:
    text = """
parameters:
  price: {type: money, values: [{from: 2000, until: 2009, is: 1, cite: law 1}, {from: 2010, is: 2, cite: law 1}]}
  same: {type: money, is: 7, from: 1900, cite: law 1}
rules: {r: {dated_by: born, result: {x: price}}, s: {dated_by: born, result: {x: same}}}
"""
    book = read(text)
    assert decided(book, "r", {"born": "2010-01-01"}).as_json() == {"x": "2.00"}
    assert decided(book, "s", {}).as_json() == {"x": "7.00"}


def test_a_fold_is_not_decided_alone() -> None:
    from tests.core.rules.samples import BENEFIT

    edition = read(BENEFIT).bind("benefit", year=2009)
    with pytest.raises(AssertionError, match=r"“benefit” is a fold: use fold\.step or fold\.run"):
        scalar.decide(edition, read_facts(edition, {}))
