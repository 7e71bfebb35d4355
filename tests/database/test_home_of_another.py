"""Root in the service's home: what it would write, the service could not read."""

import os

import pytest

from yibao.cli.main import main
from yibao.database.home import Home, HomeOfAnother
from yibao.database.supervisor import Supervisor

STRANGER = 12345


@pytest.fixture
def account_s(tmp_path, monkeypatch):
    """A home that an ordinary account made, and root who works in it."""
    place = tmp_path / "home"
    place.mkdir()
    if os.getuid() == 0:
        os.chown(place, STRANGER, STRANGER)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    return Home(place)


def test_root_starts_nothing_and_makes_no_secret_in_an_account_s_home(account_s):
    for act in (Supervisor(account_s).start, lambda: account_s.secret("secret_key")):
        with pytest.raises(HomeOfAnother) as refused:
            act()
        assert "sudo -u" in refused.value.remedy_en
    assert list(account_s.path.iterdir()) == []


def test_a_command_says_so_in_a_sentence(account_s, monkeypatch, capsys, settings):
    settings.HOME = account_s
    assert main(["keys", "list"]) == 1
    assert "belongs to the account" in capsys.readouterr().err
    assert list(account_s.path.iterdir()) == []


def test_root_s_own_home_and_one_that_is_not_made_yet_are_used(tmp_path, monkeypatch):
    Home(tmp_path / "none").refuse_another_account()
    if os.getuid() == 0:
        Home(tmp_path).refuse_another_account()
    else:
        Home(tmp_path).secret("x")
