"""What an operator sees of the audit chain: sealed, whole, and where it is broken."""

import argparse

import pytest
from django.db import connections, transaction

from tests.apps.access.offices import AT
from yibao.apps.access import audit
from yibao.apps.access.scope import Scope
from yibao.cli import audit as command

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `yibao audit …` in the database of the tests."""

    def at_hand():
        import contextlib

        return contextlib.nullcontext()

    monkeypatch.setattr(command, "database_at_hand", at_hand)

    def run_(*words):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        code = command.run(parser.parse_args(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def test_sealing_verifying_and_showing_name_numbers_and_places(run):
    assert run("seal")[1].startswith("Nothing new")
    audit.record(scope=Scope.system("hengshan"), action="registry.read", at=AT)
    assert run("verify")[1] == "0 seals over 0 records, 1 not sealed yet; head —: holds\n"
    assert run("seal")[1].startswith("Seal 1: 1 records, head ")
    assert "2020-12-18" in run("show")[1] and "registry.read" in run("show")[1]
    assert '"action": "registry.read"' in run("show", "--json")[1]

    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("alter table access_auditrecord disable trigger append_only")
        cursor.execute("delete from access_auditrecord")
        cursor.execute("alter table access_auditrecord enable trigger append_only")
    code, said, faults = run("verify")
    assert (code, faults) == (
        1,
        "seal 1 closed 1 records, there are 0; one after the beginning is gone or changed\n",
    )
    assert said.endswith("broken\n")
