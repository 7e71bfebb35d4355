"""Brings the database back as it stood at a second: a backup, and the logs after it up to there."""

import os
import shutil
import signal
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from yibao.core.refusal import Refusal
from yibao.database.account import server_account
from yibao.database.backup import connector
from yibao.database.copies import Backup, Copies
from yibao.database.home import Home
from yibao.database.process import running_pid, send, wait_until_gone
from yibao.database.supervisor import ServerNotStarted, Supervisor

_PAUSE_SECONDS = 0.1
_SECRETS = ("secrets", "keys")
_SETTINGS = (
    "restore_command",
    "recovery_target_time",
    "recovery_target_action",
    "recovery_target_timeline",
)


class PlaceTaken(Refusal):
    """There is a database already."""

    code = "DB45"
    message = "{path} 中已有数据库，恢复会取代它"
    remedy = "请改用其他目录，或加 --overwrite；原数据会改名保留在旁边"
    message_en = "There is a database in {path}, which the restore would replace"
    remedy_en = "Choose another directory, or add --overwrite; the old data is kept beside it"


class StillRunning(Refusal):
    """The database to be replaced is in use."""

    code = "DB46"
    message = "数据库仍在使用，不能原地恢复"
    remedy = "请先停止 yibao serve、yibao work，并运行 yibao db stop"
    message_en = "The database is in use and cannot be restored in its place"
    remedy_en = "Stop yibao serve and yibao work, then run yibao db stop"


class SecretsMissing(Refusal):
    """Neither the place nor this machine has the passwords that belong to the data."""

    code = "DB47"
    message = "{path} 中没有 secrets 与 keys：备份不含密码和密钥"
    remedy = "请将单独保管的 secrets 与 keys 两个目录放入 {path} 后重试"
    message_en = "There are no secrets and keys in {path}: a backup holds neither"
    remedy_en = "Put the directories secrets and keys, which you keep apart, into {path}"


class StoppedShort(Refusal):
    """The logs end before the asked moment, or one between is missing."""

    code = "DB48"
    message = "日志到不了 {at}：{cause}"
    remedy = (
        "最近五分钟的日志可能尚未归档，请稍后重试；否则请核对 {wal} 中的日志是否齐全，"
        "或恢复到更早的时刻；原有数据没有改动"
    )
    message_en = "The logs do not reach {at}: {cause}"
    remedy_en = (
        "The last five minutes may not have been archived yet: try again then; if they were, see "
        "that no log is missing in {wal}, or restore to an earlier moment"
    )


@dataclass(frozen=True)
class Restored:
    """Where the database is now, from which backup, and where the old data was put."""

    home: Home
    backup: Backup
    put_aside: Path | None


def restore(
    home: Home,
    *,
    at: datetime,
    to: Path | None,
    overwrite: bool = False,
    binaries: Path | None = None,
    base: Path | None = None,
) -> Restored:
    """Restore the state of `at` into the home `to`, or in place where `to` is None.

    The server has run up to the moment and is stopped again. Raises NoBackup, PlaceTaken,
    StillRunning, SecretsMissing, StoppedShort, NoPostgres for another major version.
    """
    copies = Copies(home)
    backup = copies.newest(before=at, base=base)
    target = home if to is None else Home(to.absolute(), home.shared_mb)
    if Supervisor(target).status().pid and Supervisor(target).stop() in ("in use", "kept"):
        raise StillRunning()
    if target.data.exists() and not overwrite:
        raise PlaceTaken(path=target.data)
    _bring_secrets(home, target)
    target.prepare()
    account = server_account(backup.data)
    account.check_way_to(target.path)
    account.own_directory(target.postgres)
    draft = target.postgres / "pgdata.restored"
    account.run(["rm", "-rf", draft])
    copied = account.run(["cp", "-a", "--reflink=auto", backup.data, draft])
    if copied.returncode:
        raise StoppedShort(at=at, cause=copied.stderr.strip(), wal=copies.wal)
    aside = _put_aside(target, at)
    draft.rename(target.data)
    beside = aside / "pg_wal" if aside else None
    _write_settings(target, copies.restore_command(beside), at)
    for path in (target.data / "postgresql.auto.conf", target.data / "recovery.signal"):
        account.own(path)
    try:
        _run_up_to(target, binaries)
    except ServerNotStarted as error:
        _take_back(target, aside)
        raise StoppedShort(at=at, cause=error.facts["cause"], wal=copies.wal) from error
    return Restored(home=target, backup=backup, put_aside=aside)


def _bring_secrets(home: Home, target: Home) -> None:
    """Let the restored home have the passwords and keys of this machine, where it has none."""
    if target.path == home.path:
        return
    if not target.path.exists():
        target.path.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True)
    for name in _SECRETS:
        source, place = home.path / name, target.path / name
        if source.is_dir() and not place.exists():
            shutil.copytree(source, place)
    if not target.secrets.is_dir():
        raise SecretsMissing(path=target.path)


def _put_aside(target: Home, at: datetime) -> Path | None:
    if not target.data.exists():
        return None
    aside = target.postgres / f"pgdata.before-{at:%Y%m%dT%H%M%S}-{time.time_ns()}"
    target.data.rename(aside)
    return aside


def _take_back(target: Home, aside: Path | None) -> None:
    """Put the old data back where a restore failed; the failed copy is removed."""
    shutil.rmtree(target.data, ignore_errors=True)
    if aside is not None:
        aside.rename(target.data)


def _write_settings(target: Home, restore_command: str, at: datetime) -> None:
    values = {
        "restore_command": restore_command,
        "recovery_target_time": at.isoformat(),
        "recovery_target_action": "promote",
        "recovery_target_timeline": "latest",
    }
    quoted = {name: "'" + value.replace("'", "''") + "'" for name, value in values.items()}
    with (target.data / "postgresql.auto.conf").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{name} = {value}\n" for name, value in quoted.items())
    (target.data / "recovery.signal").touch(mode=0o600)


def _run_up_to(target: Home, binaries: Path | None) -> None:
    """Run the server until it has reached the moment and takes writes; then stop it."""
    held = Supervisor(target, binaries=binaries)
    try:
        held.start()
    except psycopg.OperationalError as ended:
        # It took connections and ended while it was made ready: the logs end before the moment.
        if pid := running_pid(target.data):
            send(pid, signal.SIGINT)
            wait_until_gone(pid, target.data)
        raise _ended(target) from ended
    try:
        pid = running_pid(target.data)
        while _recovers(target):
            if running_pid(target.data) != pid:
                raise _ended(target)
            time.sleep(_PAUSE_SECONDS)
        with connector(target)() as admin:
            for name in _SETTINGS:
                admin.execute(f"alter system reset {name}")
    finally:
        if held.stop() == "kept" and (pid := running_pid(target.data)):
            send(pid, signal.SIGINT)
            wait_until_gone(pid, target.data)


def _ended(target: Home) -> ServerNotStarted:
    """Return the refusal with what the server said last."""
    said = target.log.read_text(encoding="utf-8", errors="replace").splitlines()
    fatal = [line for line in said if "FATAL" in line and "starting up" not in line]
    cause = fatal[-1].partition("FATAL:  ")[2] if fatal else "—"
    return ServerNotStarted(cause=cause, log=target.log)


def _recovers(target: Home) -> bool:
    try:
        with connector(target)() as admin:
            row = admin.execute("select pg_is_in_recovery()").fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return True
