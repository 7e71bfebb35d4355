"""Starts and stops the embedded PostgreSQL: the last one out switches off the light.

Everyone who uses the server holds a shared lock; who leaves tries to make it exclusive and, when
that succeeds, stops the server. A short exclusive "door" lock surrounds starting and stopping. The
server is detached from the terminal, so Ctrl-C reaches only who serves; a server that outlived its
users is joined by the next one.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import psycopg

from yibao.core.refusal import Refusal
from yibao.database.account import Account, server_account
from yibao.database.binaries import Binaries, find_binaries, usable_by
from yibao.database.cluster import check_room, free_bytes, last_words, make_cluster
from yibao.database.copies import Copies
from yibao.database.home import ADMIN_ROLE, APP_ROLE, DATABASE_NAME, OWNER_ROLE, PORT, Home
from yibao.database.process import (
    clear_up,
    prepare_socket_directory,
    running_pid,
    send,
    wait_until_gone,
)
from yibao.database.roles import is_prepared, make_database, prepare_database, prepare_roles

_PAUSE_SECONDS = 0.02
_RETRIES, _RETRY_PAUSE_SECONDS = 20, 0.25
_LOG_BYTES = 16 * 1024 * 1024


class ServerNotStarted(Refusal):
    """The server ended before it answered."""

    code = "DB09"
    message = "数据库未能启动：{cause}"
    remedy = "请按提示排除后重新启动；详细记录见 {log}"
    message_en = "The database did not start: {cause}"
    remedy_en = "Cure the cause and start again; the whole record is in {log}"


class ServerNotReachable(Refusal):
    """The server runs, but the secrets kept beside it do not open it."""

    code = "DB10"
    message = "数据库正在运行，但无法登录：{cause}"
    remedy = "请核对 {secrets} 中的密码文件是否属于这个数据目录"
    message_en = "The server runs, but it does not let us in: {cause}"
    remedy_en = "Check that the password files in {secrets} belong to this data directory"


@dataclass(frozen=True)
class Status:
    """What `yibao db status` tells."""

    pid: int | None
    major: int | None
    socket_directory: Path
    data: Path
    used: bool
    kept: bool


class Supervisor:
    """One user's hold on the server of one home; `start` takes it, `stop` gives it back."""

    def __init__(
        self,
        home: Home,
        *,
        binaries: Path | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self.home = home
        self._configured = binaries
        self._free = free
        self._users: TextIO | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Hold the server for the block; yields what `start` answered."""
        answer = self.start()
        try:
            yield answer
        finally:
            self.stop()

    def start(self, *, keep: bool = False) -> str:
        """Join the running server or start it; "joined", "started" or "initialised".

        With `keep` it stays up when its last user leaves, until `stop(forget=True)`. Raises
        HomeNotUsable, NoServerAccount, PathClosedToAccount, NoPostgres, DiskFull, ClusterNotMade,
        SocketDirectoryNotOurs, OrphansLive, ServerNotStarted, ServerNotReachable.
        """
        self.home.prepare()
        with self._door():
            if self._users is None:
                users = _lock_file(self.home.users)
                fcntl.flock(users, fcntl.LOCK_SH)
                self._users = users
            try:
                answer = "joined" if self._joined() else self._start()
            except BaseException:
                self._leave()
                raise
            if keep:
                self.home.kept.touch(mode=0o600)
            return answer

    def stop(self, *, forget: bool = False) -> str:
        """Give the server back: "stopped", "in use" by others, "kept" or "not running".

        With `forget` an operator's wish to keep it up is withdrawn first.
        """
        if not self.home.path.is_dir():
            return "not running"
        with self._door():
            if forget:
                self.home.kept.unlink(missing_ok=True)
            self._leave()
            with _lock_file(self.home.users) as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return "in use"
                pid = running_pid(self.home.data)
                if pid is None:
                    return "not running"
                if self.home.kept.exists():
                    return "kept"
                send(pid, signal.SIGINT)
                wait_until_gone(pid, self.home.data)
                return "stopped"

    def status(self) -> Status:
        """Tell whether the server runs, who holds it, and where it listens."""
        version = self.home.data / "PG_VERSION"
        return Status(
            pid=running_pid(self.home.data),
            major=int(version.read_text(encoding="ascii")) if version.exists() else None,
            socket_directory=self.home.socket_directory,
            data=self.home.data,
            used=self._used(),
            kept=self.home.kept.exists(),
        )

    def psql(self) -> Path:
        """Return the path of a psql that fits the data directory. Raises NoPostgres."""
        found = find_binaries(configured=self._configured, data=self.home.data)
        return found.program("psql")

    def _used(self) -> bool:
        if not self.home.users.exists():
            return False
        with _lock_file(self.home.users) as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _leave(self) -> None:
        if self._users is not None:
            fcntl.flock(self._users, fcntl.LOCK_UN)
            self._users.close()
            self._users = None

    @contextlib.contextmanager
    def _door(self) -> Iterator[None]:
        with _lock_file(self.home.door) as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def _joined(self) -> bool:
        """Join a server that lives, waiting for one whose starter died before it answered."""
        while running_pid(self.home.data):
            if self._answers():
                self._prepare_missing()
                return True
            time.sleep(_PAUSE_SECONDS)
        return False

    def _start(self) -> str:
        home, new = self.home, not self.home.data.exists()
        account = server_account(home.data)
        binaries = find_binaries(configured=self._configured, data=home.data)
        check_room(home.path, self._free)
        account.check_way_to(home.path)
        account.own_directory(home.postgres)
        binaries = usable_by(account, binaries, home.postgres)
        make_cluster(home, account, binaries)
        clear_up(home.data, home.socket_directory)
        prepare_socket_directory(home.socket_directory, account)
        self._wait_until_ready(account, binaries)
        self._prepare_missing()
        return "initialised" if new else "started"

    def _prepare_missing(self) -> None:
        with self._admin("postgres") as admin:
            if is_prepared(admin, DATABASE_NAME):
                return
            passwords = {role: self.home.secret(role) for role in (OWNER_ROLE, APP_ROLE)}
            prepare_roles(admin, passwords=passwords)
        with self._admin("template1") as admin:
            prepare_database(admin)
        with self._admin("postgres") as admin:
            # Born from template1, it has the extensions and rights from its first moment.
            make_database(admin, DATABASE_NAME)

    def _spawn(self, account: Account, binaries: Binaries) -> subprocess.Popen[bytes]:
        log = self.home.log
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        words = [binaries.program("postgres"), "-D", self.home.data]
        for name, value in _OPTIONS.items():
            words += ["-c", f"{name}={value}"]
        words += ["-c", f"shared_buffers={self.home.shared_mb}MB"]
        words += ["-c", f"unix_socket_directories={_quoted(self.home.socket_directory)}"]
        words += ["-c", f"archive_command={Copies(self.home).archive_command()}"]
        options: dict[str, Any] = account.process_options()
        with log.open("ab") as stream:
            account.own(log)
            return subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                **options,
            )

    def _wait_until_ready(self, account: Account, binaries: Binaries) -> None:
        """Start, and wait for as long as the process lives: a recovery may take its time."""
        for attempt in range(_RETRIES):
            said_before = self.home.log.stat().st_size if self.home.log.exists() else 0
            process = self._process = self._spawn(account, binaries)
            try:
                while process.poll() is None:
                    if self._answers() and process.poll() is None:
                        return
                    time.sleep(_PAUSE_SECONDS)
            except BaseException:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                raise
            words = self._said_since(said_before)
            if "still in use" not in words or attempt == _RETRIES - 1:
                raise ServerNotStarted(cause=last_words(words), log=self.home.log)
            time.sleep(_RETRY_PAUSE_SECONDS)

    def _answers(self) -> bool:
        """Tell whether the server lets us in; give up where waiting cannot help."""
        try:
            self._admin("postgres").close()
        except psycopg.OperationalError as error:
            text = str(error)
            if "No space left" in text:
                check_room(self.home.path, lambda _: 0)
            if "authentication failed" in text:
                raise ServerNotReachable(
                    cause=text.strip().splitlines()[-1], secrets=self.home.secrets
                ) from error
            return False
        return True

    def _said_since(self, offset: int) -> str:
        with self.home.log.open("rb") as stream:
            stream.seek(offset)
            return stream.read().decode("utf-8", "replace")

    def _admin(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.home.socket_directory),
            port=PORT,
            user=ADMIN_ROLE,
            password=self.home.secret(ADMIN_ROLE),
            dbname=database,
            autocommit=True,
        )


# No port is open; a commit that was acknowledged is on the disk.
_OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "synchronous_commit": "on",
    # Finished logs are kept from the first backup on (yibao.database.copies); before it the
    # command does nothing.
    "archive_mode": "on",
    "archive_timeout": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    # The server's own log quotes no row and no statement: they hold names.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "password_encryption": "scram-sha-256",
}


def _lock_file(path: Path) -> TextIO:
    """Open a file to lock; no other account may, or it could lock us out."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _quoted(path: Path) -> str:
    """Quote a path for a list of directories in the server's settings."""
    return '"' + os.fspath(path).replace('"', '""') + '"'
