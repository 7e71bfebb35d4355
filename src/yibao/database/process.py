"""The server's process: who lives in the data directory, and how to clear up after the dead."""

import contextlib
import os
import signal
import stat
import time
from pathlib import Path

from yibao.core.refusal import Refusal
from yibao.database.account import Account
from yibao.database.home import PORT

_PAUSE_SECONDS = 0.02
_ORPHAN_PATIENCE_SECONDS = 20.0


class SocketDirectoryNotOurs(Refusal):
    """Somebody else made the directory where the server's socket would stand."""

    code = "DB07"
    message = "数据库通信目录 {path} 不属于账户 {account} 或权限不是 0700，可能被他人占用"
    remedy = "请删除该目录后重新启动，或将 YIBAO_HOME 设为较短的路径"
    message_en = "The socket directory {path} is not {account}'s own with mode 0700"
    remedy_en = "Remove it and start again, or set YIBAO_HOME to a shorter path"


class OrphansLive(Refusal):
    """The server died, but processes of it still work in the data directory."""

    code = "DB08"
    message = "数据库主进程已停止，但其子进程 {pids} 仍在使用 {path}"
    remedy = "请结束这些进程后重新启动"
    message_en = "The server is dead, but its processes {pids} still work in {path}"
    remedy_en = "End these processes and start again"


def running_pid(data: Path) -> int | None:
    """Return the server's process id if it really lives in this data directory.

    Not `kill(pid, 0)`: that is true for zombies, and for a stranger who got the number again.
    """
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _lives_in(pid, data) else None


def clear_up(data: Path, socket_directory: Path) -> None:
    """Remove what a killed server left behind; nobody may live in the data directory.

    Children that outlived it are told to go first, as they would by themselves a moment later.
    Raises OrphansLive when they do not.
    """
    end = time.monotonic() + _ORPHAN_PATIENCE_SECONDS
    while orphans := _inhabitants(data):
        for pid in orphans:
            send(pid, signal.SIGQUIT)
        if time.monotonic() > end:
            raise OrphansLive(pids=", ".join(map(str, orphans)), path=data)
        time.sleep(_PAUSE_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (socket_directory / name).unlink(missing_ok=True)


def prepare_socket_directory(path: Path, account: Account) -> None:
    """Make the socket's directory and prove that it is ours. Raises SocketDirectoryNotOurs."""
    try:
        path.mkdir(mode=0o700)
        account.own(path)
    except FileExistsError:
        pass
    found = path.lstat()
    own_directory = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not own_directory or found.st_uid != account.uid:
        raise SocketDirectoryNotOurs(path=path, account=account.name)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that is gone already needs none."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until_gone(pid: int, data: Path) -> None:
    """Wait, however long a last checkpoint takes, until the process has left the directory."""
    while _lives_in(pid, data):
        _reap(pid)
        time.sleep(_PAUSE_SECONDS)
    _reap(pid)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _lives_in(pid: int, data: Path) -> bool:
    place = Path("/proc") / str(pid)
    try:
        if not (place / "comm").read_bytes().startswith(b"postgres"):
            return False
        return (place / "cwd").readlink() == data.resolve()
    except PermissionError:
        # Without the right to look into another account's process its command line must do.
        return os.fsencode(data) in (place / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _inhabitants(data: Path) -> list[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return [pid for pid in pids if _lives_in(pid, data)]
