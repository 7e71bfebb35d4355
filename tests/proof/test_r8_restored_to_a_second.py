"""R8: a base backup and its logs give a chosen second again, after vandalism, beside the server."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.database.homes import temporary_home, temporary_place
from tests.proof import filled
from yibao.cli.drill import differences
from yibao.core.refusal import Refusal
from yibao.database import restore as restoring
from yibao.database.backup import connector, take_backup
from yibao.database.copies import Copies
from yibao.database.home import Home
from yibao.database.moments import archive_now, note_moment
from yibao.database.supervisor import Supervisor

ROWS = 4_000
_HOMES: list[Home] = []


@contextlib.contextmanager
def one_log_short():
    """The last log but one never reached the archive."""
    logs = sorted(Copies(_HOMES[-1]).wal.glob("*[0-9A-F].gz"))
    kept = logs[-2].rename(logs[-2].with_suffix(".lost"))
    try:
        yield
    finally:
        kept.rename(logs[-2])


@contextlib.contextmanager
def the_second_is_not_heard():
    """The target is not handed on: the restore runs to the end of the logs."""
    with pytest.MonkeyPatch.context() as patch:
        real = restoring._write_settings

        def deaf(target, command, at):
            real(target, command, at + timedelta(seconds=1))

        patch.setattr(restoring, "_write_settings", deaf)
        yield


FAULTS = {"one_log_short": one_log_short, "the_second_is_not_heard": the_second_is_not_heard}


def write(home, count):
    with connector(home)() as admin:
        filled.fill(admin, records=count, entries=count)
        admin.execute("select audit_seal(now())")
        admin.execute("select journal_seal(now())")


def vandalise(home):
    with connector(home)() as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("drop table fund_leg cascade")
        admin.execute("truncate access_auditrecord, access_auditseal")
        admin.execute("update fund_entry set memo = 'x'")


@pytest.mark.heavy
@pytest.mark.proof(
    "R8",
    "base backup and archived logs, vandalism, restore to a second beside the server",
    unit="seconds restored",
    landing=3,
    small=1,
    late=True,
    alone=True,
)
def test_r8(proof):
    with temporary_home() as home:
        _HOMES.append(home)
        words = [sys.executable, "-m", "yibao.cli.main", "db", "migrate"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        subprocess.run(words, env=kept | {"YIBAO_HOME": str(home.path)}, check=True)
        moments = []
        with Supervisor(home).running():
            with connector(home)() as admin:
                filled.place(admin)
            write(home, ROWS)
            take_backup(home)
            for _ in range(proof.size):
                write(home, ROWS)
                moments.append(note_moment(connector(home)))
                archive_now(connector(home), Copies(home).wal)
            time.sleep(0.05)
            vandalise(home)
            archive_now(connector(home), Copies(home).wal)
            with proof.broken():
                for moment in moments:
                    proof.count(restored(home, moment, proof))


def restored(home, moment, proof):
    """Restore into a home beside, compare every table and both heads, and stop it again."""
    began = time.monotonic()
    with temporary_place() as place:
        target = Home(place / "beside")
        try:
            restoring.restore(home, at=moment.at, to=target.path)
            refused = None
        except Refusal as refusal:
            refused = refusal.sentence("en")
        assert refused is None, refused
        with Supervisor(target).running():
            found = note_moment(connector(target), still=False)
        if not target.socket_directory.is_relative_to(target.path):
            shutil.rmtree(target.socket_directory, ignore_errors=True)
    assert differences(moment, found) == []
    assert found.rows["fund_leg"] >= 4 * ROWS, "there was something to lose"
    proof.note(f"{found.rows['fund_entry']} entries in {time.monotonic() - began:.1f} s")
    assert datetime.now(UTC) > moment.at
    return 1
