"""R2: hospitals settle the same people at the same moment, near every cap and deductible."""

import contextlib
from collections import Counter, defaultdict
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections
from django.db.models import Sum

from tests.apps.claims.counters import Counters, Job
from tests.apps.claims.insured import insure, open_office, stay
from tests.proof.hinggan_year import Visit as Reported
from tests.proof.hinggan_year import year_of
from yibao import verify
from yibao.apps.access.scope import scoped
from yibao.apps.claims.models import PersonYear, Settlement

CHECK = "no_ceiling_is_passed"
FIRST, DAYS = date(2009, 2, 1), 320
VISITS_EACH = 125
WITHOUT_LOCK = "tests.apps.claims.counters:without_the_lock"


@contextlib.contextmanager
def row_lock_dropped():
    """The counters' processes take the lock out of the path: see `seam` below."""
    yield


@contextlib.contextmanager
def check_dropped():
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"alter table claims_personyear drop constraint {CHECK}")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("truncate claims_personyear")
            cursor.execute(
                f"alter table claims_personyear add constraint {CHECK}"
                " check (each_at_most(used_fen, limit_fen))"
            )


@contextlib.contextmanager
def row_lock_and_check_dropped():
    with check_dropped():
        yield


FAULTS = {
    "row_lock_dropped": row_lock_dropped,
    "check_dropped": check_dropped,
    "row_lock_and_check_dropped": row_lock_and_check_dropped,
}


class Person:
    """An insured person, what his visits cost about, and what has been reported of him so far."""

    def __init__(self, office, n, chance):
        self.is_pupil = n % 4 == 0
        self.years = 2 + n % 3
        born = date(1998, 6, 1) if self.is_pupil else date(1945, 1, 1) + timedelta(days=n)
        student = "primary" if self.is_pupil else ""
        self.id = insure(office.scope, no=n, years=self.years, born=born, student=student)
        # Some reach the year's cap early, some on the last visits, some never.
        self.usual_fen = chance.choice((60_000, 90_000, 130_000, 400_000))
        self.reported = []

    def expected(self):
        return year_of(
            self.reported, is_pupil=self.is_pupil, is_minor=self.is_pupil, years=self.years
        )


def visit_of(person, n, turn, turns, level, chance):
    """The n-th visit of all: days go on with the turns, one in forty comes late."""
    at = turn * DAYS // turns
    if chance.random() < 1 / 40:
        at = chance.randrange(at + 1)
    kind = chance.choices(("inpatient", "special_outpatient", "emergency"), (7, 2, 1))[0]
    cost = chance.randrange(1, 2 * person.usual_fen)
    if chance.random() < 1 / 8:  # at the deductible, to the fen
        cost = chance.choice((100, 200, 300, 400)) * 100 + chance.randrange(-2, 3)
    special = kind == "special_outpatient"
    diseases = ("tuberculosis", "mental", "insulin", "tumour", "dialysis")
    accidents = ["", "", "", "fight", *(["no_fault"] * 3 if person.is_pupil else [])]
    return Reported(
        number=f"F{n:06d}",
        discharged_on=FIRST + timedelta(days=at),
        level=level,
        kind=kind,
        eligible_fen=cost // 10 if special else cost,
        disease=chance.choice(diseases) if special else "",
        accident="" if special else chance.choice(accidents),
        blood=chance.random() < 1 / 200,
    )


def facts_of(visit):
    day = visit.discharged_on
    into = day if visit.kind == "special_outpatient" else day - timedelta(days=3)
    words = {"special_disease": visit.disease, "accident": visit.accident}
    given = {name: value for name, value in words.items() if value}
    if visit.blood:
        given["blood_disease"] = True
    if visit.kind == "emergency":
        given["reported_on"] = into.isoformat()
    yuan = f"{visit.eligible_fen // 100}.{visit.eligible_fen % 100:02d}"
    return stay(yuan, since=into.isoformat(), until=day.isoformat(), **given) | {"kind": visit.kind}


