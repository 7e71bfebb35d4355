"""The figures counted once more, by hand: one person after the other, with `explain` and Decimal.

Nothing of the simulation's counting is used here; only its made-up people are.
"""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from tests.simulation.population import BOTH, BUCKETS, REGION, YEAR, job_for, words
from yibao.core.refusal import Refusal
from yibao.core.rules.book import LayerText, read_rulebook
from yibao.core.rules.facts import to_json
from yibao.rulebook.explain import Question, explain
from yibao.rulebook.loader import calendar, layers, rulebook
from yibao.simulation import run
from yibao.simulation.affected import masked
from yibao.simulation.buckets import read_bucket

FUND, OWN = "fund_pay", "self_pay"


def fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def as_json(facts):
    known = words().facts
    return {name: to_json(value, known[name].type) for name, value in facts.values.items()}


@pytest.fixture(scope="module")
def people(snapshot):
    """Everybody, as a clerk would type them: the key, the person's facts, the visits'."""
    found = []
    for at in range(BUCKETS):
        bucket = read_bucket(snapshot, words(), at)
        for place, key in enumerate(bucket.keys.tolist()):
            visits = [as_json(bucket.visits.row(row)) for row in bucket.visits_of(place)]
            found.append((key, as_json(bucket.persons.row(place)), visits))
    return found


@pytest.fixture(scope="module")
def books():
    text = LayerText("proposal.yaml", BOTH, "proposal")
    return rulebook(REGION), read_rulebook((*layers(REGION), text), calendar=calendar())


@pytest.fixture(scope="module")
def outcome(snapshot):
    return run(job_for(snapshot))


@pytest.fixture(scope="module")
def treated(people, books):
    """Of everybody who can be answered under both rulebooks, the visits' results, by person."""
    found = {}
    for key, person, visits in people:
        try:
            sides = [
                explain(Question(book, REGION, "benefit"), {"person": person, "visits": visits})
                for book in books
            ]
        except Refusal:
            continue
        found[key] = (person, visits, *(side["result"]["visits"] for side in sides))
    return found


def test_totals_of_the_benefit(outcome, treated, people):
    section = outcome.benefit
    assert section.counted["persons"] == len(treated) < len(people)
    assert section.counted["visits"] == sum(len(visits) for _, visits, *_ in treated.values())
    assert section.unanswered["persons"] == len(people) - len(treated)
    for name in ("deductible", FUND, OWN):
        told = section.amount(name)
        for side, key in ((2, "before_fen"), (3, "after_fen")):
            assert told[key] == sum(fen(row[name]) for one in treated.values() for row in one[side])


def test_who_gains_and_who_loses_and_by_how_much(outcome, treated):
    changes = [
        sum(fen(row[OWN]) for row in after) - sum(fen(row[OWN]) for row in before)
        for _, _, before, after in treated.values()
    ]
    moves = outcome.benefit.moves
    assert moves["gain"] == sum(change < 0 for change in changes)
    assert moves["lose"] == sum(change > 0 for change in changes)
    assert moves["same"] == changes.count(0)
    assert moves["gain_fen"] == sum(change for change in changes if change < 0)
    assert moves["lose_fen"] == sum(change for change in changes if change > 0)
    for bin_ in outcome.benefit.histogram:
        low = bin_["from_fen"] if bin_["from_fen"] is not None else -(10**12)
        high = bin_["until_fen"] if bin_["until_fen"] is not None else 10**12
        assert bin_["persons"] == sum(low <= change < high for change in changes)


def groups_of(outcome, by):
    found = next(group for group in outcome.benefit.groups if group["by"] == by)
    return {row["key"]: row for row in found["rows"]}


def test_groups_of_visits_by_hospital_level(outcome, treated):
    people, visits = defaultdict(set), Counter()
    money = defaultdict(Counter)
    moved = defaultdict(Counter)
    for key, (_, given, before, after) in treated.items():
        for visit, old, new in zip(given, before, after):
            level = str(visit["hospital_level"])
            people[level].add(key)
            visits[level] += 1
            money[level]["before"] += fen(old[FUND])
            money[level]["after"] += fen(new[FUND])
            moved[level][key] += fen(new[OWN]) - fen(old[OWN])
    rows = groups_of(outcome, "hospital_level")
    assert rows.keys() == people.keys() == {"1", "2", "3"}
    for level, row in rows.items():
        assert (row["persons"], row["visits"]) == (len(people[level]), visits[level])
        assert row["amounts"][FUND]["before_fen"] == money[level]["before"]
        assert row["amounts"][FUND]["after_fen"] == money[level]["after"]
        assert row["gain"] == sum(change < 0 for change in moved[level].values())
        assert row["lose"] == sum(change > 0 for change in moved[level].values())


