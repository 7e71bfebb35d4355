"""Backups, restores to a moment, what is refused, and what is kept."""

import subprocess
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.database.homes import connect, temporary_home, temporary_place
from yibao.cli.db_copies import MomentUnreadable, moment
from yibao.cli.drill import differences
from yibao.database.backup import connector, take_backup
from yibao.database.copies import Backup, Copies, Drill, Moment, NoBackup
from yibao.database.home import OWNER_ROLE, Home
from yibao.database.moments import archive_now, note_moment
from yibao.database.process import running_pid
from yibao.database.restore import PlaceTaken, StillRunning, StoppedShort, restore
from yibao.database.supervisor import Supervisor


@pytest.fixture
def home():
    with temporary_home() as made:
        yield made


def numbers(home):
    with Supervisor(home).running(), connect(home, OWNER_ROLE) as owner:
        return [number for (number,) in owner.execute("select number from kept order by 1")]


@pytest.mark.heavy
def test_a_second_comes_back_in_place_and_the_data_before_is_kept_beside(home):
    with Supervisor(home).running():
        with connect(home, OWNER_ROLE) as owner:
            owner.execute("create table kept (number int)")
            owner.execute("insert into kept values (1)")
        first = take_backup(home)
        with connect(home, OWNER_ROLE) as owner:
            owner.execute("insert into kept values (2)")
            wanted = note_moment(connector(home))
            owner.execute("insert into kept values (3)")
        # The last log was not archived: the restore reads it from the data before.
        with pytest.raises(StillRunning):
            restore(home, at=wanted.at, to=None, overwrite=True)
    with pytest.raises(PlaceTaken):
        restore(home, at=wanted.at, to=None)
    with pytest.raises(NoBackup):
        restore(home, at=first.began - timedelta(days=1), to=None, overwrite=True)
    done = restore(home, at=wanted.at, to=None, overwrite=True)
    assert numbers(home) == [1, 2]
    assert done.put_aside.is_dir()
    assert done.backup.place == first.place
    with Supervisor(home).running():
        # It goes on as any other: a further backup, on a line of its own.
        with connect(home, OWNER_ROLE) as owner:
            owner.execute("insert into kept values (4)")
        second = take_backup(home, keep=1)
        archive_now(connector(home), Copies(home).wal)
    assert [one.place for one in Copies(home).all()] == [second.place]
    oldest = min(log.name[8:24] for log in Copies(home).wal.glob("0*[0-9A-F].gz"))
    assert oldest >= second.first_log[8:]
    assert numbers(home) == [1, 2, 4]


@pytest.mark.heavy
def test_a_backup_elsewhere_is_restored_into_a_new_home_from_there(home):
    with temporary_place() as place:
        with Supervisor(home).running():
            with connect(home, OWNER_ROLE) as owner:
                owner.execute("create table kept (number int)")
                owner.execute("insert into kept values (1)")
            made = take_backup(home, to=place / "other")
            assert Copies(home).all() == []
            with connect(home, OWNER_ROLE) as owner:
                owner.execute("insert into kept values (2)")
            archive_now(connector(home), Copies(home).wal)
        target = Home(place / "new")
        with pytest.raises(NoBackup):
            restore(home, at=made.ended, to=target.path)
        restore(home, at=made.ended, to=target.path, base=place / "other")
        assert numbers(target) == [1]
        assert numbers(home) == [1, 2]
        assert (target.secrets / "yibao_owner").read_text() == home.secret("yibao_owner")


@pytest.mark.heavy
def test_a_server_that_ends_while_it_is_made_ready_is_a_refusal_and_nothing_stays(
    home, monkeypatch
):
    def ends(supervisor):
        supervisor.home.log.open("a").write("FATAL:  recovery ended before the target\n")
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with Supervisor(home).running():
        made = take_backup(home)
        archive_now(connector(home), Copies(home).wal)
    with temporary_place() as place:
        target = Home(place / "beside")
        monkeypatch.setattr(Supervisor, "_prepare_missing", ends)
        with pytest.raises(StoppedShort, match="recovery ended before the target"):
            restore(home, at=made.ended, to=target.path)
        assert running_pid(target.data) is None


def test_a_log_is_archived_once_whole_and_never_written_over(tmp_path):
    copies = Copies(Home(tmp_path / "it's 100% mine"))
    segment = tmp_path / "pg_wal" / "000000010000000000000002"
    segment.parent.mkdir()
    segment.write_bytes(b"first" * 1000)

    def archived():
        words = copies.archive_command()
        words = words.replace("%f", segment.name).replace("%p", str(segment)).replace("%%", "%")
        return subprocess.run(["sh", "-c", words], check=False).returncode

    assert archived() == 0, "before the first backup nothing is kept and nobody waits"
    copies.wal.mkdir(parents=True)
    assert archived() == 0
    assert [one.name for one in copies.wal.iterdir()] == [f"{segment.name}.gz"]
    assert archived() == 0, "the same once more is done already"
    segment.write_bytes(b"other" * 1000)
    assert archived() != 0, "another under the same name is refused"
    back = tmp_path / "back"
    words = copies.restore_command().replace("%f", segment.name).replace("%p", str(back))
    assert subprocess.run(["sh", "-c", words.replace("%%", "%")], check=False).returncode == 0
    assert back.read_bytes() == b"first" * 1000


def test_only_the_newest_backups_are_kept_and_the_logs_that_they_need(tmp_path):
    copies = Copies(Home(tmp_path))
    copies.wal.mkdir(parents=True)
    for number in range(1, 5):
        place = copies.base / f"2020-{number}"
        place.mkdir(parents=True)
        at = datetime(2020, number, 1, tzinfo=UTC)
        log = f"00000001{number:016X}"
        Backup(place, at, at, 15, 1, log, Moment(at, {}, {})).write()
        (copies.wal / f"{log}.gz").touch()
    (copies.wal / "00000002.history.gz").touch()
    copies.forget(keep=2)
    assert [one.place.name for one in copies.all()] == ["2020-3", "2020-4"]
    assert sorted(one.name for one in copies.wal.iterdir()) == [
        "00000001" + "0000000000000003.gz",
        "00000001" + "0000000000000004.gz",
        "00000002.history.gz",
    ]


def test_the_newest_drill_is_remembered(tmp_path):
    copies = Copies(Home(tmp_path))
    copies.place.mkdir()
    assert copies.last_drill() is None
    at = datetime(2020, 12, 18, tzinfo=UTC)
    copies.note(Drill(at, "a", 3, ["table x: 1 noted, 0 there"]))
    copies.note(Drill(at, "b", 4))
    assert copies.last_drill() == Drill(at, "b", 4)
    assert copies.last_drill().ok


def test_a_missing_row_table_or_head_is_a_difference():
    at = datetime(2020, 12, 18, tzinfo=UTC)
    noted = Moment(at, {"a": 1, "b": 2}, {"audit": "x", "journal": ""})
    assert differences(noted, noted) == []
    assert differences(noted, Moment(at, {"a": 0, "c": 2}, {"audit": "y", "journal": ""})) == [
        "table a: 1 noted, 0 there",
        "table b: 2 noted, none there",
        "table c: none noted, 2 there",
        "head of the audit chain: x noted, y there",
    ]


@pytest.mark.parametrize("words", ["yesterday", "", "2999-01-01 00:00:00+08", "2020-13-01"])
def test_words_that_are_no_moment_and_moments_to_come_are_refused(words):
    with pytest.raises(MomentUnreadable):
        moment(words)


def test_a_moment_without_a_zone_is_chinas():
    assert moment("2020-12-18 18:00:00") == moment("2020-12-18 10:00:00+00")
