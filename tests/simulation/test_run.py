"""One result wherever it ran: here, in processes, on a cluster, broken off, killed, gone on with."""

import importlib.util
import json
import shutil
import sys

import pytest

from tests.simulation.dying import DiesAt
from tests.simulation.population import BUCKETS, LOWER, YEAR, job_for, made
from yibao.rulebook.loader import UnknownRegion
from yibao.simulation import Outcome, plan, run
from yibao.simulation.counting import count_bucket
from yibao.simulation.deciding import COLUMNS, COMPILED, SCALAR, best_reader
from yibao.simulation.refusals import AnotherRun, FileChanged, SnapshotOfElsewhere, WorkersLost
from yibao.simulation.snapshot import file_of, open_snapshot


@pytest.fixture(scope="module")
def oracle(snapshot):
    """The result by the scalar reader, one person after the other."""
    return run(job_for(snapshot, reader=SCALAR))


@pytest.mark.parametrize("reader", [COLUMNS, COMPILED])
def test_readers_of_many_rows_give_what_one_by_one_gives_to_the_fen(snapshot, oracle, reader):
    if reader == COMPILED:
        pytest.importorskip("numba")
    found = run(job_for(snapshot, reader=reader))
    assert found.benefit == oracle.benefit
    assert found.contribution == oracle.contribution
    assert found.figures_hash == oracle.figures_hash


def test_the_oracle_moves_people_both_ways_and_leaves_some_unanswered(oracle):
    assert oracle.benefit.moves["gain"] > 10 and oracle.benefit.moves["lose"] > 10
    assert oracle.contribution.moves["gain"] > 10 and oracle.contribution.moves["lose"] > 10
    assert oracle.benefit.unanswered["persons"] > 0


def test_worker_processes_give_the_same(snapshot, oracle):
    assert run(job_for(snapshot), workers=2).figures_hash == oracle.figures_hash


def test_a_worker_that_is_killed_is_run_again_and_counts_once(snapshot, oracle, tmp_path):
    job = job_for(snapshot)
    found = run(job, workers=2, work=DiesAt(str(tmp_path), 2))
    assert list(tmp_path.iterdir()) == [tmp_path / "died-0"]
    assert found.figures_hash == oracle.figures_hash


def test_a_bucket_that_kills_every_worker_is_given_up_and_the_others_are_kept(snapshot, tmp_path):
    marks, out = tmp_path / "marks", tmp_path / "out"
    marks.mkdir()
    with pytest.raises(WorkersLost) as told:
        run(
            job_for(snapshot),
            workers=2,
            out=out,
            work=DiesAt(str(marks), 1, times=99),
        )
    assert told.value.times == 3
    assert run(job_for(snapshot), out=out).run["resumed_buckets"] >= 1


@pytest.mark.heavy
def test_a_cluster_gives_the_same_though_a_task_is_killed(snapshot, oracle, tmp_path):
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    addresses = set()

    def progress(done, total):
        ray = sys.modules.get("ray")
        if ray is not None and ray.is_initialized():
            addresses.add(ray.util.get_node_ip_address())

    found = run(
        job_for(snapshot, reader=best_reader()),
        on="ray",
        workers=2,
        work=DiesAt(str(tmp_path), 2),
        progress=progress,
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "died-0"]
    assert found.figures_hash == oracle.figures_hash
    assert addresses == {"127.0.0.1"}
    assert found.run["on"] == "ray" and not sys.modules["ray"].is_initialized()


def test_a_run_broken_off_goes_on_where_it_was(snapshot, oracle, tmp_path):
    def breaks_off(job, bucket):
        if bucket == 2:
            raise KeyboardInterrupt
        return count_bucket(job, bucket)

    with pytest.raises(KeyboardInterrupt):
        run(job_for(snapshot), out=tmp_path, work=breaks_off)
    assert not (tmp_path / "result.json").exists()
    asked = []

    def noted(job, bucket):
        asked.append(bucket)
        return count_bucket(job, bucket)

    found = run(job_for(snapshot), out=tmp_path, work=noted)
    assert asked == [2, 3]
    assert found.run["resumed_buckets"] == 2
    assert found.figures_hash == oracle.figures_hash


