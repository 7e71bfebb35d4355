"""An office may set the model otherwise than the demonstration does: ceilings apart or nested."""

from __future__ import annotations

from typing import Any

from tests.cases.worked import SETTINGS
from yibao.core.rules.book import LayerText, Rulebook, read_rulebook
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import calendar, layers

STAY = {
    "kind": "inpatient",
    "hospital_level": 3,
    "admitted_on": "2025-02-01",
    "discharged_on": "2025-03-01",
    "eligible_cost": "231400.00",
}
OUTPATIENT = {
    "kind": "outpatient",
    "hospital_level": 1,
    "discharged_on": "2025-04-01",
    "eligible_cost": "1200.00",
}
LARGE = STAY | {
    "admitted_on": "2025-05-01",
    "discharged_on": "2025-06-01",
    "eligible_cost": "700000.00",
}
PERSON = {"born": "1970-01-01", "consecutive_years": 4, "paid_on": "2024-10-10"}
MINIMUM = PERSON | {"identities": ["minimum_living"]}


def _set(*changes: tuple[str, str]) -> Rulebook:
    """The model with the settings of the demonstration, some of them changed."""
    text = (SETTINGS / "model.yaml").read_text(encoding="utf-8")
    for was, becomes in changes:
        assert text.count(was) == 1, was
        text = text.replace(was, becomes)
    layer = LayerText("settings.yaml", text, "settings")
    return read_rulebook((*layers("model"), layer), calendar=calendar())


def _paid(book: Rulebook, person: dict[str, Any], *visits: dict[str, Any]) -> list[dict[str, Any]]:
    asked = {"person": person, "visits": list(visits)}
    answer = explain(Question(book, "model", "benefit"), asked)["result"]
    assert isinstance(answer, dict)
    found: list[dict[str, Any]] = answer["visits"]
    return found


def test_outpatient_care_stands_apart_from_the_yearly_ceiling_where_a_region_says_so() -> None:
    # 230400 × 65 % = 149760; (1200 − 100) × 50 % = 550, its own ceiling 500
    nested = _paid(_set(), PERSON, STAY, OUTPATIENT)
    apart = _paid(_set(("outpatient_inside: {is: true", "outpatient_inside: {is: false")),
                  PERSON, STAY, OUTPATIENT)  # fmt: skip
    assert [visit["basic_pay"] for visit in nested] == ["149760.00", "240.00"]
    assert [visit["basic_pay"] for visit in apart] == ["149760.00", "500.00"]


def test_the_favoured_have_a_ceiling_where_a_region_keeps_it() -> None:
    # stay: left 81640 − 7500 = 74140: 50000 × 65 % + 24140 × 70 % = 49398; then 300000 − 49398 = 250602
    kept = _set(("favoured_unlimited: {is: true", "favoured_unlimited: {is: false"))
    visits = _paid(kept, MINIMUM, STAY, LARGE)
    assert [visit["critical_pay"] for visit in visits] == ["49398.00", "250602.00"]
    # (81640 − 49398) × 70 % = 22569.40; then 50000 − 22569.40
    assert [visit["assistance_pay"] for visit in visits] == ["22569.40", "27430.60"]


def test_a_region_may_raise_the_reward_above_the_least_figure_by_a_layer_of_its_own() -> None:
    layer = LayerText(
        "city.yaml",
        "overlay: city\nover: model\nauthority: A city\n"
        "sources: {city: {title: Notice of a city, published: 2025-01-01}}\n"
        "parameters: {reward_step: {is: 2000, from: 2025, cite: city 1}}\n",
        "city",
    )
    book = read_rulebook((*layers("model"), layer), calendar=calendar())
    asked = {"year": 2025, "consecutive_years": 6}
    answer = explain(Question(book, "model", "incentive"), asked)["result"]
    # (6 − 4) × 2000 = 4000
    assert answer == {"enrolment_rise": "4000.00", "no_claim_rise": "0.00", "rise": "4000.00"}
