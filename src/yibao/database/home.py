"""Yibao's home: the one directory that holds the data, the secrets and the locks of a machine."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from yibao.core.refusal import Refusal
from yibao.database.memory import SMALL_MB

# A Unix socket's whole path has 107 bytes; the server adds "/.s.PGSQL.5432".
_SOCKET_DIRECTORY_BYTES = 107 - len("/.s.PGSQL.5432")
ADMIN_ROLE, OWNER_ROLE, APP_ROLE = "yibao_admin", "yibao_owner", "yibao_app"
DATABASE_NAME, PORT = "yibao", 5432


class HomeNotUsable(Refusal):
    """The home directory cannot be made or written."""

    code = "DB01"
    message = "数据目录 {path} 无法使用：{cause}"
    remedy = "请将环境变量 YIBAO_HOME 设为可写的目录，例如 /var/lib/yibao"
    message_en = "The home {path} cannot be used: {cause}"
    remedy_en = "Set YIBAO_HOME to a directory that this account may write, such as /var/lib/yibao"


class HomeOfAnother(Refusal):
    """The administrator's account works in a home that belongs to the service's account."""

    code = "DB11"
    message = "数据目录 {path} 属于账号 {owner}，不能以 root 运行"
    remedy = "请改用 sudo -u {owner} 运行；root 写下的密钥和锁，服务自己打不开"
    message_en = "The home {path} belongs to the account {owner}: root leaves it alone"
    remedy_en = "Run it with sudo -u {owner}; keys and locks that root writes stop the service"


@dataclass(frozen=True)
class Home:
    """Where everything of one installation lies, below `path`.

    `shared_mb` is how much memory its server keeps pages of its tables in.
    """

    path: Path
    shared_mb: int = field(default=SMALL_MB, compare=False)

    @property
    def secrets(self) -> Path:
        """Passwords and keys, one file each, readable by their owner alone."""
        return self.path / "secrets"

    @property
    def postgres(self) -> Path:
        """What belongs to the server's account: data, socket, log, copied programs."""
        return self.path / "postgres"

    @property
    def data(self) -> Path:
        """The server's data directory; its name ends in nothing else once it is whole."""
        return self.postgres / "pgdata"

    @property
    def unborn_data(self) -> Path:
        """Where a new data directory is made; renamed to `data` when it is whole."""
        return self.postgres / "pgdata.new"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.postgres / "server.log"

    @property
    def door(self) -> Path:
        """Locked for as long as somebody starts or stops the server."""
        return self.path / "door.lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by everyone who uses the server."""
        return self.path / "users.lock"

    @property
    def kept(self) -> Path:
        """There while an operator wants the server to stay up without users (`yibao db start`)."""
        return self.path / "kept"

    @property
    def socket_directory(self) -> Path:
        """Where the server listens: below the home, or in a short place when that is too long."""
        near = self.postgres / "socket"
        if len(os.fsencode(near)) <= _SOCKET_DIRECTORY_BYTES:
            return near
        uid = os.getuid()
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return _runtime_directory(uid) / f"yibao-{uid}-{mark}"

    @property
    def passfile(self) -> Path:
        """The passwords of the two roles as libpq reads them: settings hold none."""
        return self.secrets / "pgpass"

    def refuse_another_account(self) -> None:
        """Raise HomeOfAnother for root in a home that root did not make."""
        if os.getuid() or not self.path.exists() or not (owner := self.path.stat().st_uid):
            return
        try:
            name = self.path.owner()
        except KeyError:  # an account that this machine does not know
            name = f"#{owner}"
        raise HomeOfAnother(path=self.path, owner=name)

    def prepare(self) -> None:
        """Make the home and its secrets where they are missing.

        Raises HomeNotUsable, HomeOfAnother.
        """
        self.refuse_another_account()
        try:
            # The server's account must be able to walk through a home that root made.
            _directory(self.path, 0o711 if os.getuid() == 0 else 0o700)
            _directory(self.secrets, 0o700)
            passwords = {role: self.secret(role) for role in (OWNER_ROLE, APP_ROLE)}
            if not self.passfile.exists():
                lines = [f"*:*:*:{role}:{word}\n" for role, word in passwords.items()]
                write_once(self.passfile, "".join(lines))
        except OSError as error:
            raise HomeNotUsable(path=self.path, cause=error.strerror or error) from error

    def secret(self, name: str) -> str:
        """Return the secret `name`, made at its first use. Raises HomeNotUsable, HomeOfAnother."""
        self.refuse_another_account()
        place = self.secrets / name
        try:
            _directory(self.path, 0o711 if os.getuid() == 0 else 0o700)
            _directory(self.secrets, 0o700)
            if not place.exists():
                write_once(place, secrets.token_urlsafe(48))
            return place.read_text(encoding="ascii")
        except OSError as error:
            raise HomeNotUsable(path=place, cause=error.strerror or error) from error


def _runtime_directory(uid: int) -> Path:
    if uid == 0:
        return Path("/run")
    mine = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{uid}")
    return mine if mine.is_dir() else Path("/tmp")  # noqa: S108 - its owner and mode are checked


def _directory(path: Path, mode: int) -> None:
    if not path.is_dir():
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)


def write_once(place: Path, text: str) -> None:
    """Write a private file whole or not at all; who comes second keeps the first one's text."""
    draft = place.with_name(f"{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
