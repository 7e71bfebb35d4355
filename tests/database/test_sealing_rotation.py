"""New keys under working offices: nothing is lost, a killed run goes on, search finds meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.apps.access.offices import AT, open_office
from tests.apps.registry.people import number, person
from yibao.apps.access.scope import scoped
from yibao.apps.registry import operations
from yibao.apps.registry.models import IdentityDocument, Person
from yibao.apps.registry.queries import search
from yibao.database import sealing, sealing_rotation
from yibao.database.sealing_keys import KeyFiles, KeyMissing, Keys
from yibao.database.sealing_rotation import (
    KeyInUse,
    KeysElsewhere,
    StillServing,
    faults,
    retire,
    rotate,
    rotate_index,
    rows_by_key,
    tables,
)

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 240
NUMBERS, PHONES = "registry.identitydocument.number", "registry.person.phone"

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """Keys of this test's own: another test's rows stay under theirs."""
    own = Keys(KeyFiles(tmp_path / "keys", "aes"))
    monkeypatch.setattr(sealing, "keys", lambda: own)
    monkeypatch.setattr(sealing_rotation, "CHUNK", 50)
    return own


@pytest.fixture
def county(keys):
    return open_office()


@pytest.fixture
def nobody_else(county):
    """No thread of another test is connected to the tests' database any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, %s) from pg_stat_activity"
            " where datname = current_database() and usename = current_user"
            " and pid <> pg_backend_pid()",
            [60_000],
        )
        assert all(is_gone for (is_gone,) in cursor.fetchall())
    # What the pool keeps may have ended too.
    connection.close()
    connection.close_pool()


def register(scope, first, last):
    people = [person(n, phone=f"1380000{n:04}") for n in range(first, last)]
    operations.register_many(scope=scope, persons=people, at=AT)


def numbers(scope):
    with scoped(scope):
        return set(IdentityDocument.objects.values_list("number", flat=True))


def phones(scope):
    with scoped(scope):
        return {one.phone for one in Person.objects.all()}


def test_after_a_rotation_every_row_is_under_the_new_key_and_the_old_one_can_go(county, keys):
    register(county, 1, 121)
    steps = []
    assert rotate(on_chunk=steps.append, settle=0).number == 2
    counts = rows_by_key()
    assert counts[NUMBERS] == counts[PHONES] == {2: 120}
    assert steps[-1].done == steps[-1].of == sum(sum(one.values()) for one in counts.values())
    assert list(faults()) == []

    with pytest.raises(KeyInUse) as refused:
        retire(2)
    assert refused.value.rows == steps[-1].done
    retire(1)
    assert [one.name for one in sorted(keys.source.place.iterdir())] == [
        "data-0001.retired",
        "data-0002.key",
        "index-0001.key",
    ]
    assert numbers(county) == {number(n) for n in range(1, 121)}


def test_a_key_under_which_rows_lie_is_not_retired_and_its_loss_is_told(county, keys):
    register(county, 1, 3)
    keys.source.keep(sealing_rotation.new_key("data", 2, "sm4"))
    keys.reread()
    register(county, 3, 4)
    with pytest.raises(KeyInUse) as refused:
        retire(1)
    assert refused.value.rows >= 4
    keys.source.retire(keys.ring().data[1])
    keys.reread()
    told = [one for one in faults() if "registry_identitydocument" in one]
    assert len(told) == 2
    assert "key number 1 is missing" in told[0]
    with pytest.raises(KeyMissing):
        numbers(county)


