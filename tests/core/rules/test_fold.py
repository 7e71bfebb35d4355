"""The fold: state, nested ceilings, order, replay. Amounts worked out by hand."""

from __future__ import annotations

import pytest

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, faults, read
from yibao.core.rules import fold
from yibao.core.rules.facts import FactFaults, Facts, read_facts
from yibao.core.rules.fold import Difference, State, StateOutOfRange
from yibao.core.rules.scalar import Ceiling, MissingFact

EDITION = read(BENEFIT).bind("benefit", year=2009)
PERSON = read_facts(EDITION, {"year": 2009, "loyal": 3})


def visit(day: str, cost: str, level: int = 3, kind: str = "inpatient", **more: object) -> Facts:
    data = {"discharged_on": day, "cost": cost, "hospital_level": level, "kind": kind, **more}
    return read_facts(EDITION, data)


def pays(*visits: Facts) -> list[object]:
    return [decision.as_json()["fund_pay"] for decision in fold.run(EDITION, PERSON, visits)]


def test_each_further_stay_has_a_smaller_deductible_down_to_the_least() -> None:
    # 400, 300, 200, 100, 100: of 1,000.00 the fund pays 55 % of the rest.
    days = [f"2009-0{month}-01" for month in range(1, 6)]
    found = fold.run(EDITION, PERSON, [visit(day, "1000.00") for day in days])
    assert [d.as_json()["deductible"] for d in found] == [
        "400.00",
        "300.00",
        "200.00",
        "100.00",
        "100.00",
    ]
    assert [d.as_json()["fund_pay"] for d in found] == [
        "330.00",
        "385.00",
        "440.00",
        "495.00",
        "495.00",
    ]


def test_a_long_stay_counts_as_several() -> None:
    # Nine months: two stays, 400 + 300.
    found = fold.run(EDITION, PERSON, [visit("2009-10-01", "1000.00", admitted_on="2009-01-01")])
    assert found[0].as_json()["deductible"] == "700.00"


def test_nested_ceilings_leave_the_room_of_the_smaller_and_both_are_used() -> None:
    special = visit("2009-02-01", "5000.00", kind="special_outpatient")
    large = visit("2009-03-01", "100000.00")
    state = fold.first_state(EDITION)
    assert state == State((0, 1, 0, 0))
    first, state = fold.step(EDITION, PERSON, special, state)
    assert first.as_json()["fund_pay"] == "2000.00"
    assert first.ceilings == (
        Ceiling("disease", 200000, 0, 200000),
        Ceiling("year_total", 3500000, 0, 200000),
    )
    second, state = fold.step(EDITION, PERSON, large, state)
    assert second.as_json()["fund_pay"] == "33000.00"
    assert second.ceilings == (
        Ceiling("disease", None, 200000, 0),
        Ceiling("year_total", 3500000, 200000, 3300000),
    )
    assert state == State((1, 1, 200000, 3500000))
    third, state = fold.step(EDITION, PERSON, special, state)
    assert third.as_json()["fund_pay"] == "0.00"


def test_a_refused_visit_needs_no_limit_and_uses_nothing() -> None:
    edition = EDITION
    nobody = read_facts(edition, {})
    refused = visit("2009-02-01", "50.00", level=1)
    decision, state = fold.step(edition, nobody, refused, fold.first_state(edition))
    assert decision.as_json() == {
        "deductible": "0.00",
        "rate": 0,
        "fund_pay": "0.00",
        "reason": "refused",
    }
    assert decision.ceilings[1] == Ceiling("year_total", None, 0, 0)
    assert state == fold.first_state(edition)
    with pytest.raises(MissingFact, match="fact “loyal” is missing: step “own_cap” asks for it"):
        fold.step(edition, nobody, visit("2009-02-01", "500.00"), state)


def test_a_visit_fact_wins_over_the_persons() -> None:
    person = read_facts(EDITION, {"loyal": 0, "hospital_level": 1, "kind": "inpatient"})
    two = visit("2009-02-01", "1000.00", level=2)
    assert fold.run(EDITION, person, [two])[0].as_json()["rate"] == 60


def test_requirements_refuse_a_visit_of_another_year_or_backwards() -> None:
    bad = visit("2010-02-01", "1.00", admitted_on="2010-03-01")
    with pytest.raises(FactFaults) as caught:
        fold.run(EDITION, PERSON, [bad])
    assert caught.value.lines == ("出院须在参保年度内", "入院不晚于出院")


def test_visits_out_of_order_are_refused() -> None:
    visits = [visit("2009-03-01", "1.00"), visit("2009-02-01", "1.00")]
    with pytest.raises(FactFaults) as caught:
        fold.run(EDITION, PERSON, visits)
    assert caught.value.lines == ("第 2 次就诊排在第 1 次之前,须按先后顺序提交",)


def test_the_order_key_is_the_day_and_the_number_and_lacking_it_the_place() -> None:
    first, second = visit("2009-03-01", "1.00"), visit("2009-03-01", "1.00", number="07")
    assert fold.order_key(EDITION, first)[1] == ""
    assert fold.order_key(EDITION, second)[1] == "07"
    assert fold.order_key(EDITION, first)[0] == fold.order_key(EDITION, second)[0]
    with pytest.raises(MissingFact) as caught:
        fold.order_key(EDITION, read_facts(EDITION, {}))
    assert str(caught.value) == "fact “discharged_on” is missing: step “order” asks for it"


