"""What a snapshot may be: the same bytes for the same seed, and each fault refused by its row."""

from datetime import date
from pathlib import Path
from shutil import copytree

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.simulation.population import BUCKETS, PEOPLE, SEED, YEAR, job_for, made, words
from yibao.core.refusal import Refusal
from yibao.simulation import run
from yibao.simulation.buckets import read_bucket
from yibao.simulation.partition import bucket_of
from yibao.simulation.refusals import (
    FileChanged,
    OutOfOrder,
    PersonMissing,
    RowWrong,
    SchemaWrong,
    SnapshotUnreadable,
    VisitTwice,
    WrongBucket,
)
from yibao.simulation.snapshot import MANIFEST, Snapshot, file_of, open_snapshot, seal

PERSONS, VISITS = file_of("persons", 1), file_of("visits", 1)


def bytes_of(snapshot: Snapshot) -> dict[str, bytes]:
    names = [*snapshot.manifest.files, MANIFEST]
    return {name: snapshot.place.joinpath(name).read_bytes() for name in names}


def test_the_same_seed_makes_the_same_bytes(snapshot, tmp_path):
    assert bytes_of(made(tmp_path / "again")) == bytes_of(snapshot)


def test_another_seed_makes_another_population(snapshot, tmp_path):
    other = made(tmp_path / "other", seed=SEED + 1)
    assert bytes_of(other).keys() == bytes_of(snapshot).keys()
    assert other.manifest.hash != snapshot.manifest.hash


def test_everybody_is_in_one_bucket_and_about_two_visits_each(snapshot):
    buckets = [read_bucket(snapshot, words(), at) for at in range(BUCKETS)]
    keys = np.concatenate([bucket.keys for bucket in buckets])
    assert sorted(keys.tolist()) == list(range(1, PEOPLE + 1))
    visits = sum(bucket.visits.size for bucket in buckets)
    assert visits == snapshot.manifest.visits
    assert 1.5 * PEOPLE < visits < 2.5 * PEOPLE


def test_a_made_up_population_has_every_fact_that_the_rules_read(snapshot):
    job = job_for(snapshot)
    bucket = read_bucket(snapshot, words(), 0)
    recorded = {*bucket.persons.values, *bucket.visits.values, *bucket.visits.texts}
    for rule in job.rules():
        needed = {
            name
            for name, fact in job.edition("after", rule).facts.items()
            if fact.absent is None and (fact.per_visit or name in ("born", "consecutive_years"))
        }
        assert needed - {"amount"} <= recorded


# faults, one by one


@pytest.fixture
def copy(snapshot, tmp_path) -> Path:
    return copytree(snapshot.place, tmp_path / "copy")


def changed(place: Path, name: str, change) -> Snapshot:
    """The snapshot with one file changed, its manifest telling the new hash."""
    path = place / name
    table = change(pq.read_table(path))
    pq.write_table(table, path)
    manifest = open_snapshot(place).manifest
    return seal(place, manifest, manifest.files)


def refused(snapshot: Snapshot) -> Refusal:
    """What a run says; it tells nothing else."""
    with pytest.raises(Refusal) as told:
        run(job_for(snapshot))
    refusal = told.value
    assert refusal.message and refusal.remedy and refusal.message_en and refusal.remedy_en
    return refusal


def with_value(column: str, row: int, value):
    def change(table: pa.Table) -> pa.Table:
        at = table.column_names.index(column)
        values = table.column(column).to_pylist()
        values[row] = value
        kind = table.schema.field(column).type
        if pa.types.is_dictionary(kind):
            return table.set_column(at, column, pa.array(values, pa.string()).dictionary_encode())
        return table.set_column(at, column, pa.array(values, kind))

    return change


def swapped(row: int):
    def change(table: pa.Table) -> pa.Table:
        order = list(range(table.num_rows))
        order[row], order[row + 1] = order[row + 1], order[row]
        return table.take(order)

    return change


