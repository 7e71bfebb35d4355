"""Mixed work goes on while the database is killed again and again; prints what came of it.

    python -m tests.proof.killed_database PLACE '{"settle": 700, "cash": 150, "lines": 150, …}'

Run by R4 in a process and a home of its own: the tests' server must not die. The workers try again
while the server is away, as the sentence of the refusal says. What a worker was answered is heard
here; afterwards it is compared with what is stored.
"""

import contextlib
import json
import multiprocessing
import os
import pickle
import queue
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta

from tests.proof import lost_commits


@dataclass(frozen=True)
class Asked:
    """How much of each, how often the database is killed, and by how many counters."""

    settle: int
    cash: int
    lines: int
    kills: int
    counters: int
    seed: int
    # The seeded fault: commits are answered before they are written, and that is then lost.
    is_unwaited: bool = False


def main(place, words):
    asked = Asked(**json.loads(words))
    os.environ["YIBAO_TEST_HOME"] = place
    os.environ["YIBAO_TEST_HOME_OWNER"] = str(os.getpid())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from yibao.database.service import database_at_hand

    with database_at_hand() as database:
        print(json.dumps(worked_through_kills(database, asked)))


def worked_through_kills(database, asked):
    from django.conf import settings

    from yibao.database.process import running_pid
    from yibao.database.service import close_connections, supervisor

    kinds, last_words = prepare(asked)
    spawn = multiprocessing.get_context("spawn")
    heard, begin = spawn.Queue(), spawn.Barrier(len(kinds) + 1)
    gate = lost_commits.Gate(spawn) if asked.is_unwaited else None
    workers = [
        spawn.Process(target=work, args=(database, kind, jobs, heard, begin, gate))
        for kind, jobs in kinds
    ]
    if asked.is_unwaited:
        os.environ["PGOPTIONS"] = lost_commits.SESSION
    for one in workers:
        one.start()
    os.environ.pop("PGOPTIONS", None)
    begin.wait(timeout=600)
    answers, restarts = [], []
    every = (asked.settle + asked.cash + asked.lines) // (asked.kills + 1)
    close_connections()
    for turn in range(1, asked.kills + 1):
        listen(heard, answers, workers, until=turn * every)
        if gate:
            gate.close(workers, heard, answers)
            last = last_words[turn - 1]
            lost_commits.answer_and_lose(settings.HOME, database, settle, last, answers)
        kill_all(running_pid(settings.HOME.data))
        close_connections()
        begun = time.monotonic()
        supervisor().start()
        restarts.append(time.monotonic() - begun)
        if gate:
            gate.open()
    listen(heard, answers, workers)
    for one in workers:
        one.join()
    found = compared(answers, asked)
    return found | {
        "kills": len(restarts),
        "restart_s": round(max(restarts), 1),
        "ended_well": all(one.exitcode == 0 for one in workers),
        "amcheck": amcheck(database),
    }


def kill_all(pid):
    """The postmaster and each of its processes, as when the machine stops."""
    import psutil

    postmaster = psutil.Process(pid)
    others = postmaster.children(recursive=True)
    postmaster.send_signal(signal.SIGKILL)
    for one in others:
        try:
            one.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


def listen(heard, answers, workers, until=None):
    while until is None or sum(count for *_, count in answers) < until:
        # Looked at before listening: what the last one said on leaving is still to be heard.
        some_work = any(one.is_alive() for one in workers)
        try:
            answers.append(heard.get(timeout=0.2))
        except queue.Empty:
            if not some_work:
                return


# -- What is to be done ---------------------------------------------------------------------------


