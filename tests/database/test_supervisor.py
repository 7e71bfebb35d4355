"""The embedded server: started, joined, stopped, and closed to everybody else."""

import os
import pwd
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

from tests.database.homes import (
    connect,
    temporary_home,
    temporary_place,
    user_process,
    wheel_binaries,
)
from yibao.database.account import PathClosedToAccount, server_account
from yibao.database.binaries import NoPostgres
from yibao.database.home import ADMIN_ROLE, APP_ROLE, OWNER_ROLE, Home, HomeNotUsable
from yibao.database.memory import MEGABYTE, memory_bytes, shared_megabytes
from yibao.database.process import SocketDirectoryNotOurs
from yibao.database.supervisor import ServerNotReachable, ServerNotStarted, Supervisor

AS_ROOT = os.getuid() == 0


@pytest.fixture
def home():
    with temporary_home() as made:
        yield made


@pytest.mark.parametrize("binaries", [None, wheel_binaries()], ids=["first found", "wheel"])
def test_the_first_start_makes_it_the_next_joins_and_the_last_one_out_stops_it(home, binaries):
    first, second = Supervisor(home, binaries=binaries), Supervisor(home, binaries=binaries)
    assert first.stop() == "not running"
    assert first.start() == "initialised"
    assert second.start() == "joined"
    assert first.status().used
    assert first.stop() == "in use"
    assert second.stop() == "stopped"
    assert second.status().pid is None
    assert not second.status().used
    assert first.start() == "started"
    assert first.stop() == "stopped"


def test_a_server_that_an_operator_keeps_up_stays_until_told(home):
    held = Supervisor(home)
    held.start(keep=True)
    assert held.stop() == "kept"
    assert held.status().pid
    with Supervisor(home).running() as answer:
        assert answer == "joined"
    assert held.status().pid
    assert held.stop(forget=True) == "stopped"


def test_a_user_that_was_killed_holds_nothing(home):
    user = user_process(home)
    assert user.stdout.readline() == "initialised\n"
    user.kill()
    user.communicate()
    held = Supervisor(home)
    assert held.start() == "joined"
    assert held.stop() == "stopped"


@pytest.mark.heavy
def test_of_four_starts_at_once_one_makes_it_and_three_join(home):
    users = [user_process(home) for _ in range(4)]
    answers = sorted(user.stdout.readline().strip() for user in users)
    assert answers == ["initialised", "joined", "joined", "joined"]
    last = [user.communicate("\n")[0].strip() for user in users]
    assert last == ["in use", "in use", "in use", "stopped"]
    assert Supervisor(home).status().pid is None


def test_the_server_is_closed_to_everyone_but_the_two_roles(home):
    with Supervisor(home).running():
        with connect(home) as app:
            show = {name: value for name, value, _ in app.execute("show all").fetchall()}
        assert show["listen_addresses"] == ""
        assert show["data_checksums"] == "on"
        assert show["synchronous_commit"] == "on"
        assert show["lock_timeout"] == "3s"
        assert (show["server_encoding"], show["fsync"]) == ("UTF8", "on")
        for role in (ADMIN_ROLE, OWNER_ROLE, APP_ROLE):
            with pytest.raises(psycopg.OperationalError, match="authentication failed"):
                connect(home, role, "guess")
        for place, mode in (
            (home.data, 0o700),
            (home.postgres, 0o700),
            (home.socket_directory, 0o700),
            (home.secrets, 0o700),
            (home.secrets / APP_ROLE, 0o600),
            (home.passfile, 0o600),
            (home.users, 0o600),
        ):
            assert stat.S_IMODE(place.stat().st_mode) == mode, place


def test_text_compares_by_bytes_while_chinese_characters_are_letters(home):
    with Supervisor(home).running(), connect(home) as app:
        words = "select datcollate, datctype from pg_database where datname = current_database()"
        assert app.execute(words).fetchone() == ("C", "C.UTF-8")
        assert app.execute("select '张' ~ '^[[:alpha:]]$'").fetchone() == (True,)


def test_the_roles_have_the_rights_they_need_and_no_more(home):
    words = (
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles"
        " where rolname in ('yibao_app', 'yibao_owner') order by 1"
    )
    with Supervisor(home).running(), connect(home, OWNER_ROLE) as owner:
        assert owner.execute(words).fetchall() == [
            (APP_ROLE, False, False, False, False),
            (OWNER_ROLE, False, False, False, True),
        ]
        owner.execute("create table probe (period daterange, exclude using gist (period with &&))")
        owner.execute("create database another")
        with connect(home) as app:
            app.execute("insert into probe values ('[2021-01-01,2022-01-01)')")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("truncate probe")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("create table mine (a int)")


def test_started_as_root_it_runs_under_another_account(home):
    with Supervisor(home).running():
        pid = Supervisor(home).status().pid
        account = server_account(home.data)
        assert account.other == AS_ROOT
        assert Path(f"/proc/{pid}").stat().st_uid == account.uid != (0 if AS_ROOT else None)
        assert pwd.getpwuid(account.uid).pw_name == account.name


def test_a_closed_directory_above_is_named_with_a_way_out(home):
    home.path.parent.chmod(0o700)
    held = Supervisor(home)
    if AS_ROOT:
        with pytest.raises(PathClosedToAccount) as caught:
            held.start()
        assert str(home.path.parent) in caught.value.sentence("en")
        assert "/var/lib/yibao" in caught.value.sentence("en")
        home.path.parent.chmod(0o711)
    assert held.start() == "initialised"
    assert held.stop() == "stopped"


