"""30,000 ledger lines with every check: set-wise, beside prepared statements line by line.

Both sides do the same work under row security as the application role: keep the line, find the
person, every check of the set-wise side, the price by the rulebook, then write household, person,
document, enrolment, and mark the line. The other side does a sample of the lines, once with a
transaction a line (how an import that may be killed at any time has to do it), once committing as
rarely as the set-wise side; its rates are what counts.

Half of the people are registered already, 150 lines have planted faults of five kinds, and all of
them must be found: a fast import that misses one is no result.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import django

from yibao.apps.enrolment.amounts import Claimed, judge
from yibao.apps.registry.names import initials
from yibao.apps.registry.numbers import household_no, person_no

LINES, SAMPLE, CHUNK = 30_000, 3_000, 5_000
PLANTED, VILLAGE, YEAR = 150, 430423105214, 2021
AT = datetime(2020, 11, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DATABASE = "yibao_bench"
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"


def line(n: int) -> dict[str, object]:
    """Return the n-th line: families of four, every 200th line with a fault."""
    from yibao.core.identity import make_resident_number

    sex = "male" if n % 2 else "female"
    head = n % 4 == 1
    born = date(1950 + n % 60, 1 + n % 12, 1 + n % 28)
    cells = {
        "household_no": f"{n // 4:05}",
        "name": SURNAMES[n % 15] + GIVEN[n % 20] + GIVEN[n // 20 % 20],
        "relation": "户主" if head else "其他",
        "sex": "男" if sex == "male" else "女",
        "number": make_resident_number(f"4304{20 + n // 10_000}", born, sex, n // 2 % 500),
        "notice": "上门告知",
        "claimed": 280,
        "unpaid_reason": "",
        "signature": "已签",
    }
    return cells | (_fault(n, cells) if n % (LINES // PLANTED) == 7 else {})


def _fault(n: int, cells: dict[str, object]) -> dict[str, object]:
    kind = n // (LINES // PLANTED) % 5
    number = str(cells["number"])
    return (
        {"number": number[:-1]},
        {"sex": "女" if cells["sex"] == "男" else "男"},
        {"claimed": 250},
        {"notice": "微信"},
        {"signature": ""},
    )[kind]


def run() -> list[dict[str, object]]:
    """Measure both sides in a database of their own."""
    from yibao.database.service import database_at_hand, use_settings

    use_settings()
    django.setup()
    from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, read_ledger

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.xlsx"
        # In a process of its own, so that making the file does not count as memory of reading it.
        subprocess.run([sys.executable, __file__, str(file)], check=True)
        content = file.read_bytes()
    rows = read_ledger(content, PAYMENT_LEDGER).rows
    with database_at_hand(name=DATABASE, fresh=True):
        scope = _prepared()
        other = LineByLine(scope, _ledger(scope))
        each = other.run(rows[:SAMPLE], commit_every=1)
        chunked = other.run(rows[SAMPLE : 2 * SAMPLE], commit_every=CHUNK)
    with database_at_hand(name=DATABASE, fresh=True):
        return _measured(_prepared(), content, rows, each, chunked)


def _prepared():
    """Open the region and the year, and register every other family."""
    from yibao.apps.access.operations import open_region
    from yibao.apps.access.scope import Scope
    from yibao.apps.enrolment import operations

    open_region(code="hengshan", at=AT)
    scope = Scope.system("hengshan")
    operations.open_year(scope=scope, year=YEAR, on=date(2020, 9, 20), at=AT)
    _register_known(scope)
    return scope


def _measured(scope, content, rows, each, chunked) -> list[dict[str, object]]:
    from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, read_ledger

    start = time.perf_counter()
    read_ledger(content, PAYMENT_LEDGER)
    reading = time.perf_counter() - start
    start, cpu = time.perf_counter(), time.process_time()
    ledger = _import_set_wise(scope, rows)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    assert (ledger.rows_total, ledger.rows_bad) == (LINES, PLANTED), ledger.rows_bad
    assert ledger.state == "done"
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ours = LINES / wall
    return [
        _result("import: beside a transaction a line", ours, "lines/s", each, ours / each),
        _result("import: beside lines in chunks", ours, "lines/s", chunked, ours / chunked),
        _result("import: 30,000 lines, file reading apart", wall, "s", 10.0, wall / 10),
        _result("import: with file reading", wall + reading, "s", 15.0, (wall + reading) / 15),
        _result("import: Python alone", cpu, "s", None, None),
        _result("import: most memory", megabytes, "MB", 300.0, megabytes / 300),
    ]


def _result(
    name: str, rate: float, unit: str, other: float | None, ratio: float | None
) -> dict[str, object]:
    """Return one line of the table; for a limit, `other` is the limit and the ratio below 1."""
    shown = {"other": other, "ratio": ratio}
    rounded = {key: None if value is None else round(value, 2) for key, value in shown.items()}
    return {"name": name, "rate": round(rate, 2), "unit": unit} | rounded


def _register_known(scope) -> None:
    from yibao.apps.registry.operations import NewDocument, NewPerson, register_many
    from yibao.core.identity import read_resident_number

    people = []
    for n in (n for n in range(LINES) if n // 4 % 2):
        cells = line(n)
        number = str(cells["number"])
        if len(number) < 18:
            continue
        read = read_resident_number(number)
        people.append(
            NewPerson(
                name=str(cells["name"]),
                sex=read.sex,
                born=read.born,
                area_no=VILLAGE,
                household_no=str(cells["household_no"]),
                relation="head" if cells["relation"] == "户主" else "other",
                documents=(NewDocument("resident", number),),
            )
        )
    for at in range(0, len(people), 3_000):
        register_many(scope=scope, persons=people[at : at + 3_000], at=AT)


def _import_set_wise(scope, rows):
    """The product's own way, from lines that were read to lines that are written."""
    from yibao.apps.access.scope import scoped
    from yibao.apps.enrolment import operations
    from yibao.apps.enrolment.operations.checking import run_checks
    from yibao.apps.enrolment.operations.uploading import store_rows

    with scoped(scope):
        ledger = _ledger(scope)
        store_rows(ledger=ledger, rows=rows)
        run_checks(scope=scope, ledger=ledger, at=AT)
    return operations.confirm_ledger(scope=scope, import_id=ledger.pk, at=AT)


