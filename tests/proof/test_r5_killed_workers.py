"""R5: workers are killed with -9 in the middle of batches; the result is that of a quiet run."""

import contextlib
import multiprocessing
import os
import select
import signal
import time
from datetime import date, timedelta

import pytest
from django.db import connections

from tests.apps.access.offices import AT
from tests.apps.collection.town import Line, open_town, payment_file
from tests.apps.enrolment.ledger_files import line, upload
from tests.apps.registry.people import number, person
from tests.apps.subsidy.rosters import office, roster_file
from tests.proof import killed_workers
from tests.proof.killed_workers import CHUNK_ROWS, FILES, LEDGERS
from yibao import verify
from yibao.apps.registry.operations import register_many
from yibao.database.service import empty_tables

FAULTS = {"mark_committed_apart": contextlib.nullcontext}
KNOWN = 50
# Statements behind its sign at which a worker waits to be killed, if that has not come before.
FURTHER = 6
# What a batch left, without the numbers that a run draws and the moment of a line's chunk.
RESULT = {
    "people": """
        select p.name, p.sex, p.born, p.area_no, p.relation, h.village_no, d.kind, d.number_index,
               e.year, e.first_time, e.notice_method, e.claimed_fen, e.withdrawn_at is null,
               r.sheet, r.row_no, l.file_name
          from registry_person p
          join registry_identitydocument d on d.person_id = p.id
          left join registry_household h on h.id = p.household_id
          left join enrolment_enrolment e on e.person_id = p.id
          left join enrolment_ledgerrow r on e.source_kind = 'ledger_row' and r.id = e.source_id
          left join enrolment_ledgerimport l on l.id = r.ledger_id""",
    "households": """
        select h.village_no, h.area_no, count(p.id), max(p.name) filter (where p.id = h.head_id)
          from registry_household h left join registry_person p on p.household_id = h.id
         group by h.id""",
    "lines": """
        select l.file_name, l.state, l.rows_good, l.rows_bad, r.sheet, r.row_no, r.fault_code,
               r.written_at is null, d.number_index
          from enrolment_ledgerrow r join enrolment_ledgerimport l on l.id = r.ledger_id
          left join registry_identitydocument d on d.person_id = r.person_id""",
    "payments": """
        select f.file_name, f.rows_taken, f.rows_known, f.amount_fen, jsonb_array_length(f.faults),
               p.row_no, p.channel, p.number_index, p.amount_fen, p.voucher_no
          from collection_payment p join collection_paymentfile f on f.id = p.file_id""",
    "rosters": """
        select s.file_name, r.sheet, r.row_no, r.number_index, r.category, r.state,
               jsonb_array_length(r.faults), p.name
          from subsidy_rosterrow r join subsidy_roster s on s.id = r.roster_id
          left join registry_person p on p.id = r.person_id""",
    "records": """
        select action, object_kind, outcome, count(*) from access_auditrecord
         where action in ('enrolment.confirm_ledger', 'enrolment.finish_ledger',
                          'collection.payment_file', 'subsidy.upload') group by 1, 2, 3""",
}


