"""yibao keys and yibao retention, as an operator runs them."""

import json
from contextlib import contextmanager

import pytest

from tests.apps.access.offices import AT, open_office
from tests.apps.registry.people import person
from yibao.apps.registry import operations
from yibao.cli import keys as command
from yibao.cli import retention
from yibao.cli.main import main
from yibao.database import sealing
from yibao.database.sealing_keys import KeyFiles, Keys, read_word

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A database at hand, three people in it, and keys of this test's own."""
    found = Keys(KeyFiles(tmp_path / "keys", "aes"))
    monkeypatch.setattr(sealing, "keys", lambda: found)

    @contextmanager
    def at_hand():
        yield "test"

    monkeypatch.setattr(command, "database_at_hand", at_hand)
    monkeypatch.setattr(retention, "database_at_hand", at_hand)
    monkeypatch.setattr("yibao.database.sealing_rotation.REREAD", 0)
    people = [person(n, phone=f"1380000000{n}") for n in (1, 2, 3)]
    operations.register_many(scope=open_office(), persons=people, at=AT)
    return found


def data(capsys, *words):
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_keys_are_listed_rotated_checked_and_retired(own, capsys):
    code, found = data(capsys, "keys", "list")
    assert (code, found["missing"]) == (0, [])
    assert [(one["kind"], one["number"], one["in_use"]) for one in found["keys"]] == [
        ("data", 1, True),
        ("index", 1, True),
    ]
    values = found["keys"][0]["values"]
    assert values >= 6
    assert main(["keys", "retire", "1"]) == 1
    assert "in use" in capsys.readouterr().err
    code, made = data(capsys, "keys", "rotate")
    assert (code, made["number"]) == (0, 2)
    assert main(["keys", "retire", "1"]) == 0
    capsys.readouterr()
    assert data(capsys, "keys", "check") == (0, {"values": values, "faults": []})
    assert main(["keys", "list"]) == 0
    shown = capsys.readouterr().out
    assert "* data     2  aes-256-gcm" in shown
    secret = own.ring().newest.word().rpartition(":")[2]
    assert secret not in shown


def test_a_lost_key_is_told(own, capsys):
    own.source.keep(new := command_key(2))
    own.source.retire(own.reread().data[1])
    code, found = data(capsys, "keys", "list")
    assert (code, found["missing"]) == (1, [1])
    code, found = data(capsys, "keys", "check", "--sample", "2")
    assert code == 1
    assert "key number 1 is missing" in found["faults"][0]
    assert main(["keys", "check"]) == 1
    assert new.word().rpartition(":")[2] not in capsys.readouterr().err


def test_a_fresh_key_is_printed_for_the_environment(capsys):
    assert main(["keys", "new", "4"]) == 0
    key = read_word(capsys.readouterr().out, "printed")
    assert (key.kind, key.number, key.algorithm) == ("data", 4, "aes-256-gcm")


def test_retention_says_what_is_over_and_removes_it(own, capsys):
    code, found = data(capsys, "retention", "check")
    kinds = {one["kind"]: one for one in found}
    assert code == 0
    assert kinds["audit"]["keep"] == "3 年"
    assert kinds["audit"]["removed"] is False
    assert "网络安全法" in kinds["audit"]["basis"]
    assert data(capsys, "retention", "apply") == (0, {})
    assert main(["retention", "check"]) == 0
    shown = capsys.readouterr().out
    assert "审计日志（access_auditrecord）3 年: " in shown
    assert "over: kept; archive them" in shown


def command_key(number):
    from yibao.database.sealing_keys import new_key

    return new_key("data", number, "sm4")