def _ledger(scope):
    from yibao.apps.access.scope import scoped
    from yibao.apps.enrolment.models import LedgerImport

    with scoped(scope):
        return LedgerImport.objects.create(
            region="hengshan",
            area_no=VILLAGE,
            kind="payment_ledger",
            year=YEAR,
            file_name="ledger.xlsx",
            file_sha256="",
            file_bytes=0,
            uploaded_at=AT,
            uploaded_by=0,
        )


class LineByLine:
    """The other side: one prepared statement after another, as a careful program would."""

    def __init__(self, scope, ledger) -> None:
        self.scope, self.ledger = scope, ledger
        from yibao.apps.enrolment.rules import owed_fen

        self.owed_fen = owed_fen
        self.numbers: set[str] = set()
        self.bad = 0

    def run(self, rows, commit_every: int) -> float:
        """Check and write the lines; return lines a second."""
        from django.db import connection

        from yibao.apps.access.scope import scoped

        start = time.perf_counter()
        before = self.bad
        for at in range(0, len(rows), commit_every):
            with scoped(self.scope):
                self.cursor = connection.connection.cursor()
                for row in rows[at : at + commit_every]:
                    self.line(row)
        assert self.bad - before == len(rows) * PLANTED // LINES, self.bad
        return len(rows) / (time.perf_counter() - start)

    def ask(self, words: str, *values: object):
        self.cursor.execute(words, values, prepare=True)
        return self.cursor.fetchone() if self.cursor.description else None

    def line(self, row) -> None:
        """Check one line and write what it becomes."""
        (pk,) = self.ask(KEEP, *self._kept(row))
        faults = list(row.faults)
        person_id = household_id = None
        if row.number:
            from yibao.database.sealing import NUMBER, index_of

            found = self.ask(PERSON, index_of(row.number, of=NUMBER))
            if found is None:
                faults += self._elsewhere(row)
            else:
                person_id, name, _, area_no, died_on, moved_on, household_id = found
                faults += [{}] * (name != row.name) + [{}] * (area_no != VILLAGE)
                faults += [{}] * (died_on is not None or moved_on is not None)
                faults += [{}] * self.ask(ENROLLED, person_id, YEAR)[0]
                faults += [{}] * self.ask(OTHER_COVER, person_id, YEAR)[0]
            faults += [{}] * (row.number in self.numbers)
            self.numbers.add(row.number)
        household = self.ask(HOUSEHOLD, VILLAGE, row.household_no)
        if household and row.relation == "head" and household[1] not in (None, person_id):
            faults.append({})
        if row.claimed_fen is not None:
            facts = self._facts(row, person_id)
            (owed,) = self.owed_fen(region="hengshan", year=YEAR, facts=[facts])
            verdict = judge(Claimed(row.claimed_fen, "", True), owed_fen=owed)
            faults += [{}] * (verdict is not None)
        if faults:
            self.bad += 1
            self.ask(FAULTY, json.dumps(row.faults, ensure_ascii=False), "E", pk)
        else:
            self._write(pk, row, person_id, household[0] if household else household_id)

    def _kept(self, row) -> tuple[object, ...]:
        from yibao.apps.enrolment.operations.uploading import SECRET_CELLS
        from yibao.apps.registry.cells import sealed

        cells = sealed(row.cells, row.number, of=SECRET_CELLS)
        typed = (row.household_no, row.name, row.relation, row.sex, row.born)
        return (self.ledger.pk, VILLAGE, row.sheet, row.row_no, *cells, *typed, row.claimed_fen)

    def _elsewhere(self, row) -> list[dict[str, object]]:
        from yibao.database.sealing import NUMBER, index_of

        self.ask(SET_SCOPE, "0", str(10**12))
        inside = (index_of(row.number, of=NUMBER), self.scope.area_from, self.scope.area_until)
        (there,) = self.ask(ELSEWHERE, *inside)
        self.ask(SET_SCOPE, str(self.scope.area_from), str(self.scope.area_until))
        return [{}] * there

    def _facts(self, row, person_id) -> dict[str, object]:
        facts = {"year": YEAR, "born": row.born.isoformat(), "sex": row.sex} if row.born else {}
        if person_id is not None:
            (identities,) = self.ask(FACTS, person_id)
            facts |= {"identities": identities} if identities else {}
        return facts

    def _write(self, pk, row, person_id, household_id) -> None:
        from yibao.apps.registry.writing import sealed_number

        if household_id is None:
            (made,) = self.ask("select nextval('registry_household_id_seq')")
            number = household_no(area_no=VILLAGE, counter=made)
            self.ask(NEW_HOUSEHOLD, made, number, VILLAGE, row.household_no, AT)
            household_id = made
        if person_id is None:
            (person_id,) = self.ask("select nextval('registry_person_id_seq')")
            number = person_no(area_no=VILLAGE, counter=person_id)
            named = (row.name, initials(row.name), row.sex, row.born, row.relation)
            self.ask(NEW_PERSON, person_id, number, VILLAGE, household_id, AT, *named)
            self.ask(NEW_DOCUMENT, VILLAGE, person_id, *sealed_number(row.number), AT)
            if row.relation == "head":
                self.ask(HEAD, person_id, household_id)
        self.ask(ENROL, VILLAGE, person_id, YEAR, AT, row.claimed_fen, pk)
        self.ask(WRITTEN, person_id, AT, pk)