def rows_of_one_person(place: Path) -> int:
    """The first of two visits of one person on two days."""
    table = pq.read_table(place / VISITS)
    people, days = (table.column(name).to_pylist() for name in ("person", "discharged_on"))
    return next(
        at
        for at in range(len(days) - 1)
        if people[at] == people[at + 1] and days[at] < days[at + 1]
    )


def test_a_wrong_type_names_file_and_column(copy):
    def change(table):
        at = table.column_names.index("eligible_cost")
        return table.set_column(at, "eligible_cost", table.column(at).cast(pa.float64()))

    refusal = refused(changed(copy, VISITS, change))
    assert isinstance(refusal, SchemaWrong)
    assert (refusal.file, refusal.column) == (VISITS, "eligible_cost")
    assert "double" in refusal.sentence("en") and "int64" in refusal.sentence("en")


def test_an_unknown_column_is_refused(copy):
    refusal = refused(
        changed(
            copy, PERSONS, lambda table: table.append_column("shoe_size", table.column("person"))
        )
    )
    assert isinstance(refusal, SchemaWrong) and refusal.column == "shoe_size"


def test_a_visits_fact_among_the_persons_is_refused(copy):
    refusal = refused(
        changed(
            copy,
            PERSONS,
            lambda table: table.append_column("designated", pa.array([True] * table.num_rows)),
        )
    )
    assert isinstance(refusal, SchemaWrong) and refusal.column == "designated"


@pytest.mark.parametrize("column", ["person", "discharged_on", "number"])
def test_a_visit_without_key_day_or_number_is_refused(copy, column):
    refusal = refused(changed(copy, VISITS, lambda table: table.drop_columns([column])))
    assert isinstance(refusal, SchemaWrong) and refusal.column == column


def test_a_number_that_stands_twice_names_both_rows(copy):
    number = pq.read_table(copy / VISITS).column("number")[3].as_py()
    refusal = refused(changed(copy, VISITS, with_value("number", 7, number)))
    assert isinstance(refusal, VisitTwice)
    assert (refusal.row, refusal.first, refusal.number) == (8, 4, number)


def test_visits_of_one_person_out_of_order_name_the_row(copy):
    row = rows_of_one_person(copy)
    refusal = refused(changed(copy, VISITS, swapped(row)))
    assert isinstance(refusal, OutOfOrder)
    assert (refusal.row, refusal.column) == (row + 2, "discharged_on")


def test_visits_of_one_day_stand_by_their_numbers(copy):
    row = rows_of_one_person(copy)
    day = pq.read_table(copy / VISITS).column("discharged_on")[row].as_py()

    def change(table):
        table = with_value("discharged_on", row + 1, day)(table)
        admitted = table.column("admitted_on").to_pylist()
        table = with_value("admitted_on", row + 1, min(admitted[row + 1], day))(table)
        return with_value("number", row + 1, "A")(table)

    refusal = refused(changed(copy, VISITS, change))
    assert isinstance(refusal, OutOfOrder) and refusal.column == "number"


def test_people_out_of_order_are_refused(copy):
    refusal = refused(changed(copy, PERSONS, swapped(4)))
    assert isinstance(refusal, OutOfOrder)
    assert (refusal.file, refusal.row, refusal.column) == (PERSONS, 6, "person")


def test_a_person_twice_is_refused(copy):
    keys = pq.read_table(copy / PERSONS).column("person")
    refusal = refused(changed(copy, PERSONS, with_value("person", 5, keys[4].as_py())))
    assert isinstance(refusal, RowWrong) and (refusal.row, refusal.column) == (6, "person")


def test_a_person_in_anothers_bucket_is_refused(copy):
    stray = next(
        key for key in range(10**9, 10**9 + 99) if bucket_of(np.array([key]), BUCKETS)[0] != 1
    )
    rows = pq.read_metadata(copy / PERSONS).num_rows
    refusal = refused(changed(copy, PERSONS, with_value("person", rows - 1, stray)))
    assert isinstance(refusal, WrongBucket) and (refusal.row, refusal.person) == (rows, stray)