def born(n):
    return date(1950, 1, 1) + timedelta(days=n // 400)


def ledger_line(n):
    """Families of four; one number in a thousand is wrong in its last digit."""
    right = number(n % 400 + 1, born=born(n))
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    return line(
        0,
        household_no=f"{n // 4:05}",
        relation="户主" if n % 4 == 0 else "其他",
        name="王建华" if n % 4 == 0 else f"王小{'一二三'[n % 4 - 1]}",
        number=wrong if n % 1000 == 999 else right,
    )


def prepare(rows):
    """Check ledgers of four fifths of the rows; make files of payments and rosters of the rest."""
    county = open_town()
    known = [person(n, born=born(10**6)) for n in range(1, KNOWN + 1)]
    register_many(scope=county, persons=known, at=AT)
    department = office(county)
    files = 10 if rows >= 10_000 else 2
    each = rows // 5 // files
    ledger_rows = rows - each * files
    ledgers = []
    size = 3000 if rows >= 10_000 else ledger_rows
    for first in range(0, ledger_rows, size):
        lines = [ledger_line(n) for n in range(first, min(first + size, ledger_rows))]
        made = upload(county, *lines, at=AT)
        ledgers.append(made.id)
    jobs = []
    for at in range(files):
        numbers = [
            number(n % KNOWN + 1, born=born(10**6))
            if n % 10 == 0
            else number(n % 400 + 1, born=born(n))
            for n in range(10**7 + at * each, 10**7 + (at + 1) * each)
        ]
        if at % 2:
            cells = [["王建华", one, "特困供养", "新桥镇", "查泉村"] for one in numbers]
            jobs.append(("roster", f"名单{at}.xlsx", roster_file(*cells), department))
        else:
            lines = [Line(number=one, voucher=f"V{at}-{n}") for n, one in enumerate(numbers)]
            jobs.append(("payments", f"缴费{at}.xlsx", payment_file(*lines), department))
    return ledgers, jobs


def result():
    found = {}
    with connections["owner"].cursor() as cursor:
        for name, words in RESULT.items():
            cursor.execute(words)
            found[name] = sorted(
                tuple(
                    bytes(cell).hex() if isinstance(cell, memoryview | bytes) else str(cell)
                    for cell in row
                )
                for row in cursor.fetchall()
            )
    return found


class Worker:
    """A worker's process and the bytes that it has told."""

    def __init__(self, database, kind, jobs, fault, **held):
        context = multiprocessing.get_context("forkserver")
        reading, writing = context.Pipe(duplex=False)
        self._reading = reading
        self.process = context.Process(
            target=killed_workers.run, args=(database, kind, jobs, writing, fault), kwargs=held
        )
        self.process.start()
        writing.close()

    def wait_for(self, sign, count):
        """Read until so many signs were told, or the worker has ended; tell how many there were."""
        heard = b""
        while heard.count(sign) < count and self.process.is_alive():
            if select.select([self._reading.fileno()], [], [], 0.05)[0]:
                more = os.read(self._reading.fileno(), 4096)
                if not more:
                    break
                heard += more
        return heard.count(sign)

    def kill(self):
        """Kill it; tell whether it was still at work."""
        self.process.kill()
        self.process.join()
        self._reading.close()
        return self.process.exitcode == -signal.SIGKILL


def killed_run(proof, chance, rounds, ledgers, jobs):
    """Kill three workers a round, one right after a commit and two somewhere in what they do; then
    let them end. Tell how many were killed at work."""
    database = connections["default"].settings_dict["NAME"]
    # Half of the chunks is for the rounds: in the last one too there is something to be killed at.
    chunks = max(1, proof.size * 4 // 5 // CHUNK_ROWS // (2 * rounds) - 2)
    killed = 0
    for turn in range(1, rounds + 1):
        until = -(-turn * len(jobs) // rounds)
        # The first commit begins a ledger; the rounds end by turns at the three that follow: what
        # belongs together stands in one of them, or the gap is found here, not by chance.
        commits = 2 + (turn - 1) % 3
        order = chance.sample(ledgers, len(ledgers))
        stopped = Worker(database, LEDGERS, order, proof.fault, held_after=commits)
        stopped.wait_for(b"h", 1)
        killed += stopped.kill()
        order = chance.sample(ledgers, len(ledgers))
        held = (chunks, chance.randrange(FURTHER))
        writer = Worker(database, LEDGERS, order, proof.fault, held_in=held)
        writer.wait_for(b"c", chunks)
        time.sleep(chance.random() * 0.02)
        killed += writer.kill()
        held = (until, chance.randrange(FURTHER))
        taker = Worker(database, FILES, jobs[:until], "", held_in=held)
        taker.wait_for(b"f", until)
        time.sleep(chance.random() * 0.04)
        killed += taker.kill()
    # The fault is where a worker dies; those that end the work are sound.
    for kind, given in ((LEDGERS, ledgers), (FILES, jobs)):
        last = Worker(database, kind, given, "")
        last.process.join()
        assert last.process.exitcode == 0, f"the last worker of {kind} broke down"
    return killed


@pytest.mark.heavy
@pytest.mark.proof(
    "R5",
    "workers are killed with -9 in the middle of ledgers, payment files and rosters, and between"
    " two commits; what is there at the end is row for row what a run left in peace leaves",
    unit="rows",
    landing=30_000,
    small=1_500,
)
@pytest.mark.django_db(transaction=True)
def test_killed_workers_leave_what_a_quiet_run_leaves(proof):
    chance, rounds = proof.random(), 20 if proof.is_landing else 3
    ledgers, jobs = prepare(proof.size)
    killed = killed_run(proof, chance, rounds, ledgers, jobs)
    disturbed = result()
    report = verify.ask(connections["owner"].cursor().cursor)
    assert report.ok, [check.faults[:2] for check in report.checks if not check.ok]

    empty_tables()
    ledgers, jobs = prepare(proof.size)
    for import_id in ledgers:
        killed_workers.write_ledger(import_id, lambda: None)
    for job in jobs:
        killed_workers.take_file(*job)
    quiet = result()
    for name, rows in quiet.items():
        odd = set(rows) ^ set(disturbed[name])
        assert disturbed[name] == rows, (
            f"{name}: {len(disturbed[name])} rows after the kills, {len(rows)} in peace,"
            f" {len(odd)} differ, first {sorted(odd)[:2]}"
        )
    assert killed == 3 * rounds, f"only {killed} workers were killed at work: it shows too little"
    proof.note(f"{rounds} rounds, {killed} workers killed at work")
    proof.count(sum(len(quiet[name]) for name in ("lines", "payments", "rosters")))
