"""Several counters settling at once, each a process of its own with its own connection."""

import importlib
import multiprocessing
import os
import queue
import time
from dataclasses import dataclass

# Seconds until all processes have started, however busy the machine is.
STARTED_WITHIN = 600


@dataclass(frozen=True)
class Job:
    """A visit to be settled under a key."""

    key: str
    person_id: int
    institution_id: int
    number: str
    facts: dict


class Counters:
    """So many processes that settle jobs out of one queue.

    What each job was answered is heard as (key, outcome): the answer's bytes, or the name of the
    refusal. `seam` is `module:function`, called in each process before it begins. A patient
    counter tries again while the server is away.
    """

    def __init__(self, database, jobs, *, processes=8, seam="", patient=False):
        spawn = multiprocessing.get_context("spawn")
        # Kept here as long as the counters live: they open them by name when they start.
        self._waiting, self._heard = spawn.Queue(), spawn.Queue()
        self._start = spawn.Barrier(processes + 1)
        for job in jobs:
            self._waiting.put(job)
        for _ in range(processes):
            self._waiting.put(None)
        shared = (self._waiting, self._heard, self._start)
        self._processes = [
            spawn.Process(target=_counter, args=(database, *shared, seam, patient))
            for _ in range(processes)
        ]

    def start(self):
        for one in self._processes:
            one.start()
        self._start.wait(timeout=STARTED_WITHIN)

    def heard(self, *, at_least=None):
        """Everything heard until the last counter ends, or the first `at_least` outcomes."""
        found = []
        while at_least is None or len(found) < at_least:
            # Looked at before listening: what the last one said on leaving is still to be heard.
            some_work = any(one.is_alive() for one in self._processes)
            try:
                found.append(self._heard.get(timeout=0.2))
            except queue.Empty:
                if not some_work:
                    break
        return found

    def end(self):
        for one in self._processes:
            one.join()
            assert one.exitcode == 0


def _counter(database, waiting, heard, start, seam, patient):
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    if seam:
        module, function = seam.split(":")
        getattr(importlib.import_module(module), function)()
    start.wait(timeout=STARTED_WITHIN)
    while (job := waiting.get()) is not None:
        heard.put((job.key, _settle(job, patient)))


def _settle(job, patient):
    from tests.apps.claims.insured import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.claims import operations

    for _ in range(1200):
        try:
            return operations.settle(
                scope=Scope.system("xingan"),
                client=f"H{job.institution_id}",
                key=job.key,
                person_id=job.person_id,
                institution_id=job.institution_id,
                number=job.number,
                facts=job.facts,
                at=AT,
            ).body
        except Exception as error:
            if (answer := _answer(error, patient)) is not None:
                return answer
    return "gave up"


def _answer(error, patient):
    """The name of a refusal; None where the counter tries again, as its sentence says."""
    from django.db import connection

    from yibao.core.refusal import Refusal
    from yibao.database.errors import LockWaitedTooLong, ServerRestarting, refusal_of

    refusal = error if isinstance(error, Refusal) else refusal_of(error)
    if isinstance(refusal, LockWaitedTooLong):
        return None
    if isinstance(refusal, Refusal) and not isinstance(refusal, ServerRestarting):
        return type(refusal).__name__
    if not patient:
        raise error
    connection.close()
    connection.close_pool()
    time.sleep(0.1)
    return None


def without_the_lock():
    """Take the row lock out of the settlement path, and decide a moment after reading.

    However few processors there are, the others then read the same figures meanwhile.
    """
    from yibao.apps.claims import sql

    sql.LOCK_YEAR = (
        f"with later as materialized ({sql.READ_YEAR}) select later.* from later, pg_sleep(0.02)"
    )
