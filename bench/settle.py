"""Settling, beside a raw-SQL floor that takes the same locks and writes the same rows.

The floor is psycopg alone: prepared statements in one pipeline, the commit sent with the writes,
the outcome a constant; no rules, no trace, no Django. Each side settles stays of its own thousand
insured people under row security, triggers, foreign keys and durable commits, each client a
process with a connection of its own, in turns of a few seconds within one run. CPU counts the
clients' processes and every process of the server.
"""

import json
import multiprocessing
import time
from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

REGION, TOWN = "xingan", 152221101000
AT = datetime(2009, 12, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DATABASE = "yibao_bench_settle"
# Short turns, so that both sides meet the same moods of a shared machine.
PEOPLE, WARM, SECONDS, ROUNDS = 2_000, 100, 1.5, 5
MOST_CPU_MS, LEAST_RATIO = 3.5, 0.7
STAY = {
    "kind": "inpatient",
    "admitted_on": "2009-11-20",
    "discharged_on": "2009-12-01",
    "eligible_cost": "800.00",
    "total_fen": 96_000,
}


def run() -> list[dict[str, object]]:
    """Measure both sides at one client and at eight, in a database of their own."""
    from yibao.database.service import database_at_hand, refresh_statistics, use_settings

    use_settings()
    results = []
    with database_at_hand(name=DATABASE, fresh=True):
        places = _prepared()
        # An office's tables are neither empty nor unknown to the planner.
        for visit, side in enumerate(("ours", "floor")):
            _turn(side, 1, places, visit)
        refresh_statistics()
        for clients in (1, 8):
            sides = {"ours": [], "floor": []}
            for _ in range(ROUNDS):
                for side in sides:
                    visit += 1
                    sides[side].append(_turn(side, clients, places, visit))
            results += _results(clients, sides)
        _check()
    return results


def _results(clients: int, sides: dict[str, list[SimpleNamespace]]) -> list[dict[str, object]]:
    ours, floor = (_mean(turns) for turns in sides.values())
    at = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        {
            "name": f"settle: {at}, beside the raw-SQL floor (at least {LEAST_RATIO})",
            "rate": round(ours.rate, 1),
            "unit": "settlements/s",
            "other": round(floor.rate, 1),
            "ratio": round(ours.rate / floor.rate, 2),
        },
        {
            "name": f"settle: {at}, CPU of Python and PostgreSQL with rules and trace",
            "rate": round(ours.cpu_ms, 2),
            "unit": "ms",
            "other": MOST_CPU_MS,
            "ratio": round(ours.cpu_ms / MOST_CPU_MS, 2),
        },
        {
            "name": f"settle: {at}, CPU of the floor",
            "rate": round(floor.cpu_ms, 2),
            "unit": "ms",
            "other": None,
            "ratio": None,
        },
    ]


def _mean(turns: list[SimpleNamespace]) -> SimpleNamespace:
    done = sum(turn.done for turn in turns)
    return SimpleNamespace(
        rate=done / sum(turn.seconds for turn in turns),
        cpu_ms=sum(turn.cpu for turn in turns) / done * 1000,
    )


# -- One turn ------------------------------------------------------------------------------------


def _turn(side: str, clients: int, places: dict[str, object], visit: int) -> SimpleNamespace:
    """Let so many clients settle for a few seconds; what they did and what it took."""
    spawn = multiprocessing.get_context("spawn")
    begin, measured, answers = spawn.Barrier(clients + 1), spawn.Event(), spawn.Queue()
    processes = [
        spawn.Process(
            target=_client,
            args=(side, n, clients, places, visit, begin, measured, answers),
            daemon=True,
        )
        for n in range(clients)
    ]
    for one in processes:
        one.start()
    begin.wait()
    before = _server_cpu()
    found = [answers.get() for _ in processes]
    server = _server_cpu() - before
    measured.set()
    for one in processes:
        one.join()
    return SimpleNamespace(
        done=sum(done for done, _, _ in found),
        seconds=sum(seconds for _, seconds, _ in found) / clients,
        cpu=server + sum(cpu for _, _, cpu in found),
    )


