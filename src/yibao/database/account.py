"""The account that the server runs under: PostgreSQL refuses to run as root, and is right."""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibao.core.refusal import Refusal

_OWN_NAME, _SPARE_NAMES = "yibao", ("postgres", "nobody")


class NoServerAccount(Refusal):
    """Started as root, and no other account can be found or made."""

    code = "DB02"
    message = "数据库不能以 root 账户运行，且本机没有可用的其他账户"
    remedy = "请建立账户 {name}（useradd --system {name}），或改用普通账户启动"
    message_en = "The database may not run as root, and this machine has no other account for it"
    remedy_en = "Make the account {name} (useradd --system {name}), or start as an ordinary account"


class PathClosedToAccount(Refusal):
    """A directory above the data lets the server's account not pass."""

    code = "DB03"
    message = "数据库账户 {account} 无法进入目录 {closed}，因此不能使用 {path}"
    remedy = "请将 YIBAO_HOME 设为 /var/lib/yibao，或允许该账户进入此目录"
    message_en = "The database account {account} may not pass {closed}, so it cannot use {path}"
    remedy_en = "Set YIBAO_HOME to /var/lib/yibao, or let that account pass the directory"


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; `other` when that is not who runs this process."""

    name: str
    uid: int
    gid: int
    other: bool

    def process_options(self) -> dict[str, Any]:
        """Return what Popen needs to run a program as this account, closed to everyone else."""
        clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        options: dict[str, Any] = {"env": clean, "umask": 0o077, "cwd": "/"}
        if self.other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def run(self, words: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account and return what it said, as text."""
        options: dict[str, Any] = self.process_options()
        return subprocess.run(
            [str(word) for word in words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            **options,
        )

    def own(self, path: Path) -> None:
        """Give a file or directory to this account."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_directory(self, path: Path) -> None:
        """Make a directory that this account alone may enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        path.chmod(0o700)

    def may_run(self, program: Path) -> bool:
        """Tell whether this account can execute the program where it lies: by trying it."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def check_way_to(self, path: Path) -> None:
        """Raise PathClosedToAccount, naming the closed directory, if this account cannot get in."""
        if not self.other:
            return
        for step in reversed([path, *path.parents]):
            if self.run(["test", "-x", step]).returncode:
                raise PathClosedToAccount(account=self.name, closed=step, path=path)


def server_account(data: Path) -> Account:
    """Choose the account: ours, or as root the data's owner, `yibao`, or one that is there.

    Raises NoServerAccount when root finds and makes none.
    """
    uid = os.getuid()
    if uid != 0:
        return Account(name=_name_of(uid), uid=uid, gid=os.getgid(), other=False)
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _account(pwd.getpwuid(owner))
    for name in (_OWN_NAME, *_SPARE_NAMES):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            if name == _OWN_NAME and _made(name):
                return _account(pwd.getpwnam(name))
    raise NoServerAccount(name=_OWN_NAME)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, other=True)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _made(name: str) -> bool:
    """Make a system account without home and shell; who comes second finds the first's.

    Two runs of useradd at once may both succeed, and the account of one of them is then gone. So
    whoever makes it holds the directory of the accounts locked.
    """
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return False
    words = [program, "--system", "--user-group", "--no-create-home"]
    words += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]
    held = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not _is_there(name):
            subprocess.run(words, capture_output=True, check=False)
        return _is_there(name)
    finally:
        os.close(held)


def _is_there(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())
