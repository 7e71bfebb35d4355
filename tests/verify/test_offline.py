"""An exported range of the log is checked from the file alone, and every change of it is named."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from tests.apps.access.offices import AT
from yibao.apps.access import audit, evidence
from yibao.apps.access.scope import Scope
from yibao.cli import audit as command
from yibao.cli.main import main
from yibao.verify.offline import verify_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def exported(tmp_path):
    """Three seals of two records, a day apart, in a file."""
    for day in range(3):
        for number in range(2):
            with transaction.atomic():
                audit.record(
                    scope=Scope.system("hengshan"), action="registry.read", at=AT, object_id=number
                )
        audit.seal(at=AT + timedelta(days=day))
    return written(tmp_path / "log")


def written(path, begin=None, end=None):
    path.write_text("".join(evidence.export_range(begin=begin, end=end)), encoding="utf-8")
    return path


def test_a_whole_export_holds_with_and_without_the_key(exported, settings):
    found = verify_file(exported)
    assert (found.ok, found.seals, found.records, found.signed) == (True, 3, 6, False)
    assert found.head == audit.state().head
    assert verify_file(exported, str(settings.AUDIT_KEY)).ok
    faults = verify_file(exported, "another key").faults
    assert faults == [f"seal {number} was not signed with this key" for number in (1, 2, 3)]


def test_a_range_of_days_begins_at_the_head_before_it(exported, tmp_path):
    part = written(
        tmp_path / "part", begin=AT + timedelta(hours=12), end=AT + timedelta(days=1, hours=1)
    )
    found = verify_file(part)
    assert (found.ok, found.seals, found.records) == (True, 1, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:2], lines[2].replace("read", "find"), *lines[3:]], "seal 1: a rec"),
        (lambda lines: lines[:2] + lines[3:], "closed 2 records, there are 1"),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], "closed 2 records, there are 3"),
        (lambda lines: lines[:1] + lines[4:], "seal 2 follows seal 0: one is missing"),
        (lambda lines: lines[:-1], "ends before its end line"),
        (lambda lines: [*lines, lines[2]], "after the end line"),
        (lambda lines: ["{", *lines[1:]], "line 1 cannot be read"),
    ],
)
def test_every_change_of_the_file_is_named(exported, change, said):
    lines = exported.read_text(encoding="utf-8").splitlines(keepends=True)
    exported.write_text("".join(change(lines)), encoding="utf-8")
    faults = verify_file(exported).faults
    assert any(said in fault for fault in faults), faults


def test_the_digest_at_the_end_is_of_all_lines(exported):
    lines = exported.read_text(encoding="utf-8").splitlines()
    lines[-1] = json.dumps(json.loads(lines[-1]) | {"sha256": "0" * 64})
    exported.write_text("\n".join(lines) + "\n")
    assert verify_file(exported).faults == ["the digest at the end is not that of the lines before"]


def test_the_command_checks_a_file_without_a_database(exported, settings, capsys, monkeypatch):
    def never(*_, **__):
        raise AssertionError("a database was asked for")

    monkeypatch.setattr(command, "database_at_hand", never)
    key = exported.with_name("key")
    key.write_text(str(settings.AUDIT_KEY))
    assert main(["audit", "verify", str(exported), "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("export: 6 records, 3 seals") and said.endswith("checked: holds\n")
    exported.write_text("nothing")
    assert main(["audit", "verify", str(exported)]) == 1
