"""Takes a whole copy of the embedded server while it works, and keeps its logs from then on."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yibao.core.refusal import Refusal
from yibao.database.account import Account, server_account
from yibao.database.binaries import Binaries, find_binaries, newest_binaries, usable_by
from yibao.database.cluster import last_words
from yibao.database.copies import Backup, Copies, Moment, size_of
from yibao.database.home import ADMIN_ROLE, DATABASE_NAME, PORT, Home
from yibao.database.moments import archive_now, note_moment
from yibao.database.supervisor import Supervisor

KEEP = 7
_LOG_LINE = "START WAL LOCATION"


class BackupNotMade(Refusal):
    """pg_basebackup or the check after it failed."""

    code = "DB43"
    message = "备份没有完成：{cause}"
    remedy = "请按提示排除后重新运行；未完成的备份已清除"
    message_en = "The backup was not made: {cause}"
    remedy_en = "Cure the cause and run it again; what was half made is gone"


class ArchivingOff(Refusal):
    """The running server was started before it kept its logs."""

    code = "DB44"
    message = "正在运行的数据库没有开启日志归档"
    remedy = "请停止全部 yibao 程序（yibao db stop），再启动一次后重新备份"
    message_en = "The running server does not archive its logs"
    remedy_en = "Stop everything (yibao db stop), start again, then back up"


def take_backup(
    home: Home, *, binaries: Path | None = None, to: Path | None = None, keep: int = KEEP
) -> Backup:
    """Copy the running server, check the copy, and note the moment that it ends at.

    `to` is another place for the copy; then no older one is removed. Raises BackupNotMade,
    ArchivingOff, and what starting the server raises.
    """
    with Supervisor(home, binaries=binaries).running():
        account, programs = programs_of(home, binaries)
        copies = Copies(home)
        with connector(home)() as admin:
            if _shown(admin, "archive_mode") != "on":
                raise ArchivingOff()
            began = _now(admin)
        for place in (copies.place, copies.base, copies.wal):
            account.own_directory(place)
        base = to or copies.base
        account.own_directory(base) if to else None
        made = _copied(home, account, programs, base / f"{began:%Y%m%dT%H%M%SZ}")
        moment = note_moment(connector(home))
        archive_now(connector(home), copies.wal)
        backup = _noted(made, began=began, major=programs.major, moment=moment)
        if to is None:
            copies.forget(keep=keep)
        return backup


def programs_of(home: Home, configured: Path | None) -> tuple[Account, Binaries]:
    """Return the server's account and the programs that it can run."""
    account = server_account(home.data)
    found = find_binaries(configured=configured, data=home.data)
    return account, usable_by(account, found, home.postgres)


def connector(home: Home, database: str = DATABASE_NAME) -> Any:
    """Return a function that connects as the administrator, each statement by itself."""

    def connect() -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(home.socket_directory),
            port=PORT,
            user=ADMIN_ROLE,
            password=home.secret(ADMIN_ROLE),
            dbname=database,
            autocommit=True,
        )

    return connect


@contextlib.contextmanager
def password_file(home: Home, account: Account, role: str = ADMIN_ROLE) -> Iterator[Path]:
    """Write a role's password where only the server's account reads it, for the block."""
    handle, name = tempfile.mkstemp(dir=home.postgres, prefix="pgpass.")
    with os.fdopen(handle, "w") as stream:
        stream.write(f"*:*:*:{role}:{home.secret(role)}\n")
    account.own(Path(name))
    try:
        yield Path(name)
    finally:
        Path(name).unlink()


def copy_elsewhere(url: str, to: Path, *, binaries: Path | None = None) -> Path:
    """Copy a server that is not ours by its replication address; returns where the copy lies.

    Its logs are that server's matter. Raises BackupNotMade, NoPostgres.
    """
    found = newest_binaries(configured=binaries)
    words = conninfo_to_dict(url)
    words.pop("dbname", None)
    password = str(words.pop("password", "") or "")
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = to / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    account = Account(name="", uid=os.getuid(), gid=os.getgid(), other=False)
    with tempfile.NamedTemporaryFile("w", dir=to, prefix=".pgpass.") as secret:
        secret.write(f"*:*:*:*:{password}\n")
        secret.flush()
        told = make_conninfo(**words, passfile=secret.name)
        _run(account, found, "pg_basebackup", *_HOW, "-d", told, "-D", place)
    return place


_HOW = ("-c", "fast", "-X", "stream", "--manifest-checksums=SHA256", "--no-password")


def _copied(home: Home, account: Account, programs: Binaries, place: Path) -> Path:
    """Copy into `place`, which has its name only when the copy is whole and was checked."""
    draft = place.with_name(place.name + ".new")
    account.run(["rm", "-rf", draft])
    with password_file(home, account) as secret:
        told = make_conninfo(
            host=str(home.socket_directory), port=PORT, user=ADMIN_ROLE, passfile=str(secret)
        )
        try:
            account.own_directory(draft)
            words = ("-d", told, "-D", draft / "data", "-l", f"yibao {place.name}")
            _run(account, programs, "pg_basebackup", *_HOW, *words)
            if programs.program("pg_verifybackup").exists():
                _run(account, programs, "pg_verifybackup", "--quiet", draft / "data")
        except BackupNotMade:
            account.run(["rm", "-rf", draft])
            raise
    draft.rename(place)
    return place


def _run(account: Account, programs: Binaries, name: str, *words: str | Path) -> None:
    done = account.run([programs.program(name), *words])
    if done.returncode:
        raise BackupNotMade(cause=last_words(done.stderr or done.stdout))


def _noted(place: Path, *, began: datetime, major: int, moment: Moment) -> Backup:
    label = (place / "data" / "backup_label").read_text(encoding="ascii")
    line = next(one for one in label.splitlines() if one.startswith(_LOG_LINE))
    backup = Backup(
        place=place,
        began=began,
        ended=moment.at,
        major=major,
        size=size_of(place),
        first_log=line.rpartition("file ")[2].rstrip(")"),
        moment=moment,
    )
    backup.write()
    return backup


def _shown(admin: "psycopg.Connection[Any]", setting: str) -> str:
    row = admin.execute("select current_setting(%s)", [setting]).fetchone()
    return str(row[0]) if row else ""


def _now(admin: "psycopg.Connection[Any]") -> datetime:
    row = admin.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0].astimezone(UTC)  # type: ignore[no-any-return]
