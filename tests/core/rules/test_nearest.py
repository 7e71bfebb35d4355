"""What would change an answer: the nearest values of single facts, each tried by the reader."""

from __future__ import annotations

from tests.core.rules.samples import BENEFIT, CONTRIBUTION, read
from yibao.core.rules import fold, nearest
from yibao.core.rules.edition import Edition
from yibao.core.rules.facts import read_facts, to_json
from yibao.core.rules.prose.words import LANGUAGES


def told(edition: Edition, given: dict[str, object], **asked: object) -> list[str]:
    """Each change as `fact values: outcomes that differ`."""
    facts = read_facts(edition, given)
    return [
        f"{flip.fact} {[to_json(v, edition.facts[flip.fact].type) for v in flip.values]}: "
        + ", ".join(f"{name} {new}" for name, (_, new) in flip.changed.items())
        for flip in nearest.what_would_change(edition, [facts], **asked)  # type: ignore[arg-type]
    ]


def test_the_nearest_birthdays_and_every_code_that_change_a_contribution() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    given: dict[str, object] = {"born": "1948-11-20", "low_income": True}
    assert told(edition, given, outcomes=["class"]) == [
        "student ['primary', 'secondary']: class child",
        "born ['1949-01-01']: class adult",
        "born ['1991-01-01']: class child",
        "low_income [False]: class adult",
    ]
    assert len(told(edition, given, most=2)) == 2
    assert told(edition, {"born": "1980-01-01"}, outcomes=["class"])[-2:] == [
        "identities [['minimum_living']]: class adult_aided",
        "disability [1, 2]: class adult_aided",
    ]


WINDOW = """
parameters:
  opens: {type: date, is: 2008-09-01, from: 2008, cite: law 1}
  closes: {type: date, is: 2009-04-30, from: 2008, cite: law 1}
  newborn: {type: period, is: 90 days, from: 2008, cite: law 2}
rules:
  cover:
    result: {covered: covered, paid: paid_on}
    requires: [{when: born <= paid_on, zh: 出生不晚于缴费}]
    steps:
      covered:
        zh: 是否参保
        order: reading 44
        first_of:
          not_paid: {when: paid_on is None, is: False, cite: law 1}
          early: {when: paid_on < opens, is: False, cite: law 1}
          in_time: {when: paid_on <= closes, is: True, cite: law 1}
          baby: {when: paid_on <= born + newborn, is: True, cite: law 2}
          otherwise: {is: False, cite: law 1}
"""


def test_a_payment_by_the_last_day_would_have_been_in_time() -> None:
    edition = read(WINDOW).bind("cover", year=2009)
    late: dict[str, object] = {"born": "1980-01-01", "paid_on": "2009-06-01"}
    assert told(edition, late, outcomes=["covered"]) == [
        "paid_on ['2009-04-30']: covered True",
        "born ['2009-03-03']: covered True",
    ]
    unpaid: dict[str, object] = {"born": "1980-01-01", "paid_on": None}
    assert told(edition, unpaid, outcomes=["covered"]) == ["paid_on ['2009-04-30']: covered True"]
    paid: dict[str, object] = {"born": "1980-01-01", "paid_on": "2009-04-01"}
    assert told(edition, paid, outcomes=["covered"]) == [
        "paid_on [None, '2008-08-31', '2009-05-01']: covered False"
    ]


def test_what_would_change_is_said_in_words() -> None:
    edition = read(WINDOW).bind("cover", year=2009)
    facts = read_facts(edition, {"born": "1980-01-01", "paid_on": "2009-04-01"})
    (found,) = nearest.what_would_change(edition, [facts], outcomes=["covered"])
    assert nearest.sentence(found, edition) == (
        "如果未缴费，或者paid_on为2008年8月31日或2009年5月1日，那么不参保"
    )
    english = nearest.sentence(found, edition, "en")
    assert english.startswith("If the paid_on is not recorded, or the paid_on is 31 August 2008 or")
    labels = nearest.outcome_labels(edition)
    assert (labels["covered"].zh, labels["paid"].zh) == ("是否参保", "paid_on")


def test_an_identity_is_gained_or_lost() -> None:
    edition = read(CONTRIBUTION).bind("contribution", year=2009)
    poor = read_facts(edition, {"born": "1980-01-01", "identities": ["minimum_living"]})
    found = nearest.what_would_change(edition, [poor], outcomes=["class"])
    said = [nearest.sentence(flip, edition) for flip in found if flip.fact == "identities"]
    assert said == ["如果不属于低保，那么缴费类别为成年"]
    plain = read_facts(edition, {"born": "1980-01-01"})
    found = nearest.what_would_change(edition, [plain], outcomes=["class"])
    said = [nearest.sentence(flip, edition) for flip in found]
    assert "如果属于低保，那么缴费类别为困难成年" in said
    assert all(
        nearest.sentence(flip, edition, language) for flip in found for language in LANGUAGES
    )


def test_a_visit_is_asked_with_the_state_before_it() -> None:
    edition = read(BENEFIT).bind("benefit", year=2009)
    person = read_facts(edition, {"loyal": 3})
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
    state = fold.first_state(edition).values
    found = nearest.what_would_change(edition, [person, visit], state, outcomes=["fund_pay"])
    by_fact = {(flip.fact, flip.values): flip.changed["fund_pay"][1] for flip in found}
    assert by_fact["hospital_level", (2,)] == 42000
    assert by_fact["kind", ("special_outpatient",)] == 60000
    # an admission that the discharge stands for when nobody gave it
    early = read_facts(edition, {"admitted_on": "2009-02-01"})
    found = nearest.what_would_change(edition, [person, visit, early], state)
    assert {flip.fact for flip in found} >= {"hospital_level", "kind"}


BARE = """
rules:
  answer:
    result: {low: low_income, note: number, asked: asked}
    steps:
      asked: {is: count > members_at_most or number is None, cite: law 1}
parameters: {members_at_most: {type: times, is: 3, from: 2008, cite: law 1}}
"""


def test_texts_are_left_alone_and_a_fact_may_be_an_outcome_itself() -> None:
    book = read(BARE.replace(" or number is None", ""))
    edition = book.bind("answer", year=2009)
    given: dict[str, object] = {"low_income": True, "number": "7", "count": 2}
    assert told(edition, given) == [
        "low_income [False]: low False",
        "count [4]: asked True",
    ]
    labels = nearest.outcome_labels(edition)
    assert labels["note"].zh == "number"


def test_the_day_that_a_value_changes_on_is_tried_too() -> None:
    text = """
parameters:
  price: {type: money, values: [{from: 2008, until: 2009-06-30, is: 100, cite: law 1}, {from: 2009-07-01, is: 200, cite: law 2}]}
rules:
  answer:
    dated_by: discharged_on
    result: {owed: owed}
    steps: {owed: {is: price, cite: law 1}}
"""
    edition = read(text).bind("answer", year=2009)
    assert told(edition, {"discharged_on": "2009-08-01"})[0] == (
        "discharged_on ['2009-06-30']: owed 10000"
    )
