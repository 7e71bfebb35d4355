"""What is left after a kill, a stale file, a full disk: everything that was acknowledged."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.full_disk import SAY_FULL
from tests.database.homes import connect, temporary_home, temporary_place
from yibao.database.cluster import FLOOR_BYTES, DiskFull
from yibao.database.errors import StorageFull, constraint_of, refusal_of
from yibao.database.home import OWNER_ROLE, Home
from yibao.database.process import running_pid, wait_until_gone
from yibao.database.supervisor import Supervisor


@pytest.fixture
def home():
    with temporary_home() as made:
        yield made


@pytest.mark.heavy
def test_after_a_kill_every_acknowledged_commit_is_there(home):
    held = Supervisor(home)
    held.start()
    with connect(home, OWNER_ROLE) as owner:
        owner.execute("create table kept (writer int, number int)")
    acknowledged: list[tuple[int, int]] = []
    enough = threading.Event()

    def write(writer: int) -> None:
        with connect(home) as app:
            for number in range(1_000_000):
                try:
                    app.execute("insert into kept values (%s, %s)", [writer, number])
                except psycopg.OperationalError:
                    return
                acknowledged.append((writer, number))
                if len(acknowledged) > 500:
                    enough.set()

    writers = [threading.Thread(target=write, args=[number]) for number in range(3)]
    for writer in writers:
        writer.start()
    enough.wait()
    os.kill(running_pid(home.data), signal.SIGKILL)
    for writer in writers:
        writer.join()
    assert held.start() == "started"
    with connect(home) as app:
        found = set(app.execute("select writer, number from kept").fetchall())
    assert set(acknowledged) <= found
    # At most the one that each writer had sent without hearing an answer.
    assert len(found) <= len(acknowledged) + len(writers)
    assert held.stop() == "stopped"


def test_children_that_outlived_a_killed_server_are_ended_before_the_next_start(home):
    held = Supervisor(home)
    held.start()
    with connect(home) as app:
        child = app.info.backend_pid
        # It never waits for anything, so it does not notice by itself that its server is dead.
        busy = threading.Thread(
            target=_run_until_lost, args=[app, "do $$ begin loop null; end loop; end $$"]
        )
        busy.start()
        with connect(home) as other:
            words = "select state from pg_stat_activity where pid = %s"
            while other.execute(words, [child]).fetchone() != ("active",):
                pass
        os.kill(running_pid(home.data), signal.SIGKILL)
        try:
            assert held.start() == "started"
            assert not _is_alive(child)
        finally:
            if _is_alive(child):
                os.kill(child, signal.SIGKILL)
            busy.join()
    assert held.stop() == "stopped"


def _run_until_lost(connection, words):
    with pytest.raises(psycopg.OperationalError):
        connection.execute(words)


def _is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_stale_file_that_names_a_living_stranger_does_not_stop_a_start(home):
    held = Supervisor(home)
    with held.running():
        whole = (home.data / "postmaster.pid").read_text().splitlines()
    stale = "\n".join([str(os.getpid()), *whole[1:]]) + "\n"
    (home.data / "postmaster.pid").write_text(stale)
    (home.socket_directory / ".s.PGSQL.5432.lock").write_text(stale)
    assert held.status().pid is None
    assert held.start() == "started"
    assert held.stop() == "stopped"


def test_below_the_floor_a_start_is_refused_with_figures_and_nothing_is_made(home):
    with pytest.raises(DiskFull) as caught:
        Supervisor(home, free=lambda _: FLOOR_BYTES - 1).start()
    assert "63 MB" in str(caught.value)
    assert "64 MB" in str(caught.value)
    assert not home.postgres.exists()
    assert Supervisor(home, free=lambda _: FLOOR_BYTES).start() == "initialised"


@pytest.mark.heavy
def test_on_a_full_disk_writing_fails_by_name_reading_goes_on_and_a_start_is_refused():
    with temporary_place() as place, _small_disk(place) as (disk, is_small):
        home = Home(disk / "home")
        held = Supervisor(home)
        held.start()
        try:
            with connect(home, OWNER_ROLE) as owner:
                owner.execute("create table kept (words text)")
                owner.execute("insert into kept values ('first')")
                # Without a log the table alone needs room: a log without room ends the server.
                owner.execute("create unlogged table spill (words text)")
                if is_small:
                    _fill(disk / "filler", leave=24 * 1024 * 1024)
                with pytest.raises(psycopg.OperationalError) as caught:
                    owner.execute(_SPILL if is_small else SAY_FULL)
                assert constraint_of(caught.value)[0] == "53100"
                assert isinstance(refusal_of(caught.value), StorageFull)
                assert owner.execute("select words from kept").fetchall() == [("first",)]
        finally:
            held.stop()
        if is_small:
            with pytest.raises(DiskFull):
                held.start()
            (disk / "filler").unlink()
        with held.running(), connect(home, OWNER_ROLE) as owner:
            assert owner.execute("select words from kept").fetchall() == [("first",)]


_SPILL = "insert into spill select repeat(md5(n::text), 30) from generate_series(1, 100000) n"


@contextlib.contextmanager
def _small_disk(place: Path) -> Iterator[tuple[Path, bool]]:
    """A disk of a few megabytes; where mounting one is not allowed, an ordinary directory."""
    disk = place / "disk"
    disk.mkdir(mode=0o711)
    words = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "tmpfs", str(disk)]
    mounted = subprocess.run(words, check=False, capture_output=True).returncode == 0
    try:
        yield disk, mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(disk)], check=True)


def _fill(path: Path, leave: int) -> None:
    room = os.statvfs(path.parent)
    with path.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, room.f_bavail * room.f_frsize - leave)


def test_a_process_that_left_is_not_waited_for(home):
    wait_until_gone(2**22 + 1, home.data)
