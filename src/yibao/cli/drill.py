"""The drill of a restore: does the newest backup, with its logs, give this very second again?"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from psycopg.conninfo import make_conninfo

from yibao import verify
from yibao.database.backup import connector, password_file, programs_of
from yibao.database.copies import Copies, Drill, Moment
from yibao.database.home import ADMIN_ROLE, APP_ROLE, DATABASE_NAME, PORT, Home
from yibao.database.moments import archive_now, note_moment
from yibao.database.restore import StoppedShort, restore
from yibao.database.supervisor import Supervisor


def drill(home: Home, *, binaries: Path | None = None) -> Drill:
    """Restore the second of now beside the running server and compare; the result is noted.

    Raises NoBackup where there is none yet.
    """
    began = time.monotonic()
    copies = Copies(home)
    backup = copies.newest()
    with Supervisor(home, binaries=binaries).running():
        moment = note_moment(connector(home))
        archive_now(connector(home), copies.wal)
    place = Path(tempfile.mkdtemp(prefix="yibao-drill-"))
    place.chmod(0o711 if os.getuid() == 0 else 0o700)
    try:
        faults = _compared(home, moment, Home(place / "home"), binaries)
    except StoppedShort as short:
        faults = [short.sentence("en")]
    finally:
        shutil.rmtree(place, ignore_errors=True)
    done = Drill(
        at=moment.at,
        backup=backup.place.name,
        seconds=int(time.monotonic() - began),
        faults=faults,
    )
    copies.note(done)
    return done


def differences(noted: Moment, found: Moment) -> list[str]:
    """Return what is not as it was noted: rows of a table, the head of a chain."""
    said = [
        f"table {name}: {noted.rows.get(name, 'none')} noted, {found.rows.get(name, 'none')} there"
        for name in sorted(noted.rows.keys() | found.rows.keys())
        if noted.rows.get(name) != found.rows.get(name)
    ]
    return said + [
        f"head of the {name} chain: {head or '—'} noted, {found.heads.get(name) or '—'} there"
        for name, head in noted.heads.items()
        if found.heads.get(name) != head
    ]


def _compared(home: Home, moment: Moment, target: Home, binaries: Path | None) -> list[str]:
    """Restore, run the restored server on its own socket, and ask it everything."""
    restore(home, at=moment.at, to=target.path, binaries=binaries)
    try:
        with Supervisor(target, binaries=binaries).running():
            faults = differences(moment, note_moment(connector(target), still=False))
            report = verify.verify(
                make_conninfo(
                    host=str(target.socket_directory),
                    port=PORT,
                    user=APP_ROLE,
                    password=target.secret(APP_ROLE),
                    dbname=DATABASE_NAME,
                )
            )
            faults += [f"{one.name}: {said}" for one in report.checks for said in one.faults]
            faults += _signatures(target)
            faults += _damage(target, binaries)
    finally:
        if not target.socket_directory.is_relative_to(target.path):
            shutil.rmtree(target.socket_directory, ignore_errors=True)
    return faults


def _signatures(target: Home) -> list[str]:
    """Have the restored chains checked with the installation's key, by the own command."""
    words = [sys.executable, "-m", "yibao.cli.main", "audit", "verify"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        words,
        env=kept | {"YIBAO_HOME": str(target.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip().splitlines() if done.returncode else []


def _damage(target: Home, binaries: Path | None) -> list[str]:
    """Have pg_amcheck read every table and index, where it is there."""
    account, programs = programs_of(target, binaries)
    if not programs.program("pg_amcheck").exists():
        return []
    with password_file(target, account) as secret:
        told = make_conninfo(
            host=str(target.socket_directory),
            port=PORT,
            user=ADMIN_ROLE,
            dbname=DATABASE_NAME,
            passfile=str(secret),
        )
        done = account.run([programs.program("pg_amcheck"), "--install-missing", "-d", told])
    return [f"pg_amcheck: {line}" for line in done.stdout.splitlines()] if done.returncode else []
