"""Serve the console to browsers, with the embedded database started and migrated."""

import argparse
import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from yibao.core.refusal import Refusal
from yibao.database.service import close_connections, database_at_hand

_DONE = 0
_APPLICATION = "yibao.config.wsgi:application"
_KILL_AFTER_SECONDS = 10
_PAUSE_SECONDS = 0.05


class PortTaken(Refusal):
    """Another program listens there, or this account may not."""

    code = "SV01"
    message = "无法在 {host}:{port} 提供服务：{cause}"
    remedy = "请停止占用该端口的程序，或用 --port 指定其他端口"
    message_en = "Cannot serve at {host}:{port}: {cause}"
    remedy_en = "Stop the program that uses the port, or choose another with --port"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen and how wide."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=4, help="threads in each process")
    parser.add_argument(
        "--no-work", action="store_true", help="`yibao work` runs elsewhere: start none"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; the database stops with its last user.

    Raises PortTaken, KeysStrange, KeysGone.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    check_port(arguments.host, arguments.port)
    with database_at_hand(), _with_fitting_keys(), _working(beside=not arguments.no_work):
        _seal_first()
        # Each worker has a pool of its own; this process keeps the server up and nothing open.
        close_connections()
        server = Granian(
            _APPLICATION,
            address=arguments.host,
            port=arguments.port,
            interface=Interfaces.WSGI,
            workers=arguments.workers,
            blocking_threads=arguments.threads,
            respawn_failed_workers=True,
            # A worker that is told to stop while it still starts does not hear it.
            workers_kill_timeout=_KILL_AFTER_SECONDS,
            websockets=False,
            # The product logs each request itself, masked (yibao.config.logs).
            log_access=False,
            log_level=LogLevels.warning,
        )
        address = f"http://{arguments.host}:{arguments.port}"
        server.on_startup(lambda: _announce(arguments.host, arguments.port, address))
        server.serve()
    return _DONE


def _seal_first() -> None:
    """Seal what was left open when we last ended: money waits for a late seal."""
    from yibao.cli.sealing import seal_round

    seal_round()


@contextlib.contextmanager
def _with_fitting_keys() -> Iterator[None]:
    """Serve nobody, and let no worker start, with keys that are not this database's."""
    from yibao.database.sealing_fit import check_keys_fit

    check_keys_fit()
    yield


@contextlib.contextmanager
def _working(*, beside: bool) -> Iterator[None]:
    """Have `yibao work` beside us while we serve; it ends with us, however we end."""
    if not beside:
        yield
        return
    worker = subprocess.Popen(
        [sys.executable, "-m", "yibao.cli.main", "work", "--attached"],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the server, which then ends its worker
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.communicate()


def check_port(host: str, port: int) -> None:
    """Raise PortTaken if nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port, cause=error.strerror or error) from error


def _announce(host: str, port: int, address: str) -> None:
    """Say the address as soon as somebody answers there: who reads it may call at once."""

    def wait_and_say() -> None:
        while True:
            try:
                socket.create_connection((host, port), timeout=1).close()
            except OSError:
                time.sleep(_PAUSE_SECONDS)
                continue
            print(f"Yibao 医保: {address}  (Ctrl-C stops 停止)", flush=True)
            return

    threading.Thread(target=wait_and_say, daemon=True).start()
