"""The product on servers that it did not start: every version whose programs are found here."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.database.homes import free_port, temporary_place, wheel_binaries
from yibao.database.account import server_account
from yibao.database.binaries import Binaries, _inspect, usable_by

# As docs/howto/database.md tells the administrator of such a server.
SETUP = """
create role yibao_owner login createdb password 'own';
create role yibao_app login password 'app';
alter role yibao_app set lock_timeout = '3s';
alter role yibao_app set synchronous_commit = 'on';
create database yibao owner yibao_owner
    template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'
"""
INSIDE = """
create extension btree_gist;
alter default privileges for role yibao_owner
    grant select, insert, update, delete on tables to yibao_app;
alter default privileges for role yibao_owner grant usage, select on sequences to yibao_app
"""


def found() -> list[Binaries]:
    places = [one / "bin" for one in Path("/usr/lib/postgresql").glob("*")] + [wheel_binaries()]
    return sorted(
        {one.major: one for place in places if (one := _inspect(place))}.values(),
        key=lambda one: one.major,
    )


class Elsewhere:
    """A server of somebody else's, with a password for each role, on a port of this machine."""

    def __init__(self, place: Path, binaries: Binaries) -> None:
        self.account = server_account(place / "none")
        self.account.own_directory(place / "pg")
        self.binaries = usable_by(self.account, binaries, place / "pg")
        self.data = place / "pg" / "data"
        self.port = free_port()
        words = [self.binaries.program("initdb"), "-D", self.data, "-U", "dba", "--auth=trust"]
        done = self.account.run([*words, "--encoding=UTF8", "--data-checksums"])
        assert done.returncode == 0, done.stderr
        self.server = subprocess.Popen(
            [
                *(self.binaries.program("postgres"), "-D", self.data, "-p", str(self.port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.data}"),
            ],
            stderr=subprocess.DEVNULL,
            **self.account.process_options(),
        )
        self._prepare()

    def _prepare(self) -> None:
        while True:
            try:
                self.ask("select 1", "postgres")
                break
            except psycopg.OperationalError:
                assert self.server.poll() is None, "the server ended before it answered"
                time.sleep(0.1)
        for words in SETUP.split(";\n"):
            self.ask(words, "postgres")
        for words in INSIDE.split(";\n"):
            self.ask(words)

    def ask(self, words: str, name: str = "yibao") -> None:
        at = f"postgresql://dba@127.0.0.1:{self.port}/{name}"
        with psycopg.connect(at, autocommit=True) as dba:
            dba.execute(words)

    def yibao(
        self, home: Path, *words: str, owner: bool = True
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIBAO")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        at = f"127.0.0.1:{self.port}/yibao"
        kept |= {"YIBAO_HOME": str(home), "DATABASE_URL": f"postgresql://yibao_app:app@{at}"}
        if owner:
            kept["DATABASE_OWNER_URL"] = f"postgresql://yibao_owner:own@{at}"
        return subprocess.run(
            [sys.executable, "-m", "yibao.cli.main", *words],
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait()


@pytest.mark.heavy
@pytest.mark.parametrize("binaries", found(), ids=lambda one: f"PostgreSQL {one.major}")
def test_the_product_migrates_works_and_is_looked_at_on_another_server(binaries):
    with temporary_place() as place:
        server = Elsewhere(place, binaries)
        try:
            home = place / "home"
            behind = server.yibao(home, "doctor", "--json", owner=False)
            assert behind.returncode == 1
            assert marks(behind)["migrations"] == "fail"

            migrated = server.yibao(home, "db", "upgrade")
            assert migrated.returncode == 0, migrated.stderr
            assert "the same before and after" in migrated.stdout
            well = server.yibao(home, "doctor", "--json", owner=False)
            assert well.returncode == 0, well.stdout
            assert {marks(well)[code] for code in ("version", "role", "text", "extensions")} == {
                "ok"
            }
            assert f"PostgreSQL {binaries.major}." in well.stdout
            for words in (["verify"], ["audit", "seal"], ["audit", "verify"], ["work", "--once"]):
                done = server.yibao(home, *words, owner=False)
                assert done.returncode == 0, f"{words}: {done.stderr}"

            server.ask("alter role yibao_app bypassrls")
            server.ask("alter role yibao_app set synchronous_commit = 'off'")
            ill = server.yibao(home, "doctor", "--json", owner=False)
            assert ill.returncode == 1
            assert marks(ill)["role"] == marks(ill)["synchronous_commit"] == "fail"

            for job in (["backup"], ["drill"], ["restore", "--in-place", "--at", "2020-01-01"]):
                refused = server.yibao(home, "db", *job)
                assert refused.returncode == 1
                assert "pgbackrest" in refused.stderr
            url = f"postgresql://dba@127.0.0.1:{server.port}"
            copied = server.yibao(home, "db", "backup", "--url", url, "--to", str(place / "copy"))
            assert copied.returncode == 0, copied.stderr
            assert list((place / "copy").glob("*/backup_label"))
        finally:
            server.stop()


def marks(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {one["code"]: one["mark"] for one in json.loads(done.stdout)["checks"]}