def prepare(asked):
    """Make people, dues and checked ledgers; return each worker's kind and jobs.

    And the visits that are kept back for the seeded fault, one a kill.
    """
    import random

    from tests.apps.claims.insured import insure, open_office, stay

    chance = random.Random(asked.seed)
    hinggan = open_office()
    people = [insure(hinggan.scope, no=n) for n in range(1, max(20, asked.settle // 60))]
    visits = [
        (
            f"K{n:06d}",
            people[n % len(people)],
            hinggan.hospitals[chance.choice((1, 2, 3))],
            f"F{n:06d}",
            stay(f"{chance.randrange(50, 3000)}.{chance.randrange(100):02d}"),
        )
        for n in range(asked.settle)
    ]
    cash, ledgers = town(asked)
    kept = [visits.pop() for _ in range(asked.kills)] if asked.is_unwaited else []
    counters = [("settle", visits[n :: asked.counters]) for n in range(asked.counters)]
    return [*counters, ("cash", cash), ("lines", ledgers)], kept


def town(asked):
    """People with a due each for cash, and checked ledgers of others."""
    from tests.apps.collection.town import AT, YEAR, agent, dues, open_town
    from tests.apps.enrolment.ledger_files import line, upload
    from tests.apps.registry.people import number, person
    from yibao.apps.collection import operations
    from yibao.apps.enrolment import operations as enrolment
    from yibao.apps.registry.operations import register_many

    county = open_town()

    def born(n):
        return date(1960, 1, 1) + timedelta(days=n // 400)

    payers = [person(n % 400 + 1, born=born(n)) for n in range(asked.cash)]
    ids = register_many(scope=county, persons=payers, at=AT)
    entries = [enrolment.Entry(person_id=one) for one in ids]
    enrolment.enrol(scope=county, year=YEAR, entries=entries, at=AT)
    operations.raise_dues(scope=county, year=YEAR, at=AT)
    zeng = agent(county, last=asked.cash + 1)
    each = 300
    ledgers = []
    for first in range(0, asked.lines, each):
        rows = [
            line(
                0,
                household_no=f"{n + 1:05}",
                number=number(n % 400 + 1, born=born(n) + timedelta(days=9000)),
            )
            for n in range(first, min(first + each, asked.lines))
        ]
        ledgers.append(upload(county, *rows, at=AT).id)
    # Packed: a worker can read a scope only when its Django stands.
    packed = pickle.dumps(zeng.scope)
    return [(packed, due.id) for due in dues(county)], ledgers


# -- A worker -------------------------------------------------------------------------------------


def work(database, kind, jobs, heard, begin, gate):
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    does = {"settle": settle, "cash": take_cash, "lines": confirm}[kind]
    begin.wait(timeout=600)
    for job in jobs:
        if gate:
            gate.passed()
        patiently(does, job, heard)


def patiently(does, job, heard):
    """Do it again until the server is there; give up after two minutes."""
    from django.db import connection

    from yibao.database.errors import LockWaitedTooLong, ServerRestarting, refusal_of

    for _ in range(1200):
        try:
            return does(job, heard)
        except Exception as error:
            refusal = refusal_of(error) or error
            waits = isinstance(refusal, ServerRestarting | LockWaitedTooLong)
            if not waits and not server_is_away(error):
                raise
            connection.close()
            connection.close_pool()
            time.sleep(0.1)
    raise TimeoutError(f"the server did not come back for {job}")


def server_is_away(error):
    import psycopg
    from django.db import InterfaceError, OperationalError

    away = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
    return isinstance(error, away) or isinstance(error.__cause__, away)


def settle(job, heard):
    from tests.apps.claims.insured import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.claims import operations

    key, person_id, institution_id, number, facts = job
    answer = operations.settle(
        scope=Scope.system("xingan"),
        client="R4",
        key=key,
        person_id=person_id,
        institution_id=institution_id,
        number=number,
        facts=facts,
        at=AT,
    )
    heard.put(("settle", key, answer.body, 1))


def take_cash(job, heard):
    from tests.apps.collection.town import AT, FULL, Agent
    from yibao.apps.collection import operations
    from yibao.apps.collection.operations.cash import CashAlreadyHeld

    packed, due_id = job
    scope = pickle.loads(packed)
    # Taken before the server went, unheard: that is told, and it counts as answered.
    with contextlib.suppress(CashAlreadyHeld):
        operations.collect_cash(
            scope=scope,
            due_id=due_id,
            amount_fen=FULL,
            special_reason="老人无手机，子女不在家",
            confirmed=Agent(scope, 0).confirmed,
            at=AT,
        )
    heard.put(("cash", due_id, None, 1))


def confirm(import_id, heard):
    from tests.apps.access.offices import AT
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment import operations
    from yibao.core.flow import StepNotAllowed

    before = [0]

    def on_chunk(step):
        heard.put(("lines", import_id, step.written, step.written - before[0]))
        before[0] = step.written

    # Finished before the server went, unheard.
    with contextlib.suppress(StepNotAllowed):
        operations.confirm_ledger(
            scope=Scope.system("hengshan"),
            import_id=import_id,
            at=AT,
            chunk_rows=25,
            on_chunk=on_chunk,
        )


# -- What came of it ------------------------------------------------------------------------------


def compared(answers, asked):
    """Hold what was answered against what is stored."""
    from django.db import connections
    from django.db.models import Count

    from yibao import verify
    from yibao.apps.access.scope import Scope, scoped
    from yibao.apps.claims.models import Reply, Settlement, Visit
    from yibao.apps.collection.models import CashCollection
    from yibao.apps.enrolment.models import Enrolment, LedgerRow
    from yibao.database.conninfo import connection_words

    bodies = {key: body for kind, key, body, _ in answers if kind == "settle"}
    taken = {due for kind, due, *_ in answers if kind == "cash"}
    written = {}
    for kind, import_id, count, _ in answers:
        if kind == "lines":
            written[import_id] = max(count, written.get(import_id, 0))
    with scoped(Scope.system("xingan")):
        kept = {reply.key: bytes(reply.body) for reply in Reply.objects.filter(client="R4")}
        settled = Settlement.objects.filter(kind="settled").count()
        twice = Visit.objects.values("number").annotate(n=Count("id")).filter(n__gt=1).count()
    with scoped(Scope.system("hengshan")):
        cash = list(CashCollection.objects.values_list("due_id", flat=True))
        marked = LedgerRow.objects.exclude(written_at=None)
        lines = dict(marked.values_list("ledger_id").annotate(n=Count("id")))
        enrolled = Enrolment.objects.filter(source_kind="ledger_row").count()
    report = verify.verify(connection_words(connections["default"].settings_dict))
    return {
        "lost": {
            "settlements": sum(kept.get(key) != body for key, body in bodies.items()),
            "cash": len(taken - set(cash)),
            "lines": sum(max(0, n - lines.get(one, 0)) for one, n in written.items()),
        },
        "twice": {
            "settlements": twice + settled - len(kept),
            "cash": len(cash) - len(set(cash)),
            "lines": enrolled - sum(lines.values()),
        },
        "done": {
            "settlements": len(kept),
            "cash": len(cash),
            "lines": sum(lines.values()),
        },
        "faults": [fault for check in report.checks for fault in check.faults][:5],
    }


def amcheck(database):
    """Look through every table and index with pg_amcheck; "" where nothing is wrong."""
    from django.conf import settings

    from yibao.database.binaries import find_binaries
    from yibao.database.home import ADMIN_ROLE, PORT

    home = settings.HOME
    found = find_binaries(configured=settings.POSTGRES_BINARIES, data=home.data)
    program = found.program("pg_amcheck")
    if not program.exists():
        return "not there"
    done = subprocess.run(
        [
            *(str(program), "--install-missing", "-h", str(home.socket_directory)),
            *("-p", str(PORT), "-U", ADMIN_ROLE, database),
        ],
        env={**os.environ, "PGPASSWORD": home.secret(ADMIN_ROLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-1500:]


if __name__ == "__main__":
    main(*sys.argv[1:])