def _server_cpu() -> float:
    """Seconds of CPU that the server's living processes have used; 0 for a server elsewhere."""
    import psutil
    from django.conf import settings

    from yibao.database.service import supervisor

    if not settings.DATABASE_EMBEDDED:
        return 0.0
    postmaster = psutil.Process(supervisor().status().pid)
    total = 0.0
    for process in [postmaster, *postmaster.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _client(side, n, clients, places, visit, begin, measured, answers) -> None:
    from yibao.database.service import use_settings

    use_settings()
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = DATABASE
    django.setup()
    # People of its own for each side: the floor leaves years that the product would replay.
    people = places["people"][0 if side == "ours" else 1 :: 2][n::clients]
    settle = (_Ours if side == "ours" else _Floor)(places)
    for number in range(WARM):
        settle(people[number % len(people)], f"V{visit:02}A{n}-{number:06}")
    begin.wait()
    start, cpu, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - start < SECONDS:
        settle(people[done % len(people)], f"V{visit:02}B{n}-{done:06}")
        done += 1
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    answers.put((done, seconds, cpu))
    # The server's process of this connection is to be counted while it lives.
    measured.wait()


class _Ours:
    """The product's operation."""

    def __init__(self, places) -> None:
        from yibao.apps.access.scope import Scope
        from yibao.apps.claims import operations

        self._operations, self._scope = operations, Scope.system(REGION)
        self._hospital = places["hospital"]

    def __call__(self, person: int, number: str) -> None:
        self._operations.settle(
            scope=self._scope,
            client="bench",
            key=number,
            person_id=person,
            institution_id=self._hospital,
            number=number,
            facts=STAY,
            at=AT,
        )


class _Floor:
    """The same statements' work by psycopg alone, the decision a constant."""

    def __init__(self, places) -> None:
        import psycopg
        from django.db import connections

        from yibao.database.conninfo import connection_words

        words = connection_words(connections["default"].settings_dict)
        self._connection = psycopg.connect(words, autocommit=True)
        self._places = places
        self._sql = _floor_statements()
        self._json = {name: json.dumps(value) for name, value in places["stored"].items()}

    def _send(self, name: str, params=()):
        import psycopg

        cursor = psycopg.Cursor(self._connection)
        return cursor.execute(self._sql[name], params, prepare=True)

    def __call__(self, person: int, number: str) -> None:
        places, stored = self._places, self._json
        asked = {
            "person": person,
            "institution": places["hospital"],
            "number": number,
            "admitted_on": date(2009, 11, 20),
            "year": 2009,
        }
        with self._connection.pipeline():
            self._send("begin")
            self._send("scope", places["area"])
            claimed = self._send("claim", ["bench", number, "0" * 64, AT, person])
            self._send("open", [2009, person, 2009])
            locked = self._send("lock", [person, 2009])
            read = self._send("read", asked)
            drawn = self._send("ids")
            reply, year = claimed.fetchone()[0], locked.fetchone()
            read.fetchone()
            visit, settlement, entry, count = drawn.fetchone()
            self._send(
                "visit", [visit, TOWN, person, places["hospital"], number, stored["facts"], AT]
            )
            no = f"S20091220-{count:06d}"
            self._send(
                "settlement",
                [settlement, TOWN, visit, person, places["hospital"], no, stored["result"],
                 stored["steps"], stored["witness"], "0" * 64, AT],
            )  # fmt: skip
            self._send("entry", [entry, TOWN, places["book"], settlement, AT])
            self._send("legs", [TOWN, entry, places["book"], places["hospital"]])
            state = [(year[1] or [0])[0] + 1, 0, 0, 0, year[6] + 22_000]
            order = json.dumps([14579, number])
            self._send("year", [state, [0, 0, 22_000], [0, 0, 3_000_000], order, year[0]])
            self._send("audit", [AT, TOWN, settlement, stored["detail"]])
            self._send("reply", [stored["body"].encode(), settlement, reply])
            self._send("commit")


def _floor_statements() -> dict[str, str]:
    """The floor's statements: the locks and reads of the product, the rows written plainly."""
    from yibao.apps.claims import sql

    return {
        "begin": "begin",
        "commit": "commit",
        "scope": "select set_config('yibao.from', %s, true), set_config('yibao.until', %s, true)",
        "claim": sql.CLAIM_KEY,
        "open": sql.OPEN_YEAR,
        "lock": sql.LOCK_YEAR,
        "read": sql.READ,
        "ids": sql.IDS,
        "visit": """
            insert into claims_visit (id, region, area_no, person_id, institution_id, number, year,
                facts, admitted_on, discharged_on, total_fen, eligible_fen, recorded_at)
            values (%s, 'xingan', %s, %s, %s, %s, 2009, %s::jsonb, '2009-11-20', '2009-12-01',
                96000, 80000, %s)""",
        "settlement": """
            insert into claims_settlement (id, region, area_no, visit_id, person_id, institution_id,
                settlement_no, year, kind, total_fen, eligible_fen, deductible_fen, rate,
                fund_pay_fen, self_pay_fen, reason, result, steps, witness, rulebook_hash,
                settled_at, settled_by, because)
            values (%s, 'xingan', %s, %s, %s, %s, %s, 2009, 'settled', 96000, 80000, 40000, 5500,
                22000, 58000, 'paid', %s::jsonb, %s::jsonb, %s::jsonb, %s, %s, 0, '')""",
        "entry": """
            insert into fund_entry (id, region, area_no, book_id, kind, "on", month, memo,
                source_kind, source_id, posted_at, posted_by)
            values (%s, 'xingan', %s, %s, 'benefit_owed', '2009-12-20', '2009-12-01', '垫付待遇',
                'settlement', %s, %s, 0)""",
        "legs": """
            insert into fund_leg (region, area_no, entry_id, book_id, account, "on", debit_fen,
                credit_fen, party_kind, party_id)
            select 'xingan', w.area_no, w.entry, w.book, t.account, '2009-12-20', t.debit, t.credit,
                   'institution', w.party
              from (select %s::bigint, %s::bigint, %s::bigint, %s::bigint)
                       as w (area_no, entry, book, party),
                   (values ('I101', 22000, 0), ('I201', 0, 22000)) as t (account, debit, credit)""",
        "year": """
            update claims_personyear set state = %s, used_fen = each_plus(used_fen, %s),
                limit_fen = %s, last_order = %s::jsonb, fund_paid_fen = fund_paid_fen + 22000,
                settlements = settlements + 1 where id = %s""",
        "audit": """
            insert into access_auditrecord (xid, at, operator_name, region, area_no, action,
                object_kind, object_id, outcome, detail, address)
            values (0, %s, '系统任务', 'xingan', %s, 'claims.settle', 'settlement', %s::text,
                'done', %s::jsonb, '')""",
        "reply": "update claims_reply set body = %s, settlement_id = %s where id = %s",
    }


# -- Before and after ----------------------------------------------------------------------------


def _prepared() -> dict[str, object]:
    """Open the region and its books, a hospital, and insure a thousand people."""
    from yibao.apps.access.models import Organisation, PoolingRegion
    from yibao.apps.access.scope import Scope
    from yibao.apps.care import operations as care
    from yibao.apps.fund import operations as fund

    scope = Scope.system(REGION)
    region = PoolingRegion.objects.create(
        code=REGION,
        name=REGION,
        bureau_name=REGION,
        area_from=scope.area_from,
        area_until=scope.area_until,
    )
    unit = Organisation.objects.create(
        region=region,
        kind="agency",
        name="agency",
        area_from=scope.area_from,
        area_until=scope.area_until,
    )
    books = fund.open_books(scope=scope, unit_id=unit.id, on=date(2009, 1, 1), at=AT)
    hospital = care.register_institution(
        scope=scope,
        code="B1",
        name="hospital",
        kind="hospital",
        level=3,
        area_no=TOWN,
        at=AT,
    )
    care.designate(
        scope=scope,
        institution_id=hospital.id,
        designated_from=date(2008, 1, 1),
        designated_until=None,
        document="",
        at=AT,
    )
    people = _insured(scope)
    return {
        "people": people,
        "hospital": hospital.id,
        "book": books["institutions"].id,
        "area": (str(scope.area_from), str(scope.area_until)),
        "stored": _stored(scope, people[0], hospital.id),
    }


def _insured(scope) -> list[int]:
    """Insure people for 2009 by statements over sets; no ceiling is near."""
    from django.db import connection

    from yibao.apps.access.scope import scoped

    facts = json.dumps({"facts": {"paid_on": "2008-11-10", "consecutive_years": 2}})
    with scoped(scope), connection.cursor() as cursor:
        cursor.execute(
            """
            insert into registry_person (region, area_no, person_no, name, initials, sex, born,
                relation, ethnic_group, residence, hukou, hukou_kind, origin,
                residence_permit, student, school_owner, employed, low_income_family,
                migrant_child, registered_at, source_kind)
            select %s, %s, 'B' || n, 'bench', 'B', 'male', '1945-01-01', '', '', '', '', '',
                   '', false, '', '', false, false, false, %s, ''
              from generate_series(1, %s) n returning id""",
            [REGION, TOWN, AT, PEOPLE],
        )
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            insert into enrolment_coverage (region, area_no, person_id, year, period, reason,
                consecutive_years, witness, source_kind, source_id, recorded_at, cancelled_because)
            select %s, %s, id, 2009, tstzrange('2009-01-01 00:00+08', '2010-01-01 00:00+08'),
                   'in_window', 2, %s::jsonb, 'bench', 1, %s, '' from unnest(%s) as p (id)""",
            [REGION, TOWN, facts, AT, people],
        )
    return people


def _stored(scope, person: int, hospital: int) -> dict[str, object]:
    """What a settlement stores beside its columns, so that the floor writes rows as large."""
    from yibao.apps.access.scope import scoped
    from yibao.apps.claims import operations
    from yibao.apps.claims.models import Settlement

    reply = operations.settle(
        scope=scope,
        client="bench",
        key="first",
        person_id=person,
        institution_id=hospital,
        number="000",
        facts=STAY,
        at=AT,
    )
    with scoped(scope):
        row = Settlement.objects.select_related("visit").get(id=reply.settlement_id)
    return {
        "facts": row.visit.facts,
        "result": row.result,
        "steps": row.steps,
        "witness": row.witness,
        "detail": {"no": row.settlement_no, "fund_pay_fen": row.fund_pay_fen},
        "body": reply.body.decode(),
    }


def _check() -> None:
    """A fast settlement that leaves the books wrong is no result."""
    from django.db import connections

    from yibao import verify
    from yibao.database.conninfo import connection_words

    report = verify.verify(connection_words(connections["default"].settings_dict))
    names = ("entries_balance", "days_balance", "institutions_equal_settlements")
    wrong = [one for one in report.checks if one.name in names and not one.ok]
    assert not wrong, wrong


if __name__ == "__main__":
    for result in run():
        print(result)