def test_a_kept_result_is_shown_again_and_never_written_over(snapshot, tmp_path):
    first = run(job_for(snapshot), out=tmp_path)
    kept = (tmp_path / "result.json").read_bytes()
    again = run(job_for(snapshot), out=tmp_path, work=None)
    assert again == first
    assert (tmp_path / "result.json").read_bytes() == kept
    assert (tmp_path / "result.json").stat().st_mode & 0o222 == 0


def test_half_a_bucket_that_a_power_cut_left_is_run_again(snapshot, oracle, tmp_path):
    run(job_for(snapshot), out=tmp_path)
    (tmp_path / "result.json").unlink()
    half = tmp_path / "buckets/1.json"
    half.chmod(0o644)
    half.write_text(half.read_text()[:100])
    assert run(job_for(snapshot), out=tmp_path).figures_hash == oracle.figures_hash


def test_a_directory_keeps_one_run(snapshot, tmp_path):
    run(job_for(snapshot), out=tmp_path)
    with pytest.raises(AnotherRun):
        run(job_for(snapshot, LOWER.read_text()), out=tmp_path)


def test_how_the_population_is_split_changes_no_figure(oracle, tmp_path):
    # Only the snapshot's own hash, and the masks and ties that rest on it, may differ.
    other = made(tmp_path / "other", buckets=BUCKETS)
    assert other.manifest.hash == oracle.snapshot["hash"]


def test_an_outcome_survives_json(oracle):
    assert Outcome.from_json(json.loads(json.dumps(oracle.to_json()))) == oracle


def test_a_result_names_both_rulebooks_snapshot_seed_year_versions_and_time(oracle, snapshot):
    told = oracle.to_json()
    assert told["rulebooks"]["before"]["text"] != told["rulebooks"]["after"]["text"]
    for rule in ("contribution", "benefit"):
        before, after = (told["rulebooks"][side]["sense"][rule] for side in ("before", "after"))
        assert before != after
    assert told["snapshot"]["hash"] == snapshot.manifest.hash
    assert (told["snapshot"]["seed"], told["year"]) == (11, YEAR)
    assert told["versions"]["numpy"] and told["run"]["milliseconds"] >= 0
    assert told["proposal"]["authority"] == "proposal"


def test_a_rule_that_the_proposal_leaves_alone_moves_nobody(snapshot):
    found = run(job_for(snapshot, LOWER.read_text())).contribution
    assert (found.moves["gain"], found.moves["lose"]) == (0, 0)
    assert found.affected == ()


def test_a_snapshot_of_another_year_is_refused(snapshot):
    with pytest.raises(SnapshotOfElsewhere):
        plan(region="xingan", proposal=LOWER, year=YEAR + 1, snapshot=snapshot.place)


def test_a_region_without_a_rulebook_is_refused(snapshot):
    with pytest.raises(UnknownRegion):
        plan(region="atlantis", proposal=LOWER, year=YEAR, snapshot=snapshot.place)


def test_progress_is_told_for_every_bucket(snapshot):
    told = []
    run(job_for(snapshot), progress=lambda done, total: told.append((done, total)))
    assert told == [(done, BUCKETS) for done in range(BUCKETS + 1)]


@pytest.mark.heavy
def test_a_faulty_snapshot_is_refused_on_a_cluster_as_it_is_here(snapshot, tmp_path):
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    place = shutil.copytree(snapshot.place, tmp_path / "copy")
    place.joinpath(file_of("visits", 2)).unlink()
    job = job_for(open_snapshot(place))
    told = []
    for where in ("local", "ray"):
        with pytest.raises(FileChanged) as refused:
            run(job, on=where, workers=2)
        told.append(refused.value.sentence("en"))
    assert told[0] == told[1] and "visits/bucket=2" in told[0]
