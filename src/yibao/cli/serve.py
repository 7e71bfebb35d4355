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
_SEAL_SECONDS = 60


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


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; the database stops with its last user. Raises PortTaken."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    check_port(arguments.host, arguments.port)
    with database_at_hand(), _sealing():
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
            log_level=LogLevels.warning,
        )
        address = f"http://{arguments.host}:{arguments.port}"
        server.on_startup(lambda: _announce(arguments.host, arguments.port, address))
        server.serve()
    return _DONE


@contextlib.contextmanager
def _sealing() -> Iterator[None]:
    """Have a process of its own seal the audit log while we serve; it ends with us, however."""
    words = ["-m", "yibao.cli.main", "audit", "seal", "--attached", "--every", str(_SEAL_SECONDS)]
    sealer = subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the server, which then ends its sealer
    )
    try:
        yield
    finally:
        sealer.terminate()
        sealer.communicate()


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
