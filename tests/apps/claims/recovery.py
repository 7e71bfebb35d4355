"""Settles by several counters, kills the database in the middle, goes on; prints what came of it.

Run by a test in a process and a home of its own: the tests' server must not die.
"""

import json
import os
import signal
import sys


def main(place):
    os.environ["YIBAO_TEST_HOME"] = place
    os.environ["YIBAO_TEST_HOME_OWNER"] = str(os.getpid())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from yibao.database.service import database_at_hand

    with database_at_hand() as database:
        print(json.dumps(_settled_through_a_kill(database)))


def _settled_through_a_kill(database):
    from django.conf import settings
    from django.db import connections

    from tests.apps.claims.counters import Counters, Job
    from tests.apps.claims.insured import insure, open_office, stay
    from yibao import verify
    from yibao.apps.access.scope import scoped
    from yibao.apps.claims.models import Reply, Settlement
    from yibao.database.conninfo import connection_words
    from yibao.database.process import running_pid
    from yibao.database.service import close_connections, supervisor

    office = open_office()
    people = [insure(office.scope, no=n) for n in range(1, 21)]
    jobs = [
        Job(f"K{n:05}", people[n % 20], office.hospitals[3], f"F{n:05}", stay("2000.00"))
        for n in range(1200)
    ]
    counters = Counters(database, jobs, processes=4, patient=True)
    counters.start()
    before = counters.heard(at_least=200)
    close_connections()
    os.kill(running_pid(settings.HOME.data), signal.SIGKILL)
    started = supervisor().start()
    heard = dict(before) | dict(counters.heard())
    counters.end()
    with scoped(office.scope):
        stored = {reply.key: bytes(reply.body) for reply in Reply.objects.all()}
        settled = Settlement.objects.filter(kind="settled").count()
    report = verify.verify(connection_words(connections["default"].settings_dict))
    return {
        "started": started,
        "jobs": len(jobs),
        "before_the_kill": len(before),
        "not_bytes": sorted({str(o) for o in heard.values() if not isinstance(o, bytes)}),
        "heard": len(heard),
        "stored": len(stored),
        "settled": settled,
        "lost_or_changed": [key for key, body in heard.items() if stored.get(key) != body],
        "faults": [fault for check in report.checks for fault in check.faults],
    }


if __name__ == "__main__":
    main(sys.argv[1])