def agrees(shown: dict, counted: Counter) -> bool:
    """Whether groups are told as counted; the small ones together, nobody left out."""
    apart = {key: many for key, many in shown.items() if "other" not in (key, key[0])}
    assert all(many >= 10 for many in shown.values())
    assert sum(shown.values()) == sum(counted.values())
    return apart == {key: counted[key] for key in apart} and len(apart) >= 2


def band(born: str) -> str:
    year, month, day = map(int, born.split("-"))
    age = max(YEAR - year - ((month, day) > (1, 1)), 0)
    for since, until in ((0, 6), (6, 18), (18, 45), (45, 60), (60, 70), (70, 80)):
        if age < until:
            return f"{since}-{until - 1}"
    return "80+"


def test_groups_of_people_by_age_county_and_identity(outcome, treated):
    by_age, by_county, by_identity = Counter(), Counter(), Counter()
    for person, *_ in treated.values():
        by_age[band(person["born"])] += 1
        by_county[person["district"][:6]] += 1
        for code in person["identities"] or ["none"]:
            by_identity[code] += 1
    for by, counted in (("age", by_age), ("county", by_county)):
        assert agrees({key: row["persons"] for key, row in groups_of(outcome, by).items()}, counted)
    shown = {key: row["persons"] for key, row in groups_of(outcome, "identity").items()}
    assert shown == {code: many for code, many in by_identity.items() if many >= 10}


def test_reasons_of_visits_before_and_after(outcome, treated):
    pairs = Counter(
        (old["reason"], new["reason"])
        for _, _, before, after in treated.values()
        for old, new in zip(before, after)
    )
    shown = {
        (row["before"]["code"], row["after"]["code"]): row["rows"]
        for row in outcome.benefit.pairs["rows"]
    }
    assert agrees(shown, pairs)


def test_the_most_affected_are_those_who_are_moved_most(outcome, treated, snapshot):
    changes = {
        masked(snapshot.manifest.hash, key): sum(fen(row[OWN]) for row in after)
        - sum(fen(row[OWN]) for row in before)
        for key, (_, _, before, after) in treated.items()
    }
    told = outcome.benefit.affected
    assert len(told) == 100
    assert [one["rank"] for one in told] == list(range(1, 101))
    assert all(changes[one["person"]] == one["change_fen"] for one in told)
    most = sorted((abs(change) for change in changes.values()), reverse=True)[:100]
    assert [abs(one["change_fen"]) for one in told] == most


def test_each_of_them_is_told_where_the_decisions_part_with_both_articles(outcome):
    for one in outcome.benefit.affected:
        parts = one["parts"]
        assert parts["before"]["cite"]["article"] and parts["after"]["cite"]["article"]
        assert parts["before"]["value"] != parts["after"]["value"]
        assert 1 <= parts["visit"] <= one["visits"]
    steps = {one["parts"]["step"]: one["parts"] for one in outcome.benefit.affected}
    assert {"deductible", "base_cap"} & steps.keys()
    cited = {
        found["after"]["cite"]["source"] + found["after"]["cite"]["article"]
        for parts in steps.values()
        for found in parts["parameters"]
    }
    assert cited <= {"甲一", "甲二"} and cited


def test_the_contribution_once_more(outcome, people, books):
    answers = [
        [
            explain(Question(book, REGION, "contribution"), {**person, "year": YEAR})["result"]
            for book in books
        ]
        for _, person, _ in people
    ]
    section = outcome.contribution
    assert section.counted["persons"] == len(people)
    for name in ("standard", "personal", "central", "region", "league", "county"):
        told = section.amount(name)
        for side, key in ((0, "before_fen"), (1, "after_fen")):
            assert told[key] == sum(fen(one[side][name]) for one in answers)
    pairs = Counter((one[0]["class"], one[1]["class"]) for one in answers)
    rows = {
        (row["before"]["code"], row["after"]["code"]): row["rows"] for row in section.pairs["rows"]
    }
    assert agrees(rows, pairs)
    changes = [fen(one[1]["personal"]) - fen(one[0]["personal"]) for one in answers]
    assert section.moves["gain"] == sum(change < 0 for change in changes) > 0
    assert section.moves["lose"] == sum(change > 0 for change in changes) > 0
