"""Laws of the rule engine, over random visits, dates, texts and trees."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from yibao.core.rules import dates, fold
from yibao.core.rules.facts import Facts, read_facts, to_json
from yibao.core.rules.types import DATE, MONEY, RATE
from yibao.core.rules.values import read_date, read_money, read_rate

EDITION = read(BENEFIT.replace("range: 0..6", "range: 0..400")).bind("benefit", year=2009)
FIRST, LAST = dates.number(2009, 1, 1), dates.number(2009, 12, 31)
DAYS = st.integers(dates.number(1900, 1, 1), dates.number(2100, 12, 31))


@st.composite
def visits(draw: st.DrawFn) -> Facts:
    day = draw(st.integers(FIRST, LAST))
    data: dict[str, object] = {
        "discharged_on": dates.to_date(day).isoformat(),
        "cost": f"{draw(st.integers(0, 60000))}.{draw(st.integers(0, 99)):02}",
        "hospital_level": draw(st.integers(1, 3)),
        "kind": draw(st.sampled_from(["inpatient", "special_outpatient"])),
        "number": f"{draw(st.integers(0, 99)):02}",
    }
    if draw(st.booleans()):
        admitted = draw(st.integers(FIRST - 400, day))
        data["admitted_on"] = dates.to_date(admitted).isoformat()
        reported = draw(st.none() | st.integers(admitted, day))
        data["reported_on"] = None if reported is None else dates.to_date(reported).isoformat()
    return read_facts(EDITION, data)


HISTORIES = st.lists(visits(), max_size=8).map(
    lambda found: sorted(found, key=lambda visit: fold.order_key(EDITION, visit))
)
PERSONS = st.integers(0, 5).map(lambda years: read_facts(EDITION, {"loyal": years}))


@given(person=PERSONS, history=HISTORIES)
def test_step_by_step_is_run_and_replay_finds_nothing(person: Facts, history: list[Facts]) -> None:
    state, stepped = fold.first_state(EDITION), []
    for visit in history:
        decision, state = fold.step(EDITION, person, visit, state)
        stepped.append(decision)
    ran = fold.run(EDITION, person, history)
    assert stepped == ran
    assert [d.witness() for d in stepped] == [d.witness() for d in ran]
    assert fold.replay(EDITION, person, history, [d.result for d in ran]) == []


@given(person=PERSONS, history=HISTORIES, data=st.data())
def test_replay_does_not_mind_the_order_it_is_given(
    person: Facts, history: list[Facts], data: st.DataObject
) -> None:
    keys = [fold.order_key(EDITION, visit) for visit in history]
    if len(set(keys)) < len(keys):
        return
    stored = [decision.result for decision in fold.run(EDITION, person, history)]
    order = data.draw(st.permutations(range(len(history))))
    shuffled = [history[at] for at in order]
    assert fold.replay(EDITION, person, shuffled, [stored[at] for at in order]) == []


@given(person=PERSONS, history=HISTORIES)
def test_no_ceiling_is_ever_exceeded_and_used_is_what_was_paid(
    person: Facts, history: list[Facts]
) -> None:
    state, paid, special = fold.first_state(EDITION), 0, 0
    for visit in history:
        decision, state = fold.step(EDITION, person, visit, state)
        amount = decision.result["fund_pay"]
        assert isinstance(amount, int)
        assert 0 <= amount <= visit.values["cost"]
        paid += amount
        special += amount if dict(decision.clauses)["verdict_of"] == "special" else 0
        for ceiling in decision.ceilings:
            assert ceiling.limit_fen is None or (
                ceiling.used_fen + ceiling.added_fen <= ceiling.limit_fen
            )
    cap = 3_500_000 if person.values["loyal"] >= 3 else 3_000_000
    assert paid <= cap
    assert special <= 200_000
    assert state.values[-2:] == (special, paid)


@given(person=PERSONS, history=HISTORIES)
def test_a_decision_explains_each_step_once_and_each_with_an_article(
    person: Facts, history: list[Facts]
) -> None:
    for decision in fold.run(EDITION, person, history):
        names = [step.name for step in decision.steps]
        assert len(names) == len(set(names))
        assert all(step.source and step.article for step in decision.steps)


@given(data=st.data())
@settings(max_examples=40)
def test_the_order_of_independent_keys_does_not_change_the_hash(data: st.DataObject) -> None:
    lines = CONTRIBUTION.splitlines()
    start = lines.index("parameters:") + 1
    ages = lines[start : start + 4]
    first = lines.index("steps:") + 1
    steps = lines[first : first + 4]
    changed = lines.copy()
    changed[start : start + 4] = data.draw(st.permutations(ages))
    changed[first : first + 4] = data.draw(st.permutations(steps))
    one, two = read(CONTRIBUTION), read("\n".join(changed))
    assert one.text_hash == two.text_hash
    assert (
        one.bind("contribution", year=2009).sense_hash
        == two.bind("contribution", year=2009).sense_hash
    )


@given(day=DAYS, months=st.integers(-1200, 1200))
def test_adding_months_agrees_with_the_standard_library(day: int, months: int) -> None:
    start, end = dates.to_date(day), dates.to_date(dates.add_months(day, months))
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    if end.day != start.day:
        assert end.day < start.day
        assert dates.to_date(dates.to_number(end) + 1).day == 1


@given(one=DAYS, two=DAYS)
def test_months_between_is_the_largest_that_fits(one: int, two: int) -> None:
    months = dates.months_between(one, two)
    assert dates.add_months(one, months) <= two < dates.add_months(one, months + 1)


@given(born=DAYS, on=DAYS)
def test_an_age_turns_on_birthdays_only(born: int, on: int) -> None:
    before, after = dates.age(born, on - 1), dates.age(born, on)
    birthday, day = dates.to_date(born), dates.to_date(on)
    leap = (birthday.month, birthday.day) == (2, 29)
    turns = (day.month, day.day) == (birthday.month, birthday.day) or (
        leap and (day.month, day.day) == (3, 1) and dates.to_date(on - 1).day == 28
    )
    assert after - before == turns


@given(fen=st.integers(-(10**12), 10**12), parts=st.integers(0, 10_000), day=DAYS)
def test_what_is_written_is_read_back(fen: int, parts: int, day: int) -> None:
    assert read_money(str(to_json(fen, MONEY))) == fen
    assert read_rate(f"{to_json(parts, RATE)}%") == parts
    again = read_facts(EDITION, {"share": to_json(parts, RATE)})
    assert again.values["share"] == parts
    assert read_date(str(to_json(day, DATE))) == day
    assert date.fromisoformat(str(to_json(day, DATE))) == dates.to_date(day)
