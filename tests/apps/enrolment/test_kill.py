"""kill -9 in mid-run: whole chunks are there, nothing else, and the next run goes on after them."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from tests.apps.access.offices import AT, open_office
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import number
from yibao.apps.access.scope import scoped
from yibao.apps.enrolment import operations
from yibao.apps.enrolment.models import Enrolment, LedgerImport, LedgerRow
from yibao.apps.registry.models import Household, IdentityDocument, Person

ROOT = Path(__file__).resolve().parents[3]
LINES = 400


def lines():
    """Families of four, so that a chunk of fifty ends inside one."""
    return [
        line(n, household_no=f"{n // 4:04}", relation="户主" if n % 4 == 0 else "其他")
        for n in range(LINES)
    ]


def counts(scope):
    with scoped(scope):
        return (
            Household.objects.count(),
            Person.objects.count(),
            IdentityDocument.objects.count(),
            Enrolment.objects.filter(withdrawn_at=None).count(),
            LedgerRow.objects.exclude(written_at=None).count(),
        )


def killed_in_the_third_chunk(import_id: int) -> None:
    """Run the importer until it says that it is in mid-chunk, then kill it."""
    words = [sys.executable, "-m", "tests.apps.enrolment.importer"]
    words += [str(connection.settings_dict["NAME"]), str(import_id)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/src:{ROOT}"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"here\n"
        finally:
            process.kill()
        assert process.wait() == -signal.SIGKILL


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_where_it_stopped_and_writes_each_line_once():
    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    ledger = upload(scope, *lines(), at=AT)
    assert ledger.rows_good == LINES

    killed_in_the_third_chunk(ledger.pk)
    # Two whole chunks; of the third, everything was written and nothing is left.
    assert counts(scope) == (25, 100, 100, 100, 100)
    with scoped(scope):
        assert LedgerImport.objects.get(pk=ledger.pk).state == "writing"

    killed_in_the_third_chunk(ledger.pk)
    assert counts(scope) == (50, 200, 200, 200, 200)

    steps = []
    done = operations.confirm_ledger(
        scope=scope, import_id=ledger.pk, at=AT, chunk_rows=50, on_chunk=steps.append
    )
    assert done.state == "done"
    assert [step.written for step in steps] == [250, 300, 350, 400]
    assert counts(scope) == (100, LINES, LINES, LINES, LINES)
    with scoped(scope):
        heads = Household.objects.exclude(head=None).count()
        sizes = {one.members.count() for one in Household.objects.all()}
        numbers = set(IdentityDocument.objects.values_list("number", flat=True))
    assert (heads, sizes) == (100, {4})
    assert numbers == {number(n) for n in range(LINES)}


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_write_each_line_once():
    import threading

    from django.db import connections

    scope = open_office()
    operations.open_year(scope=scope, year=2021, on=date(2020, 9, 20), at=AT)
    ledger = upload(scope, *lines(), at=AT)
    failures = []

    def run():
        try:
            operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT, chunk_rows=20)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    runs = [threading.Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    # The one that comes after the other has finished is told so; nothing else may go wrong.
    assert all(type(error).__name__ == "StepNotAllowed" for error in failures), failures
    assert counts(scope) == (100, LINES, LINES, LINES, LINES)
    with scoped(scope):
        assert LedgerImport.objects.get(pk=ledger.pk).state == "done"
