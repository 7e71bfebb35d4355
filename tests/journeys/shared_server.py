"""A server that works in the test's own transaction, so that whatever a browser did is taken back.

The requests of the browser use the connection of the test, one after the other; `undone()` of
tests/proof/probed.py takes back what they wrote. The live server of pytest-django has connections
of its own: what is sent to it stays.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler
from django.test.utils import modify_settings

HOST = "localhost"


class _Server(ThreadedWSGIServer):
    def _close_connections(self) -> None:
        """Leave the connection open: it is the test's."""


def _one_at_a_time(application: Any) -> Any:
    """Let no two requests use the one connection at the same time."""
    lock = threading.Lock()

    def answered(environ: dict[str, Any], start: Any) -> list[bytes]:
        with lock:
            answer = application(environ, start)
            try:
                return [b"".join(answer)]
            finally:
                answer.close()

    return answered


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Serve in a thread, with this thread's connection; yield the address."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    # After a request Django closes a connection that is in a transaction.
    stays = pytest.MonkeyPatch.context()
    with modify_settings(ALLOWED_HOSTS={"append": HOST}), stays as patched:
        patched.setattr(shared, "close_if_unusable_or_obsolete", lambda: None)
        server = _Server(
            (HOST, 0), QuietWSGIRequestHandler, connections_override={"default": shared}
        )
        server.set_app(_one_at_a_time(StaticFilesHandler(WSGIHandler())))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            shared.dec_thread_sharing()
