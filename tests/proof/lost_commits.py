"""R4's seeded fault: the server answers before its log is written, and dies before it writes it.

`synchronous_commit = off` alone loses an answer only where the kill comes in the fraction of a
second before the log is written. Here it is made sure of: all counters stand still, everything
that is there is written, the server's own writers are stopped, one more visit is settled and
answered; then the server dies. Nobody was left who could have written that commit.
"""

import os
import queue
import signal
import time
from types import SimpleNamespace

SESSION = "-c synchronous_commit=off"
_WRITERS = "('walwriter', 'background writer', 'checkpointer')"


class Gate:
    """Where counters stand still between two jobs, when asked to."""

    def __init__(self, spawn):
        self._closed, self._open, self._parked = spawn.Event(), spawn.Event(), spawn.Semaphore(0)
        self._open.set()

    def passed(self):
        """In a worker: wait here while the gate is closed."""
        if self._closed.is_set():
            self._parked.release()
            self._open.wait()

    def close(self, workers, heard, answers):
        """Wait until every worker stands here or is done; go on hearing what they were told."""
        self._open.clear()
        self._closed.set()
        parked = 0
        while parked < sum(one.is_alive() for one in workers):
            parked += self._parked.acquire(timeout=0.05)
            while True:
                try:
                    answers.append(heard.get_nowait())
                except queue.Empty:
                    break

    def open(self):
        self._closed.clear()
        self._open.set()


def answer_and_lose(home, database, settle, job, answers):
    """Settle a visit so that it is answered and nowhere written. All counters stand still."""
    import psycopg
    from django.db import connection

    from yibao.database.home import ADMIN_ROLE, PORT

    place = {"host": str(home.socket_directory), "port": PORT, "dbname": database}
    password = home.secret(ADMIN_ROLE)
    with psycopg.connect(**place, user=ADMIN_ROLE, password=password, autocommit=True) as admin:
        admin.execute("alter system set autovacuum = off")
        admin.execute("select pg_reload_conf()")
        vacuuming = "select from pg_stat_activity where backend_type like 'autovacuum%'"
        while admin.execute(vacuuming).fetchone():
            time.sleep(0.05)
        with connection.cursor() as cursor:
            cursor.execute("set synchronous_commit = off")
        # What is there is written, so no writer has work in hand when it is stopped.
        admin.execute("checkpoint")
        found = admin.execute(
            f"select pid from pg_stat_activity where backend_type in {_WRITERS}"
        ).fetchall()
        for (pid,) in found:
            os.kill(pid, signal.SIGSTOP)
        settle(job, SimpleNamespace(put=answers.append))
