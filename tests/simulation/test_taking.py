"""Rows of facts, one by one, into a snapshot: typed, presumed, sorted, split."""

import numpy as np
import pytest

from tests.simulation.population import BOTH, job_for, words
from yibao.simulation import run, taking
from yibao.simulation.buckets import read_bucket
from yibao.simulation.deciding import COLUMNS, SCALAR
from yibao.simulation.refusals import RowWrong
from yibao.simulation.taking import take

PERSON = {"born": "1950-03-01", "sex": "female", "consecutive_years": 5, "paid_on": "2009-11-01"}
STAY = {
    "number": "B2",
    "kind": "inpatient",
    "hospital_level": 2,
    "admitted_on": "2010-02-01",
    "discharged_on": "2010-02-09",
    "eligible_cost": "1300.50",
}


def taken(place, rows, people=1):
    return take(place, words=words(), region="xingan", year=2010, people=people, rows=rows)


def test_facts_are_read_by_their_types_and_unknown_ones_left_out(tmp_path):
    rows = [
        ("persons", 7, {**PERSON, "identities": ["orphan", "minimum_living"], "shoe_size": 41}),
        ("visits", 7, STAY),
    ]
    bucket = read_bucket(taken(tmp_path / "s", rows), words(), 0)
    person = bucket.persons.row(0).values
    assert person["identities"] == {"orphan", "minimum_living"}
    assert person["sex"] == "female" and "shoe_size" not in person
    assert bucket.visits.row(0).values["eligible_cost"] == 130050


def test_what_one_row_does_not_say_is_presumed_and_what_none_says_is_not_recorded(tmp_path):
    rows = [("persons", 1, {**PERSON, "gap_years": 2}), ("persons", 2, PERSON)]
    bucket = read_bucket(taken(tmp_path / "s", rows), words(), 0)
    assert sorted(bucket.persons.values["gap_years"].tolist()) == [0, 2]
    assert "student" not in bucket.persons.values


def test_a_fact_that_nobody_presumes_must_be_said_by_every_row(tmp_path):
    lacking = {name: value for name, value in PERSON.items() if name != "consecutive_years"}
    with pytest.raises(RowWrong) as told:
        taken(tmp_path / "s", [("persons", 1, PERSON), ("persons", 2, lacking)])
    assert told.value.column == "consecutive_years"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fact", "value"),
    [("sex", "unknown"), ("born", "1950-13-01"), ("consecutive_years", 500), ("sex", None)],
)
def test_a_value_that_cannot_be_is_refused_with_row_and_column(tmp_path, fact, value):
    rows = [("persons", 1, PERSON), ("persons", 2, {**PERSON, fact: value})]
    with pytest.raises(RowWrong) as told:
        taken(tmp_path / "s", rows)
    assert (told.value.row, told.value.column) == (2, fact)


def test_visits_come_in_any_order_and_stand_in_theirs(tmp_path):
    later = {**STAY, "number": "A1", "admitted_on": "2010-05-01", "discharged_on": "2010-05-02"}
    same = {**STAY, "number": "B1"}
    rows = [("visits", 1, later), ("visits", 1, STAY), ("persons", 1, PERSON), ("visits", 1, same)]
    bucket = read_bucket(taken(tmp_path / "s", rows), words(), 0)
    assert bucket.visits.texts["number"].to_pylist() == ["B1", "B2", "A1"]


def test_many_rows_in_several_portions_and_buckets_are_the_same_people(tmp_path, monkeypatch):
    monkeypatch.setattr(taking, "_AT_ONCE", 7)
    rows = [("persons", key, PERSON) for key in range(1, 51)]
    rows += [("visits", key, {**STAY, "number": f"N{key}"}) for key in range(1, 51, 2)]
    snapshot = taken(tmp_path / "s", rows, people=64_001)
    assert snapshot.manifest.buckets == 3
    assert (snapshot.manifest.persons, snapshot.manifest.visits) == (50, 25)
    keys = [read_bucket(snapshot, words(), at).keys for at in range(3)]
    assert sorted(np.concatenate(keys).tolist()) == list(range(1, 51))
    # (1300.50 − 300) × 65 %, and for a stay of level 2 the proposal changes nothing
    found = run(job_for(snapshot, BOTH)).benefit.amount("fund_pay")
    assert (found["before_fen"], found["change_fen"]) == (25 * 65033, 0)


@pytest.mark.parametrize("reader", [COLUMNS, SCALAR])
def test_nobody_at_all_is_a_population_that_nothing_moves(tmp_path, reader):
    found = run(job_for(taken(tmp_path / "s", [], people=0), BOTH, reader=reader))
    for section in found.sections():
        assert section.counted["persons"] == 0
        assert section.affected == () and section.groups == ()
        assert section.amounts[0]["change_fen"] == 0
