"""Start, stop, look at, open, migrate, back up and restore the database.

start     start the embedded server and keep it up until `stop`
stop      withdraw that; the server stops when nobody uses it
status    where it is, whether it runs, who holds it
shell     psql as the application role; without a scope it sees no rows
migrate   bring the tables up to date, as the owner
upgrade   the same with `yibao verify` before and after, and the same sums in both
backup    a whole copy of the running server; its logs are kept from the first one on
restore   the state of any second since, here or in a new home
drill     restore this very second beside the server and compare every table and chain
"""

import argparse
import os
import subprocess
from typing import Any

from django.conf import settings

from yibao.cli import db_copies
from yibao.database.home import APP_ROLE
from yibao.database.service import database_at_hand, migrate, supervisor, use_settings

_DONE, _NOT_DONE = 0, 1
_STARTED = {
    "joined": "The database was running already. 数据库已在运行。",
    "started": "The database is running. 数据库已启动。",
    "initialised": "A new database was made and is running. 已建立新数据库并启动。",
}
_STOPPED = {
    "stopped": "The database is stopped. 数据库已停止。",
    "not running": "The database was not running. 数据库未在运行。",
    "in use": "Others still use it; the last one stops it. 仍有程序在使用，最后一个退出时停止。",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the jobs."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    for name in ("start", "stop", "status", "migrate", "upgrade"):
        jobs.add_parser(name)
    db_copies.add_jobs(jobs)
    shell = jobs.add_parser("shell", help="arguments after -- go to psql")
    shell.add_argument("--owner", action="store_true", help="as the role that owns the tables")
    shell.add_argument("words", nargs="*", metavar="PSQL_ARGUMENT")


def run(arguments: argparse.Namespace) -> int:
    """Do the named job; its refusals are sentences."""
    use_settings()
    if arguments.job == "shell":
        return _shell(owner=arguments.owner, words=arguments.words)
    if arguments.job in _COPIES:
        return _COPIES[arguments.job](arguments)
    return _JOBS[arguments.job]()


def _start() -> int:
    held = supervisor()
    print(_STARTED[held.start(keep=True)])
    held.stop()
    return _DONE


def _stop() -> int:
    answer = supervisor().stop(forget=True)
    print(_STOPPED[answer])
    return _NOT_DONE if answer == "in use" else _DONE


def _status() -> int:
    if not settings.DATABASE_EMBEDDED:
        at = settings.DATABASES["default"]
        print(f"elsewhere (DATABASE_URL): {at['NAME']} at {at['HOST'] or '—'}, as {at['USER']}")
        return _DONE
    found = supervisor().status()
    state = f"running, process {found.pid}" if found.pid else "not running"
    rows = {
        "state": state,
        "version": f"PostgreSQL {found.major}" if found.major else "not made yet",
        "data": found.data,
        "socket": found.socket_directory,
        "in use": "yes" if found.used else "no",
        "kept up": "yes, until `yibao db stop`" if found.kept else "no, stops with its last user",
    }
    rows["backup"] = db_copies.newest_line()
    for name, value in rows.items():
        print(f"{name:<8} {value}")
    return _DONE if found.pid else _NOT_DONE


def _migrate() -> int:
    if settings.DATABASE_EMBEDDED:
        with supervisor().running():
            return _migrated()
    return _migrated()


def _migrated() -> int:
    import django

    django.setup()
    applied = migrate()
    print("\n".join(applied) or "The tables are up to date. 表结构已是最新。")
    return _DONE


def _upgrade() -> int:
    """Migrate between two runs of `yibao verify`; the business sums must be the same in both."""
    from yibao.cli.upgrade import upgrade

    if settings.DATABASE_EMBEDDED:
        with supervisor().running():
            return upgrade()
    return upgrade()


def _shell(*, owner: bool, words: list[str]) -> int:
    with database_at_hand():
        at = settings.DATABASES["owner" if owner else "default"]
        if at["USER"] == APP_ROLE:
            print(
                "The application role sees no persons without a scope. 未设范围时看不到任何人员。"
            )
            print('  begin; set local yibao."from" = 430423000000;')
            print("  set local yibao.until = 430424000000;")
        program = supervisor().psql() if settings.DATABASE_EMBEDDED else "psql"
        return subprocess.run([program, *words], env=_libpq(at), check=False).returncode


def _libpq(at: dict[str, Any]) -> dict[str, str]:
    """Say to psql by the environment what Django is told by the settings."""
    options = at["OPTIONS"]
    named = {
        "PGHOST": at.get("HOST"),
        "PGPORT": at.get("PORT"),
        "PGUSER": at.get("USER"),
        "PGDATABASE": at.get("NAME"),
        "PGPASSWORD": at.get("PASSWORD"),
        "PGPASSFILE": options.get("passfile"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }
    return os.environ | {name: str(value) for name, value in named.items() if value}


_JOBS = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "migrate": _migrate,
    "upgrade": _upgrade,
}
_COPIES = {
    "backup": db_copies.backup,
    "restore": db_copies.bring_back,
    "drill": db_copies.drill,
}