@pytest.mark.heavy
def test_a_killed_rotation_goes_on_where_it_stopped(county, keys):
    register(county, 1, PEOPLE + 1)
    words = [sys.executable, "-m", "tests.database.rotator"]
    words += [str(connection.settings_dict["NAME"]), str(keys.source.place)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    for _ in range(2):
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
            try:
                assert process.stdout.readline() == b"here\n"
            finally:
                process.kill()
            assert process.wait() == -signal.SIGKILL
    keys.reread()
    # Twice two whole chunks of fifty; the third of each run left nothing behind.
    counts = rows_by_key()
    under = {key: sum(one.get(key, 0) for one in counts.values()) for key in (1, 2, 3)}
    assert (under[2] >= 200, under[1] > 0, under[3]) == (True, True, 0)
    assert numbers(county) == {number(n) for n in range(1, PEOPLE + 1)}
    assert rotate(settle=0).number == 2
    assert {tuple(one) for one in rows_by_key().values() if one} == {(2,)}
    assert list(faults()) == []


@pytest.mark.heavy
def test_offices_register_and_find_people_while_the_key_changes(county, keys):
    register(county, 1, PEOPLE + 1)
    stop, failures, made = threading.Event(), [], []

    def works():
        try:
            n = PEOPLE + 1
            while not stop.is_set():
                register(county, n, n + 1)
                made.append(n)
                (found,) = search(scope=county, text=number(n))
                assert found.number_masked.endswith(number(n)[-4:])
                assert [one.person_id for one in search(scope=county, text=f"1380000{n:04}")]
                n += 1
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    def somebody_comes(_step):
        while len(made) <= here and office.is_alive():
            time.sleep(0.01)

    office = threading.Thread(target=works)
    office.start()
    try:
        for _ in range(3):
            here = len(made)
            # Between two chunks somebody is registered and found, however busy the machine is.
            rotate(on_chunk=somebody_comes, settle=0)
    finally:
        stop.set()
        office.join()
    assert failures == []
    assert len(made) >= 3
    assert {tuple(one) for one in rows_by_key().values() if one} == {(4,)}
    assert numbers(county) == {number(n) for n in [*range(1, PEOPLE + 1), *made]}
    assert list(faults()) == []


def test_the_index_key_changes_in_one_go_and_search_and_uniqueness_hold(county, keys, nobody_else):
    register(county, 1, 121)
    with scoped(county):
        before = set(IdentityDocument.objects.values_list("number_index", flat=True))
    connections["default"].close()
    assert rotate_index().number == 2
    with scoped(county):
        after = set(IdentityDocument.objects.values_list("number_index", flat=True))
    assert not before & after
    assert len(after) == 120
    assert list(faults()) == []
    for text in (number(7), "13800000007", "0007"):
        assert len(search(scope=county, text=text)) == 1, text
    with pytest.raises(operations.AlreadyRegistered):
        register(county, 7, 8)
    assert "index-0001.retired" in {one.name for one in keys.source.place.iterdir()}


def test_the_index_key_does_not_change_under_a_connected_program(county, keys, nobody_else):
    register(county, 1, 3)
    with connections.create_connection("default").cursor() as cursor:
        cursor.execute("select 1")
        with pytest.raises(StillServing) as refused:
            rotate_index()
        assert refused.value.count == 1
        cursor.connection.close()
    assert list(keys.ring().index) == [1]


def test_an_index_that_is_not_its_value_s_and_a_changed_value_are_named(county, keys):
    register(county, 1, 4)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update registry_identitydocument set number_index = '\\x01' || repeat('a', 15)::bytea"
            " where id = (select min(id) from registry_identitydocument)"
        )
        cursor.execute(
            "update registry_person set phone = set_byte(phone, 20, 255 - get_byte(phone, 20))"
            " where id = (select max(id) from registry_person)"
        )
    told = list(faults())
    assert len(told) == 2
    assert any("the index number_index is not that of its value" in one for one in told)
    assert any("does not verify" in one for one in told)
    assert len(list(faults(sample=1))) == 1


def test_payments_are_sealed_anew_although_they_never_change(county, keys):
    from yibao.apps.collection.models import Payment

    with scoped(county):
        Payment.objects.create(
            region=county.region,
            area_no=county.area_from,
            channel="bank",
            year=2021,
            number=number(1),
            name="王建华",
            amount_fen=28000,
            paid_at=AT,
            voucher_kind="pos",
            voucher_no="V-1",
            recorded_at=AT,
        )
    rotate(settle=0)
    assert rows_by_key()["collection.payment.number"] == {2: 1}
    with scoped(county):
        assert Payment.objects.get().number == number(1)


def test_keys_of_the_environment_are_changed_there_and_not_here(county, keys, monkeypatch):
    register(county, 1, 3)
    ring = keys.ring()
    word = sealing_rotation.new_key("data", 2, "aes").word()
    from yibao.database.sealing_keys import KeyWords

    old = [key.word() for key in (*ring.data.values(), *ring.index.values())]
    one = Keys(KeyWords(old))
    monkeypatch.setattr(sealing, "keys", lambda: one)
    with pytest.raises(KeysElsewhere):
        rotate(settle=0)
    both = Keys(KeyWords([*old, word]))
    monkeypatch.setattr(sealing, "keys", lambda: both)
    assert rotate(settle=0).number == 2
    assert rows_by_key()[NUMBERS] == {2: 2}
    for act in (rotate_index, lambda: retire(1)):
        with pytest.raises(KeysElsewhere):
            act()


def test_every_sealed_column_of_the_models_is_turned():
    named = {one.table: {column.name for column in one.columns} for one in tables()}
    assert named["registry_person"] == {"phone"}
    assert named["enrolment_ledgerrow"] == named["subsidy_rosterrow"] == {"secret_cells"}
    assert {"registry_identitydocument", "collection_payment"} <= named.keys()