def test_a_visit_of_nobody_is_refused(copy):
    rows = pq.read_metadata(copy / VISITS).num_rows
    refusal = refused(changed(copy, VISITS, with_value("person", rows - 1, 10**12)))
    assert isinstance(refusal, PersonMissing) and (refusal.row, refusal.person) == (rows, 10**12)


def test_an_unknown_code_names_row_column_and_code(copy):
    refusal = refused(changed(copy, VISITS, with_value("kind", 9, "overnight")))
    assert isinstance(refusal, RowWrong)
    assert (refusal.row, refusal.column) == (10, "kind")
    assert "overnight" in refusal.sentence("en")


def test_an_unknown_code_in_a_set_is_refused(copy):
    refusal = refused(changed(copy, PERSONS, with_value("identities", 0, "orphan prince")))
    assert isinstance(refusal, RowWrong) and (refusal.row, refusal.column) == (1, "identities")


@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        (VISITS, "hospital_level", 4),
        (VISITS, "eligible_cost", -1),
        (PERSONS, "consecutive_years", 200),
        (PERSONS, "born", date(1870, 1, 1)),
        (PERSONS, "sex", None),
        (VISITS, "eligible_cost", None),
        (VISITS, "number", None),
        (VISITS, "discharged_on", date(YEAR + 1, 1, 1)),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_row(copy, file, column, value):
    rows = pq.read_metadata(copy / file).num_rows
    row = rows - 1 if column == "discharged_on" else 2
    refusal = refused(changed(copy, file, with_value(column, row, value)))
    assert isinstance(refusal, RowWrong)
    assert (refusal.file, refusal.row, refusal.column) == (file, row + 1, column)


def test_a_file_that_was_changed_afterwards_is_refused(copy):
    path = copy / PERSONS
    path.write_bytes(path.read_bytes() + b" ")
    refusal = refused(open_snapshot(copy))
    assert isinstance(refusal, FileChanged) and refusal.file == PERSONS


def test_a_file_that_is_gone_is_refused(copy):
    (copy / VISITS).unlink()
    assert isinstance(refused(open_snapshot(copy)), FileChanged)


def test_a_file_that_is_no_parquet_is_refused(copy):
    (copy / VISITS).write_text("person;number")
    manifest = open_snapshot(copy).manifest
    assert isinstance(refused(seal(copy, manifest, manifest.files)), SnapshotUnreadable)


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"schema": 1}', "[1]", "null"],
)
def test_a_manifest_that_says_too_little_is_refused(copy, text):
    (copy / MANIFEST).write_text(text)
    with pytest.raises(SnapshotUnreadable):
        open_snapshot(copy)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"schema": 1', '"schema": 2'),
        ('"made_by": "synthetic"', '"made_by": "guess"'),
        ('"buckets": 4', '"buckets": 5'),
        ('"persons": 1200', '"persons": "many"'),
    ],
)
def test_a_manifest_of_another_form_is_refused(copy, old, new):
    text = (copy / MANIFEST).read_text()
    assert old in text
    (copy / MANIFEST).write_text(text.replace(old, new))
    with pytest.raises(SnapshotUnreadable):
        open_snapshot(copy)


def test_a_directory_without_a_manifest_is_no_snapshot(tmp_path):
    with pytest.raises(SnapshotUnreadable):
        open_snapshot(tmp_path)


def test_a_column_that_is_not_there_is_presumed_or_left_unanswered(copy):
    manifest = open_snapshot(copy).manifest
    for bucket in range(BUCKETS):
        path = copy / file_of("persons", bucket)
        pq.write_table(pq.read_table(path).drop_columns(["student", "consecutive_years"]), path)
    found = run(job_for(seal(copy, manifest, manifest.files)))
    assert found.contribution.counted["persons"] == PEOPLE  # not at school: presumed
    reasons = {reason["name"]: reason for reason in found.benefit.unanswered["reasons"]}
    assert reasons["consecutive_years"]["code"] == "R03"
    assert reasons["consecutive_years"]["persons"] > 100
