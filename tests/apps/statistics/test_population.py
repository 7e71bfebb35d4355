"""The insured of a year as a snapshot: facts only, of one moment, and simulated as they stand."""

import contextlib
import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.access.offices import by_a_person
from tests.apps.claims.insured import AT, insure, open_office, stay
from yibao.apps.access.models import AuditRecord
from yibao.apps.access.scope import scoped
from yibao.apps.claims import operations as claims
from yibao.apps.statistics import queries
from yibao.apps.statistics.operations import take_population
from yibao.cli.main import main
from yibao.rulebook.loader import layers, rulebook
from yibao.simulation import run
from yibao.simulation.buckets import read_bucket
from yibao.simulation.job import plan_text, words_of

pytestmark = pytest.mark.django_db

DEARER = """
overlay: dearer
over: xingan
authority: proposal
sources: {甲: {title: 提高起付标准, published: 2009-01-01}}
parameters:
  deductible_base: {values: [{from: 2009, is: {1: 300, 2: 400, 3: 500}, cite: 甲 一}]}
"""


@pytest.fixture
def office():
    return open_office()


@pytest.fixture
def settled(office):
    """Three insured people; two were in hospital, one of them once more but taken back."""
    people = [insure(office.scope, no=no, years=4) for no in (1, 2, 3)]
    kept = [
        settle(office, people[0], "F1", stay("5000.00")),
        settle(office, people[1], "F1", stay("3000.00", since="2009-04-01", until="2009-04-10"), 1),
    ]
    wrong = settle(office, people[1], "F2", stay("900.00", since="2009-05-01", until="2009-05-04"))
    claims.reverse(
        scope=by_a_person(office.scope, at=AT),
        client="H",
        key="r1",
        settlement_id=wrong.settlement_id,
        because="录入错误",
        at=AT,
    )
    return people, kept


def settle(office, person, number, facts, level=3):
    return claims.settle(
        scope=office.scope,
        client="H",
        key=f"{person}-{number}",
        person_id=person,
        institution_id=office.hospitals[level],
        number=number,
        facts=facts,
        at=AT,
    )


def taken(office, place: Path):
    return take_population(scope=office.scope, year=2009, place=place, at=AT)


def test_the_snapshot_holds_the_insured_and_the_visits_that_stand(office, settled, tmp_path):
    snapshot = taken(office, tmp_path / "population")
    manifest = snapshot.manifest
    assert (manifest.persons, manifest.visits, manifest.made_by) == (3, 2, "database")
    bucket = read_bucket(snapshot, words_of(rulebook("xingan")), 0)
    assert sorted(bucket.visits.values["eligible_cost"].tolist()) == [300000, 500000]
    assert bucket.persons.texts["district"].to_pylist() == ["152221101000"] * 3


def test_a_simulation_of_it_pays_what_was_settled_and_what_would_have_been(
    office, settled, tmp_path
):
    snapshot = taken(office, tmp_path / "population")
    job = plan_text(
        region="xingan",
        below=layers("xingan"),
        text=DEARER,
        file="dearer.yaml",
        year=2009,
        snapshot=snapshot,
        reader="scalar",
    )
    outcome = run(job)
    assert outcome.benefit is not None
    fund = outcome.benefit.amount("fund_pay")
    # (5000 − 400) × 60 % + (3000 − 200) × 70 %; the proposal takes 100 from each
    assert (fund["before_fen"], fund["after_fen"]) == (276000 + 196000, 270000 + 189000)


def test_people_leave_under_a_hash_and_without_names_or_numbers_of_ours(office, settled, tmp_path):
    people, _ = settled
    with scoped(office.scope):
        rows = list(queries.population(scope=office.scope, year=2009).rows)
    keys = {key for _, key, _ in rows}
    assert len(keys) == 3 and keys.isdisjoint(people)
    told = str(rows)
    assert "乌力吉" not in told and "P00000001" not in told


def test_two_statements_whatever_the_number(office, settled):
    with (
        scoped(office.scope),
        CaptureQueriesContext(
            connection,
        ) as sent,
    ):
        list(queries.population(scope=office.scope, year=2009).rows)
    words = [query["sql"] for query in sent if "yibao.from" not in query["sql"]]
    assert len(words) <= 2


def test_another_county_sees_nobody(office, settled):
    elsewhere = office.scope.narrowed(152222000000, 152223000000)
    with scoped(elsewhere):
        found = queries.population(scope=elsewhere, year=2009)
        assert (found.people, list(found.rows)) == (0, [])


def test_the_taking_is_on_record_with_the_hash(office, settled, tmp_path):
    snapshot = taken(office, tmp_path / "population")
    with scoped(office.scope):
        record = AuditRecord.objects.get(object_kind="population")
    assert record.detail == {"people": 3, "visits": 2, "snapshot": snapshot.manifest.hash}


def test_the_command_line_takes_it_from_the_database_and_keeps_the_run(
    office, settled, tmp_path, monkeypatch, capsys
):
    proposal = tmp_path / "dearer.yaml"
    proposal.write_text(DEARER)
    monkeypatch.setattr("yibao.database.service.database_at_hand", contextlib.nullcontext)
    out = tmp_path / "run"
    asked = ["simulate", "--region", "xingan", "--year", "2009", "--proposal", str(proposal)]
    asked += ["--database", "--out", str(out), "--json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["snapshot"]["made_by"] == "database" and told["snapshot"]["seed"] is None
    assert told["benefit"]["moves"]["lose"] == 2
    assert json.loads((out / "result.json").read_text()) == told
    # The population is of the first asking; what was settled since is not in it.
    settle(office, settled[0][2], "F9", stay("4000.00", since="2009-06-01", until="2009-06-05"))
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out) == told
