"""A job while it runs: what it may do, how it tells how far it is, and how it hears a wish.

`report` writes the count and hears whether somebody wants the job held or cancelled. Work that
keeps one transaction open for long cannot be seen from outside; there a thread with a connection
of its own writes for it (`beating`), which is also the sign of life during a long statement.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from yibao.apps.access.audit import EVERYWHERE
from yibao.apps.access.scope import Scope
from yibao.database import scope as database_scope

_REPORT = """
    update desk_job
       set done = %s, total = %s, heartbeat_at = clock_timestamp()
     where id = %s and worker = %s and state = 'running'
 returning wanted"""
HOLD, CANCEL = "hold", "cancel"


class Held(Exception):  # noqa: N818 - no error: somebody wants the job to wait
    """Leaves a job's work at a report, because somebody wants it held."""


class Cancelled(Exception):  # noqa: N818 - no error
    """Leaves a job's work at a report, because somebody wants it no more."""


class Lost(Exception):  # noqa: N818 - no error of this worker's work
    """Leaves a job's work at a report: it was given to another worker meanwhile."""


@dataclass
class Running:
    """A job under way: its id, what it was given, the scope it works in, its moment."""

    job_id: int
    object_id: int | None
    given: dict[str, Any]
    scope: Scope
    at: datetime
    worker: str
    done: int = 0
    total: int = 0
    _wish: str | None = field(default="", repr=False)
    _has_beat: bool = field(default=False, repr=False)

    def report(self, done: int, total: int | None = None) -> None:
        """Tell how far it is. Raises Held, Cancelled, Lost: leave the work at a whole step."""
        self.done = done
        if total is not None:
            self.total = total
        if not self._has_beat:
            self.beat()
        if self._wish is None:
            raise Lost
        if self._wish == HOLD:
            raise Held
        if self._wish == CANCEL:
            raise Cancelled

    def beat(self) -> None:
        """Write the count and the sign of life, and hear what is wanted."""
        with database_scope.scoped(*EVERYWHERE), connection.cursor() as cursor:
            cursor.execute(_REPORT, [self.done, self.total, self.job_id, self.worker])
            row = cursor.fetchone()
        self._wish = row[0] if row else None

    @contextlib.contextmanager
    def beating(self, every: int | None) -> Iterator[None]:
        """Have a thread of its own beat every so many seconds while the block runs."""
        if every is None:
            yield
            return
        over = threading.Event()

        def beats() -> None:
            try:
                while not over.wait(every):
                    # A database that is away for a moment is no reason to stop living.
                    with contextlib.suppress(Exception):
                        self.beat()
            finally:
                connection.close()

        thread = threading.Thread(target=beats, name=f"job-{self.job_id}", daemon=True)
        self._has_beat = True
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._has_beat = False
