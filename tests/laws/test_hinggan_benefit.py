"""Random persons and visits of Hinggan: laws that hold for each, and a second opinion.

The second opinion is written from the articles in plain Python, without the rule engine; it shares
no line with the rulebook.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import rulebook

YEAR = 2010
LEVELS = {1: (200, 65), 2: (300, 60), 3: (400, 55)}
CAPPED = ("tuberculosis", "mental", "insulin")
EXCLUDED = ("fight", "crime", "alcohol", "self_harm", "suicide", "traffic", "malpractice")

persons = st.fixed_dictionaries(
    {
        "born": st.dates(date(1930, 1, 1), date(2009, 12, 31)).map(date.isoformat),
        "student": st.sampled_from([None, "primary", "vocational", "university"]),
        "consecutive_years": st.integers(1, 6),
        "paid_on": st.just("2009-11-20"),
    }
)


@st.composite
def visit(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["inpatient"] * 4 + ["emergency", "special_outpatient"]))
    out = date(YEAR, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    stay = draw(st.sampled_from([0, 1, 7, 40, 181, 182, 184, 185, 200, 366, 400]))
    into = out - timedelta(days=stay) if kind == "inpatient" else out
    return {
        "kind": kind,
        "hospital_level": draw(st.integers(1, 3)),
        "admitted_on": into.isoformat(),
        "discharged_on": out.isoformat(),
        "reported_on": into.isoformat(),
        "special_disease": draw(st.sampled_from([*CAPPED, "tumour", "dialysis"])),
        "blood_disease": draw(st.booleans()),
        "accident": draw(st.sampled_from([None, None, "no_fault", "fight", "malpractice"])),
        "eligible_cost": f"{Decimal(draw(st.integers(0, 9_000_000))) / 100:.2f}",
    }


def in_order(visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(visits, key=lambda one: one["discharged_on"])


histories = st.lists(visit(), min_size=1, max_size=8).map(in_order)


def decided(person: dict[str, Any], visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    person = {**person, "born": min([person["born"], *(v["admitted_on"] for v in visits)])}
    question = Question(rulebook("xingan"), "xingan", "benefit")
    rows: list[dict[str, Any]] = explain(question, {"person": person, "visits": visits})["result"][
        "visits"
    ]  # type: ignore[index]
    return rows


def half_years(into: date, out: date) -> int:
    """How many half-years a stay counts for: one for each begun after six whole months."""
    count, months = 1, 6
    while True:
        year, month = divmod(into.year * 12 + into.month - 1 + months, 12)
        try:
            end = date(year, month + 1, into.day)
        except ValueError:  # no such day: the month's last one
            end = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
        if out <= end:
            return count
        count, months = count + 1, months + 6


class SecondOpinion:
    """One person's year, by the articles."""

    def __init__(self, person: dict[str, Any]) -> None:
        born = date.fromisoformat(person["born"])
        pupil = person["student"] in ("primary", "vocational")
        self.pupil = pupil
        self.minor = pupil or born > date(YEAR - 1 - 18, 12, 31)
        self.loyal = person["consecutive_years"] >= 3
        self.stays, self.blood = 0, False
        self.year = self.diseases = self.accidents = Decimal(0)

    def pay(self, row: dict[str, Any]) -> Decimal:
        self.blood = self.blood or row["blood_disease"]
        if row["accident"] in EXCLUDED:
            return Decimal(0)
        cost = Decimal(row["eligible_cost"])
        special = row["kind"] == "special_outpatient"
        amount = cost * 60 / 100 if special else self._stay(row, cost)
        amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if self.pupil and row["accident"] == "no_fault" and not special:
            paid = min(amount, Decimal(20000) - self.accidents)
            self.accidents += paid
            return paid
        limit = (40000 if self.minor and self.blood else 30000) + (5000 if self.loyal else 0)
        paid = min(amount, limit - self.year)
        if special and row["special_disease"] in CAPPED:
            paid = min(paid, 2000 - self.diseases)
            self.diseases += paid
        self.year += paid
        return paid

    def _stay(self, row: dict[str, Any], cost: Decimal) -> Decimal:
        base, percent = LEVELS[row["hospital_level"]]
        into, out = (date.fromisoformat(row[name]) for name in ("admitted_on", "discharged_on"))
        count = half_years(into, out)
        deductible = sum(max(base - 100 * k, 100) for k in range(self.stays, self.stays + count))
        self.stays += count
        return max(cost - deductible, Decimal(0)) * (percent + (5 if self.loyal else 0)) / 100


@settings(max_examples=200, deadline=None)
@given(persons, histories)
def test_the_rulebook_and_a_second_opinion_pay_the_same(
    person: dict[str, Any], visits: list[dict[str, Any]]
) -> None:
    person = {**person, "born": min([person["born"], *(v["admitted_on"] for v in visits)])}
    opinion = SecondOpinion(person)
    expected = [f"{opinion.pay(row):.2f}" for row in visits]
    assert [row["fund_pay"] for row in decided(person, visits)] == expected


@settings(max_examples=100, deadline=None)
@given(persons, histories)
def test_fund_and_person_pay_the_cost_between_them_and_no_ceiling_is_passed(
    person: dict[str, Any], visits: list[dict[str, Any]]
) -> None:
    rows = decided(person, visits)
    for row, given_row in zip(rows, visits):
        fund, own = Decimal(row["fund_pay"]), Decimal(row["self_pay"])
        assert fund >= 0 and own >= 0
        assert fund + own == Decimal(given_row["eligible_cost"])
        assert Decimal(row["deductible"]) >= 100 or row["rate"] in (0, 60)
    paid = [Decimal(row["fund_pay"]) for row in rows]
    assert sum(paid) <= 45000 + 20000
    special = [
        p
        for p, v in zip(paid, visits)
        if v["kind"] == "special_outpatient" and v["special_disease"] in CAPPED
    ]
    assert sum(special) <= 2000


@settings(max_examples=60, deadline=None)
@given(persons, histories)
def test_each_visit_is_decided_as_if_later_ones_were_not_there(
    person: dict[str, Any], visits: list[dict[str, Any]]
) -> None:
    person = {**person, "born": min([person["born"], *(v["admitted_on"] for v in visits)])}
    whole = decided(person, visits)
    for many in range(1, len(visits)):
        assert decided(person, visits[:many]) == whole[:many]