SET_SCOPE = "select set_config('yibao.from', %s, true), set_config('yibao.until', %s, true)"
KEEP = """
    insert into enrolment_ledgerrow (region, ledger_id, area_no, sheet, row_no, cells,
        secret_cells, number_index, household_no, name, relation, sex, born, claimed_fen,
        fault_code, fault_column, faults)
    values ('hengshan', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '[]')
    returning id"""
PERSON = """
    select p.id, p.name, p.phone, p.area_no, p.died_on, p.moved_away_on, p.household_id
      from registry_identitydocument d join registry_person p on p.id = d.person_id
     where d.number_index = %s and d.valid_until is null limit 1"""
ENROLLED = """
    select count(*) from enrolment_enrolment
     where person_id = %s and year = %s and withdrawn_at is null"""
OTHER_COVER = """
    select count(*) from enrolment_othercover
     where person_id = %s and year = %s and cancelled_at is null"""
ELSEWHERE = """
    select count(*) from registry_identitydocument
     where number_index = %s and valid_until is null and (area_no < %s or area_no >= %s)"""
HOUSEHOLD = "select id, head_id from registry_household where area_no = %s and village_no = %s"
FACTS = "select array_agg(code) from registry_personidentity where person_id = %s"
FAULTY = "update enrolment_ledgerrow set faults = %s, fault_code = %s where id = %s"
NEW_HOUSEHOLD = """
    insert into registry_household
        (region, id, household_no, area_no, village_no, created_at, address)
    values ('hengshan', %s, %s, %s, %s, %s, '')"""
NEW_PERSON = """
    insert into registry_person (region, id, person_no, area_no, household_id, registered_at,
        name, initials, sex, born, relation, ethnic_group, residence, hukou, hukou_kind,
        origin, student, school_owner, source_kind, residence_permit, employed,
        low_income_family, migrant_child)
    values ('hengshan', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', '', '', '', '', '', '',
        '', false, false, false, false)"""
NEW_DOCUMENT = """
    insert into registry_identitydocument
        (region, area_no, person_id, kind, number, number_index, source, recorded_at)
    values ('hengshan', %s, %s, 'resident', %s, %s, '', %s)"""
HEAD = "update registry_household set head_id = %s where id = %s and head_id is null"
ENROL = """
    insert into enrolment_enrolment (region, area_no, person_id, year, enrolled_at, claimed_fen,
        source_id, event, first_time, notice_method, unpaid_reason, source_kind)
    values ('hengshan', %s, %s, %s, %s, %s, %s, '', false, 'visit', '', 'ledger_row')"""
WRITTEN = "update enrolment_ledgerrow set person_id = %s, written_at = %s where id = %s"


if __name__ == "__main__":
    from yibao.database.service import use_settings

    use_settings()
    django.setup()
    from yibao.apps.enrolment.ledgers import PAYMENT_LEDGER, filled

    made = filled(PAYMENT_LEDGER, map(line, range(LINES)), year=YEAR, region="衡山县")
    Path(sys.argv[1]).write_bytes(made)
