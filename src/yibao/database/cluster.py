"""A new data directory: made beside its place, whole before it gets its name."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from yibao.core.refusal import Refusal
from yibao.database.account import Account
from yibao.database.binaries import Binaries
from yibao.database.home import ADMIN_ROLE, Home

# Time, process and role of a line of the server's log, and its level.
_PREFIX = re.compile(r"^.*?(?:LOG|FATAL|PANIC|HINT|DETAIL|error):\s+")
# What every end says, whatever its cause.
_ENDINGS = (
    "database system is shut down",
    "due to startup process failure",
    "terminating any other active server processes",
)
FLOOR_BYTES = 64 * 1024 * 1024


class DiskFull(Refusal):
    """Too little room to start: a server without room answers nobody and says nothing."""

    code = "DB05"
    message = "磁盘空间不足：{path} 仅剩 {free_mb} MB，启动数据库至少需要 {floor_mb} MB"
    remedy = "请释放空间或将 YIBAO_HOME 移到更大的磁盘，然后重新启动；已确认的数据没有丢失"
    message_en = "The disk is full: {path} has {free_mb} MB left, a start needs {floor_mb} MB"
    remedy_en = "Free some room or move YIBAO_HOME, then start again; nothing acknowledged is lost"


class ClusterNotMade(Refusal):
    """initdb failed."""

    code = "DB06"
    message = "无法在 {path} 建立数据库：{cause}"
    remedy = "请按提示排除后重新启动；未完成的目录会自动清理"
    message_en = "No database could be made in {path}: {cause}"
    remedy_en = "Cure the cause and start again; what was half made is cleared away by itself"


def free_bytes(path: Path) -> int:
    """Return how many bytes an ordinary account may still write on the disk of `path`."""
    return shutil.disk_usage(path).free


def check_room(path: Path, free: Callable[[Path], int] = free_bytes) -> None:
    """Raise DiskFull if the disk of `path` has less than the floor."""
    left, megabyte = free(path), 1024 * 1024
    if left < FLOOR_BYTES:
        raise DiskFull(path=path, free_mb=left // megabyte, floor_mb=FLOOR_BYTES // megabyte)


def make_cluster(home: Home, account: Account, binaries: Binaries) -> None:
    """Make the data directory if it is missing. Raises ClusterNotMade.

    Passwords only, checksums on; text compares by bytes (so an index serves prefixes), while
    characters are classified as Unicode (trigrams of Chinese exist only so).
    """
    if home.data.exists():
        return
    shutil.rmtree(home.unborn_data, ignore_errors=True)
    secret = _password_file(home, account)
    try:
        words: list[str | Path] = [
            binaries.program("initdb"),
            "-D",
            home.unborn_data,
            "-U",
            ADMIN_ROLE,
        ]
        words += ["--auth=scram-sha-256", f"--pwfile={secret}", "--data-checksums"]
        words += ["--encoding=UTF8", "--locale-provider=libc", "--lc-collate=C"]
        words += ["--lc-ctype=C.UTF-8", "--lc-messages=C"]
        done = account.run(words)
    finally:
        secret.unlink()
    if done.returncode:
        shutil.rmtree(home.unborn_data, ignore_errors=True)
        raise ClusterNotMade(path=home.data, cause=last_words(done.stderr or done.stdout))
    home.unborn_data.rename(home.data)
    directory = os.open(home.postgres, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def last_words(text: str) -> str:
    """Return what a program said last, without its prefixes: two lines, a cause often has two."""
    lines = [_PREFIX.sub("", line).strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.endswith(_ENDINGS)]
    return "; ".join(said[-2:]) or "—"


def _password_file(home: Home, account: Account) -> Path:
    """Write the administrator's password where only the server's account can read it."""
    handle, name = tempfile.mkstemp(dir=home.postgres, prefix="password.")
    with os.fdopen(handle, "w") as stream:
        stream.write(home.secret(ADMIN_ROLE))
    account.own(Path(name))
    return Path(name)
