"""Keys that were lost or belong to another installation: nobody works with fresh ones instead."""

import shutil

import pytest

from tests.apps.access.offices import AT, open_office
from tests.apps.registry.people import person
from yibao.apps.registry import operations
from yibao.cli import doctor
from yibao.database import sealing
from yibao.database.sealing import seal, unseal
from yibao.database.sealing_fit import KeysStrange, check_keys_fit, newest_values
from yibao.database.sealing_keys import KeyFiles, Keys, KeysGone

NUMBER = "430423198001011234"


def keys_in(place, monkeypatch, made=None):
    """Keys of a machine, used from now on."""
    own = Keys(KeyFiles(place, "aes", made))
    monkeypatch.setattr(sealing, "keys", lambda: own)
    return own


def test_keys_that_were_moved_away_are_asked_for_and_not_made_anew(tmp_path, monkeypatch):
    place, made = tmp_path / "keys", tmp_path / "secrets" / "keys_made"
    keys_in(place, monkeypatch, made)
    blob = seal(NUMBER, of="a.b")
    place.rename(tmp_path / "safe")
    for own in (sealing.keys(), keys_in(place, monkeypatch, made)):
        with pytest.raises(KeysGone) as refused:
            own.reread()
        assert str(place) in refused.value.remedy
        assert not place.exists()
    (tmp_path / "safe").rename(place)
    assert unseal(blob, of="a.b") == NUMBER


def test_a_program_at_work_makes_no_new_keys_when_its_own_vanish(tmp_path, monkeypatch):
    own = keys_in(tmp_path / "keys", monkeypatch)
    seal(NUMBER, of="a.b")
    shutil.rmtree(tmp_path / "keys")
    with pytest.raises(KeysGone):
        own.reread()


@pytest.mark.django_db(transaction=True)
def test_nobody_works_with_keys_that_open_nothing(tmp_path, monkeypatch):
    right = keys_in(tmp_path / "keys", monkeypatch)
    check_keys_fit()  # nothing is sealed yet
    operations.register_many(scope=open_office(), persons=[person(1)], at=AT)
    check_keys_fit()
    opened, closed = newest_values()
    assert (opened > 0, closed) == (True, 0)

    strange = keys_in(tmp_path / "others", monkeypatch)
    with pytest.raises(KeysGone):
        check_keys_fit()
    assert not (tmp_path / "others").exists()
    strange.source.read()
    with pytest.raises(KeysStrange):
        check_keys_fit()
    found = doctor._keys_fit()
    assert (found.code, found.mark) == ("keys_fit", "fail")

    monkeypatch.setattr(sealing, "keys", lambda: right)
    assert doctor._keys_fit().mark == "ok"