def test_an_order_by_a_date_that_may_be_none_puts_the_none_first() -> None:
    text = BENEFIT.replace("order: [discharged_on, number]", "order: [reported_on, number]")
    edition = read(text).bind("benefit", year=2009)
    assert fold.order_key(edition, read_facts(edition, {})) == (fold.FIRST, "")
    given = read_facts(edition, {"reported_on": "2000-01-01"})
    assert fold.order_key(edition, given) > (fold.FIRST, "")


def test_replay_finds_nothing_where_nothing_changed() -> None:
    visits = [visit("2009-02-01", "50000.00"), visit("2009-03-01", "50000.00")]
    stored = [d.result for d in fold.run(EDITION, PERSON, visits)]
    assert fold.replay(EDITION, PERSON, visits, stored) == []


def test_a_late_visit_moves_money_from_the_later_one() -> None:
    february, march = visit("2009-02-01", "50000.00"), visit("2009-03-01", "50000.00")
    stored = [
        {"fund_pay": d.result["fund_pay"]} for d in fold.run(EDITION, PERSON, [february, march])
    ]
    assert [row["fund_pay"] for row in stored] == [2728000, 772000]
    late = visit("2009-02-15", "10000.00")
    found = fold.replay(EDITION, PERSON, [february, march, late], [*stored, {}])
    # 300 off, 55 % of 9,700.00 = 5,335.00 for the late one; the later has 2,385.00 left.
    assert found == [
        Difference(1, "fund_pay", 772000, 238500),
        Difference(2, "deductible", 0, 30000),
        Difference(2, "fund_pay", 0, 533500),
    ]
    assert [d.difference for d in found] == [-533500, 30000, 533500]


def test_a_state_beyond_its_range_is_refused() -> None:
    with pytest.raises(StateOutOfRange) as caught:
        fold.step(EDITION, PERSON, visit("2009-03-01", "1.00"), State((6, 1, 0, 0)))
    assert str(caught.value) == "状态“stays”将变为 7,超出 0 至 6。请核对就诊记录是否重复"


def test_a_rule_that_is_no_fold_has_no_state() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    with pytest.raises(AssertionError, match=r"“contribution” is no fold: use scalar\.decide"):
        fold.first_state(edition)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("key: [person, year_of(discharged_on)]", "key: [year_of(discharged_on)]",
         ["region.yaml:20:7: fold of “benefit” has no key: that begins with person. add key:"]),
        ("order: [discharged_on, number]", "order: []",
         ["region.yaml:20:7: fold of “benefit” has no order:. say which visit comes first"]),
        ("next: {stays: stays + counted}", "next: {stay: stays + counted}",
         ["region.yaml:25:14: no state “stay”; did you mean “stays”?"]),
        ("next: {stays: stays + counted}", "next: {stays: loyal_years}",
         ["region.yaml:25:21: times is wanted, “loyal_years” is years. give both sides one unit"]),
        ("{type: times, starts: 0, range: 0..6}", "{type: flag, starts: 0, range: 0..6}",
         ["region.yaml:23:9: state “stays” is flag, not a number"]),
        ("{type: times, starts: 0, range: 0..6}", "{type: time, starts: 0, range: 0..6}",
         ["region.yaml:23:23: “time” is no type; did you mean “times”?"]),
        ("{type: times, starts: 0, range: 0..6}", "{type: times, starts: x}",
         ["region.yaml:23:16: range: of state “stays”: “” is not a whole number",
          "region.yaml:23:38: starts: of state “stays”: “x” is not a whole number"]),
        ("within: [disease, year_total]", "within: [diseases, year_total]",
         ["region.yaml:27:7: ceiling “disease” bounds no step. name it in within: of a step",
          "region.yaml:60:93: no ceiling “diseases”; did you mean “disease”?"]),
        ("limit: disease_cap", "limit: loyal_years",
         ["region.yaml:27:24: “loyal_years” is years, a limit is money"]),
        ("limit: disease_cap, counts", "counts",
         ["region.yaml:27:16: ceiling “disease” has no limit:. add limit:"]),
        ("limit: disease_cap, counts: verdict_of == paid_special, cite: law 8",
         "limit: disease_cap, counts: verdict_of == paid_special",
         ["region.yaml:27:16: ceiling “disease” has no citation. add cite: SOURCE ARTICLE"]),
        ("counts: verdict_of == paid_special", "counts: fund_pay > less",
         ["region.yaml:60:7: steps go in a circle: fund_pay → fund_pay. "
          "one of them must not read the other"]),
        ("cite: law 4\n    result", "cite: law 4\n    dated_by: paid_on\n    result",
         ["region.yaml:21:7: a fold is dated by year: its key holds the year"]),
        ("within: [disease, year_total]", "within: [year_total]",
         ["region.yaml:27:7: ceiling “disease” bounds no step. name it in within: of a step"]),
    ],
)  # fmt: skip
def test_faults_of_a_fold(old: str, new: str, found: list[str]) -> None:
    assert faults(BENEFIT.replace(old, new)) == found


def test_a_ceiling_bounds_one_step_of_money() -> None:
    text = BENEFIT.replace(
        "      why:",
        "      more: {is: cost, within: year_total, cite: law 4}\n"
        "      turns: {is: stays, within: [year_total], cite: law 4}\n      why:",
    )
    assert faults(text) == [
        "region.yaml:61:32: ceiling “year_total” bounds “fund_pay” already",
        "region.yaml:62:7: step “turns” is times, within: is money",
    ]
