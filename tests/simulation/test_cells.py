"""The contribution on cells: counted once, and the same as person by person for any proposal."""

import random

import pytest

from tests.simulation.population import BOTH, DEARER, LOWER, PEOPLE, job_for
from yibao.rulebook.loader import layers, rulebook
from yibao.simulation import run
from yibao.simulation.cells import answer
from yibao.simulation.census import cells_for, take_census
from yibao.simulation.deciding import COLUMNS, SCALAR
from yibao.simulation.job import CONTRIBUTION, plan_text, words_of
from yibao.simulation.synthetic import make_population

OLDER = """
overlay: older
over: xingan
authority: proposal
sources: {甲: {title: 提高老人年龄, published: 2009-06-01}}
parameters:
  aided_age: {values: [{from: 2010, is: 70, cite: 甲 一}]}
"""


@pytest.fixture(scope="module")
def census(snapshot):
    found = take_census(job_for(snapshot), CONTRIBUTION)
    assert found is not None
    return found


def without_affected(section):
    return {name: getattr(section, name) for name in section.__slots__ if name != "affected"}


def test_everybody_is_in_one_cell(census):
    assert census.persons.sum() == PEOPLE
    assert 10 < census.size <= census.cells.size
    for keys, persons, _ in (census.groups[by] for by in ("age", "sex", "county", "town")):
        assert persons.shape == (census.size, len(keys))
        assert persons.sum() == PEOPLE


@pytest.mark.parametrize("text", [BOTH, DEARER.read_text(), LOWER.read_text()])
def test_one_census_answers_every_proposal_that_turns_where_it_does(snapshot, census, text):
    job = job_for(snapshot, text)
    told = answer(job, CONTRIBUTION, census)
    oracle = run(job_for(snapshot, text, reader=SCALAR)).contribution
    assert without_affected(told) == without_affected(oracle)


def test_a_proposal_with_another_threshold_asks_for_a_new_census(snapshot, census):
    job = job_for(snapshot, OLDER)
    assert answer(job, CONTRIBUTION, census) is None
    anew = take_census(job, CONTRIBUTION)
    told = answer(job, CONTRIBUTION, anew)
    oracle = run(job_for(snapshot, OLDER, reader=SCALAR)).contribution
    assert oracle.moves["lose"] > 0
    assert without_affected(told) == without_affected(oracle)


def test_a_finer_census_answers_a_coarser_question(snapshot):
    finer = take_census(job_for(snapshot, OLDER), CONTRIBUTION)
    told = answer(job_for(snapshot), CONTRIBUTION, finer)
    oracle = run(job_for(snapshot, reader=SCALAR)).contribution
    assert without_affected(told) == without_affected(oracle)


def test_a_fold_has_no_cells(snapshot):
    assert cells_for(job_for(snapshot), "benefit") is None
    assert take_census(job_for(snapshot), "benefit") is None


def test_a_census_is_the_same_in_whatever_order_its_buckets_are_put_together(snapshot):
    from tests.simulation.population import BUCKETS, words
    from yibao.simulation.buckets import read_bucket
    from yibao.simulation.census import counted, merged
    from yibao.simulation.groups import person_groups

    job = job_for(snapshot)
    table = cells_for(job, CONTRIBUTION)
    parts = []
    for at in range(BUCKETS):
        bucket = read_bucket(snapshot, words(), at)
        parts.append(counted(bucket, table, person_groups(bucket, job.year))[0])
    random.Random(1).shuffle(parts)
    found = parts[0]
    for part in parts[1:]:
        found = merged(part, found)
    first = answer(job, CONTRIBUTION, take_census(job, CONTRIBUTION))
    assert answer(job, CONTRIBUTION, found) == first


NOTHING = """
overlay: nothing
over: hengshan
authority: proposal
sources: {甲: {title: 不作改动, published: 2021-01-01}}
"""


def test_cells_that_cannot_be_answered_name_the_reason_that_one_by_one_gives(tmp_path):
    region, year = "hengshan", 2022
    snapshot = make_population(
        tmp_path / "snapshot",
        words=words_of(rulebook(region)),
        region=region,
        year=year,
        people_wanted=500,
        seed=3,
    )
    told = [
        run(
            plan_text(
                region=region,
                below=layers(region),
                text=NOTHING,
                file="nothing.yaml",
                year=year,
                snapshot=snapshot,
                reader=reader,
            )
        )
        for reader in (COLUMNS, SCALAR)
    ]
    assert told[0].contribution.unanswered["persons"] > 0
    assert told[0].contribution == told[1].contribution
    assert told[0].benefit is None