def test_programs_that_are_closed_to_the_account_are_copied_beside_the_data(home):
    with temporary_place() as closed:
        tree = wheel_binaries().parent
        package = closed / tree.parent.name
        shutil.copytree(tree, package / tree.name, symlinks=True)
        # The wheel's programs look for their libraries beside the package.
        beside = f"{tree.parent.name}.libs"
        shutil.copytree(tree.parent.parent / beside, closed / beside, symlinks=True)
        closed.chmod(0o700)
        held = Supervisor(home, binaries=package / tree.name / "bin")
        assert held.start() == "initialised"
        assert any(home.postgres.glob("programs-*")) == AS_ROOT
        assert held.stop() == "stopped"


def test_a_path_too_long_for_a_socket_gets_a_short_one_elsewhere():
    with temporary_home("城乡居民基本医疗保险/新桥镇人民政府/医疗保障服务站/数据") as home:
        assert len(os.fsencode(home.path)) > 93
        assert not home.socket_directory.is_relative_to(home.path)
        with Supervisor(home).running(), connect(home) as app:
            assert app.execute("select 1").fetchone() == (1,)
        assert Supervisor(home).start() == "started"


def test_a_socket_directory_that_somebody_else_made_is_not_used():
    with temporary_home("城乡居民基本医疗保险/新桥镇人民政府/医疗保障服务站/数据") as home:
        home.socket_directory.mkdir(mode=0o777)
        home.socket_directory.chmod(0o777)
        with pytest.raises(SocketDirectoryNotOurs) as caught:
            Supervisor(home).start()
        assert str(home.socket_directory) in str(caught.value)
        assert Supervisor(home).status().pid is None


def test_a_data_directory_keeps_its_major_version(home):
    with Supervisor(home, binaries=wheel_binaries()).running():
        pass
    made = Supervisor(home).status().major
    with Supervisor(home).running(), connect(home) as app:
        assert app.info.server_version // 10000 == made
    (home.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(NoPostgres) as caught:
        Supervisor(home).start()
    assert "14" in caught.value.sentence("en")
    (home.data / "PG_VERSION").write_text(f"{made}\n")


def test_a_configured_directory_without_programs_is_named(home):
    with pytest.raises(NoPostgres) as caught:
        Supervisor(home, binaries=home.path / "nowhere").start()
    assert str(home.path / "nowhere") in str(caught.value)


def test_half_made_data_of_a_killed_start_is_cleared_away(home):
    home.prepare()
    account = server_account(home.data)
    account.own_directory(home.postgres)
    account.own_directory(home.unborn_data)
    (home.unborn_data / "PG_VERSION").write_text("15\n")
    with Supervisor(home).running() as answer:
        assert answer == "initialised"
    assert not home.unborn_data.exists()


def test_a_server_that_cannot_start_says_why_and_the_next_try_is_free(home):
    held = Supervisor(home)
    with held.running():
        pass
    settings = home.data / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nshared_buffers = 'much'\n")
    with pytest.raises(ServerNotStarted) as caught:
        held.start()
    assert "shared_buffers" in str(caught.value)
    assert str(home.log) in str(caught.value)
    assert not held.status().used
    settings.write_text(good)
    assert held.start() == "started"
    assert held.stop() == "stopped"


def test_its_memory_for_pages_is_the_homes_and_an_eighth_of_the_machine_as_installed(tmp_path):
    with temporary_home() as made:
        home = Home(made.path, shared_mb=96)
        with Supervisor(home).running(), connect(home, ADMIN_ROLE) as admin:
            assert admin.execute("show shared_buffers").fetchone() == ("96MB",)
    gigabyte = 1024 * MEGABYTE
    sizes = [gigabyte // 2, 2 * gigabyte, 4 * gigabyte, 64 * gigabyte]
    assert [shared_megabytes(size) for size in sizes] == [128, 256, 512, 1024]
    bound = tmp_path / "memory.max"
    whole = memory_bytes(bound)
    bound.write_text("max\n")
    assert memory_bytes(bound) == whole
    bound.write_text(f"{64 * MEGABYTE}\n")
    assert memory_bytes(bound) == 64 * MEGABYTE


def test_secrets_of_another_installation_are_said_to_be_wrong(home):
    held = Supervisor(home)
    with held.running():
        pass
    secret = home.secrets / ADMIN_ROLE
    good = secret.read_text()
    secret.write_text("of another machine")
    with pytest.raises(ServerNotReachable) as caught:
        held.start()
    assert str(home.secrets) in str(caught.value)
    assert held.status().pid is None
    secret.write_text(good)
    assert held.start() == "started"
    assert held.stop() == "stopped"


def test_a_home_that_cannot_be_made_is_named():
    with temporary_place() as place:
        (place / "file").write_text("")
        with pytest.raises(HomeNotUsable) as caught:
            Supervisor(Home(place / "file" / "home")).start()
        assert "YIBAO_HOME" in str(caught.value)


def test_secrets_are_made_once(home):
    home.prepare()
    first = home.secret(APP_ROLE)
    home.prepare()
    assert home.secret(APP_ROLE) == first
    assert len(first) > 40
    assert f":{APP_ROLE}:{first}\n" in home.passfile.read_text()