def jobs_for(office, people, number, chance):
    """Visits turn by turn; in each turn a person's two or three come one behind the other, from
    different hospitals, so that two counters have him in hand at the same moment."""
    jobs, turns = [], max(1, number // (len(people) * 5 // 2) + 1)
    for turn in range(turns):
        for person in chance.sample(people, len(people)):
            levels = chance.sample((1, 2, 3), chance.choice((2, 3)))
            for level in levels[: number - len(jobs)]:
                visit = visit_of(person, len(jobs), turn, turns, level, chance)
                person.reported.append(visit)
                hospital = office.hospitals[level]
                words = facts_of(visit)
                jobs.append(Job(f"K{len(jobs):06d}", person.id, hospital, visit.number, words))
    return jobs


def settled_by_visit():
    """What was settled in all for each visit, corrections included."""
    rows = Settlement.objects.values_list("visit__number").annotate(
        Sum("deductible_fen"), Sum("fund_pay_fen")
    )
    return {number: (deductible, fund) for number, deductible, fund in rows}


def pushed_over(row_id):
    """Whether the database lets the application role pass a ceiling by a fen."""
    words = "update claims_personyear set used_fen[3] = limit_fen[3] + 1 where id = %s"
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(scoped(open_scope()))
            stack.enter_context(connections["default"].cursor()).execute(words, [row_id])
            raise _Undo
    except _Undo:
        return True
    except Exception as error:
        cause = error.__cause__ or error
        assert isinstance(cause, psycopg.errors.CheckViolation), error
        return False


class _Undo(Exception):
    """Takes an attempt back that was let through."""


def open_scope():
    from tests.apps.claims.insured import REGION
    from yibao.apps.access.scope import Scope

    return Scope.system(REGION)


@pytest.mark.heavy
@pytest.mark.proof(
    "R2",
    "three hospitals settle the same people near every cap and deductible from eight processes,"
    " against a sequential model in whole fen",
    unit="settlements",
    landing=50_000,
    small=600,
)
@pytest.mark.django_db(transaction=True)
def test_caps_and_deductibles_hold_whoever_settles_when(proof):
    chance, office = proof.random(), open_office()
    number = 400 if proof.is_landing else 5
    people = [Person(office, n, chance) for n in range(1, number + 1)]
    jobs = jobs_for(office, people, proof.size, chance)
    seam = WITHOUT_LOCK if "row_lock" in proof.fault else ""
    processes = 8 if proof.is_landing or seam else 4
    database = connections["default"].settings_dict["NAME"]
    counters = Counters(database, jobs, processes=processes, seam=seam)
    counters.start()
    heard = counters.heard()
    counters.end()

    refused = Counter(outcome for _, outcome in heard if isinstance(outcome, str))
    assert not refused, f"refused: {dict(refused)}"
    assert len({key for key, _ in heard}) == len(jobs)
    with scoped(office.scope):
        found = settled_by_visit()
        years = {row.person_id: row for row in PersonYear.objects.all()}
    wrong, at_cap = [], defaultdict(int)
    for person in people:
        expected, sums = person.expected()
        wrong += [
            f"{visit}: {found[visit]} is not {pays}"
            for visit, pays in expected.items()
            if found[visit] != (pays.deductible_fen, pays.fund_fen)
        ]
        used = (sums.diseases, sums.accidents, sums.year)
        if tuple(years[person.id].used_fen) != used:
            wrong.append(f"person {person.id}: counters {years[person.id].used_fen}, model {used}")
        for name, fen, most in (
            ("diseases", sums.diseases, 200_000),
            ("accidents", sums.accidents, 2_000_000),
            ("year", sums.year, 3_000_000),
        ):
            at_cap[name] += fen >= most
    assert not wrong, f"{len(wrong)} differ from the model, first: {wrong[:2]}"
    report = verify.ask(connections["owner"].cursor().cursor)
    assert report.ok, [check.faults[:2] for check in report.checks if not check.ok]
    passed = [row.id for row in years.values() if pushed_over(row.id)]
    assert not passed, f"the database let {len(passed)} of {len(years)} pass a ceiling"
    assert not proof.is_landing or all(at_cap.values()), f"nobody stood at a cap: {at_cap}"
    proof.note(f"{number} people, at a cap: {', '.join(f'{k} {v}' for k, v in at_cap.items())}")
    proof.count(len(found))
