"""One answer of each rule, whole: result, what was presumed, and every step with its article."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.cases.worked import REGIONS, all_cases, books
from yibao.cli import main as command
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import rulebook

SETTINGS = Path(command.__file__).with_name("demo_settings")
HERDSMAN = {"born": "1945-01-01", "consecutive_years": 4, "paid_on": "2009-01-10"}
STAYS = [
    {
        "number": "1",
        "kind": "inpatient",
        "hospital_level": 3,
        "admitted_on": "2009-03-01",
        "discharged_on": "2009-03-10",
        "eligible_cost": "5000.00",
    },
    {
        "number": "2",
        "kind": "inpatient",
        "hospital_level": 1,
        "admitted_on": "2009-09-01",
        "discharged_on": "2009-09-10",
        "eligible_cost": "60000.00",
        "accident": "traffic",
    },
]
ASKED = {
    ("xingan", "eligibility"): {"year": 2009, "born": "1945-05-01", "hukou_kind": "urban"},
    ("xingan", "contribution"): {
        "year": 2009,
        "born": "2001-05-01",
        "student": "primary",
        "identities": ["minimum_living"],
    },
    ("xingan", "coverage"): {
        "year": 2009,
        "born": "1970-05-01",
        "paid_on": "2009-03-02",
        "consecutive_years": 1,
    },
    ("xingan", "benefit"): {"person": HERDSMAN, "visits": STAYS},
    ("hengshan", "eligibility"): {"year": 2021, "born": "1980-05-06"},
    ("hengshan", "contribution"): {"year": 2021, "born": "1980-05-06"},
    ("hengshan", "subsidy"): {
        "year": 2021,
        "born": "1948-05-06",
        "identities": ["minimum_living", "preferential"],
        "disability_level": 2,
    },
    ("hengshan", "coverage"): {
        "year": 2021,
        "born": "2021-03-01",
        "event": "newborn",
        "paid_on": "2021-05-20",
    },
}


def told(answer: dict) -> str:
    """The answer in lines: each result, what was presumed, each step with clause and article."""

    def lines_of(steps):
        for step in steps:
            cite = " ".join(str(word) for word in step["cite"].values()) if step["cite"] else ""
            yield f"  {step['label']} ({step['name']}) = {step['value']} | {step['clause']} | {cite}"

    written = [f"{answer['region']} {answer['rule']} {answer['rulebook']}"]
    result = answer["result"]
    for visit in result.get("visits", [result]):
        steps = visit.get("steps", answer["steps"])
        shown = {key: value for key, value in visit.items() if key != "steps"}
        written += [json.dumps(shown, ensure_ascii=False), *lines_of(steps)]
    written.append(f"presumed: {json.dumps(answer['presumed'], ensure_ascii=False)}")
    return "\n".join(written)


@pytest.mark.parametrize(("region", "rule"), ASKED)
def test_an_answer(region, rule, snapshot):
    book = rulebook(region, settings=SETTINGS / f"{region}.yaml")
    answer = explain(Question(book, region, rule), ASKED[region, rule])
    snapshot(f"explain-{region}-{rule}", told(answer))


FIRST = {}  # of every other rule the first worked case that is answered
for one in all_cases():
    if "expect" in one.says and (one.region, one.rule) not in ASKED:
        FIRST.setdefault((one.region, one.rule), one)


@pytest.mark.parametrize(("region", "rule"), FIRST)
def test_the_answer_of_a_worked_case(region, rule, snapshot):
    case = FIRST[region, rule]
    known = case.says.get("known")
    question = Question(
        books(region)(case), region, rule, date.fromisoformat(known) if known else None
    )
    snapshot(f"explain-{region}-{rule}", told(explain(question, case.given)))


@pytest.mark.parametrize("region", REGIONS)
def test_no_rule_is_left_out(region):
    asked = {rule for place, rule in (*ASKED, *FIRST) if place == region}
    assert asked == set(rulebook(region).rules)
