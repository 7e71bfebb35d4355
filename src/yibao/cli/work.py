"""Do the work behind the pages: jobs, seals of log and journal, kept counts, and what is to go.

`yibao serve` has one of these beside it; a server with a unit of its own for it (deploy/systemd)
serves with --no-work. Several may run at once: a job is claimed by one, sealing is done one at a
time. Ended by a signal, it finishes the step it is at.
"""

import argparse
import importlib
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from yibao.database.service import close_connections, database_at_hand

_DONE = 0
_SEAL_SECONDS, _SHRED_SECONDS, _RETAIN_SECONDS, _LOOK_SECONDS, _BEAT_SECONDS = 60, 60, 3600, 1, 5
_log = structlog.get_logger("yibao.work")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how long to go on."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")


@dataclass
class Duty:
    """Something to be done again and again; one that breaks is logged and tried again."""

    name: str
    every: int
    do: Callable[[], object]
    due: float = 0.0

    def look(self, now: float) -> None:
        """Do it if it is due. A database that is away for a while is back at the next round."""
        from django.db import connections

        if now < self.due:
            return
        self.due = now + self.every
        try:
            self.do()
        except Exception:
            _log.exception("duty_broke", duty=self.name)
        finally:
            connections.close_all()


class Stop:
    """Told by a signal or by the end of standard input that it is time to end."""

    def __init__(self, *, attached: bool) -> None:
        self._attached = attached
        self.told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)

    def _tell(self, *_: Any) -> None:
        self.told = True

    def within(self, seconds: float) -> bool:
        """Wait at most this long; tell whether to end."""
        if self.told:
            return True
        if not self._attached:
            time.sleep(seconds)
            return self.told
        readable, _, _ = select.select([sys.stdin], [], [], seconds)
        return self.told or bool(readable and not sys.stdin.buffer.read1())


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop. Raises KeysStrange, KeysGone."""
    with database_at_hand():
        from yibao.database.sealing_fit import check_keys_fit

        check_keys_fit()
        stop = Stop(attached=arguments.attached)
        work(stop, once=arguments.once)
        close_connections()
    return _DONE


def work(stop: Stop, *, once: bool = False) -> None:
    """Do jobs as they come, and every duty beside them: a long job holds up no seal."""
    from yibao.cli.sealing import seal_round
    from yibao.rulebook.desk import tallies

    duties = [
        Duty("seal", _SEAL_SECONDS, seal_round),
        Duty("shred", _SHRED_SECONDS, shred),
        Duty("retain", _RETAIN_SECONDS, retain),
        Duty("tally", int(tallies().every.total_seconds()), tally),
    ]
    ended = threading.Event()

    def keep_on() -> None:
        while True:
            for duty in duties:
                duty.look(time.monotonic())
            if once or ended.wait(_LOOK_SECONDS):
                return

    beside = threading.Thread(target=keep_on, name="duties")
    beside.start()
    try:
        worker = f"{socket.gethostname()}-{os.getpid()}"
        while not stop.told:
            busy = _do_jobs(stop, worker)
            if once or (not busy and stop.within(_LOOK_SECONDS)):
                break
    finally:
        ended.set()
        beside.join()


def shred() -> None:
    """Shred the exported files whose time is over."""
    from yibao.apps.access import queries
    from yibao.apps.access.models import PoolingRegion
    from yibao.apps.desk import operations

    for region in PoolingRegion.objects.values_list("code", flat=True):
        operations.shred_expired(region=region, at=queries.clock(region=region).at)


def tally() -> None:
    """Count how residents stand in every year that a region opened, those over more rarely."""
    from yibao.apps.access import queries
    from yibao.apps.access.models import PoolingRegion
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment.queries import years
    from yibao.apps.statistics import operations

    for region in PoolingRegion.objects.values_list("code", flat=True):
        at = queries.clock(region=region).at
        for opened in years(region=region):
            scope = Scope.system(region)
            if operations.is_tally_due(scope=scope, year=opened.year, at=at):
                operations.keep_tallies(scope=scope, year=opened.year, at=at)


def retain() -> None:
    """Have every app that has a module `retention` remove what its time is over for."""
    from django.apps import apps
    from django.utils.module_loading import module_has_submodule

    from yibao.apps.access import queries

    at = queries.clock().now
    for app in apps.get_app_configs():
        if app.name.startswith("yibao.") and module_has_submodule(app.module, "retention"):
            importlib.import_module(f"{app.name}.retention").retain(at=at)


def _do_jobs(stop: Stop, worker: str) -> bool:
    """Do the jobs that wait; tell whether there were any."""
    from yibao.apps.desk import jobs

    done = False
    while not stop.told:
        try:
            job = jobs.run_next(worker=worker, beat=_BEAT_SECONDS)
        except Exception:
            _log.exception("job_broke")
            close_connections()
            return done
        if job is None:
            return done
        done = True
        _log.info("job", job=job.id, kind=job.kind, state=job.state)
    return done
