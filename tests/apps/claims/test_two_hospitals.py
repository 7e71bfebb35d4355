"""Two hospitals settle the same people at the cap at the same moment: the caps hold."""

import itertools
import random
from collections import defaultdict

import pytest
from django.db import connections

from tests.apps.claims.counters import Counters, Job
from tests.apps.claims.insured import insure, open_office, stay
from yibao import verify
from yibao.apps.access.scope import scoped
from yibao.apps.claims.models import PersonYear, Reply, Settlement, Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

CAP_FEN = 3_000_000


@pytest.fixture
def office():
    return open_office()


def jobs_for(office, people, visits, eligible="2000.00"):
    """So many visits of each person, alternating between two hospitals, all on one day."""
    count = itertools.count()
    return [
        Job(
            key=f"K{n:06d}",
            person_id=person,
            institution_id=office.hospitals[3 if n % 2 else 2],
            number=f"F{n:06d}",
            facts=stay(eligible),
        )
        for _ in range(visits)
        for person in people
        for n in [next(count)]
    ]


def run(jobs, **how):
    counters = Counters(connections["default"].settings_dict["NAME"], jobs, **how)
    counters.start()
    heard = counters.heard()
    counters.end()
    return heard


def report():
    return verify.ask(connections["owner"].cursor().cursor)


def faults():
    return {check.name: check.faults for check in report().checks if not check.ok}


@pytest.fixture
def no_check():
    """Take the database's own check away, and put it back."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table claims_personyear drop constraint no_ceiling_is_passed")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from claims_personyear")
        cursor.execute(
            "alter table claims_personyear add constraint no_ceiling_is_passed"
            " check (each_at_most(used_fen, limit_fen))"
        )


def test_eight_counters_settle_5000_visits_and_nobody_is_over_the_cap(office):
    people = [insure(office.scope, no=n) for n in range(1, 21)]
    jobs = jobs_for(office, people, 250)
    # A fifth of the requests comes twice, at about the same moment, from another counter.
    twice = random.Random(7).sample(jobs, len(jobs) // 5)
    asked = [job for one in jobs for job in ([one, one] if one in twice else [one])]
    heard = defaultdict(set)
    for key, outcome in run(asked):
        assert isinstance(outcome, bytes), outcome
        heard[key].add(outcome)
    assert len(jobs) == len(heard) == 5000
    assert {len(bodies) for bodies in heard.values()} == {1}
    with scoped(office.scope):
        assert Visit.objects.count() == Reply.objects.count() == 5000
        assert Settlement.objects.filter(kind="settled").count() == 5000
        paid = dict(PersonYear.objects.values_list("person_id", "fund_paid_fen"))
        used = dict(PersonYear.objects.values_list("person_id", "used_fen"))
        for reply in Reply.objects.all():
            assert bytes(reply.body) in heard[reply.key]
    # 250 stays of (2000 − 100) × 55 % are far more than the cap: everyone stands at it exactly.
    assert set(paid.values()) == {CAP_FEN}
    assert {fen[-1] for fen in used.values()} == {CAP_FEN}
    assert faults() == {}


def test_without_the_lock_and_the_check_people_are_paid_over_the_cap(office, no_check):
    people = [insure(office.scope, no=n) for n in range(1, 3)]
    heard = run(jobs_for(office, people, 100), seam="tests.apps.claims.counters:without_the_lock")
    assert all(isinstance(outcome, bytes) for _, outcome in heard)
    found = faults()
    assert found, "eight counters without a lock did no harm: the test shows nothing"
    assert "nobody_is_over_a_ceiling" in found


def test_without_the_lock_the_check_still_refuses_what_would_pass_the_cap(office):
    people = [insure(office.scope, no=n) for n in range(1, 3)]
    heard = run(jobs_for(office, people, 100), seam="tests.apps.claims.counters:without_the_lock")
    with scoped(office.scope):
        paid = list(PersonYear.objects.values_list("fund_paid_fen", flat=True))
    assert max(paid) <= CAP_FEN
    assert "nobody_is_over_a_ceiling" not in faults()
    assert {outcome for _, outcome in heard if isinstance(outcome, str)} == {"CeilingPassed"}
